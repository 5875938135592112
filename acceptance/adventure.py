"""Suite 4: four thousand purchase orders of one buyer in one CSV file, as the file stands."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from acceptance import house
from acceptance.adventure_file import CENT, AdventureFile, read_adventure
from acceptance.house import IMPORT, House
from acceptance.report import Report
from catalog import services as catalog
from catalog.models import TaxCategory
from credit import services as credit
from customers import services as customers
from customers.models import Customer
from customers.services import Details, Place
from o2c.kernel import clock, outbox
from orders.intake.judging import Verdict
from orders.intake.results import Result
from orders.intake.services import take_in
from orders.models import Order

NAME = "orders/adventureworks"
# Before the first day asked for.
OPENED_ON = date(2011, 3, 1)
LIMIT_UNTIL = date(2013, 12, 31)
PLENTY = Decimal(10_000_000)
CURRENCY = "USD"


def run(home: House, folder: Path) -> Report:
    """Take the file in and compare each order with its header in the other file."""
    file = read_adventure(folder / NAME)
    at = house.instant(OPENED_ON, 9)
    with outbox.inline(), clock.travel(at):
        customer = _move_in(home, file, at=at)
        results = list(
            take_in(
                "Purchasing_PurchaseOrderDetail.csv",
                file.content,
                customer=customer.number,
                commit=True,
                at=at,
                actor=IMPORT,
            )
        )
    report = Report(
        f"AdventureWorks: {len(file.subtotals):,} purchase orders, {len(file.rows):,} lines"
    )
    _compare_verdicts(report, file, results)
    _compare_amounts(report, file, customer)
    report.check_books()
    return report


def _move_in(home: House, file: AdventureFile, *, at: datetime) -> Customer:
    prices = house.price_list(CURRENCY)
    for key, price in sorted(file.list_prices.items()):
        product = house.add_product(
            key, file.names[key], tax_category=TaxCategory.ZERO.value, at=at
        )
        catalog.set_price(product.pk, price_list=prices, amount=price, at=at, actor=IMPORT)
        house.stock_up(home, product, PLENTY, at=at)
    customer = customers.create_customer(
        details=Details(name="Adventure Works Cycles", payment_terms_id=home.terms.pk),
        currency=CURRENCY,
        place=Place(street="20800 150th Court NE", city="Bothell", region="WA", country="US"),
        at=at,
        actor=IMPORT,
    )
    credit.set_limit(
        customer.pk,
        limit=sum(file.subtotals.values(), Decimal(0)),
        valid_until=LIMIT_UNTIL,
        reason="All of the file's orders at once.",
        at=at,
        actor=IMPORT,
    )
    return customer


def _compare_verdicts(report: Report, file: AdventureFile, results: list[Result]) -> None:
    report.check(
        {one.po_number for one in results} == set(file.expected)
        and len(results) == len(file.expected),
        "the documents are not the file's purchase orders, one by one",
    )
    report.check(
        sum(one.lines for one in results) == len(file.rows),
        "some of the file's lines are in no document, or in two",
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
    report.table(["verdict", "documents"], sorted(statuses.items()))


def _compare_amounts(report: Report, file: AdventureFile, customer: Customer) -> None:
    """Each accepted order is released, at what its header says it costs."""
    orders = {order.customer_po: order for order in Order.objects.filter(customer=customer)}
    certain = [number for number, rules in file.expected.items() if not rules]
    report.check(len(orders) == len(certain), f"{len(orders)} orders, expected {len(certain)}")
    for number in certain:
        order = orders.get(number)
        # The header adds up unrounded lines; ours are rounded to cents.
        is_right = (
            order is not None
            and order.state in Order.CONFIRMED
            and abs(order.net_amount - file.subtotals[number]) <= CENT * 20
        )
        found = f"{order.state} {order.net_amount}" if order else "no order"
        report.check(is_right, f"{number}: {found}, its header says {file.subtotals[number]}")
    total = sum((order.net_amount for order in orders.values()), Decimal(0))
    report.add(f"{len(orders):,} orders released: {total.quantize(CENT):,} {CURRENCY}.")
    report.add()
