"""Quotes until they are decided on: written, changed, sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from customers.models import Contact, Customer, PaymentTerms
from customers.selectors import email_of
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock, lock_with
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import validation
from orders.events import QuoteSent
from orders.models import OrderLine, Quote, QuoteLine
from orders.rules import Facts
from orders.selectors import today_of, totals_of
from orders.services.facts import Entered, NewLine, facts_of
from orders.services.offer_approval import ensure_approved
from orders.services.rows import rows_of

# How long an offer stands unless somebody says otherwise.
USUAL_VALIDITY = timedelta(days=30)
# What an order needs and a quote does not: the rules about them are not asked.
NOT_YET = ("customer_po", "requested_on")


class QuoteChanged(DomainError):
    """Somebody else has changed the draft since it was shown."""

    code = "quote_changed"


class QuoteNotDraft(DomainError):
    """What has left the house is not changed: it is revised."""

    code = "quote_not_draft"


class QuoteInvalid(InvalidInput):
    """What nobody could order as it is quoted; `findings` holds each as (rule, field, message)."""

    code = "quote_invalid"

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(" ".join(found[2] for found in findings), field=findings[0][1])
        self.findings = findings


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What somebody enters to make a quote. `valid_until` is its last day."""

    lines: Sequence[NewLine]
    valid_until: date
    ship_to_id: int | None = None
    payment_terms_id: int | None = None
    allows_part: bool = False
    note: str = ""


@service
def create_quote(
    *, customer_id: int, offered: Offered, owner_id: int | None = None, at: datetime, actor: Actor
) -> Quote:
    """Write a draft, priced as an order would be unless a line says another price.

    Raises:
        Customer.DoesNotExist: no such customer.
        OrderInvalid: something that not even a draft can hold.
        InvalidInput: it would have run out already.
    """
    customer = lock(Customer, customer_id)
    facts = _facts(customer, offered, at=at)
    quote = Quote(
        public_id=public_id("quo"),
        customer=customer,
        currency=customer.currency,
        owner_id=owner_id,
        created_at=at,
    )
    _fill(quote, offered, facts)
    lines = rows_of(facts)
    _add_up(quote, lines)
    audit.create(quote, at=at, actor=actor, touches=[customer.label])
    adopt(quote)
    insert_lines(quote, lines)
    return quote


@service
def change_quote(
    quote_id: int, *, offered: Offered, version: int, at: datetime, actor: Actor
) -> Quote:
    """Replace a draft's head and lines by what was entered against its `version`.

    Raises:
        QuoteNotDraft: it has left the house.
        QuoteChanged: somebody has changed it since.
        OrderInvalid: something that not even a draft can hold.
        InvalidInput: it would have run out already.
    """
    quote = lock_quote(quote_id)
    ensure_draft(quote)
    if quote.version != version:
        raise QuoteChanged(
            _(
                "%(quote)s was changed by somebody else meanwhile. Your changes are not saved:"
                " open it again, look, and enter them once more."
            )
            % {"quote": quote}
        )
    facts = _facts(quote.customer, offered, at=at)
    _fill(quote, offered, facts)
    quote.version += 1
    lines = rows_of(facts)
    _add_up(quote, lines)
    audit.save(quote, at=at, actor=actor, touches=[quote.customer.label])
    quote.lines.all().delete()
    insert_lines(quote, lines)
    return quote


@service
def send_quote(quote_id: int, *, at: datetime, actor: Actor) -> Quote:
    """Send a draft to the buyer; from now on it can be accepted, and is not changed any more.

    Raises:
        TransitionNotAllowed: it is no draft.
        OrderInvalid: nobody could order what it offers.
        InvalidInput: it has run out, or nobody at the customer can be written to.
        OfferNeedsApproval: somebody else has to let so large a discount go.
    """
    quote = lock_quote(quote_id)
    quote.send(at=at)
    _ensure_ahead(quote.valid_until, quote.customer, at=at)
    _ensure_sellable(quote, at=at)
    ensure_approved(
        quote.lines.values_list("unit_price", "list_price"),
        currency=quote.currency,
        owner_id=quote.owner_id,
        offer=quote,
        earlier=Quote.objects.filter(number=quote.number).exclude(pk=quote.pk),
        actor=actor,
    )
    if not email_of(quote.customer, Contact.Role.BUYER):
        message = _("%(customer)s has no e-mail address. Add a contact who buys, with one.")
        raise InvalidInput(message % {"customer": quote.customer})
    audit.save(quote, at=at, actor=actor, touches=[quote.customer.label])
    publish(QuoteSent(quote_id=quote.pk, at=at, actor=actor))
    return quote


