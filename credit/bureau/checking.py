"""Whether an answer of a bureau can be believed: nothing of it is used before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from credit.bureau.adapter import BureauProblem, Subject
from o2c.kernel.ui.dates import day_text

HIGHEST_SCORE = 1000
MOST_YEARS = 1000
# An answer larger than this, as JSON, is no report about one customer.
LARGEST_ANSWER = 64 * 1024
# A report about a state of affairs longer ago says nothing about today.
OLDEST = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What can be used: a score from 0 (worst) to 1000, and all that was said."""

    score: int
    years_in_business: int | None
    content: dict[str, Any]


def checked(answer: Any, subject: Subject, *, today: date) -> Report:
    """Return the report that the answer is.

    Raises:
        BureauProblem: it is too large, has no such shape, or is about somebody else or too old.
    """
    content = _content(answer)
    if content.get("customer") != subject.number:
        raise BureauProblem(
            _("The report is about %(other)s, not about %(customer)s.")
            % {"other": str(content.get("customer"))[:40], "customer": subject.number}
        )
    score = _whole(content.get("score"), at_most=HIGHEST_SCORE)
    if score is None:
        raise BureauProblem(
            _("The report's score, “%(score)s”, is no number from 0 to 1000.")
            % {"score": str(content.get("score"))[:40]}
        )
    _check_age(content.get("as_of"), today)
    return Report(score=score, years_in_business=_years(content), content=content)


def _content(answer: Any) -> dict[str, Any]:
    """Return the answer as plain JSON, which it must be to be kept."""
    if not isinstance(answer, Mapping):
        raise BureauProblem(_("The answer is no report."))
    try:
        text = json.dumps(dict(answer), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BureauProblem(_("The answer cannot be kept as JSON.")) from None
    if len(text) > LARGEST_ANSWER or "\\u0000" in text:
        raise BureauProblem(_("The answer is too large, or contains what no text contains."))
    content: dict[str, Any] = json.loads(text)
    return content


def _years(content: Mapping[str, Any]) -> int | None:
    stated = content.get("years_in_business")
    if stated is None or stated == "":
        return None
    years = _whole(stated, at_most=MOST_YEARS)
    if years is None:
        raise BureauProblem(
            _("The report's years in business, “%(years)s”, are no number of years.")
            % {"years": str(stated)[:40]}
        )
    return years


def _check_age(stated: Any, today: date) -> None:
    if stated is None or stated == "":
        return
    try:
        day = date.fromisoformat(stated) if isinstance(stated, str) else None
    except ValueError:
        day = None
    if day is None or day > today:
        raise BureauProblem(
            _("The report's day, “%(day)s”, is no day up to today.") % {"day": str(stated)[:40]}
        )
    if day < today - OLDEST:
        raise BureauProblem(
            _("The report is of %(day)s: too old to count.") % {"day": day_text(day)}
        )


def _whole(value: Any, *, at_most: int) -> int | None:
    """Return the number, also when a file has written it as text; nothing when it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len("1000"):
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= at_most else None
