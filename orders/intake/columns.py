"""Which column of a partner's sheet means what, by the words of its header."""

import re
import unicodedata
from collections.abc import Sequence

# Most specific first: of two columns that mean the same, the earlier word wins.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "customer": (
        *("customer", "customerid", "customernumber", "customerno", "customercode"),
        *("accountnumber", "account", "soldto", "buyer", "debtor", "kunde", "kundennummer"),
        *("client", "cliente", "customername"),
    ),
    "po_number": (
        *("ponumber", "po", "pono", "purchaseorder", "purchaseordernumber", "customerpo"),
        "purchaseorderid",
        *("ordernumber", "orderno", "orderid", "order", "bestellnummer", "bestellung"),
        *("commande", "numerocommande", "pedido", "invoiceno", "invoicenumber", "invoice"),
        *("reference", "yourreference"),
    ),
    "sku": (
        *("sku", "stockcode", "itemcode", "itemnumber", "itemno", "productcode"),
        *("productnumber", "partnumber", "partno", "articlenumber", "articleno"),
        *("artikelnummer", "artikelnr", "artikel", "reference article", "referencia"),
        *("article", "item", "part", "material", "product", "productid", "code", "gtin", "ean"),
    ),
    "description": (
        *("description", "itemdescription", "productname", "itemname", "name", "bezeichnung"),
        *("beschreibung", "designation", "descripcion", "text"),
    ),
    "quantity": (
        *("quantity", "qty", "orderqty", "quantityordered", "orderquantity", "orderedqty"),
        *("menge", "anzahl", "quantite", "cantidad", "pieces", "pcs", "units"),
    ),
    "unit": ("unit", "uom", "unitofmeasure", "einheit", "unite", "unidad"),
    "unit_price": (
        *("unitprice", "price", "priceeach", "netprice", "itemprice", "preis", "einzelpreis"),
        *("stuckpreis", "prix", "prixunitaire", "precio", "preciounitario"),
    ),
    "requested_on": (
        *("requesteddate", "requestedon", "requested", "deliverydate", "requireddate"),
        *("needby", "needbydate", "duedate", "shipdate", "wunschtermin", "lieferdatum"),
        *("datedelivraison", "fechaentrega"),
    ),
    "ordered_on": ("orderdate", "invoicedate", "date", "bestelldatum", "datum"),
    "currency": ("currency", "currencycode", "wahrung", "devise", "moneda"),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks", "bemerkung"),
}
MEANING = {
    word.replace(" ", ""): (field, rank)
    for field, words in SYNONYMS.items()
    for rank, word in enumerate(words)
}
# Without these a row is no header of order lines.
NEEDED = ("sku", "quantity")
HEADER_ROWS = 30


def fold(text: str) -> str:
    """Return the letters and digits alone, in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


def meaning_of(text: str) -> str:
    """Return the field that a header word names, or nothing."""
    return MEANING.get(fold(text), ("", 0))[0]


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Return the position of each field that the header names."""
    best: dict[str, tuple[int, int]] = {}
    for position, text in enumerate(header):
        field, rank = MEANING.get(fold(text), ("", 0))
        if field and (field not in best or rank < best[field][0]):
            best[field] = (rank, position)
    return {field: position for field, (_rank, position) in best.items()}


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the row that names the columns; rows above it are about the order."""
    for index, row in enumerate(rows[:HEADER_ROWS]):
        found = columns_of(row)
        if all(field in found for field in NEEDED):
            return index
    return None