def lock_quote(quote_id: int) -> Quote:
    """Lock the customer, then the quote, in one statement.

    Raises:
        Quote.DoesNotExist: no such quote.
    """
    customer, quote = lock_with(Quote, quote_id, owner=Customer, column="customer_id")
    quote.customer = customer
    return quote


def ensure_draft(quote: Quote) -> None:
    """Refuse what only a draft can do.

    Raises:
        QuoteNotDraft: it is past that.
    """
    if quote.state != Quote.State.DRAFT:
        raise QuoteNotDraft(
            _("%(quote)s is no draft any more. Revise it: the new revision can be changed.")
            % {"quote": quote}
        )


def _facts(customer: Customer, offered: Offered, *, at: datetime) -> Facts:
    """Gather what the rules look at, as for an order of today; check that rows can hold it."""
    _ensure_ahead(offered.valid_until, customer, at=at)
    entered = Entered(
        lines=offered.lines,
        requested_on=today_of(customer, at),
        ship_to_id=offered.ship_to_id,
        note=offered.note,
    )
    facts = facts_of(customer, entered, at=at)
    validation.check_storable(facts)
    return facts


def _ensure_ahead(valid_until: date, customer: Customer, *, at: datetime) -> None:
    if valid_until < today_of(customer, at):
        message = _("This day is over. Let the quote stand until today or a later day.")
        raise InvalidInput(message, field="valid_until")


def _ensure_sellable(quote: Quote, *, at: datetime) -> None:
    """Ask the rules of an order about the lines; what only an order has is not asked for."""
    offered = Offered(
        lines=[
            NewLine(
                line.product_id,
                line.quantity,
                unit_price=line.unit_price,
                price_source=quote.name,
            )
            for line in quote.lines.order_by("position")
        ],
        valid_until=quote.valid_until,
        ship_to_id=quote.ship_to_id,
        note=quote.note,
    )
    facts = _facts(quote.customer, offered, at=at)
    try:
        validation.check(facts)
    except validation.OrderInvalid as refusal:
        wrong = [found for found in refusal.findings if found[1] not in NOT_YET]
        if wrong:
            raise QuoteInvalid(wrong) from None


def _fill(quote: Quote, offered: Offered, facts: Facts) -> None:
    assert facts.ship_to is not None  # a storable rule says so
    terms_id = offered.payment_terms_id or facts.customer.payment_terms_id
    if not PaymentTerms.objects.filter(pk=terms_id).exists():
        raise InvalidInput(_("Choose payment terms from the list."), field="payment_terms")
    quote.ship_to = facts.ship_to
    quote.payment_terms_id = terms_id
    quote.valid_until = offered.valid_until
    quote.allows_part = offered.allows_part
    quote.note = offered.note


def _add_up(quote: Quote, lines: list[OrderLine]) -> None:
    sums = totals_of(lines, quote.currency)
    quote.net_amount = sums.net_amount
    quote.tax_amount = sums.tax_amount
    quote.gross_amount = sums.gross_amount


def insert_lines(quote: Quote, lines: Iterable[OrderLine | QuoteLine]) -> None:
    """Write the lines of a quote that has none."""
    made = [line if isinstance(line, QuoteLine) else _quoted(line) for line in lines]
    for line in made:
        line.quote = quote
    rows.insert(made)


def _quoted(line: OrderLine) -> QuoteLine:
    return QuoteLine(
        position=line.position,
        product_id=line.product_id,
        sku=line.sku,
        description=line.description,
        unit=line.unit,
        quantity=line.ordered,
        unit_price=line.unit_price,
        price_source=line.price_source,
        list_price=line.list_price,
        net_amount=line.net_amount,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
    )
