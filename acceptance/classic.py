"""Suite 1: the classicmodels wholesaler, from its SQL dump through the whole house to the cash."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet, Sum

from acceptance import house, sums
from acceptance.classic_books import ClassicBooks, move_in
from acceptance.classic_file import (
    CANCELLED,
    DISPUTED,
    GONE,
    IN_PROCESS,
    ON_HOLD,
    RESOLVED,
    ClassicFile,
    Sale,
)
from acceptance.classic_trade import ClassicTrade
from acceptance.dump import decode, read_dump
from acceptance.house import House
from acceptance.report import Report
from acceptance.sums import Sums
from collection.models import Receipt
from invoicing.models import Invoice, InvoiceDelivery
from o2c.kernel import clock, jobs, outbox
from orders.models import Order
from receivables.models import Application, Dispute, OpenItem

NAME = "orders/classicmodels_mysql.sql"
ZERO = Decimal(0)
NO_GAP = Sums(ordered=ZERO, invoiced=ZERO, paid=ZERO, owed=ZERO)
WAITING_STATES = {
    # Our credit control stops it; whether it refers or holds is for the policy to say.
    ON_HOLD: {Order.State.ON_HOLD, Order.State.IN_REVIEW},
    CANCELLED: {Order.State.CANCELLED},
    IN_PROCESS: {Order.State.FULFILLING},
}


def run(home: House, folder: Path) -> Report:
    """Play the file and compare our books with it, customer by customer."""
    tables = read_dump(decode((folder / NAME).read_bytes()))
    file = ClassicFile(tables)
    books = move_in(home, file)
    trade = ClassicTrade(books, file)
    last_day = trade.play()
    at = house.instant(last_day + timedelta(days=1), house.NIGHT)
    with outbox.inline(), clock.travel(at):
        daily = jobs.run_day(at.date(), at=at)

    report = Report(f"classicmodels: {len(file.sales)} orders of {len(file.debtors)} customers")
    _compare_sums(report, sums.by_file(tables), _by_books(books))
    _compare_states(report, trade)
    _prove_cash(report, file)
    for what, count in sorted(trade.counts.items()):
        report.add(f"- {what}: {count:,}")
    addressless = InvoiceDelivery.objects.filter(recipient="").count()
    report.add(f"- invoices that wait for an e-mail address (the file has none): {addressless:,}")
    for job in daily:
        report.add(f"- {job.name} on {job.for_date}: {job.result}")
    report.add()
    report.check_books()
    return report


def _by_books(books: ClassicBooks) -> dict[str, Sums]:
    """Return the sums by the file's customer number, from our documents alone."""
    ordered = _per_customer(Order.objects.all(), "gross_amount")
    issued = Invoice.objects.filter(state=Invoice.State.ISSUED)
    invoiced = _per_customer(issued, "gross_amount")
    paid = _per_customer(Receipt.objects.all(), "amount")
    left = F("amount") - F("applied")
    owed = _per_customer(OpenItem.objects.all(), left)
    on_account = _per_customer(Receipt.objects.all(), left)
    return {
        number: Sums(
            ordered=ordered[pk],
            invoiced=invoiced[pk],
            paid=paid[pk],
            owed=owed[pk] - on_account[pk],
        )
        for number, pk in books.customers.items()
    }


def _per_customer(rows: "QuerySet[Any]", amount: Any) -> dict[int, Decimal]:
    grouped = rows.order_by().values("customer").annotate(sum=Sum(amount))
    return defaultdict(Decimal, grouped.values_list("customer", "sum"))


def _compare_sums(report: Report, theirs: dict[str, Sums], ours: dict[str, Sums]) -> None:
    """Compare customer by customer; differences of two customers do not cancel out."""
    gaps = {number: theirs[number].gap_to(ours[number]) for number in theirs}
    rows = {
        "by the file": sums.total(theirs.values()),
        "in our books": sums.total(ours.values()),
        "differences": sums.total(gaps.values()),
    }
    report.table(
        ["USD", "ordered", "invoiced", "paid", "open"],
        [[name, *row.cells()] for name, row in rows.items()],
    )
    differing = [number for number, gap in gaps.items() if gap != NO_GAP]
    report.add(f"{len(theirs)} customers compared, {len(differing)} differ.")
    report.add()
    for number in differing:
        report.fail(f"customer {number}: file {theirs[number]}, books {ours[number]}")


def _compare_states(report: Report, trade: ClassicTrade) -> None:
    """Compare where each order stands with what its status in the file allows."""
    states = dict(Order.objects.values_list("pk", "state"))
    unpaid = set(
        OpenItem.objects.filter(state=OpenItem.State.OPEN).values_list("invoice__order", flat=True)
    )
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for sale in trade.file.sales:
        order_id = trade.orders[sale.number]
        seen[sale.status][states[order_id]] += 1
        report.check(
            states[order_id] in _expected(sale, is_paid=order_id not in unpaid),
            f"order {sale.number}: {sale.status} in the file, {states[order_id]} in our books",
        )
    rows = [
        (status, counts.total(), ", ".join(f"{n} {state}" for state, n in sorted(counts.items())))
        for status, counts in sorted(seen.items())
    ]
    report.table(["status in the file", "orders", "in our books"], rows)
    _compare_disputes(report, trade)


def _expected(sale: Sale, *, is_paid: bool) -> set[Order.State]:
    if sale.status in GONE:
        return {Order.State.CLOSED if is_paid else Order.State.INVOICED}
    return WAITING_STATES[sale.status]


def _compare_disputes(report: Report, trade: ClassicTrade) -> None:
    standing = {DISPUTED: Dispute.STANDING, RESOLVED: (Dispute.State.REJECTED,)}
    for sale in trade.file.sales:
        found = Dispute.objects.filter(item__invoice__order=trade.orders[sale.number])
        states = set(found.values_list("state", flat=True))
        wanted = set(standing.get(sale.status, ()))
        is_right = bool(states) == bool(wanted) and states <= wanted
        report.check(is_right, f"order {sale.number}: {sale.status}, disputes {states or 'none'}")


def _prove_cash(report: Report, file: ClassicFile) -> None:
    """Every cheque is booked once; what is not applied has no item to be applied to."""
    cheques = sum((cheque.amount for cheque in file.cheques), ZERO)
    applied = Application.objects.aggregate(sum=Sum("amount"))["sum"] or ZERO
    waiting = Receipt.objects.exclude(state=Receipt.State.APPLIED)
    unapplied = sum((receipt.unapplied for receipt in waiting), ZERO)
    report.check(
        Receipt.objects.count() == len(file.cheques) and applied + unapplied == cheques,
        f"cheques {cheques}: {applied} applied, {unapplied} on account",
    )
    owing = OpenItem.objects.filter(state=OpenItem.State.OPEN).values("customer")
    for receipt in waiting.filter(customer__in=owing):
        report.fail(f"{receipt}: {receipt.unapplied} could still be applied")
    report.add(
        f"{len(file.cheques)} cheques of {cheques:,}: {applied:,.2f} applied, "
        f"{unapplied:,.2f} on account for lack of open items."
    )
    report.add()
