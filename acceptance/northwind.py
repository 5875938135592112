"""Suite 3: all orders of the Northwind traders as one JSON file, the doubtful ones reviewed."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from acceptance import house
from acceptance.house import IMPORT, House
from acceptance.northwind_file import Buyer, NorthwindFile, read_northwind
from acceptance.report import Report
from catalog import services as catalog
from catalog.models import Product, TaxCategory
from catalog.services import ProductDetails
from credit import services as credit
from customers import services as customers
from customers.services import Details, Place
from o2c.kernel import clock, outbox
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.judging import Verdict
from orders.intake.results import Result
from orders.intake.reviewing import accept_document
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order

NAME = "orders/northwind.sqlite"
# Before the first order: every date asked for is one to come.
OPENED_ON = date(2016, 7, 1)
LIMIT_UNTIL = date(2018, 12, 31)
PLENTY = Decimal(100_000)
CURRENCY = "USD"
RELEASED = {*Order.CONFIRMED}


def run(home: House, folder: Path) -> Report:
    """Take all orders in, let a person decide about prices, and compare with the database."""
    file = read_northwind(folder / NAME)
    at = house.instant(OPENED_ON, 9)
    with outbox.inline(), clock.travel(at):
        _move_in(home, file, at=at)
        results = list(take_in("northwind.json", file.content, commit=True, at=at, actor=IMPORT))
        reviewed = _review(file, results, at=at)
    report = Report(f"Northwind: {len(file.sales)} orders of {len(file.buyers)} customers")
    _compare_verdicts(report, file, results)
    _compare_amounts(report, file, reviewed)
    report.check_books()
    return report


def _move_in(home: House, file: NorthwindFile, *, at: datetime) -> None:
    prices = house.price_list(CURRENCY)
    for article in file.articles:
        product = house.add_product(
            article.sku, article.name, tax_category=TaxCategory.ZERO.value, at=at
        )
        catalog.set_price(product.pk, price_list=prices, amount=article.price, at=at, actor=IMPORT)
        house.stock_up(home, product, PLENTY, at=at)
        if article.is_discontinued:
            _discontinue(product, at=at)
    for buyer in file.buyers:
        _enter(home, buyer, at=at)


def _discontinue(product: Product, *, at: datetime) -> None:
    details = ProductDetails(
        sku=product.sku,
        name=product.name,
        unit_id=product.unit_id,
        weight_kg=product.weight_kg,
        tax_category=product.tax_category,
        status=Product.Status.DISCONTINUED.value,
    )
    catalog.change_product(product.pk, details=details, at=at, actor=IMPORT)


def _enter(home: House, buyer: Buyer, *, at: datetime) -> None:
    customer = customers.create_customer(
        details=Details(name=buyer.name, payment_terms_id=home.terms.pk),
        currency=CURRENCY,
        place=Place(
            street=buyer.street,
            city=buyer.city,
            postal_code=buyer.postal_code,
            country=house.country_code(buyer.country),
        ),
        at=at,
        actor=IMPORT,
    )
    credit.set_limit(
        customer.pk,
        limit=Decimal(1_000_000),
        valid_until=LIMIT_UNTIL,
        reason="Pays since years.",
        at=at,
        actor=IMPORT,
    )


def _review(file: NorthwindFile, results: list[Result], *, at: datetime) -> dict[str, Order]:
    """Accept, as the sales desk, each document of which only the prices are in doubt."""
    placed = {}
    waiting = {one.po_number: one for one in results if one.status == Verdict.REVIEW}
    for sale in file.sales:
        if sale.number in waiting and file.expected[sale.number] == {"price_differs"}:
            document_id = waiting[sale.number].document_id
            assert document_id is not None  # committed documents are kept
            document = IntakeDocument.objects.get(pk=document_id)
            placed[sale.number] = accept_document(
                document.pk,
                corrected=_as_read(document),
                at=at,
                actor=IMPORT,
            )
    return placed


def _as_read(document: IntakeDocument) -> ReadOrder:
    """Return what the document says, nothing corrected."""
    said = document.content
    return ReadOrder(
        part="",
        customer=said["customer"],
        po_number=said["po_number"],
        requested_on=date.fromisoformat(said["requested_on"]),
        lines=[
            ReadLine(
                row=line["row"],
                sku=line["sku"],
                quantity=Decimal(line["quantity"]),
                unit_price=Decimal(line["unit_price"]),
            )
            for line in said["lines"]
        ],
    )


def _compare_verdicts(report: Report, file: NorthwindFile, results: list[Result]) -> None:
    """Each order must be accepted, or stopped by exactly the rules that the database predicts."""
    report.check(
        [one.po_number for one in results] == [sale.number for sale in file.sales],
        "the documents are not the database's orders, one by one",
    )
    for one in results:
        expected = file.expected[one.po_number]
        blocking = {finding.rule for finding in one.findings if finding.severity == "block"}
        verdict = Verdict.REVIEW if expected else Verdict.ACCEPTED
        report.check(
            one.status == verdict and blocking == expected,
            f"{one.po_number}: {one.status} by {sorted(blocking)}, expected {sorted(expected)}",
        )
    statuses = Counter(one.status.value for one in results)
    rules = Counter(rule for one in results for rule in {found.rule for found in one.findings})
    report.table(["verdict", "documents"], sorted(statuses.items()))
    report.table(["finding", "documents"], rules.most_common())


def _compare_amounts(report: Report, file: NorthwindFile, reviewed: dict[str, Order]) -> None:
    """Every order but those of discontinued products is released, at the database's amount."""
    orders = {
        order.customer_po: order for order in Order.objects.filter(lines__sku__startswith="NW-")
    }
    sold = [sale for sale in file.sales if "product_discontinued" not in file.expected[sale.number]]
    report.check(len(orders) == len(sold), f"{len(orders)} orders, expected {len(sold)}")
    total = Decimal(0)
    for sale in sold:
        order = orders.get(sale.number)
        amount = order.net_amount if order else None
        total += amount or Decimal(0)
        report.check(
            order is not None and order.state in RELEASED and amount == sale.net_amount,
            f"{sale.number}: {order and order.state} {amount}, expected {sale.net_amount}",
        )
    report.add(
        f"{len(sold)} orders released, {len(reviewed)} of them after a person had accepted their"
        f" prices: {total.quantize(Decimal('0.01')):,} {CURRENCY}, to the cent as in the database."
    )
    report.add()
