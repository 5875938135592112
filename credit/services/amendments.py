"""What credit says to an order that was changed after it had been decided on."""

from datetime import datetime

from django.utils.translation import gettext as _

from credit.models import CreditCheck
from credit.services import order_holds
from credit.services.exposure import follow_order, include_order, ledger_of
from credit.services.reviews import assess, review_order
from o2c.kernel import rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross

Outcome = CreditCheck.Outcome


class AmendmentOverCredit(DomainError):
    """Credit does not reach for the change, and the order is too far to wait for it."""

    code = "amendment_over_credit"


@service
def follow_amendment(order_id: int, *, was_confirmed: bool, at: datetime, actor: Actor) -> None:
    """Count what an amendment changes; what raises the exposure is checked like a new order.

    An order that waits is checked again. One past credit goes back to waiting when the change
    takes it over the limit while nothing is picked; once it is, the change is refused.

    Raises:
        AmendmentOverCredit: it is refused; the message says what is missing.
    """
    order = orders.lock_order(order_id)
    if not was_confirmed:
        review_order(order_id, at=at, actor=actor)
        return
    counted, is_left_out = ledger_of(order)
    if open_gross(order, orders.lines_of(order)) <= counted:
        follow_order(order_id, at=at)
        return
    finding, check = assess(order, counted=counted, at=at, actor=actor)
    if finding.outcome == Outcome.ALLOW:
        rows.insert([check])
        comes_in = is_left_out and not check.inputs["is_far"]
        follow = include_order if comes_in else follow_order
        follow(order_id, at=at)
        return
    _ensure_can_wait(order, finding.outcome, finding.message)
    rows.insert([check])
    order_holds.keep(order, finding, at=at, actor=actor)
    orders.suspend_order(order_id, reason=finding.message, at=at, actor=actor)
    if finding.outcome == Outcome.REFER:
        orders.refer_order(order_id, reason=finding.message, at=at, actor=actor)


def _ensure_can_wait(order: Order, outcome: str, message: str) -> None:
    lines = orders.lines_of(order).values()
    if outcome == Outcome.DECLINE or any(line.picking or line.shipped for line in lines):
        raise AmendmentOverCredit(
            _("The change is refused, the order stays as it was. %(why)s") % {"why": message}
        )
