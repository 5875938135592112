"""The next revision of a quote that has left the house."""

from datetime import datetime

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import adopt
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.events import QuoteClosed
from orders.models import Quote, QuoteLine
from orders.selectors import today_of
from orders.services.quoting import USUAL_VALIDITY, insert_lines, lock_quote


@service
def revise_quote(quote_id: int, *, at: datetime, actor: Actor) -> Quote:
    """Begin the next revision with what this one says; this one can be accepted no more.

    Raises:
        TransitionNotAllowed: it is a draft, accepted or replaced already.
    """
    old = lock_quote(quote_id)
    was_sent = old.state == Quote.State.SENT
    old.replace()
    audit.save(old, at=at, actor=actor, touches=[old.customer.label])
    usual = today_of(old.customer, at) + USUAL_VALIDITY
    new = Quote(
        public_id=public_id("quo"),
        number=old.number,
        revision=old.revision + 1,
        customer=old.customer,
        ship_to_id=old.ship_to_id,
        currency=old.currency,
        payment_terms_id=old.payment_terms_id,
        valid_until=max(old.valid_until, usual),
        allows_part=old.allows_part,
        note=old.note,
        net_amount=old.net_amount,
        tax_amount=old.tax_amount,
        gross_amount=old.gross_amount,
        owner_id=old.owner_id,
        created_at=at,
    )
    audit.create(new, at=at, actor=actor, touches=[old.label, old.customer.label])
    adopt(new)
    insert_lines(new, [_copy(line) for line in old.lines.order_by("position")])
    if was_sent:
        publish(QuoteClosed(quote_id=old.pk, at=at, actor=actor))
    return new


def _copy(line: QuoteLine) -> QuoteLine:
    return QuoteLine(
        position=line.position,
        product_id=line.product_id,
        sku=line.sku,
        description=line.description,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_source=line.price_source,
        list_price=line.list_price,
        net_amount=line.net_amount,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
    )
