"""Suite 2: a week of the UCI online retail file through the same door as `manage.py intake`."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from acceptance import house
from acceptance.house import IMPORT, House
from acceptance.report import Report
from acceptance.retail_file import RetailWeek, read_first_week
from catalog import services as catalog
from catalog.models import PriceList, Product, TaxCategory, TaxRule
from credit import services as credit
from customers import services as customers
from customers.models import Customer
from customers.services import Details, Place
from o2c.kernel import clock, outbox
from orders.intake.judging import Verdict
from orders.intake.results import Result
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order

NAME = "orders/uci_online_retail_2010-12_2011-05.csv.gz"
CURRENCY = "GBP"
# British VAT from 2011 on; the file does not name it.
VAT = Decimal("0.20")
PLENTY = Decimal(100_000)
LIMIT = Decimal(1_000_000)
VALID_FOR = timedelta(days=365)


def run(home: House, folder: Path) -> Report:
    """Rehearse the week, take it in, take it in again, and account for every row."""
    week = read_first_week(folder / NAME)
    _move_in(home, week)
    before = _counts()
    rehearsed = _take_in(week, commit=False)
    after_rehearsal = _counts()
    taken = _take_in(week, commit=True)
    after_commit = _counts()
    again = _take_in(week, commit=True)

    report = Report(f"UCI online retail: the week of {week.first}, {len(week.rows):,} rows")
    report.check(before == after_rehearsal, f"a rehearsal wrote: {before} -> {after_rehearsal}")
    report.check(
        [(one.status, one.findings) for one in rehearsed]
        == [(one.status, one.findings) for one in taken],
        "the rehearsal and the real run came to different ends",
    )
    _show_statuses(report, rehearsed, taken, again)
    _show_findings(report, taken)
    _show_orders(report, taken)
    _account_for_rows(report, week, taken)
    _check_again(report, taken, again, after_commit)
    report.check_books()
    return report


def _move_in(home: House, week: RetailWeek) -> None:
    """Make the week's customers and products known, with the prices that they usually pay."""
    at = house.instant(week.first, 6)
    general = PriceList.objects.create(code="GBP", name="Price list GBP", currency=CURRENCY)
    products: dict[str, Product] = {}
    for code, name in sorted(week.products.items()):
        product = house.add_product(code, name, tax_category=TaxCategory.STANDARD.value, at=at)
        house.stock_up(home, product, PLENTY, at=at)
        products[code] = product
    for code, price in sorted(week.list_prices.items()):
        catalog.set_price(products[code].pk, price_list=general, amount=price, at=at, actor=IMPORT)
    for country in sorted({house.country_code(name) for name in week.customers.values()}):
        TaxRule.objects.create(country=country, category=TaxCategory.STANDARD, rate=VAT)
    for number, country in sorted(week.customers.items()):
        customer = _enter_customer(home, number, country, week)
        own = week.own_prices.get(number, {})
        if own:
            prices = PriceList.objects.create(
                code=f"GBP-{number}",
                name=f"Agreed with {number}",
                currency=CURRENCY,
                customer=customer,
            )
        for code, price in sorted(own.items()):
            catalog.set_price(
                products[code].pk, price_list=prices, amount=price, at=at, actor=IMPORT
            )


def _enter_customer(home: House, number: str, country: str, week: RetailWeek) -> Customer:
    """Enter a customer of whom nothing is known but number and country: the number is the name.

    The file knows no credit limits either: everybody gets one that does not stop a week.
    """
    at = house.instant(week.first, 6)
    customer = customers.create_customer(
        details=Details(name=number, payment_terms_id=home.terms.pk, time_zone="Europe/London"),
        currency=CURRENCY,
        place=Place(street="unknown", city="unknown", country=house.country_code(country)),
        at=at,
        actor=IMPORT,
    )
    credit.set_limit(
        customer.pk,
        limit=LIMIT,
        valid_until=week.first + VALID_FOR,
        reason="Not in the file.",
        at=at,
        actor=IMPORT,
    )
    return customer


def _take_in(week: RetailWeek, *, commit: bool) -> list[Result]:
    at = house.instant(week.first + timedelta(days=7), 6)
    with outbox.inline(), clock.travel(at):
        return list(take_in(week.name, week.content, commit=commit, at=at, actor=IMPORT))


def _counts() -> dict[str, int]:
    return {"orders": Order.objects.count(), "documents": IntakeDocument.objects.count()}


def _show_statuses(
    report: Report, rehearsed: list[Result], taken: list[Result], again: list[Result]
) -> None:
    runs = {"rehearsal": rehearsed, "taken in": taken, "taken in again": again}
    counts = {name: Counter(one.status.value for one in results) for name, results in runs.items()}
    statuses = ["accepted", "review", "rejected", "duplicate"]
    report.table(
        ["documents", *statuses, "together"],
        [
            [name, *(count[status] for status in statuses), count.total()]
            for name, count in counts.items()
        ],
    )


def _show_findings(report: Report, taken: list[Result]) -> None:
    """Show each rule that spoke: how often, in how many documents, and what became of those."""
    found: Counter[str] = Counter()
    documents: dict[str, set[int]] = defaultdict(set)
    for place, result in enumerate(taken):
        for finding in result.findings:
            found[finding.rule] += 1
            documents[finding.rule].add(place)
    report.table(
        ["finding", "times", "documents"],
        [[rule, times, len(documents[rule])] for rule, times in found.most_common()],
    )


def _show_orders(report: Report, taken: list[Result]) -> None:
    """Every accepted document is a released order."""
    placed = Order.objects.filter(currency=CURRENCY)
    states = Counter(placed.values_list("state", flat=True))
    report.table(["orders placed", "number"], sorted(states.items()))
    accepted = sum(one.status == Verdict.ACCEPTED for one in taken)
    report.check(
        set(states) <= set(Order.CONFIRMED) and states.total() == accepted,
        f"{accepted} documents were accepted, and the orders are {dict(states)}",
    )


def _account_for_rows(report: Report, week: RetailWeek, taken: list[Result]) -> None:
    """Each row of the file must be in exactly one document, cell by cell as it was."""
    ids = [result.document_id for result in taken if result.document_id]
    contents = IntakeDocument.objects.filter(pk__in=ids).values_list("content", flat=True)
    kept: dict[int, list[list[str]]] = defaultdict(list)
    for content in contents:
        for number, cells in content.get("rows", []):
            kept[number].append(cells)
    # The header is row 1; a description's blanks at its ends and doubled ones do not count.
    expected = {number: _cells(row.values()) for number, row in enumerate(week.rows, start=2)}
    wrong = [
        number
        for number, cells in expected.items()
        if [_cells(found) for found in kept[number]] != [cells]
    ]
    report.check(not wrong, f"{len(wrong)} rows are not in exactly one document: {wrong[:5]}")
    report.check(set(kept) == set(expected), "documents hold rows that the file does not have")
    lost = len(week.rows) - sum(result.lines for result in taken)
    report.check(lost == 0, f"{lost} rows are in no document's lines")
    report.add(
        f"{len(expected) - len(wrong):,} of {len(week.rows):,} rows in exactly one document."
    )
    report.add()


def _check_again(
    report: Report, taken: list[Result], again: list[Result], after_commit: dict[str, int]
) -> None:
    report.check(Order.objects.count() == after_commit["orders"], "the second time placed orders")
    for one, other in zip(taken, again, strict=True):
        report.check(
            other.status == Verdict.DUPLICATE,
            f"{one.po_number}: {one.status}, the second time {other.status}",
        )


def _cells(cells: Iterable[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells]
