"""What credit memos are made of, and what came back before it was billed."""

from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from invoicing.crediting import Credited
from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax, UnbilledReturn
from o2c.kernel.money import ZERO
from shipping.models import Return, ReturnLine, Shipment, ShipmentLine

QUANTITY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=12, decimal_places=3)
MOST = 200
# Nothing more is decided about these.
OVER = (Return.State.SETTLED, Return.State.REFUSED)


def to_bill() -> Coalesce:
    """Return what of a shipped line is to be billed: all but what came back before it was."""
    back = UnbilledReturn.objects.filter(shipment_line=OuterRef("pk")).values("shipment_line")
    taken = Subquery(back.annotate(sum=Sum("quantity")).values("sum"), output_field=QUANTITY)
    return F("quantity") - Coalesce(taken, ZERO)  # type: ignore[return-value]


def left_to_bill(line_ids: list[int]) -> dict[int, Decimal]:
    """Return how much of each shipped line is to be billed. Ask under its order's lock."""
    lines = ShipmentLine.objects.filter(pk__in=line_ids).annotate(left=to_bill())
    return dict(lines.values_list("pk", "left"))


def credited_of(invoice: Invoice) -> Credited:
    """Return what credit memos have taken off an invoice, in two statements; three with freight.

    Ask under the invoice's lock: nobody else can credit it meanwhile.
    """
    lines = InvoiceLine.objects.filter(original__invoice=invoice).values_list("original")
    taxes = InvoiceTax.objects.filter(invoice__original=invoice).values_list("category", "rate")
    return Credited(
        lines={
            pk: (quantity, net)
            for pk, quantity, net in lines.annotate(q=Sum("quantity"), n=Sum("net_amount"))
        },
        charges=_charges_credited(invoice),
        taxes={
            (category, rate): (base, tax)
            for category, rate, base, tax in taxes.annotate(
                b=Sum("base_amount"), t=Sum("tax_amount")
            )
        },
    )


def _charges_credited(invoice: Invoice) -> dict[int, tuple[Decimal, Decimal]]:
    if not invoice.freight_amount:
        return {}
    taken = InvoiceCharge.objects.filter(original__invoice=invoice).values_list("original")
    sums = taken.annotate(goods=Sum("goods_amount"), net=Sum("net_amount"))
    return {pk: (goods, net) for pk, goods, net in sums}


def accepted_of(return_id: int) -> dict[int, Decimal]:
    """Return what of each shipped line is credited by a return."""
    lines = ReturnLine.objects.filter(of=return_id, accepted__gt=0).values_list("shipment_line")
    return dict(lines.annotate(sum=Sum("accepted")))


def unbilled_lines(line_ids: list[int]) -> QuerySet[ShipmentLine]:
    """Return those of shipped lines that no issued invoice bills, with `left` to be billed."""
    billed = InvoiceLine.objects.filter(
        shipment_line=OuterRef("pk"), original=None, invoice__number__isnull=False
    )
    lines = ShipmentLine.objects.filter(~Exists(billed), pk__in=line_ids)
    return lines.annotate(left=to_bill()).order_by("order", "pk")


def unbilled_beside(shipment_id: int, order_id: int) -> QuerySet[ShipmentLine]:
    """Return all of an order in a shipment that no issued invoice bills, with `left`."""
    lines = ShipmentLine.objects.filter(shipment=shipment_id, order=order_id)
    return unbilled_lines(list(lines.values_list("pk", flat=True)))


def invoices_to_credit(return_id: int) -> list[int]:
    """Return the issued invoices that bill what a return credits, by key.

    What the return took off before it was billed is no part of them.
    """
    left_out = UnbilledReturn.objects.filter(source=f"return:{return_id}").values("shipment_line")
    lines = InvoiceLine.objects.filter(
        original=None,
        invoice__number__isnull=False,
        shipment_line__in=list(accepted_of(return_id)),
    ).exclude(shipment_line__in=left_out)
    return sorted(set(lines.values_list("invoice", flat=True)))


def lines_to_credit(
    invoice_id: int, return_id: int
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return what a return credits of an invoice, by its line, and what of that is our fault."""
    back = ReturnLine.objects.filter(of=return_id, accepted__gt=0).values_list("shipment_line")
    ours = Sum("accepted", filter=Q(reason__in=ReturnLine.OUR_FAULT), default=ZERO)
    accepted = {key: sums for key, *sums in back.annotate(sum=Sum("accepted"), ours=ours)}
    lines = InvoiceLine.objects.filter(invoice=invoice_id, shipment_line__in=list(accepted))
    found = {pk: accepted[key] for pk, key in lines.values_list("pk", "shipment_line")}
    return (
        {pk: quantity for pk, (quantity, _ours) in found.items()},
        {pk: fault for pk, (_quantity, fault) in found.items() if fault},
    )


def drafts_beyond(return_id: int) -> list[int]:
    """Return the drafts that bill more of a line than is to be billed since a return, by key."""
    kept = ShipmentLine.objects.filter(pk=OuterRef("shipment_line")).annotate(left=to_bill())
    lines = InvoiceLine.objects.filter(
        invoice__number=None, shipment_line__in=list(accepted_of(return_id))
    ).alias(left=Subquery(kept.values("left"), output_field=QUANTITY))
    return sorted(set(lines.filter(quantity__gt=F("left")).values_list("invoice", flat=True)))


def shipments_of(return_id: int) -> list[int]:
    """Return the shipments of which something comes back by a return, by key."""
    lines = ReturnLine.objects.filter(of=return_id)
    return sorted(set(lines.values_list("shipment_line__shipment", flat=True)))


def is_all_back(shipment: Shipment) -> bool:
    """Say whether all of a shipment came back, and we have decided on each of those returns."""
    back = ReturnLine.objects.filter(shipment_line=OuterRef("pk"), of__state__in=OVER)
    sums = back.values("shipment_line").annotate(sum=Sum("received")).values("sum")
    came = Coalesce(Subquery(sums, output_field=QUANTITY), ZERO)
    away = ShipmentLine.objects.filter(shipment=shipment).annotate(came=came)
    return not away.filter(came__lt=F("quantity")).exists()


def memos_of_return(return_id: int) -> QuerySet[Invoice]:
    """Return the credit memos that a return has led to, with the invoices that they lower."""
    memos = Invoice.objects.filter(source=f"return:{return_id}", number__isnull=False)
    return memos.select_related("original", "order").order_by("pk")[:MOST]


def memos_of_customer(customer_id: int) -> QuerySet[Invoice]:
    """Return a customer's credit memos, the newest first."""
    memos = Invoice.objects.filter(
        customer=customer_id, kind=Invoice.Kind.CREDIT_MEMO, number__isnull=False
    )
    return memos.select_related("original", "order", "pdf").order_by("-pk")


def left_out_for(return_id: int) -> QuerySet[UnbilledReturn]:
    """Return what is never billed because of a return."""
    rows = UnbilledReturn.objects.filter(source=f"return:{return_id}")
    related = rows.select_related("shipment_line__order_line", "shipment_line__order")
    return related.order_by("pk")[:MOST]


def return_behind(memo: Invoice) -> Return | None:
    """Return the return that a credit memo was asked for by, if it was one."""
    kind, _colon, key = memo.source.partition(":")
    return Return.objects.filter(pk=int(key)).first() if kind == "return" else None


def memos_on(invoice: Invoice) -> QuerySet[Invoice]:
    """Return the credit memos that lower an invoice, the oldest first."""
    return invoice.credit_memos.filter(number__isnull=False).order_by("pk")[:MOST]
