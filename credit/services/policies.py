"""Versions of the credit policy: each is adopted whole, and the earlier ones are kept."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from credit.models import CreditPolicy
from credit.policy import InvalidPolicy, parse
from credit.services.room import look_again
from credit.services.scruples import LARGEST_AMOUNT
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service

# Each number of a policy: from, to, and what to enter.
NUMBERS: Mapping[str, tuple[int, int]] = {
    "horizon_days": (1, 3650),
    "answer_within_hours": (1, 720),
    "warn_before_minutes": (0, 10080),
}
MAY_BE_EMPTY = {"horizon_days"}


class PolicyChanged(DomainError):
    """Somebody else has adopted another policy since this one was begun."""

    code = "policy_changed"


@service
def adopt_policy(  # noqa: PLR0913  what a policy is made of
    rules: list[dict[str, Any]],
    *,
    base_version: int | None = None,
    horizon_days: int | None,
    second_signature_from: Decimal | None,
    answer_within_hours: int,
    warn_before_minutes: int,
    asks_bureau: bool,
    at: datetime,
    actor: Actor,
) -> CreditPolicy:
    """Put a new version of the credit policy in force; orders that wait are looked at again.

    Args:
        rules: as `CreditPolicy.rules` holds them.
        base_version: the version that was changed; None: whichever is in force.
        second_signature_from: in the company's currency; None: nothing needs a second signature.

    Raises:
        InvalidPolicy: with all that is wrong, each finding with its field.
        PolicyChanged: `base_version` is in force no more.
    """
    locks.one_at_a_time("credit.policy")
    new = CreditPolicy(
        status=CreditPolicy.Status.ACTIVE,
        rules=[setting.as_json() for setting in parse(rules)],
        horizon_days=horizon_days,
        second_signature_from=second_signature_from,
        answer_within_hours=answer_within_hours,
        warn_before_minutes=warn_before_minutes,
        asks_bureau=asks_bureau,
        created_at=at,
        created_by=actor.name,
    )
    _ensure_sensible(new)
    new.version = _retire(base_version, at=at, actor=actor) + 1
    audit.create(new, at=at, actor=actor)
    look_again(at=at, actor=actor)
    return new


def _retire(base_version: int | None, *, at: datetime, actor: Actor) -> int:
    """Take the version in force out of it, the one that was changed; return the last number."""
    for old in CreditPolicy.objects.filter(status=CreditPolicy.Status.ACTIVE):
        if base_version not in {None, old.version}:
            raise PolicyChanged(
                _("Version %(version)s is in force now. Look at it, and make your change again.")
                % {"version": old.version}
            )
        old.status = CreditPolicy.Status.RETIRED
        audit.save(old, at=at, actor=actor)
    latest: int | None = CreditPolicy.objects.aggregate(version=Max("version"))["version"]
    return latest or 0


def _ensure_sensible(new: CreditPolicy) -> None:
    findings, amount = [], new.second_signature_from
    for name, (least, most) in NUMBERS.items():
        value = getattr(new, name)
        is_empty = value is None and name in MAY_BE_EMPTY
        if not is_empty and (value is None or not least <= value <= most):
            message = _("Enter a number from %(least)s to %(most)s.")
            findings.append((name, name, message % {"least": least, "most": most}))
    if amount is not None and not (amount.is_finite() and 0 < amount <= LARGEST_AMOUNT):
        name = "second_signature_from"
        findings.append((name, name, _("Enter an amount above zero, or none.")))
    if findings:
        raise InvalidPolicy(findings)
