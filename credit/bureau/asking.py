"""Asking the bureau: always an answer within the time, whatever the bureau does."""

import logging
from dataclasses import dataclass, field
from datetime import date
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from credit.bureau.adapter import Bureau, BureauProblem, Subject
from credit.bureau.checking import checked

logger = logging.getLogger(__name__)
LONGEST_PROBLEM = 300
NOBODY = "none"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A report that can be used, or the problem why there is none."""

    provider: str
    score: int | None = None
    years_in_business: int | None = None
    content: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def ask(subject: Subject, *, today: date) -> Answer:
    """Ask the bureau that the settings name; what goes wrong is told as a problem.

    Never call it inside a business step: it may take as long as CREDIT_BUREAU_TIMEOUT.
    """
    name = NOBODY
    try:
        bureau = _bureau()
        name = bureau.name
        report = checked(_answer_in_time(bureau, subject), subject, today=today)
    except BureauProblem as problem:
        return Answer(provider=name, problem=str(problem)[:LONGEST_PROBLEM])
    return Answer(
        provider=name,
        score=report.score,
        years_in_business=report.years_in_business,
        content=report.content,
    )


def _bureau() -> Bureau:
    if not settings.CREDIT_BUREAU:
        raise BureauProblem(_("No credit bureau is connected."))
    try:
        bureau: Bureau = import_string(settings.CREDIT_BUREAU)()
    except ImportError:
        logger.exception("CREDIT_BUREAU names nothing that can be loaded")
        raise BureauProblem(_("The credit bureau is not set up properly.")) from None
    return bureau


def _answer_in_time(bureau: Bureau, subject: Subject) -> Any:
    """Return the answer; one that comes too late is nobody's any more."""
    answers: SimpleQueue[Any] = SimpleQueue()
    # Daemon: a bureau that never answers must not keep the worker from ending.
    Thread(target=_put_answer, args=(bureau, subject, answers), daemon=True).start()
    seconds = settings.CREDIT_BUREAU_TIMEOUT
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise BureauProblem(
            _("The bureau gave no answer in %(seconds)s s.") % {"seconds": f"{seconds:g}"}
        ) from None
    if isinstance(answer, BureauProblem):
        raise answer
    return answer


def _put_answer(bureau: Bureau, subject: Subject, answers: "SimpleQueue[Any]") -> None:
    try:
        answers.put(bureau.answer_about(subject))
    except BureauProblem as problem:
        answers.put(problem)
    except Exception:  # somebody else's program: whatever it raises is its problem
        logger.exception("The credit bureau %s failed", bureau.name)
        answers.put(BureauProblem(_("The bureau's connection failed.")))
