"""Cases that are about to miss the time within which we answer: told once each."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from credit.events import CaseNearlyLate
from credit.policy import Policy, active_policy
from credit.selectors.queue import due_cases
from credit.tellings import analysts, case_link, nearly_late_words
from o2c.kernel import notices
from o2c.kernel.actors import Actor
from o2c.kernel.locks import one_at_a_time
from o2c.kernel.models import Notice
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


@service
def warn_of_late_cases(*, at: datetime, actor: Actor) -> int:
    """Tell credit control of each case that is nearly late, or late untold; return how many.

    A case is told of once, however often and in parallel this runs: who comes second finds the
    notices of the first. Where nobody works the queue, nobody is told.
    """
    one_at_a_time("credit.warn_of_late_cases")
    people = analysts()
    if not people:
        return 0
    due = _untold(due_cases(at + warned_before(active_policy())))
    for number, answer_by in due.items():
        notices.tell(
            people,
            key=_key(number),
            text=nearly_late_words(number, answer_by),
            link=case_link(number),
            at=at,
        )
        publish(CaseNearlyLate(number=number, answer_by=answer_by.isoformat(), at=at, actor=actor))
    return len(due)


def warned_before(policy: Policy) -> timedelta:
    return timedelta(minutes=policy.warn_before_minutes)


def _untold(due: Mapping[str, datetime]) -> dict[str, datetime]:
    keys = [_key(number) for number in due]
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True).distinct())
    return {number: by for number, by in due.items() if _key(number) not in told}


def _key(number: str) -> str:
    return f"case-{number}-nearly-late"
