"""UBL 2.x: Order, OrderChange and OrderCancellation, Peppol or not, as orders of ours."""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.edi import xml
from orders.intake.edi.draft import Draft, Party, name_buyer, name_place, not_an_order, settle
from orders.intake.edi.envelope import check_lines
from orders.intake.findings import Unreadable

Element = etree._Element

UBL = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-(\d)(?:\.\d)?")
VERSION = "2"
PURPOSES = {"Order": "order", "OrderChange": "change", "OrderCancellation": "cancellation"}
NAMES = {
    "ApplicationResponse": gettext_lazy("application response"),
    "Catalogue": gettext_lazy("catalogue"),
    "CreditNote": gettext_lazy("credit note"),
    "DespatchAdvice": gettext_lazy("despatch advice"),
    "Invoice": gettext_lazy("invoice"),
    "OrderResponse": gettext_lazy("order response"),
    "OrderResponseSimple": gettext_lazy("order response"),
    "Quotation": gettext_lazy("quotation"),
    "ReceiptAdvice": gettext_lazy("receipt advice"),
    "Reminder": gettext_lazy("reminder"),
    "RemittanceAdvice": gettext_lazy("remittance advice"),
    "RequestForQuotation": gettext_lazy("request for quotation"),
    "Statement": gettext_lazy("statement"),
}
# LineStatusCode of a change: what becomes of the line.
ACTIONS = {"": "change", "1": "add", "2": "delete", "3": "change", "4": "keep"}
BLANKET = {"221"}
# As much of a document as anybody looks through beside the order.
ROWS = 2_000


def read_ubl(content: bytes) -> list[ReadOrder]:
    """Read a UBL document.

    Raises:
        Unreadable: it is no XML that can be read safely, or of another version.
    """
    root = xml.parse(content)
    name = etree.QName(root)
    found = UBL.fullmatch(name.namespace or "")
    order = ReadOrder(
        part=clean(_text(root, "ID"))[:100],
        customer="",
        po_number="",
        purpose=PURPOSES.get(name.localname, "other"),
        columns=[_("Element"), _("Content")],
        rows=_rows(root),
    )
    if found is None or name.localname not in PURPOSES:
        known = str(NAMES.get(name.localname, _("document")))
        return [not_an_order(Draft(order=order), f"{known} ({clean(name.localname)[:40]})")]
    if found[2] != VERSION:
        text = _("This is UBL %(version)s; UBL 2.0 and later is read.") % {"version": found[2]}
        raise Unreadable("unsupported_version", text)
    reader = Reader(Draft(order=order), root)
    reader.read()
    check_lines(len(order.lines))
    return [settle(reader.draft)]


