"""What the credit analyst and the clerk do, and how the customers pay."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from collection import services as collection
from collection.models import DunningNotice
from credit import services as credit
from credit.models import CreditApplication
from customers.models import Customer
from receivables import services as receivables
from receivables.models import InvoiceReview, OpenItem
from simulation.habits import HABITS, pays_on
from simulation.twin import Twin

# Up to this limit the analyst needs nobody's second signature.
DECIDED_ALONE = Decimal(95_000)


def decide_credit(twin: Twin) -> None:
    """Let the analyst decide what has waited since yesterday."""
    waiting = CreditApplication.objects.filter(
        customer__in=twin.customer_ids,
        state=CreditApplication.State.REFERRED,
        opened_at__lt=twin.at(0),
    )
    for application in waiting.order_by("pk"):
        credit.decide_application(
            application.pk,
            outcome="approved",
            limit=min(max(application.requested_amount * 3, Decimal(5000)), DECIDED_ALONE),
            valid_until=twin.day + timedelta(days=365),
            reason="Trade references are good, first order is small.",
            at=twin.at(12),
            actor=twin.actor("credit"),
        )


def review_invoices(twin: Twin) -> None:
    """Let the clerk look through the invoices that were flagged a week ago."""
    waiting = InvoiceReview.objects.filter(
        item__customer__in=twin.customer_ids,
        state=InvoiceReview.State.OPEN,
        flagged_on__lt=twin.day - timedelta(days=7),
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        receivables.work_review(
            pk, outcome="fine", note="As ordered.", at=twin.at(10), actor=twin.actor("clerk")
        )


def send_letters(twin: Twin) -> None:
    """Let the letters go that have waited for the collector since yesterday."""
    waiting = DunningNotice.objects.filter(
        customer__in=twin.customer_ids,
        state=DunningNotice.State.PROPOSED,
        level__level__gt=1,
        run__as_of__lt=twin.day,
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        collection.send_notice(pk, at=twin.at(16), actor=twin.actor("clerk"))


def receive_payments(twin: Twin) -> None:
    """Each customer pays, by one transfer, the items whose day has come by its habits."""
    for customer, items in _payable(twin):
        total = sum((item.balance for item in items), Decimal(0))
        collection.record_receipt(
            customer_id=customer.pk,
            method="transfer",
            currency=customer.currency,
            amount=total,
            received_on=twin.day,
            reference=f"SEPA {twin.day:%y%m%d} {customer.number}",
            payer_text=f"{customer.name} {' '.join(str(item.invoice) for item in items)}",
            apply_to={item.pk: item.balance for item in items},
            at=twin.at(7, 30),
            actor=twin.actor("clerk"),
        )


def _payable(twin: Twin) -> Iterator[tuple[Customer, list[OpenItem]]]:
    items = (
        OpenItem.objects.filter(
            customer__in=twin.customer_ids, state=OpenItem.State.OPEN, issued_on__lt=twin.day
        )
        .exclude(disputes__state__in=["open", "investigating"])
        .select_related("customer", "invoice")
        .order_by("customer_id", "due_on", "pk")
    )
    by_customer: dict[Customer, list[OpenItem]] = defaultdict(list)
    for item in items:
        habit = HABITS[item.customer.name]
        if pays_on(habit, amount=item.amount, due_on=item.due_on, seed=twin.seed) <= twin.day:
            by_customer[item.customer].append(item)
    yield from by_customer.items()
