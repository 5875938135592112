"""The eight steps of an order's way, with the time of each from its documents."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from o2c.kernel.ui.charts import STAGES, Step
from o2c.kernel.ui.dates import day, daytime
from orders.models import Order
from reporting.order.progress import (
    ALLOCATED,
    CREDIT,
    ENTERED,
    INVOICED,
    PACKED,
    PAID,
    PICKING,
    SHIPPED,
)
from reporting.selectors.order_page import OrderFile

State = Order.State
# Once these are over, nothing is ahead.
ENDED = (State.CANCELLED, State.DECLINED)


def steps_of(file: OrderFile) -> list[Step]:
    return list(_steps(file))


def _steps(file: OrderFile) -> Iterator[Step]:
    times, notes = _times(file), _notes(file)
    reached = _reached(file)
    for number, name in enumerate(STAGES, start=1):
        when = times[number]
        state = _state(file, number, reached)
        note = when if state == "done" or (when and not notes.get(number)) else notes.get(number)
        yield Step(name=str(name), note=note or "", state=state)


def _reached(file: OrderFile) -> int:
    """Return the step that is being done: the one after the stage that is finished."""
    order, stage = file.order, file.progress.stage
    if order.state in {State.DRAFT, State.ON_HOLD, State.IN_REVIEW, State.DECLINED}:
        return stage
    if order.state == State.FULFILLING:
        return SHIPPED if stage == PACKED else PICKING
    return stage + 1


def _state(file: OrderFile, number: int, reached: int) -> str:
    if number < reached:
        return "done"
    if number > reached or file.order.state == State.CANCELLED:
        return ""
    stops = file.progress.flag == "x" or file.order.state == State.DECLINED
    return "block" if stops else "current"


def _times(file: OrderFile) -> dict[int, str]:
    order, facts = file.order, file.facts
    return {
        ENTERED: _written(order.submitted_at),
        CREDIT: _written(order.released_at),
        ALLOCATED: _written(facts.allocated_at),
        PICKING: _written(facts.picking_at),
        PACKED: _written(facts.packed_at),
        SHIPPED: _written(facts.shipped_at),
        INVOICED: _written(facts.invoiced_on),
        PAID: "" if facts.unpaid else _written(facts.paid_on),
    }


def _notes(file: OrderFile) -> dict[int, str]:
    """Say what is known of the steps that are not done."""
    order, facts = file.order, file.facts
    if order.state in ENDED:
        return {}
    notes = {ENTERED: _("draft, not submitted"), CREDIT: _credit_note(file)}
    if facts.backordered and order.state in {State.RELEASED, State.FULFILLING}:
        counts = {"done": facts.lines - facts.backordered, "lines": facts.lines}
        notes[ALLOCATED] = _("%(done)s of %(lines)s lines") % counts
    if facts.picking_at:
        notes[PICKING] = format_html(_("since {}"), daytime(facts.picking_at))
    if facts.leaves_by and not facts.shipped_at:
        notes[SHIPPED] = format_html(_("pickup {}"), daytime(facts.leaves_by))
    if facts.drafts:
        notes[INVOICED] = _("draft has findings")
    if facts.due_on and facts.unpaid:
        notes[PAID] = format_html(_("due {}"), day(facts.due_on))
    return notes


def _credit_note(file: OrderFile) -> str:
    texts = {
        State.ON_HOLD: _("on hold"),
        State.IN_REVIEW: _("in review"),
        State.DECLINED: _("declined"),
        State.SUBMITTED: _("being checked"),
    }
    return texts.get(State(file.order.state), "")


def _written(when: datetime | date | None) -> str:
    if when is None:
        return ""
    return str(daytime(when) if isinstance(when, datetime) else day(when))
