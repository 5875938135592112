"""What EDI and UBL files need to be taken in: the masters that their own identifiers name."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import Model

from acceptance import house
from acceptance.house import IMPORT, House
from acceptance.report import Report
from catalog import services as catalog
from catalog.models import PriceList, Product, TaxCategory, TaxRule, UnitOfMeasure
from catalog.units import SINGLE, WORDS, code_of
from credit import services as credit
from customers import services as customers
from customers.models import Address, Customer
from customers.services import Details, Place
from o2c.kernel import clock, outbox
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.edi.partners import CONTROLLED
from orders.intake.findings import Unreadable
from orders.intake.formats import format_of, read_file
from orders.intake.results import Result
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order, TradingPartner
from orders.partners.masters import PartnerDetails, add_partner

COUNTRY = "US"
LIMIT = Decimal(100_000_000)
PLENTY = Decimal(100_000)
UNPRICED = Decimal(10)
# Files without any date of delivery are taken in on this day.
LATER = date(2026, 11, 20)
BEFORE = timedelta(days=30)
SKU_LENGTH = 40
GONE = "sender of "


@dataclass(frozen=True)
class Expected:
    """What must become of each document of a file: status, number of lines, rules that spoke."""

    status: str
    lines: int = 0
    rules: tuple[str, ...] = ()


NOT_AN_ORDER = Expected("rejected", 0, ("not_an_order",))
Expectations = dict[str, list[Expected]]


def run_files(
    home: House, folder: Path, *, title: str, patterns: list[str], expected: Expectations
) -> Report:
    """Take every file in, rehearsed first, and compare each document with what is expected."""
    report = Report(title)
    found = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    names = {str(path.relative_to(folder)) for path in found if path.is_file()}
    report.check(names == set(expected), f"files not expected or gone: {names ^ set(expected)}")
    rows: list[list[str | int]] = []
    for path in found:
        name = str(path.relative_to(folder))
        if path.is_file() and name in expected:
            results = take_file(home, path, report)
            compare(report, name, results, expected[name])
            rows += [_row(name, result) for result in results]
    report.table(["document", "status", "lines", "findings"], rows)
    counts = Counter(row[1] for row in rows)
    report.add(", ".join(f"{number} {status}" for status, number in sorted(counts.items())))
    report.add()
    report.check_books()
    return report


def take_file(home: House, path: Path, report: Report) -> list[Result]:
    """Move in whom the file names, rehearse it, take it in, and take it in again."""
    content = path.read_bytes()
    day = _move_in(home, content, path.name)
    at = house.instant(day, 6)
    with outbox.inline(), clock.travel(at):
        before = _counts()
        rehearsed = list(take_in(path.name, content, commit=False, at=at, actor=IMPORT))
        report.check(before == _counts(), f"{path.name}: a rehearsal wrote")
        results = list(take_in(path.name, content, commit=True, at=at, actor=IMPORT))
        orders = Order.objects.count()
        again = list(take_in(path.name, content, commit=True, at=at, actor=IMPORT))
    same = [one.status for one in rehearsed] == [one.status for one in results]
    report.check(same, f"{path.name}: the rehearsal came to another end")
    report.check(orders == Order.objects.count(), f"{path.name}: placed twice")
    placed = [result.order for result in results if result.status == "accepted"]
    late = [one.status for one, first in zip(again, results, strict=True) if first.order]
    report.check(set(late) <= {"duplicate"}, f"{path.name}: the second time {late}")
    for order in Order.objects.filter(number__in=[number for number in placed if number]):
        report.check(order.state == "released", f"{path.name}: {order} is {order.state}")
    _leave(path.name)
    return results


def _leave(name: str) -> None:
    """Let the file's sender go: files of many programs pose as one sender under one number.

    Each is played as if it were the first of its number; of the same sender it would be refused.
    """
    senders = IntakeDocument.objects.filter(file_format__in=CONTROLLED).exclude(sender="")
    senders.exclude(sender__startswith=GONE).update(sender=f"{GONE}{name}")
    TradingPartner.objects.filter(is_active=True).update(is_active=False)


def compare(report: Report, name: str, results: list[Result], wanted: list[Expected]) -> None:
    found = [
        Expected(
            result.status.value,
            result.lines,
            tuple(sorted({finding.rule for finding in result.findings})),
        )
        for result in results
    ]
    report.check(found == wanted, f"{name}: {found} instead of {wanted}")


def _row(name: str, result: Result) -> list[str | int]:
    rules = sorted({finding.rule for finding in result.findings})
    return [
        f"{name} {result.po_number}".strip(),
        result.status.value,
        result.lines,
        ", ".join(rules),
    ]


def _counts() -> dict[type[Model], int]:
    return {model: model._default_manager.count() for model in (Order, IntakeDocument)}


def _move_in(home: House, content: bytes, name: str) -> date:
    """Make the buyers and products of a file known; return a day on which it can be taken in."""
    file_format = format_of(content, name)
    try:
        orders = read_file(content, file_format).orders
    except Unreadable:
        return LATER
    wanted = [order for order in orders if order.purpose != "other"]
    days = [day for order in wanted for day in (order.requested_on, *_line_days(order)) if day]
    day = min(days) - BEFORE if days else LATER
    for order in wanted:
        _enter_buyer(home, order, file_format, day)
    return day


def _line_days(order: ReadOrder) -> list[date]:
    return [line.requested_on for line in order.lines if line.requested_on]


def _enter_buyer(home: House, order: ReadOrder, file_format: str, day: date) -> None:
    at = house.instant(day, 5)
    name = order.names[-1] if order.names else f"Buyer {order.sender}"
    customer = customers.create_customer(
        details=Details(name=name, payment_terms_id=home.terms.pk, time_zone=house.ZONE),
        currency=order.currency or "USD",
        place=Place(street="unknown", city="unknown", country=COUNTRY),
        at=at,
        actor=IMPORT,
    )
    if order.places:
        Address.objects.create(
            customer=customer,
            kind=Address.Kind.SHIP_TO,
            label=order.places[0][:100],
            street=order.places[-1][:200],
            city="unknown",
            country=COUNTRY,
        )
    credit.set_limit(
        customer.pk, limit=LIMIT, valid_until=day + timedelta(days=365), reason="Not in the file.",
        at=at, actor=IMPORT,
    )  # fmt: skip
    details = PartnerDetails(
        kind=file_format,
        identifier=order.sender or name,
        our_identifier="ACCEPTANCE",
        codes=order.parties[:1],
        wants_acknowledgement=False,
    )
    add_partner(customer.pk, details=details, at=at, actor=IMPORT)
    _enter_products(home, order, customer, day)


def _enter_products(home: House, order: ReadOrder, customer: Customer, day: date) -> None:
    at = house.instant(day, 5)
    TaxRule.objects.get_or_create(
        country=COUNTRY,
        region="",
        category=TaxCategory.STANDARD,
        defaults={"rate": Decimal("0.07")},
    )
    prices = PriceList.objects.create(
        code=f"EDI-{customer.pk}",
        name=f"Agreed with {customer.number}",
        currency=customer.currency,
        customer=customer,
    )
    shared = Counter(line.sku for line in order.lines)
    for line in order.lines:
        sku = line.customer_part if shared[line.sku] > 1 and line.customer_part else line.sku
        if not sku or len(sku) > SKU_LENGTH:
            continue
        product = Product.objects.filter(sku=sku).first() or _add_product(home, sku, line, day)
        if not prices.prices.filter(product=product).exists():
            amount = line.unit_price if line.unit_price is not None else UNPRICED
            catalog.set_price(product.pk, price_list=prices, amount=amount, at=at, actor=IMPORT)


def _add_product(home: House, sku: str, line: ReadLine, day: date) -> Product:
    at = house.instant(day, 5)
    product = house.add_product(
        sku, line.description, tax_category=TaxCategory.STANDARD.value, at=at
    )
    code = code_of(line.unit)
    unit = code if code in WORDS else SINGLE
    UnitOfMeasure.objects.get_or_create(code=unit, defaults={"name": line.unit or unit})
    Product.objects.filter(pk=product.pk).update(unit=unit)
    house.stock_up(home, product, PLENTY, at=at)
    return product
