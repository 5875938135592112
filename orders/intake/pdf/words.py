"""What labels say on purchase orders: the words by which a head's facts are found."""

import re

from orders.intake.columns import fold

LABELS: dict[str, tuple[str, ...]] = {
    "po_number": (
        *("Purchase order", "Purchase order no", "Purchase order number", "Purchase order #"),
        *("PO", "PO number", "PO no", "PO #", "P.O. Box no", "Order", "Order no", "Order number"),
        *("Our order no", "Our order", "Order reference", "Order ref", "PO reference", "PO ref"),
        *("Order ID", "Document number", "Document no", "Bestellung", "Bestellnummer"),
        *("Bestellnr", "Bestell-Nr", "Bestellung Nr", "Bestellung Nummer", "Unsere Bestellung"),
        *("Unsere Bestellnummer", "Unsere Bestell-Nr", "Auftragsnummer", "Belegnummer", "Beleg-Nr"),
        *("Bon de commande", "Bon de commande n°", "Commande", "Commande n°", "N° de commande"),
        *("No de commande", "N° commande", "Numéro de commande", "Numéro commande"),
        *("Notre commande", "Réf commande", "Référence commande", "Pedido", "Pedido n.º"),
        *("Pedido nº", "Nº de pedido", "Nº pedido", "N.º de pedido", "Número de pedido"),
        *("Orden de compra", "Orden de compra nº", "Nuestro pedido", "Pedido de compra"),
        *("Inkooporder", "Inkoopordernummer", "Inkoopnummer", "Bestelling", "Bestelnummer"),
        *("Bestelbon", "Bestelbonnummer", "Ordernummer", "Onze order", "Uw ordernummer"),
        *("Ordine", "Ordine n", "Ordine n.", "Ordine d'acquisto", "Ordine d'acquisto n."),
        *("Numero ordine", "N. ordine", "Nota de encomenda", "Encomenda n.º", "Encomenda"),
        *("Zamówienie", "Zamówienie nr", "Numer zamówienia"),
    ),
    "ordered_on": (
        *("Date", "Order date", "PO date", "Date of order", "Issue date", "Issued", "Dated"),
        *("Document date", "Datum", "Bestelldatum", "Belegdatum", "Date de commande"),
        *("Date commande", "Date de la commande", "Fecha", "Fecha de pedido", "Fecha pedido"),
        *("Fecha del pedido", "Orderdatum", "Besteldatum", "Datum bestelling", "Data"),
        *("Data ordine", "Data documento", "Data da encomenda", "Data zamówienia"),
    ),
    "requested_on": (
        *("Delivery date", "Requested delivery", "Requested delivery date", "Required date"),
        *("Date required", "Required by", "Required delivery date", "Deliver by", "Due date"),
        *("Need by", "Needed by", "Ship by", "Delivery by", "Requested date", "Delivery required"),
        *("Please deliver by", "Deliver on", "Please deliver on", "Delivery on", "ETA", "Due"),
        *("Wanted on", "Delivery requested", "Lieferdatum", "Liefertermin", "Wunschtermin"),
        *("Gewünschter Liefertermin", "Lieferung bis", "Lieferung am", "Wunschlieferdatum"),
        *("Date de livraison", "Livraison le", "Date livraison", "Livraison souhaitée"),
        *("Date de livraison souhaitée", "Livraison demandée", "Livraison prévue"),
        *("Fecha de entrega", "Fecha entrega", "Entrega", "Entrega solicitada"),
        *("Fecha de entrega solicitada", "Leverdatum", "Gewenste leverdatum", "Levering op"),
        *("Gewenste levering", "Data di consegna", "Data consegna", "Consegna richiesta"),
        *("Consegna entro", "Data de entrega", "Data dostawy"),
    ),
    "currency": (
        *("Currency", "Order currency", "Währung", "Devise", "Monnaie", "Moneda", "Divisa"),
        *("Munt", "Valuta", "Muntsoort", "Moeda", "Waluta"),
    ),
    "customer": (
        *("Customer no", "Customer number", "Customer ID", "Customer code", "Our account"),
        *("Our account no", "Account no", "Account number", "Our customer no", "Account with you"),
        *("Our customer number", "Kundennummer", "Kundennr", "Kunden-Nr", "Unsere Kundennummer"),
        *("Kundennummer bei Ihnen", "Kd-Nr", "N° client", "No client", "Code client"),
        *("Numéro client", "Notre n° client", "Notre numéro client", "Nº de cliente"),
        *("Nº cliente", "Número de cliente", "Código de cliente", "Código cliente"),
        *("Klantnummer", "Klantnr", "Ons klantnummer", "Debiteurnummer", "Codice cliente"),
        *("N. cliente", "Cod. cliente", "Número de cliente", "Numer klienta"),
    ),
    "ship_to": (
        *("Ship to", "Deliver to", "Delivery address", "Shipping address", "Delivery to"),
        *("Ship-to address", "Place of delivery", "Goods to", "Consignee", "Lieferadresse"),
        *("Lieferanschrift", "Lieferung an", "Warenempfänger", "Anlieferadresse"),
        *("Adresse de livraison", "Livrer à", "Livraison à", "Lieu de livraison"),
        *("Dirección de entrega", "Entregar en", "Lugar de entrega", "Afleveradres"),
        *("Leveringsadres", "Leveradres", "Leveren aan", "Indirizzo di consegna"),
        *("Luogo di consegna", "Consegnare a", "Morada de entrega", "Adres dostawy"),
    ),
    # Labels that are known so that their words are not taken for somebody's value.
    "other": (
        *("Bill to", "Invoice to", "Invoice address", "Billing address", "Sold to", "Buyer"),
        *("Supplier", "Vendor", "Supplier no", "Vendor no", "Supplier number", "Vendor number"),
        *("Contact", "Phone", "Fax", "E-mail", "Email", "Tel", "Telefon", "Page", "Seite"),
        *("Payment terms", "Terms", "Incoterms", "Incoterm", "Ship via", "Delivery terms"),
        *("VAT", "VAT no", "VAT number", "Tax ID", "Reference", "Your reference", "Our reference"),
        *("Rechnungsadresse", "Rechnungsanschrift", "Lieferant", "Lieferantennummer"),
        *("Lieferanten-Nr", "Lieferantennr", "Ansprechpartner", "Zahlungsbedingungen"),
        *("Lieferbedingungen", "USt-IdNr", "Ihre Nachricht", "Besteller", "Einkäufer"),
        *("Adresse de facturation", "Facturer à", "Fournisseur", "N° fournisseur", "Acheteur"),
        *("Code fournisseur", "Conditions de paiement", "Conditions", "N° TVA", "Contact"),
        *("Facturar a", "Dirección de facturación", "Proveedor", "Nº de proveedor"),
        *("Comprador", "Condiciones de pago", "Forma de pago", "NIF", "CIF", "Contacto"),
        *("Factuuradres", "Leverancier", "Leveranciersnummer", "Inkoper", "Contactpersoon"),
        *("Betalingstermijn", "Betalingsvoorwaarden", "BTW-nummer", "Btw-nr", "Fornitore"),
        *("Fatturare a", "Pagamento", "Condizioni di pagamento", "Partita IVA", "P.IVA"),
        *("Acquirente", "Fornecedor", "Approved by", "Prepared by", "Requisitioner"),
    ),
}
TOTALS: dict[str, tuple[str, ...]] = {
    "total": (
        *("Total", "Grand total", "Order total", "Total amount", "Total net", "Net total"),
        *("Net amount", "Total order value", "Order value", "Total value", "Total due"),
        *("Subtotal", "Sub-total", "Sub total", "Total excl tax", "Total excl VAT", "Goods total"),
        *("Total incl VAT", "Total incl tax", "Total ex VAT", "Total price", "PO total"),
        *("Gesamt", "Gesamtbetrag", "Gesamtsumme", "Summe", "Nettosumme", "Summe netto"),
        *("Zwischensumme", "Nettobetrag", "Gesamtpreis", "Bestellwert", "Gesamtwert", "Endbetrag"),
        *("Gesamt netto", "Netto gesamt", "Gesamt brutto", "Bruttosumme", "Gesamtbetrag netto"),
        *("Gesamtbetrag brutto", "Bruttobetrag", "Nettowert", "Total HT", "Montant HT"),
        *("Montant total", "Montant total HT", "Total TTC", "Sous-total", "Net à payer"),
        *("Total général", "Total hors taxes", "Total de la commande", "Total commande"),
        *("Importe total", "Total pedido", "Base imponible", "Total neto", "Total sin IVA"),
        *("Total con IVA", "Suma", "Total general", "Importe neto", "Totaal", "Subtotaal"),
        *("Totaal excl btw", "Totaal incl btw", "Totaalbedrag", "Totaal exclusief btw"),
        *("Totaal netto", "Exclusief btw", "Te betalen", "Totale", "Imponibile", "Totale ordine"),
        *("Totale netto", "Totale imponibile", "Totale documento", "Total geral", "Razem"),
    ),
    "tax": (
        *("VAT", "Tax", "Sales tax", "VAT amount", "Tax amount", "MwSt", "USt", "Mehrwertsteuer"),
        *("Umsatzsteuer", "zzgl MwSt", "zzgl USt", "TVA", "Montant TVA", "IVA", "Cuota IVA"),
        *("Btw", "Btw-bedrag", "Imposta", "GST", "HST"),
    ),
    "charge": (
        *("Shipping", "Freight", "Delivery", "Postage", "Handling", "Carriage", "Delivery charge"),
        *("Shipping cost", "Shipping and handling", "Packing", "Versand", "Versandkosten"),
        *("Fracht", "Verpackung", "Porto", "Frais de port", "Port", "Transport", "Livraison"),
        *("Portes", "Gastos de envío", "Verzendkosten", "Spese di trasporto", "Trasporto"),
        *("Discount", "Rabatt", "Remise", "Descuento", "Korting", "Sconto", "Skonto", "Escompte"),
        *("Surcharge", "Zuschlag", "Mindermengenzuschlag", "Fee", "Fees"),
    ),
}
# Titles of papers that are no orders, and the labels of their numbers.
OTHER_PAPERS = {
    fold(word)
    for word in (
        *("Invoice", "Tax invoice", "Invoice no", "Invoice number", "Invoice date", "Credit note"),
        *("Credit memo", "Delivery note", "Packing slip", "Quotation", "Quote", "Statement"),
        *("Order confirmation", "Order acknowledgement", "Pro forma invoice", "Rechnung"),
        *("Rechnungsnr", "Rechnungsnummer", "Rechnungsdatum", "Gutschrift", "Lieferschein"),
        *("Angebot", "Auftragsbestätigung", "Mahnung", "Facture", "Facture n°", "N° de facture"),
        *("Numéro de facture", "Avoir", "Bon de livraison", "Devis", "Factura", "Nº de factura"),
        *("Número de factura", "Albarán", "Presupuesto", "Factuur", "Factuurnummer"),
        *("Factuurdatum", "Pakbon", "Offerte", "Orderbevestiging", "Fattura", "Fattura n."),
        *("Preventivo", "Conferma d'ordine", "Fatura", "Faktura"),
    )
}
# Titles that say that it is one.
ORDER_TITLES = {
    fold(word)
    for word in (
        *("Purchase order", "Order", "Bestellung", "Bon de commande", "Commande", "Pedido"),
        *("Orden de compra", "Pedido de compra", "Inkooporder", "Bestelling", "Bestelbon"),
        *("Ordine d'acquisto", "Ordine", "Nota de encomenda", "Encomenda", "Zamówienie"),
    )
}
CURRENCIES = re.compile(
    r"\b(EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|JPY|CNY|INR|ZAR|BRL|MXN)\b"
)
# The currencies that a sign may mean, the usual one first.
SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "MXN"),
    "¥": ("JPY", "CNY"),
}
# What headers carry beside the word itself: "Price (EUR)", "Amount €".
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[€$£¥]|\bin\s+(?=[A-Z]{3}\b)")

LABEL_MEANING = {fold(word): field for field, words in LABELS.items() for word in words}
TOTAL_MEANING = {fold(word): kind for kind, words in TOTALS.items() for word in words}


def bare_header(text: str) -> str:
    """Return a header's words without currencies and asides."""
    return CURRENCIES.sub("", ASIDE.sub("", text)).strip(" .:#/-*")
