"""What a shipment's freight is shared by."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from invoicing.freight import Carried
from invoicing.models import Invoice, InvoiceCharge, UnbilledReturn
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from shipping.models import ReturnLine, ShipmentLine


def carried_in(shipment_id: int, lines: Collection[ShipmentLine]) -> dict[int, Carried]:
    """Return what each order has in a shipment, excluding tax, by the order's key.

    `lines` are to be billed; what came back before is asked for only where something did.
    """
    is_less = any(line.left < line.quantity for line in lines)  # type: ignore[attr-defined]
    spoilt = dict(_spoilt_in(shipment_id)) if is_less else {}
    return {
        order: Carried(amount=amount, spoilt=spoilt.get(order, ZERO))
        for order, amount in _goods_in(shipment_id)
    }


def charged_elsewhere(invoice: Invoice) -> Invoice | None:
    """Return another invoice that charges the freight of the same order and shipment, if any."""
    charges = InvoiceCharge.objects.filter(
        order=invoice.order_id, shipment=invoice.shipment_id, original=None
    )
    other = charges.exclude(invoice=invoice).select_related("invoice").first()
    return other.invoice if other else None


@compiled
def _goods_in(shipment_id: int) -> QuerySet[ShipmentLine, tuple[int, Decimal]]:
    lines = ShipmentLine.objects.filter(shipment=shipment_id).values_list("order_id")
    price = F("order_line__unit_price")
    return lines.annotate(amount=Sum(F("quantity") * price)).order_by("order_id")


@compiled
def _spoilt_in(shipment_id: int) -> QuerySet[ReturnLine, tuple[int, Decimal]]:
    """Return what came back before it was billed because of us, or of the carrier."""
    source = Concat(Value("return:"), Cast(OuterRef("of_id"), CharField()))
    unbilled = UnbilledReturn.objects.filter(shipment_line=OuterRef("shipment_line"), source=source)
    lines = ReturnLine.objects.filter(
        Exists(unbilled), shipment_line__shipment=shipment_id, reason__in=ReturnLine.OUR_FAULT
    ).values_list("shipment_line__order_id")
    price = F("shipment_line__order_line__unit_price")
    return lines.annotate(amount=Sum(F("accepted") * price)).order_by("shipment_line__order_id")
