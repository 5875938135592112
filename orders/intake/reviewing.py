"""A person looks at a doubtful document: corrects and accepts it, or rejects it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.intake.asking import ask_rules
from orders.intake.changing import added_keys, apply_change
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.findings import Finding, block
from orders.intake.formats import read_file
from orders.intake.judging import judge
from orders.intake.matching import Books, consult, customers_by_code
from orders.intake.teaching import learn
from orders.models import IntakeDocument, Order
from orders.partners.events import DocumentRejected
from orders.partners.services import answer_changed
from orders.selectors import today_of
from orders.services import NewLine, place_order

CHANGES = (IntakeDocument.Purpose.CHANGE, IntakeDocument.Purpose.CANCELLATION)
# What a person may decide: whose price counts.
THEIRS_TO_DECIDE = frozenset({"price_differs", "no_list_price"})


class StillDoubtful(InvalidInput):
    """What was corrected is still not certain; `findings` say where."""

    code = "still_doubtful"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].message, field=findings[0].field)
        self.findings = [(found.rule, found.field, found.message) for found in findings]


@service
def accept_document(
    document_id: int,
    *,
    corrected: ReadOrder,
    is_remembered: bool = False,
    decides_prices: bool = True,
    at: datetime,
    actor: Actor,
) -> Order:
    """Place the order that somebody has made of a document in review.

    `is_remembered`: the customer's next document is read with what was corrected in this one.
    `decides_prices`: whoever accepts it may sell at another price than listed. Others take the
    listed price or, within the tolerance, the one that the document itself says.

    Raises:
        IntakeDocument.DoesNotExist: no such document.
        TransitionNotAllowed: somebody has decided about it already.
        StillDoubtful: what was corrected has no certain customer, product or quantity.
        OrderInvalid: the order's own rules found something.
    """
    document = lock(IntakeDocument, document_id)
    if document.purpose in CHANGES:
        return _accept_change(document, at=at, actor=actor)
    customers = customers_by_code([corrected.customer])
    books = consult([corrected], customers=customers, at=at, apart_from=document.pk)
    judge(corrected, books, is_counted=True)
    if not decides_prices:
        corrected.findings += _prices_of_their_own(corrected, document, books)
    _refuse_doubts(corrected, books, THEIRS_TO_DECIDE if decides_prices else frozenset(), at=at)
    customer = customers[corrected.customer.casefold()]
    order = _place(document, corrected, books, customer, at=at, actor=actor)
    document.customer = customer
    document.customer_po = corrected.po_number
    document.purpose = IntakeDocument.Purpose.ORDER
    if is_remembered:
        learn(document, corrected, books, customer, at=at, actor=actor)
    document.accept(order=order)
    audit.save(document, at=at, actor=actor, touches=[order.label, customer.label])
    return order


@service
def reject_document(document_id: int, *, reason: str, at: datetime, actor: Actor) -> IntakeDocument:
    """Decide that a document in review becomes no order.

    Raises:
        IntakeDocument.DoesNotExist: no such document.
        TransitionNotAllowed: somebody has decided about it already.
        InvalidInput: without a reason.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why it is rejected."), field="reason")
    document = lock(IntakeDocument, document_id)
    document.reject()
    audit.save(document, at=at, actor=actor, reason=reason.strip())
    publish(DocumentRejected(document_id=document.pk, at=at, actor=actor))
    return document


def _refuse_doubts(
    corrected: ReadOrder, books: Books, decided: frozenset[str], *, at: datetime
) -> None:
    """Ask the order's own rules too, where anything but what is `decided` is in doubt."""
    if all(found.rule in decided for found in corrected.findings):
        return
    ask_rules(corrected, books, at=at)
    raise StillDoubtful([found for found in corrected.findings if found.rule not in decided])


def _place(
    document: IntakeDocument,
    corrected: ReadOrder,
    books: Books,
    customer: Customer,
    *,
    at: datetime,
    actor: Actor,
) -> Order:
    place = books.place(corrected, customer) if corrected.ship_to else None
    _keep_dates(corrected, document)
    return place_order(
        customer_id=customer.pk,
        lines=[_new_line(line, books, corrected) for line in corrected.lines],
        channel=document.channel,
        requested_on=corrected.requested_on or today_of(customer, at),
        ship_to_id=place.pk if place else None,
        customer_po=corrected.po_number,
        owner_id=customer.sales_rep_id,
        note=corrected.note,
        at=at,
        actor=actor,
    )


def _accept_change(document: IntakeDocument, *, at: datetime, actor: Actor) -> Order:
    """Do what a change or a cancellation asks, as it stands in the file; a person wants it so.

    Raises:
        StillDoubtful: it names no order, or a product that we do not know.
        DomainError: the order's rules refuse it.
    """
    read = read_file(files.read(document.file), document.file_format)
    wanted = next(order for order in read.orders if order.part == document.part)
    wanted.customer = document.customer.number if document.customer else ""
    customers = customers_by_code([wanted.customer])
    books = consult([wanted], customers=customers, at=at, apart_from=document.pk)
    judge(wanted, books)
    known = books.order(wanted)
    doubts = [found for found in wanted.findings if found.severity == "block"]
    if doubts or known is None:
        raise StillDoubtful(doubts)
    order = apply_change(known.pk, document=wanted, books=books, at=at, actor=actor)
    document.content["line_keys"] = added_keys(wanted, order, books)
    document.accept(order=order)
    audit.save(document, at=at, actor=actor, touches=[order.label, order.customer.label])
    answer_changed(document, order, at=at, actor=actor)
    return order


def _prices_of_their_own(
    corrected: ReadOrder, document: IntakeDocument, books: Books
) -> list[Finding]:
    """Find prices that stand neither on our lists nor on the document: somebody made them up."""
    customer = books.customer(corrected.customer)
    theirs = [line.get("unit_price") for line in document.content.get("lines", [])]
    said = {one.field for one in corrected.findings if one.rule in THEIRS_TO_DECIDE}
    found = []
    for place, line in enumerate(corrected.lines):
        product = books.product(line, customer)
        if customer is None or product is None or line.unit_price is None:
            continue
        if f"lines.{place}.unit_price" in said:
            continue
        written = theirs[line.row - 1] if 0 < line.row <= len(theirs) else None
        known = {books.price(customer, product, line.quantity)}
        known |= {Decimal(written)} if written else set()
        if line.unit_price not in known:
            message = _("You may not set prices: leave it empty, or as the document says it.")
            found.append(block("price_differs", f"lines.{place}.unit_price", message))
    return found


def _keep_dates(corrected: ReadOrder, document: IntakeDocument) -> None:
    """Keep the dates of single lines: the form shows them beside the lines, and asks for none."""
    theirs = document.content.get("lines", [])
    for line in corrected.lines:
        text = theirs[line.row - 1].get("requested_on") if line.row <= len(theirs) else ""
        line.requested_on = date.fromisoformat(text) if text else None


def _new_line(line: ReadLine, books: Books, corrected: ReadOrder) -> NewLine:
    customer = books.customer(corrected.customer)
    product = books.product(line, customer)
    assert product is not None  # `judge` found nothing to say
    assert customer is not None
    assert line.quantity is not None
    ours = books.price(customer, product, line.quantity)
    agreed = line.unit_price if line.unit_price != ours else None
    return NewLine(
        product_id=product.pk,
        quantity=line.quantity,
        unit_price=agreed,
        price_reason="" if agreed is None else _("as on the customer's document"),
        requested_on=line.requested_on,
    )
