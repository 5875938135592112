"""Where an order stands: its stage of eight, and the worst condition that needs somebody."""

from dataclasses import dataclass
from datetime import date, datetime

from orders.models import Order
from reporting.selectors.facts import Facts

State = Order.State

ENTERED, CREDIT, ALLOCATED, PICKING, PACKED, SHIPPED, INVOICED, PAID = range(1, 9)
STAGES = {
    State.DRAFT.value: ENTERED,
    State.SUBMITTED.value: ENTERED,
    State.IN_REVIEW.value: CREDIT,
    State.ON_HOLD.value: CREDIT,
    State.DECLINED.value: CREDIT,
    State.RELEASED.value: CREDIT,
    State.FULFILLING.value: PICKING,
    State.SHIPPED.value: SHIPPED,
    State.DELIVERED.value: SHIPPED,
    State.INVOICED.value: INVOICED,
    State.CLOSED.value: PAID,
    State.CANCELLED.value: ENTERED,
}
# Nothing waits in these.
ENDED = (State.CLOSED, State.CANCELLED, State.DECLINED)
# The conditions that colour the stage: x stops the order, w puts its date at risk.
FLAGS = {
    "on_hold": "x",
    "exception": "x",
    "short": "x",
    "documents_asked": "w",
    "backordered": "w",
}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`condition` is a word of the status table: the state, or what is wrong with it."""

    stage: int
    condition: str

    @property
    def flag(self) -> str:
        return FLAGS.get(self.condition, "")


def progress_of(state: str, facts: Facts) -> Progress:
    return Progress(stage=_stage(state, facts), condition=_condition(state, facts))


def since_of(order: Order, progress: Progress, facts: Facts) -> datetime | date | None:
    """Return since when an order is in its stage; None: it is over, or it is not known."""
    if order.state in ENDED:
        return None
    times = {
        ENTERED: order.submitted_at or order.created_at,
        CREDIT: order.released_at or order.submitted_at,
        ALLOCATED: facts.allocated_at or order.released_at,
        PICKING: facts.picking_at,
        PACKED: facts.packed_at,
        SHIPPED: facts.shipped_at,
        INVOICED: facts.invoiced_on,
    }
    return times.get(progress.stage)


def _stage(state: str, facts: Facts) -> int:
    if state == State.RELEASED and facts.allocated:
        return ALLOCATED
    if state == State.FULFILLING and _is_packed(facts):
        return PACKED
    return STAGES[state]


def _is_packed(facts: Facts) -> bool:
    return bool(facts.pick_lists) and not facts.unpacked and facts.packed_at is not None


def _condition(state: str, facts: Facts) -> str:
    """Return the first condition that holds, the worst one first; else the state itself."""
    is_moving = state in {State.RELEASED, State.FULFILLING}
    conditions = {
        "exception": facts.exceptions > 0 and state not in {State.CLOSED, State.CANCELLED},
        "documents_asked": state == State.IN_REVIEW and facts.documents_asked,
        "short": is_moving and facts.short,
        "backordered": is_moving and facts.backordered > 0,
        "packed": state == State.FULFILLING and _is_packed(facts),
        "allocated": state == State.RELEASED and facts.allocated > 0,
    }
    return next((name for name, holds in conditions.items() if holds), state)
