"""The ship notice as UBL 2.1 DespatchAdvice, after Peppol's BIS Despatch Advice 3."""

from typing import Any

from lxml import etree

from orders.models import TradingPartner
from orders.partners.responses import CAC, CBC, SCHEMA, add, inside, number_of
from shipping.notices.content import Notice, NoticeLine, NoticeOrder

CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:despatch_advice:3"
PROFILE = "urn:fdc:peppol.eu:poacc:bis:despatch_advice:3"
# UN/ECE Recommendation 21: carton, pallet.
CARTON, PALLET = "CT", "PX"
SUPPLIER = "DespatchSupplierParty"


def write(notice: Notice, partner: TradingPartner) -> bytes:
    """Return the document. Peppol wants an order reference in each line, and so it stands there."""
    namespace = f"{SCHEMA}DespatchAdvice-2"
    names: Any = {None: namespace, "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{namespace}}}DespatchAdvice", nsmap=names)
    add(root, "CustomizationID", CUSTOMIZATION)
    add(root, "ProfileID", PROFILE)
    add(root, "ID", notice.number)
    add(root, "IssueDate", notice.left_at.date().isoformat())
    add(root, "IssueTime", f"{notice.left_at:%H:%M:%S}")
    if len(notice.orders) == 1:
        _order_reference(root, notice.orders[0])
    _parties(root, notice, partner)
    _shipment(root, notice)
    count = 0
    for order in notice.orders:
        for sscc, line in _placed(order):
            count += 1
            _line(root, str(count), order, line, sscc)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _placed(order: NoticeOrder) -> list[tuple[str, NoticeLine]]:
    """Return each line with the number of its package; empty: it has none."""
    packed = [(pack.sscc, line) for pack in order.packs for line in pack.lines]
    return [*packed, *(("", line) for line in order.loose)]


def _parties(root: etree._Element, notice: Notice, partner: TradingPartner) -> None:
    for role, identifier, name in (
        (SUPPLIER, partner.our_identifier, notice.seller.name),
        ("DeliveryCustomerParty", partner.identifier, notice.customer),
    ):
        scheme, _colon, code = identifier.rpartition(":")
        party = inside(inside(root, role), "Party")
        add(party, "EndpointID", code, schemeID=scheme or "0088")
        add(inside(party, "PartyName"), "Name", name)
        if role == SUPPLIER:
            _house(party, notice)


def _house(party: etree._Element, notice: Notice) -> None:
    """Say where the goods were loaded."""
    house, address = notice.house, inside(party, "PostalAddress")
    add(address, "StreetName", house.street)
    add(address, "CityName", house.city)
    add(address, "PostalZone", house.postal_code)
    if house.region:
        add(address, "CountrySubentity", house.region)
    add(inside(address, "Country"), "IdentificationCode", house.country)


def _shipment(root: etree._Element, notice: Notice) -> None:
    shipment = inside(root, "Shipment")
    add(shipment, "ID", notice.number)
    add(shipment, "GrossWeightMeasure", number_of(notice.weight_kg), unitCode="KGM")
    add(shipment, "TotalTransportHandlingUnitQuantity", str(notice.package_count))
    if notice.carrier_name:
        consignment = inside(shipment, "Consignment")
        add(consignment, "ID", notice.tracking_number or notice.number)
        carrier = inside(consignment, "CarrierParty")
        add(inside(carrier, "PartyName"), "Name", notice.carrier_name)
    _delivery(shipment, notice)
    for pack in (pack for order in notice.orders for pack in order.packs):
        unit = inside(shipment, "TransportHandlingUnit")
        add(unit, "ID", pack.sscc, schemeID="SSCC")
        add(unit, "TransportHandlingUnitTypeCode", PALLET if pack.is_pallet else CARTON)
        size = inside(unit, "MeasurementDimension")
        add(size, "AttributeID", "AAB")
        add(size, "Measure", number_of(pack.weight_kg), unitCode="KGM")


def _delivery(shipment: etree._Element, notice: Notice) -> None:
    delivery, place = inside(shipment, "Delivery"), notice.place
    address = inside(delivery, "DeliveryAddress")
    add(address, "StreetName", place.street)
    add(address, "CityName", place.city)
    if place.postal_code:
        add(address, "PostalZone", place.postal_code)
    if place.region:
        add(address, "CountrySubentity", place.region)
    add(inside(address, "Country"), "IdentificationCode", place.country)
    if notice.expected_on:
        period = inside(delivery, "EstimatedDeliveryPeriod")
        add(period, "StartDate", notice.expected_on.isoformat())
        add(period, "EndDate", notice.expected_on.isoformat())
    left = inside(delivery, "Despatch")
    add(left, "ActualDespatchDate", notice.left_at.date().isoformat())
    add(left, "ActualDespatchTime", f"{notice.left_at:%H:%M:%S}")


def _line(
    root: etree._Element, number: str, order: NoticeOrder, line: NoticeLine, sscc: str
) -> None:
    element = inside(root, "DespatchLine")
    unit = line.theirs_unit or line.unit
    add(element, "ID", number)
    add(element, "DeliveredQuantity", number_of(line.quantity), unitCode=unit)
    if line.to_follow:
        add(element, "OutstandingQuantity", number_of(line.to_follow), unitCode=unit)
        add(element, "OutstandingReason", "to follow")
    reference = inside(element, "OrderLineReference")
    add(reference, "LineID", line.number)
    _order_reference(reference, order)
    _item(element, line)
    if sscc:
        shipment = inside(element, "Shipment")
        add(shipment, "ID", number)
        add(inside(shipment, "TransportHandlingUnit"), "ID", sscc, schemeID="SSCC")


def _order_reference(parent: etree._Element, order: NoticeOrder) -> None:
    reference = inside(parent, "OrderReference")
    add(reference, "ID", order.po_number)
    add(reference, "SalesOrderID", order.order_number)


def _item(element: etree._Element, line: NoticeLine) -> None:
    item = inside(element, "Item")
    add(item, "Name", line.description or line.sku)
    if line.customer_part:
        add(inside(item, "BuyersItemIdentification"), "ID", line.customer_part)
    add(inside(item, "SellersItemIdentification"), "ID", line.sku)
    if line.gtin:
        add(inside(item, "StandardItemIdentification"), "ID", line.gtin, schemeID="0160")
    if line.lot:
        instance = inside(item, "ItemInstance")
        if line.is_serial:
            add(instance, "SerialID", line.lot)
            return
        lot = inside(instance, "LotIdentification")
        add(lot, "LotNumberID", line.lot)
        if line.expires_on:
            add(lot, "ExpiryDate", line.expires_on.isoformat())