class Reader:
    """Reads one document, element by element."""

    def __init__(self, draft: Draft, root: Element) -> None:
        self.draft = draft
        self.root = root
        self.name = etree.QName(root).localname

    def read(self) -> None:
        draft, order, root = self.draft, self.draft.order, self.root
        path = "ID" if order.purpose == "order" else "OrderReference/ID"
        po_number = _text(root, path)
        order.po_number = draft.key(po_number, "po_number", "po_number", self._where(path))
        order.reference = order.sequence = clean(_text(root, "ID"))
        order.currency = clean(_text(root, "DocumentCurrencyCode"))
        if _text(root, "OrderTypeCode") in BLANKET:
            draft.doubt(
                "blanket_order", "purpose", _("This is a blanket order: agree on it first.")
            )
        draft.notes += [clean(note) for note in _texts(root, "Note")]
        draft.notes += [clean(note) for note in _texts(root, "CancellationNote")]
        self._parties()
        order.requested_on = self._day(root, "Delivery/RequestedDeliveryPeriod", "requested_on")
        self._charges(root, "total")
        total = "AnticipatedMonetaryTotal/LineExtensionAmount"
        order.total = draft.number(_text(root, total), "total", self._where(total))
        for place, line in enumerate(_all(root, "OrderLine/LineItem"), start=1):
            self._line(line, place)

    def _parties(self) -> None:
        draft, order = self.draft, self.draft.order
        party = next(iter(_all(self.root, "BuyerCustomerParty/Party")), None)
        if party is not None:
            codes = [*_ids(party, "EndpointID"), *_ids(party, "PartyIdentification/ID")]
            codes += _ids(party, "PartyLegalEntity/CompanyID")
            order.sender = codes[0] if codes else ""
            where = self._where("BuyerCustomerParty")
            buyer = Party(
                name=clean(
                    _text(party, "PartyLegalEntity/RegistrationName")
                    or _text(party, "PartyName/Name")
                ),
                vat_number=clean(_text(party, "PartyTaxScheme/CompanyID")),
                where=where,
            )
            order.parties += codes
            draft.parties["buyer"] = buyer
            name_buyer(draft, ["buyer"])
            if (other := clean(_text(party, "PartyName/Name"))) and other != buyer.name:
                order.names.append(other)
        self._place()

    def _place(self) -> None:
        """Note where the goods go: the location's number, else the receiver's name, the street."""
        at = "Delivery/DeliveryLocation"
        self.draft.parties["place"] = Party(
            code=clean(_text(self.root, f"{at}/ID")),
            name=clean(_text(self.root, "Delivery/DeliveryParty/PartyName/Name")),
            street=clean(_text(self.root, f"{at}/Address/StreetName")),
            city=clean(_text(self.root, f"{at}/Address/CityName")),
            postal_code=clean(_text(self.root, f"{at}/Address/PostalZone")),
            where=self._where("Delivery"),
        )
        name_place(self.draft, ["place"])

    def _line(self, element: Element, place: int) -> None:
        draft = self.draft
        path = f"lines.{place - 1}"
        line = ReadLine(row=place, sku="", number=clean(_text(element, "ID"))[:20])
        if draft.order.purpose == "change":
            line.action = ACTIONS.get(_text(element, "LineStatusCode"), "change")
        draft.add_line(line)
        quantity = next(iter(_all(element, "Quantity")), None)
        where = self._where(f"OrderLine[{place}]")
        if quantity is not None:
            text = (quantity.text or "").strip()
            line.quantity = draft.number(text, f"{path}.quantity", f"{where}/Quantity")
            line.unit = draft.key(quantity.get("unitCode", ""), "sku", f"{path}.unit", where)
        amount = _text(element, "LineExtensionAmount")
        line.amount = draft.number(amount, f"{path}.amount", f"{where}/LineExtensionAmount")
        line.requested_on = self._day(
            element, "Delivery/RequestedDeliveryPeriod", f"{path}.requested_on"
        )
        self._price(element, line, path, where)
        self._product(element, line, path, where)
        self._charges(element, f"{path}.unit_price", place - 1)

    def _price(self, element: Element, line: ReadLine, path: str, where: str) -> None:
        path = f"{path}.unit_price"
        price = self.draft.number(_text(element, "Price/PriceAmount"), path, f"{where}/Price")
        basis = next(iter(_all(element, "Price/BaseQuantity")), None)
        if basis is not None and price is not None:
            unit = basis.get("unitCode", "")
            if unit and line.unit and unit != line.unit:
                text = _("The price is by “%(basis)s”, the quantity by “%(unit)s”.")
                names = {"basis": clean(unit), "unit": line.unit}
                self.draft.doubt("price_basis", path, text % names)
            per = self.draft.number((basis.text or "").strip(), path, f"{where}/Price")
            price = price / per if per else price
        line.unit_price = price

    def _product(self, element: Element, line: ReadLine, path: str, where: str) -> None:
        def code(name: str, target: str) -> str:
            text = _text(element, f"Item/{name}/ID")
            return self.draft.key(text, "sku", f"{path}.{target}", f"{where}/Item/{name}")

        line.description = clean(_text(element, "Item/Name") or _text(element, "Item/Description"))
        line.description = line.description[:200]
        line.gtin = code("StandardItemIdentification", "gtin")
        line.customer_part = code("BuyersItemIdentification", "customer_part")
        line.sku = (
            code("SellersItemIdentification", "sku")
            or line.gtin
            or line.customer_part
            or code("ManufacturersItemIdentification", "sku")
        )

    def _charges(self, element: Element, path: str, place: int | None = None) -> None:
        """Doubt charges and allowances: the order's own prices know none."""
        for charge in _all(element, "AllowanceCharge"):
            text = _("The document adds an allowance or a charge (%(where)s): agree on it first.")
            reason = clean(_text(charge, "AllowanceChargeReason")) or "AllowanceCharge"
            self.draft.doubt("allowance_charge", path, text % {"where": reason[:60]})
            amount = self.draft.number(_text(charge, "Amount"), path, reason)
            if place is not None and amount is not None:
                sign = 1 if _text(charge, "ChargeIndicator") == "true" else -1
                known = self.draft.adjustments.get(place, Decimal(0))
                self.draft.adjustments[place] = known + sign * amount

    def _day(self, element: Element, path: str, field: str) -> date | None:
        for name in ("StartDate", "EndDate"):
            text = _text(element, f"{path}/{name}").replace("-", "")
            if text:
                return self.draft.day(text, field, self._where(f"{path}/{name}"))
        return None

    def _where(self, path: str) -> str:
        return f"{self.name}/{path}"


def _all(element: Element, path: str) -> list[Element]:
    """Return the elements at a path of local names; namespaces are the document's own business."""
    found = [element]
    for name in path.split("/"):
        found = [
            child
            for parent in found
            for child in parent
            if isinstance(child.tag, str) and etree.QName(child).localname == name
        ]
    return found


def _texts(element: Element, path: str) -> list[str]:
    return [(found.text or "").strip() for found in _all(element, path)]


def _text(element: Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _ids(element: Element, path: str) -> list[str]:
    """Return identifiers, each also with its scheme in front, as partners are known by."""
    codes: list[str] = []
    for found in _all(element, path):
        code, scheme = clean((found.text or "").strip()), found.get("schemeID", "")
        if code:
            codes += [f"{clean(scheme)}:{code}", code] if scheme else [code]
    return codes


def _rows(root: Element) -> list[tuple[int, list[str]]]:
    """Return the document as people look through it: its texts by the element they stand in."""
    rows: list[tuple[int, list[str]]] = []
    for element in root.iter():
        if len(rows) >= ROWS:
            break
        text = clean((element.text or "").strip())
        if text and not len(element) and isinstance(element.tag, str):
            line = element.sourceline
            rows.append(
                (line if isinstance(line, int) else 0, [etree.QName(element).localname, text])
            )
    return rows
