"""The stock panel of an entry screen: what it is answered, whoever has found out."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from fulfillment.answers import Answer, share_out
from fulfillment.board import Sight, name_of
from fulfillment.screens import Screen
from fulfillment.seen import Admission, Seen
from o2c.kernel import clock
from o2c.kernel.requests import UNPROCESSABLE
from orders.sheet import Row

PANEL, AGAIN = "fulfillment/watch.html", "fulfillment/watch.html#again"
# Lines and answers have changed at once: whatever of the rows is drawn already looks again.
BOTH_CHANGED = "stock-changed"


def draw(screen: Screen, admission: Admission, sight: Sight, *, refusal: str = "") -> HttpResponse:
    """Answer a screen with what is known of the products of its lines.

    When stock has changed and not the lines, the rows are told in the same answer: many screens
    that each asked for every row would keep each other waiting. When nothing that the screen shows
    has changed, only what it has been told is renewed.
    """
    promised = sight.promises_for(screen.holders)
    found = share_out(screen.lines(at=sight.asked_at), admission.keys, promised, sight.days)
    until = sight.kept_until(screen.holders)
    told = name_of([[_facts(answer) for answer in found], until])
    now = Seen(admission, asked=screen.name, told=told, known=sight.name, at=sight.at)
    before, seen = screen.seen, now.signed(screen.session_key)
    are_lines_same = before is not None and before.asked == now.asked
    are_answers_same = before is not None and before.told == now.told
    if are_lines_same and are_answers_same and not refusal:
        return _response(AGAIN, {"seen": seen}, {"HX-Retarget": "#stock-again"})
    context = {
        "answers": [(answer, _words(answer)) for answer in found if answer is not None],
        "rows": _rows(screen, found) if are_lines_same and not are_answers_same else [],
        "until": until,
        "refusal": refusal,
        "seen": seen,
    }
    have_both_changed = before is not None and not are_lines_same and not are_answers_same
    headers = {"HX-Trigger": BOTH_CHANGED} if have_both_changed else {}
    return _response(PANEL, context, headers, status=UNPROCESSABLE if refusal else 200)


def _response(
    template: str, context: dict[str, Any], headers: Mapping[str, str], *, status: int = 200
) -> HttpResponse:
    return HttpResponse(render_to_string(template, context), status=status, headers=headers)


def _words(answer: Answer) -> str:
    """Return what is said of a product; many screens that hear of it at once say the same."""
    year = timezone.localtime(clock.now()).year  # a day of another year is written with it
    return _drawn(answer.is_there, answer.free, answer.rest_on, get_language(), year)


@lru_cache(maxsize=1024)
def _drawn(is_there: bool, free: Decimal, rest_on: date, _language: str, _year: int) -> str:  # noqa: FBT001  a fact
    facts = {"is_there": is_there, "free": free, "rest_on": rest_on}
    return render_to_string("fulfillment/answer.html", {"answer": facts})


def _facts(answer: Answer | None) -> object:
    return answer and (answer.sku, answer.free, answer.rest_on)


def _rows(screen: Screen, found: Sequence[Answer | None]) -> list[tuple[Row, Answer, str]]:
    """Return the rows that have a place for what stock says: those of a product and a quantity."""
    return [
        (row, answer, _words(answer))
        for row, answer in zip(screen.rows, found, strict=True)
        if answer is not None and row.quantity_text == f"{answer.wanted:f}"
    ]
