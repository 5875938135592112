"""Delivery note and bill of lading: what they say, and the pages that are drawn of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from catalog.signs import sign_of
from fulfillment.houses import address_of
from o2c.kernel import pdf
from o2c.kernel.company import the_company
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from orders.documents.parts import delivery_term_of, party_of, seller_of
from orders.models import OrderLine
from shipping.contents import Goods, OrderPart
from shipping.customs import crosses_border, declared_of
from shipping.models import Shipment, ShipmentPaper

Kind = ShipmentPaper.Kind
TEMPLATES = {
    Kind.DELIVERY_NOTE: "shipping/papers/delivery_note.html",
    Kind.BILL_OF_LADING: "shipping/papers/bill_of_lading.html",
    Kind.CUSTOMS_INVOICE: "shipping/papers/customs_invoice.html",
}


def kinds_of(shipment: Shipment) -> list[Kind]:
    """Return the papers that a shipment has; its warehouse and `ship_to` are read with it."""
    return [kind for kind in Kind if kind != Kind.CUSTOMS_INVOICE or crosses_border(shipment)]


def draw(kind: Kind, shipment: Shipment, parts: Sequence[OrderPart], *, at: datetime) -> bytes:
    """Return the paper as PDF. Takes a fifth of a second: outside of any lock."""
    return pdf.render(html(kind, shipment, parts, at=at), style="o2c/document.css")


def html(kind: Kind, shipment: Shipment, parts: Sequence[OrderPart], *, at: datetime) -> str:
    """Return the page that is drawn; a shipment that is still here gets the date of `at`.

    The customer's language is that of the delivery note, the house's that of the others.

    Raises:
        CustomsDataMissing: a customs invoice of products that lack what it tells.
    """
    is_theirs = kind == Kind.DELIVERY_NOTE
    language = shipment.customer.language if is_theirs else settings.LANGUAGE_CODE
    left_at = shipment.dispatched_at or at
    zone = ZoneInfo(shipment.warehouse.time_zone)
    company = the_company()
    page = {
        "shipment": shipment,
        "seller": seller_of(company),
        "loaded_at": ", ".join(address_of(shipment.warehouse, company).lines[1:]),
        "bill_to": party_of(shipment.customer, None),
        "ship_to": party_of(shipment.customer, shipment.ship_to),
        "vat_number": shipment.customer.vat_number,
        "left_on": left_at.astimezone(zone).date(),
        "orders": [(part.order, _lines(part, shipment)) for part in parts],
        "boxes": [(part.order, box) for part in parts for box in part.boxes],
        "has_contents": any(box.goods for part in parts for box in part.boxes),
        "delivery_terms": sorted(_terms(parts, company)),
    }
    if kind == Kind.CUSTOMS_INVOICE:
        page |= _customs(parts, company)
    with translation.override(language):
        return render_to_string(TEMPLATES[kind], page)


def _terms(parts: Sequence[OrderPart], company: Company) -> set[str]:
    return {term for part in parts if (term := delivery_term_of(part.order, company))}


def _customs(parts: Sequence[OrderPart], company: Company) -> dict[str, Any]:
    declared, values = declared_of(parts), defaultdict[str, Decimal](Decimal)
    for row in declared:
        values[row.currency] += row.value
    return {"declared": declared, "values": dict(values), "exporter_eori": company.eori}


def _lines(part: OrderPart, shipment: Shipment) -> list[dict[str, Any]]:
    """Return a row for each order line, with all of it that goes along."""
    together: dict[int, list[Goods]] = defaultdict(list)
    for one in part.goods:
        together[one.line.pk].append(one)
    places: dict[int, list[int]] = defaultdict(list)
    for box in part.boxes:
        for one in box.goods:
            if box.place not in places[one.line.pk]:
                places[one.line.pk].append(box.place)
    rows = [_row(goods, places[key], shipment) for key, goods in together.items()]
    return sorted(rows, key=lambda row: int(row["position"]))


def _row(goods: list[Goods], places: list[int], shipment: Shipment) -> dict[str, Any]:
    line = goods[0].line
    quantity = sum((one.quantity for one in goods), ZERO)
    return {
        "position": line.position,
        "sku": line.sku,
        "customer_part": line.customer_part,
        "description": line.description,
        "sign": sign_of(line.unit, quantity),
        "ordered": line.ordered - line.cancelled,
        "quantity": quantity,
        "to_follow": to_follow(line, quantity, shipment),
        "lots": list({one.lot.pk: one.lot for one in goods if one.lot}.values()),
        "places": places,
    }


def to_follow(line: OrderLine, quantity: Decimal, shipment: Shipment) -> Decimal:
    """Return what of a line comes later than with this shipment, which brings `quantity`."""
    here = ZERO if shipment.dispatched_at else quantity
    return max(line.ordered - line.cancelled - line.shipped - here, ZERO)
