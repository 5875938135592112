"""Everything that one order's page shows, in a number of statements that never grows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch, Q, QuerySet, Sum, Value

from collection.models import Receipt
from credit.models import CreditApplication, CreditCheck, Hold
from fulfillment.models import PickLine, PickList
from invoicing.models import Invoice, ProForma
from o2c.kernel.models import AuditEntry
from orders.models import Amendment, IntakeDocument, Order, OrderFinding, OrderLine
from receivables.models import Application, OpenItem
from reporting.order.progress import Progress, progress_of
from reporting.selectors.facts import Facts, facts_of
from shipping.models import Return, Shipment

TRAIL_SIZE = 12


@dataclass(frozen=True, kw_only=True)
class OrderFile:
    """An order with its lines and every document that came of it."""

    order: Order
    lines: list[OrderLine]
    facts: Facts
    progress: Progress
    checks: list[CreditCheck]
    applications: list[CreditApplication]
    holds: list[Hold]
    findings: list[OrderFinding]
    intake: list[IntakeDocument]
    amendments: list[Amendment]
    pick_lists: list[PickList]
    shipments: list[Shipment]
    pro_formas: list[ProForma]
    invoices: list[Invoice]
    returns: list[Return]
    receipts: list[Receipt]

    @property
    def items(self) -> list[OpenItem]:
        return [item for invoice in self.invoices for item in invoice.open_items.all()]

    @property
    def labels(self) -> list[str]:
        """The labels under which the audit trail knows the order and its documents."""
        documents = (
            *(self.order, *self.pick_lists, *self.shipments, *self.invoices, *self.items),
            *(
                *self.receipts,
                *self.applications,
                *self.amendments,
                *self.pro_formas,
                *self.returns,
            ),
        )
        return [document.label for document in documents]


def order_file(number: str) -> OrderFile:
    """Read one order.

    Raises:
        Order.DoesNotExist: no such number.
    """
    related = Order.objects.select_related("customer", "ship_to", "payment_terms", "owner", "quote")
    order = related.get(number=number)
    facts = facts_of([order.pk])[order.pk]
    shipments = Shipment.objects.filter(pk__in=order.shipment_lines.values("shipment"))
    invoices = list(_invoices(order))
    return OrderFile(
        order=order,
        lines=list(_lines(order)),
        facts=facts,
        progress=progress_of(order.state, facts),
        checks=list(order.credit_checks.order_by("-pk")[:5]),
        applications=list(_applications(order)),
        holds=list(_holds_against(order)),
        findings=list(order.findings.order_by("pk")),
        intake=list(order.intake_documents.select_related("file").order_by("pk")),
        amendments=list(order.amendments.order_by("serial")),
        pick_lists=list(_pick_lists(order)),
        shipments=list(shipments.select_related("carrier").order_by("pk")),
        pro_formas=list(order.pro_formas.order_by("pk")),
        invoices=invoices,
        returns=list(_returns(order)),
        receipts=receipts_of(invoices),
    )


def _lines(order: Order) -> "QuerySet[OrderLine]":
    """Its lines, each with the states of the shipments that it goes with: `shipment_states`."""
    states = ArrayAgg("shipment_lines__shipment__state", distinct=True, default=Value([]))
    related = order.lines.select_related("product", "blanket_line__blanket")
    return related.annotate(shipment_states=states).order_by("position")


def _holds_against(order: Order) -> "QuerySet[Hold]":
    """Return what stops the order, by itself or with all others of its customer."""
    standing = Hold.objects.filter(customer=order.customer, released_at=None)
    return standing.filter(Q(order=None) | Q(order=order)).order_by("pk")


def receipts_of(invoices: Iterable[Invoice]) -> list[Receipt]:
    """Return the receipts of which a part was applied to these invoices, oldest first."""
    applied = Application.objects.filter(item__invoice__in=list(invoices), reverses=None)
    sources = set(applied.values_list("source", flat=True))
    keys = [int(source.partition(":")[2]) for source in sources if source.startswith("receipt:")]
    return list(Receipt.objects.filter(pk__in=keys).order_by("pk"))


def audit_trail(labels: list[str], *, before: int = 0) -> tuple[list[AuditEntry], int]:
    """Return the newest entries that touched any label, and the key before which more follow.

    `before` continues an earlier page; 0 in the answer: there are no more.
    """
    entries = AuditEntry.objects.filter(objects_touched__overlap=labels)
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: TRAIL_SIZE + 1])
    shown = found[:TRAIL_SIZE]
    return shown, shown[-1].pk if len(found) > TRAIL_SIZE else 0


def _applications(order: Order) -> "QuerySet[CreditApplication]":
    """Those of this order, and the customer's that waits for a decision."""
    of_order = CreditApplication.objects.filter(order=order)
    waiting = CreditApplication.objects.filter(
        customer=order.customer, state__in=CreditApplication.WAITING
    )
    return (of_order | waiting).distinct().order_by("-pk")[:5]


def _pick_lists(order: Order) -> "QuerySet[PickList]":
    lines = PickLine.objects.select_related("order_line").order_by("position")
    related = order.pick_lists.select_related("warehouse", "picker")
    return related.prefetch_related(Prefetch("lines", lines)).order_by("pk")


def _returns(order: Order) -> "QuerySet[Return]":
    lines = order.shipment_lines.values("returned__of")
    return Return.objects.filter(pk__in=lines).order_by("pk")


def _invoices(order: Order) -> "QuerySet[Invoice]":
    """Invoices in the order in which they were made, with items and deliveries."""
    return (
        order.invoices.exclude(state=Invoice.State.DISCARDED)
        .prefetch_related("open_items", "deliveries")
        .annotate(open_amount=Sum("open_items__amount") - Sum("open_items__applied"))
        .order_by("pk")
    )
