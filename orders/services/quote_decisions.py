"""What becomes of a quote that was sent: an order, a refusal, or nothing in time."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.outbox import publish
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from o2c.kernel.ui.dates import day_text
from orders.events import QuoteClosed, QuoteDecided
from orders.models import Channel, Order, Quote, QuoteLine
from orders.selectors import today_of
from orders.services.entry import place_order
from orders.services.facts import NewLine
from orders.services.quoting import lock_quote

State = Quote.State
# Sent quotes whose last day is over where the customer is, when the company's day begins.
RUN_OUT = """
SELECT q.id FROM orders_quote AS q JOIN customers_customer AS c ON c.id = q.customer_id
 WHERE q.state = 'sent' AND q.valid_until < %(on)s + 1
   AND q.valid_until < (%(at)s AT TIME ZONE c.time_zone)::date
 ORDER BY q.id
"""


class QuoteNotOpen(DomainError):
    """Only a sent quote that has not run out is decided on."""

    code = "quote_not_open"


@service
def accept_quote(
    quote_id: int,
    *,
    requested_on: date,
    customer_po: str = "",
    quantities: Mapping[int, Decimal] | None = None,
    channel: str = Channel.REP,
    owner_id: int | None = None,
    at: datetime,
    actor: Actor,
) -> Order:
    """Make an order of a quote, once, at its prices and terms; it is checked as any order.

    `quantities` by line key take a part, where the quote allows it; without, all is taken.

    Raises:
        Quote.DoesNotExist: no such quote.
        QuoteNotOpen: it was not sent, has run out, or was decided on before.
        InvalidInput: these quantities cannot be taken.
        OrderInvalid: with all blocking findings; the quote stays open.
    """
    quote = _open_quote(quote_id, at=at)
    lines = list(quote.lines.order_by("position"))
    taken = _taken(quote, lines, quantities)
    publish(QuoteClosed(quote_id=quote.pk, is_taken=True, at=at, actor=actor))
    order = place_order(
        customer_id=quote.customer_id,
        lines=[_ordered(line, taken[line.pk], quote) for line in lines if line.pk in taken],
        channel=channel,
        requested_on=requested_on,
        ship_to_id=quote.ship_to_id,
        customer_po=customer_po,
        owner_id=owner_id or quote.owner_id,
        payment_terms_id=quote.payment_terms_id,
        at=at,
        actor=actor,
    )
    quote.accept(order=order, at=at)
    add_to(QuoteLine, {"accepted": taken}, header=quote)
    audit.record_written(quote, at=at, actor=actor, touches=[order.label, quote.customer.label])
    publish(QuoteDecided(quote_id=quote.pk, at=at, actor=actor))
    return order


@service
def reject_quote(
    quote_id: int, *, reason: str, note: str = "", at: datetime, actor: Actor
) -> Quote:
    """Note that the customer does not want it; a draft is put away.

    Raises:
        Quote.DoesNotExist: no such quote.
        InvalidInput: the reason is none of `Quote.RejectReason`.
        QuoteNotOpen: it was decided on before.
    """
    quote = lock_quote(quote_id)
    was_sent = quote.state == State.SENT
    if not was_sent and quote.state != State.DRAFT:
        raise QuoteNotOpen(_why_not(quote))
    if reason not in Quote.RejectReason.values:
        raise InvalidInput(_("Choose a reason from the list."), field="reason")
    quote.reject(reason=reason, note=note[:300], at=at)
    audit.save(quote, at=at, actor=actor, reason=note, touches=[quote.customer.label])
    if was_sent:
        publish(QuoteClosed(quote_id=quote.pk, at=at, actor=actor))
        publish(QuoteDecided(quote_id=quote.pk, at=at, actor=actor))
    return quote


@service
def expire_quotes(as_of: date, *, at: datetime, actor: Actor) -> int:
    """Let the quotes run out whose last day is over by the customer's calendar; return how many.

    `as_of` is the company's day that begins. Run again, for whichever day, it finds what is left.
    """
    company = the_company()
    begin = datetime.combine(as_of, time(), ZoneInfo(company.time_zone))
    with connection.cursor() as cursor:
        cursor.execute(RUN_OUT, {"on": as_of, "at": begin})
        keys = [key for (key,) in cursor.fetchall()]
    quotes = [quote for quote in lock_many(Quote, keys).values() if quote.state == State.SENT]
    for quote in quotes:
        quote.expire(at=at)
    touches = {quote: [f"customer:{quote.customer_id}"] for quote in quotes}
    audit.save_many(touches, at=at, actor=actor)
    return len(quotes)


def ensure_open(quote: Quote, *, at: datetime) -> None:
    """Refuse unless the customer can accept the quote today.

    Raises:
        QuoteNotOpen: it was not sent, has run out, or was decided on before.
    """
    if quote.state != State.SENT:
        raise QuoteNotOpen(_why_not(quote))
    if quote.valid_until < today_of(quote.customer, at):
        raise QuoteNotOpen(
            _("%(quote)s was valid until %(day)s. Ask for a new revision.")
            % {"quote": quote, "day": day_text(quote.valid_until)}
        )
    if quote.currency != quote.customer.currency:
        raise QuoteNotOpen(
            _("%(quote)s is in %(currency)s, which is not used any more. Ask for a new quote.")
            % {"quote": quote, "currency": quote.currency}
        )


def _why_not(quote: Quote) -> str:
    names = {"quote": quote, "state": str(quote.get_state_display()).lower()}
    if quote.state == State.REPLACED:
        return _("%(quote)s is replaced by a newer revision. Look at that one.") % names
    if quote.state == State.DRAFT:
        return _("%(quote)s has not been sent yet.") % names
    return _("%(quote)s is %(state)s already; there is nothing left to decide.") % names


def _open_quote(quote_id: int, *, at: datetime) -> Quote:
    quote = lock_quote(quote_id)
    ensure_open(quote, at=at)
    return quote


def _ordered(line: QuoteLine, quantity: Decimal, quote: Quote) -> NewLine:
    return NewLine(
        line.product_id, quantity, unit_price=line.unit_price, price_source=_source_of(quote)
    )


def _taken(
    quote: Quote, lines: Collection[QuoteLine], quantities: Mapping[int, Decimal] | None
) -> dict[int, Decimal]:
    """Return what is taken of each line.

    Raises:
        InvalidInput: a line is another quote's, a quantity cannot be, or all must be taken.
    """
    offered = {line.pk: line for line in lines}
    whole = {key: line.quantity for key, line in offered.items()}
    if quantities is None:
        return whole
    taken = {key: quantity for key, quantity in quantities.items() if quantity}
    if not taken:
        raise InvalidInput(_("Take at least one line."), field="lines")
    for key, quantity in taken.items():
        if key not in offered:
            raise InvalidInput(_("This line is not on the quote."), field="lines")
        if not quantity.is_finite() or not 0 < quantity <= offered[key].quantity:
            message = _("Of line %(position)s, take more than nothing and %(offered)s at most.")
            names = {
                "position": offered[key].position,
                "offered": f"{offered[key].quantity.normalize():f}",
            }
            raise InvalidInput(message % names, field="lines")
    if taken != whole and not quote.allows_part:
        message = _("%(quote)s is to be taken as a whole. Ask for a revision with less.")
        raise InvalidInput(message % {"quote": quote}, field="lines")
    return taken


def _source_of(quote: Quote) -> str:
    """Name the quote and its revision as the source of a price."""
    return _("Quote %(number)s, revision %(revision)s") % {
        "number": quote.number,
        "revision": quote.revision,
    }
