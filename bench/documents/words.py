"""The words of purchase orders in six ways of writing."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal


@dataclass(frozen=True, kw_only=True)
class Words:
    """Variants of each word, so that layouts of one language differ."""

    locale: str
    title: tuple[str, ...]
    number: tuple[str, ...]
    date: tuple[str, ...]
    wanted: tuple[str, ...]
    ship_to: tuple[str, ...]
    supplier: tuple[str, ...]
    account: tuple[str, ...]
    position: tuple[str, ...]
    sku: tuple[str, ...]
    own: tuple[str, ...]
    name: tuple[str, ...]
    quantity: tuple[str, ...]
    unit: tuple[str, ...]
    piece: tuple[str, ...]
    price: tuple[str, ...]
    amount: tuple[str, ...]
    net: tuple[str, ...]
    tax: tuple[str, ...]
    total: tuple[str, ...]
    freight: str
    page: str
    pattern: tuple[str, ...]

    def money(self, amount: Decimal, places: int = 2) -> str:
        shape = "#,##0." + "0" * places
        return format_decimal(amount, format=shape, locale=self.locale)

    def count(self, amount: int) -> str:
        return format_decimal(amount, format="#,##0", locale=self.locale)

    def day(self, day: datetime.date, variant: int) -> str:
        return format_date(day, self.pattern[variant % len(self.pattern)], locale=self.locale)


WORDS = {
    "en": Words(
        locale="en_GB",
        title=("Purchase Order", "PURCHASE ORDER", "Order"),
        number=("PO number", "Order no.", "Purchase order no.", "PO #", "Our order number"),
        date=("Date", "Order date", "Date of issue"),
        wanted=("Delivery date", "Required by", "Please deliver by", "Requested delivery date"),
        ship_to=("Deliver to", "Ship to", "Delivery address"),
        supplier=("Supplier", "Vendor", "To"),
        account=("Our account no.", "Account number with you", "Customer no."),
        position=("Pos", "Line", "No.", "#"),
        sku=("Your part no.", "Part number", "Item code", "Supplier item no.", "Article"),
        own=("Our ref", "Our item no.", "Buyer part"),
        name=("Description", "Item description", "Goods"),
        quantity=("Qty", "Quantity", "Order qty"),
        unit=("Unit", "UoM", "U/M"),
        piece=("pcs", "EA", "each"),
        price=("Unit price", "Price", "Price each", "Net price"),
        amount=("Amount", "Line total", "Total", "Net amount"),
        net=("Subtotal", "Net total", "Total excl. VAT", "Goods total"),
        tax=("VAT", "Tax", "VAT 19%"),
        total=("Total", "Grand total", "Order total", "Total incl. VAT"),
        freight="Freight",
        page="Page",
        pattern=("d MMMM yyyy", "dd/MM/yyyy", "yyyy-MM-dd", "d MMM yyyy"),
    ),
    "en-us": Words(
        locale="en_US",
        title=("PURCHASE ORDER", "Purchase Order"),
        number=("P.O. Number", "PO No.", "Order Number", "P.O. #"),
        date=("Date", "PO Date", "Order Date"),
        wanted=("Need By", "Ship By", "Required Date", "Delivery Date"),
        ship_to=("Ship To", "SHIP TO", "Deliver To"),
        supplier=("Vendor", "VENDOR", "Supplier"),
        account=("Customer ID", "Account #", "Customer No."),
        position=("Line", "#", "Item"),
        sku=("Vendor Part #", "Part No.", "Item #", "SKU", "Vendor Item"),
        own=("Our Part", "Our Item", "Our Part No."),
        name=("Description", "Product", "Item Description"),
        quantity=("Qty", "Quantity", "Qty Ordered", "QTY"),
        unit=("UOM", "Unit", "U/M"),
        piece=("EA", "each", "pcs"),
        price=("Unit Price", "Unit Cost", "Rate", "Price"),
        amount=("Extension", "Amount", "Ext. Price", "Line Total"),
        net=("Subtotal", "SUBTOTAL", "Sub Total"),
        tax=("Sales Tax", "Tax"),
        total=("TOTAL", "Total", "Order Total"),
        freight="Shipping",
        page="Page",
        pattern=("MM/dd/yyyy", "MMMM d, yyyy", "MMM d, yyyy"),
    ),
    "de": Words(
        locale="de_DE",
        title=("Bestellung", "BESTELLUNG"),
        number=("Bestellnummer", "Bestell-Nr.", "Unsere Bestellnummer", "Belegnummer"),
        date=("Datum", "Bestelldatum", "Belegdatum"),
        wanted=("Liefertermin", "Lieferdatum", "Gewünschter Liefertermin", "Wunschtermin"),
        ship_to=("Lieferadresse", "Lieferanschrift", "Lieferung an"),
        supplier=("Lieferant", "An", "Lieferantennummer"),
        account=("Unsere Kundennummer", "Kundennummer", "Kunden-Nr. bei Ihnen"),
        position=("Pos.", "Position", "Nr."),
        sku=("Ihre Artikelnr.", "Artikelnummer", "Art.-Nr.", "Lieferanten-Artikelnr.", "Material"),
        own=("Unsere Artikelnr.", "Unsere Art.-Nr.", "Unsere Nummer"),
        name=("Bezeichnung", "Beschreibung", "Artikelbezeichnung"),
        quantity=("Menge", "Bestellmenge", "Anzahl"),
        unit=("Einheit", "ME", "Mengeneinheit"),
        piece=("Stk", "Stück", "ST"),
        price=("Einzelpreis", "Preis", "E-Preis", "Nettopreis"),
        amount=("Gesamtpreis", "Betrag", "Gesamt", "Positionswert"),
        net=("Zwischensumme", "Nettosumme", "Summe netto", "Nettobetrag"),
        tax=("MwSt. 19 %", "zzgl. 19 % MwSt.", "USt 19 %"),
        total=("Gesamtbetrag", "Gesamtsumme", "Endbetrag", "Bruttosumme"),
        freight="Versandkosten",
        page="Seite",
        pattern=("dd.MM.yyyy", "d. MMMM yyyy", "dd.MM.yy"),
    ),
    "fr": Words(
        locale="fr_FR",
        title=("Bon de commande", "BON DE COMMANDE", "Commande"),
        number=("N° de commande", "Commande n°", "Numéro de commande", "Référence commande"),
        date=("Date", "Date de commande", "Date commande"),
        wanted=("Date de livraison", "Livraison souhaitée", "Livraison le", "Livraison prévue"),
        ship_to=("Adresse de livraison", "Livrer à", "Lieu de livraison"),
        supplier=("Fournisseur", "À", "Code fournisseur"),
        account=("Notre n° client", "N° client", "Code client"),
        position=("Ligne", "N°", "Pos."),
        sku=("Votre référence", "Référence", "Réf. fournisseur", "Code article", "Réf."),
        own=("Notre référence", "Notre code", "Notre article"),
        name=("Désignation", "Libellé", "Description"),
        quantity=("Quantité", "Qté", "Quantité commandée"),
        unit=("Unité", "U.M.", "UM"),
        piece=("pièce", "U", "pcs"),
        price=("Prix unitaire", "P.U. HT", "PU", "Prix unitaire HT"),
        amount=("Montant", "Montant HT", "Total HT", "Prix total"),
        net=("Total HT", "Montant total HT", "Sous-total"),
        tax=("TVA", "TVA 19 %", "Montant TVA"),
        total=("Total TTC", "Net à payer", "Total général"),
        freight="Frais de port",
        page="Page",
        pattern=("dd/MM/yyyy", "d MMMM yyyy"),
    ),
    "es": Words(
        locale="es_ES",
        title=("Pedido", "PEDIDO DE COMPRA", "Orden de compra"),
        number=("Nº de pedido", "Pedido nº", "Número de pedido", "Orden de compra nº"),
        date=("Fecha", "Fecha de pedido", "Fecha pedido"),
        wanted=("Fecha de entrega", "Fecha entrega", "Entrega solicitada"),
        ship_to=("Dirección de entrega", "Lugar de entrega", "Entregar en"),
        supplier=("Proveedor", "A", "Nº de proveedor"),
        account=("Nº de cliente", "Código de cliente", "Número de cliente"),
        position=("Línea", "Pos.", "Nº"),
        sku=("Su referencia", "Referencia", "Código", "Ref. proveedor", "Artículo"),
        own=("Nuestra referencia", "Nuestro código", "Nuestra ref."),
        name=("Descripción", "Concepto", "Denominación"),
        quantity=("Cantidad", "Cant.", "Ctd."),
        unit=("Unidad", "Ud.", "UM"),
        piece=("ud", "uds", "pz"),
        price=("Precio unitario", "Precio", "Precio unit."),
        amount=("Importe", "Total", "Precio total"),
        net=("Base imponible", "Total neto", "Subtotal"),
        tax=("IVA 19 %", "IVA", "Cuota IVA"),
        total=("Total pedido", "Total", "Importe total"),
        freight="Portes",
        page="Página",
        pattern=("dd/MM/yyyy", "d 'de' MMMM 'de' yyyy"),
    ),
    "nl": Words(
        locale="nl_NL",
        title=("Inkooporder", "Bestelling", "BESTELBON"),
        number=("Inkoopordernummer", "Bestelnummer", "Ordernummer", "Bestelbonnummer"),
        date=("Datum", "Besteldatum", "Orderdatum"),
        wanted=("Leverdatum", "Gewenste leverdatum", "Levering op"),
        ship_to=("Afleveradres", "Leveringsadres", "Leveren aan"),
        supplier=("Leverancier", "Aan", "Leveranciersnummer"),
        account=("Ons klantnummer", "Klantnummer", "Debiteurnummer"),
        position=("Regel", "Pos.", "Nr."),
        sku=("Uw artikelnr.", "Artikelnummer", "Artikelcode", "Leveranciersartikelnr."),
        own=("Onze artikelnr.", "Onze code", "Onze referentie"),
        name=("Omschrijving", "Artikelomschrijving", "Beschrijving"),
        quantity=("Aantal", "Hoeveelheid", "Besteld"),
        unit=("Eenheid", "Eenh.", "ME"),
        piece=("stuks", "st", "stk"),
        price=("Prijs", "Stuksprijs", "Prijs per stuk", "Eenheidsprijs"),
        amount=("Bedrag", "Totaal", "Regelbedrag"),
        net=("Subtotaal", "Totaal excl. btw", "Totaal netto"),
        tax=("Btw 19 %", "BTW", "Btw"),
        total=("Totaal", "Totaal incl. btw", "Totaalbedrag"),
        freight="Verzendkosten",
        page="Pagina",
        pattern=("dd-MM-yyyy", "d MMMM yyyy"),
    ),
}
