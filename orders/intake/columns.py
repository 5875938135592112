"""Which column of a partner's sheet means what, by the words of its header."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

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
    # What a buyer calls ours ("your item") is ours; what they call their own is `customer_part`.
    "sku": (
        *("sku", "yoursku", "youritem", "youritemno", "yourpart", "yourpartno"),
        *("yourarticle", "yourarticleno", "yourcode", "suppliersku"),
        *("supplieritem", "supplieritemno", "supplierpart", "supplierpartno", "supplierref"),
        *("suppliercode", "suppliersku", "supplierreference", "supplierarticle", "vendorpart"),
        *("vendorpartno", "vendoritem", "vendoritemno", "vendorsku", "mfrpart", "mfrpartno"),
        *("ihreartikelnr", "ihreartikelnummer", "ihreartnr", "ihrematerialnr", "ihrenummer"),
        *("lieferantenartikel", "lieferantenartikelnr", "lieferantenartikelnummer"),
        *("lieferantenartnr", "herstellernummer", "votrereference"),
        *("votreref", "votrearticle", "votrecode", "referencefournisseur", "reffournisseur"),
        *("reffourn", "codefournisseur", "sureferencia", "suref", "sucodigo", "suarticulo"),
        *("referenciaproveedor", "refproveedor", "codigoproveedor", "uwartikelnr"),
        *("uwartikelnummer", "uwreferentie", "uwcode", "leveranciersartikelnr", "artikelnrlev"),
        *("artikelnummerleverancier", "vostrocodice", "vscodice", "vsarticolo", "codfornitore"),
        *("codicefornitore", "vossoartigo", "vossocodigo"),
        *("stockcode", "itemcode", "itemnumber", "itemno", "itemid", "productcode"),
        *("productnumber", "productno", "partnumber", "partno", "articlenumber", "articleno"),
        *("articlecode", "catalognumber", "catalogueno", "catno", "materialnumber", "materialno"),
        *("artikelnummer", "artikelnr", "artnr", "artikelcode", "materialnummer", "materialnr"),
        *("teilenummer", "teilenr", "sachnummer", "artikel", "reference article"),
        *("referencearticle", "refarticle", "codearticle", "numeroarticle", "codeproduit"),
        *("referencia", "codigoarticulo", "codarticulo", "codigo", "articulo", "producto"),
        *("codicearticolo", "codarticolo", "codice", "articolo", "referencia artigo", "artigo"),
        *("productcode", "artcode", "ref", "article", "item", "part", "material", "product"),
        *("productid", "code", "gtin", "ean", "eancode", "upc"),
    ),
    "customer_part": (
        *("ouritem", "ouritemno", "ourpart", "ourpartno", "ourpartnumber", "ourref"),
        *("ourreference", "ourarticle", "ourarticleno", "ourcode", "oursku", "buyeritem"),
        *("buyerpart", "buyerpartno", "buyeritemno", "customerpart", "customerpartno"),
        *("customeritem", "customeritemno", "internalno", "unsereartikelnr", "unsereartnr"),
        *("unsereartikelnummer", "unserenummer", "unserematerialnr", "notrereference"),
        *("notreref", "notrearticle", "notrecode", "nuestrareferencia", "nuestraref"),
        *("nuestrocodigo", "onzeartikelnr", "onzeartikelnummer", "onzereferentie", "onzecode"),
        *("nostrocodice", "nscodice", "nsarticolo", "nossocodigo"),
    ),
    "description": (
        *("description", "itemdescription", "productname", "itemname", "name", "bezeichnung"),
        *("beschreibung", "artikelbezeichnung", "designation", "libelle", "descripcion"),
        *(
            "denominacion",
            "concepto",
            "omschrijving",
            "artikelomschrijving",
            "descrizione",
            "descricao",
            "text",
        ),
        *("productdescription", "gooddescription", "goods", "details", "service"),
    ),
    "quantity": (
        *("quantity", "qty", "orderqty", "quantityordered", "orderquantity", "orderedqty"),
        *("qtyordered", "ordered", "bestellmenge", "menge", "anzahl", "quantite", "qte"),
        *(
            "quantitecommandee",
            "cantidad",
            "cant",
            "ctd",
            "aantal",
            "besteld",
            "hoeveelheid",
            "quantita",
        ),
        *("qta", "quantidade", "qtd", "ilosc", "pieces", "pcs", "units"),
    ),
    "unit": (
        *(
            "unit",
            "uom",
            "um",
            "unitofmeasure",
            "unitofmeasurement",
            "einheit",
            "me",
            "mengeneinheit",
        ),
        *("unite", "unidad", "ud", "eenheid", "eenh", "unita", "unidade"),
    ),
    "unit_price": (
        *("unitprice", "price", "priceeach", "netprice", "netunitprice", "itemprice", "unitcost"),
        *("priceunit", "priceperunit", "rate", "cost", "preis", "einzelpreis", "epreis", "ep"),
        *("nettopreis", "preiseinheit", "stuckpreis", "vkpreis", "prix", "prixunitaire"),
        *("prixunitaireht", "puht", "pu", "prixuht", "precio", "preciounitario", "preciounit"),
        *("precioud", "prijs", "prijsperstuk", "stuksprijs", "eenheidsprijs", "prezzo"),
        *("prezzounitario", "precounitario", "preco"),
    ),
    "amount": (
        *("amount", "lineamount", "linetotal", "netamount", "nettotal", "extendedprice"),
        *("extension", "extprice", "extended", "totalprice", "linevalue", "value", "total"),
        *("betrag", "gesamtpreis", "gesamt", "gpreis", "gp", "positionswert", "zeilenbetrag"),
        *("nettobetrag", "wert", "summe", "montant", "montantht", "totalht", "prixtotal"),
        *("importe", "importetotal", "importelinea", "preciototal", "bedrag", "regelbedrag"),
        *("totaal", "regeltotaal", "prijsinclbtw", "prijsexclbtw", "importo", "totale", "valor"),
    ),
    "discount": (
        *("discount", "disc", "rabatt", "remise", "descuento", "dto", "korting", "sconto"),
    ),
    "tax": ("vat", "tax", "taxes", "vatrate", "taxrate", "mwst", "ust", "btw", "tva", "iva"),
    "requested_on": (
        *("requesteddate", "requestedon", "requested", "deliverydate", "requireddate"),
        *("needby", "needbydate", "duedate", "shipdate", "wunschtermin", "lieferdatum"),
        *("liefertermin", "delivery", "datedelivraison", "livraison", "fechaentrega"),
        *("fechadeentrega", "entrega", "leverdatum", "levering", "dataconsegna", "consegna"),
    ),
    "ordered_on": ("orderdate", "invoicedate", "date", "bestelldatum", "datum"),
    "currency": ("currency", "currencycode", "wahrung", "devise", "moneda"),
    "note": ("note", "notes", "comment", "comments", "remark", "remarks", "bemerkung"),
    "number": (
        *("pos", "position", "line", "lineno", "linenumber", "ln", "no", "nr", "num", "ligne"),
        *("linea", "regel", "riga", "posnr", "posno", "itempos", "seq"),
    ),
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


def rank_of(text: str) -> int:
    """Return how specific a header word is: of two columns that mean the same, the lower wins."""
    return MEANING.get(fold(text), ("", 0))[1]


def columns_of(header: Sequence[str], words: Mapping[str, str] = {}) -> dict[str, int]:
    """Return the position of each field that the header names; a customer's own words win."""
    best: dict[str, tuple[int, int]] = {}
    for position, text in enumerate(header):
        folded = fold(text)
        field, rank = (words[folded], -1) if folded in words else MEANING.get(folded, ("", 0))
        if field and (field not in best or rank < best[field][0]):
            best[field] = (rank, position)
    return {field: position for field, (_rank, position) in best.items()}


def find_header(rows: Sequence[Sequence[str]], words: Mapping[str, str] = {}) -> int | None:
    """Return the index of the row that names the columns; rows above it are about the order."""
    for index, row in enumerate(rows[:HEADER_ROWS]):
        found = columns_of(row, words)
        if all(field in found for field in NEEDED):
            return index
    return None
