"""Which column of a customer list means what, by the words of its header."""

COLUMNS = {
    "number": ("number", "customer number", "customer no", "customer", "kundennummer", "account"),
    "name": ("name", "customer name", "company", "firma", "kunde", "raison sociale"),
    "legal_name": ("legal name", "registered name", "firmierung"),
    "vat_number": ("vat number", "vat", "vat id", "ust id", "ustidnr", "tva", "tax id"),
    "eori": ("eori", "eori number"),
    "registration_number": ("registration number", "company registration", "handelsregister"),
    "gln": ("gln", "customer gln", "ils gln"),
    "parent": ("parent", "parent number", "belongs to", "konzern"),
    "email": ("email", "e-mail", "mail"),
    "currency": ("currency", "wahrung", "devise"),
    "language": ("language", "sprache", "langue"),
    "time_zone": ("time zone", "zeitzone"),
    "sales_rep": ("sales rep", "sales rep email", "sales", "vertreter"),
    "payment_terms": ("payment terms", "terms", "zahlungsbedingung", "zahlungsziel"),
    "billing_trigger": ("billing trigger", "invoiced"),
    "shortage_policy": ("shortage policy", "out of stock"),
    "consolidation": ("consolidation", "joint shipments"),
    "accepts_backorders": ("accepts backorders", "backorders"),
    "ships_complete": ("ships complete", "complete delivery", "komplettlieferung"),
    "priority": ("priority", "delivery priority", "prioritat"),
    "incoterm": ("incoterm", "incoterms", "delivery terms", "lieferbedingung"),
    "tax_status": ("tax status", "tax"),
    "requires_po_number": ("requires po number", "po number required"),
    "grace_days": ("grace days", "days of grace"),
    "is_active": ("active", "is active"),
    "address_kind": ("address type", "address kind", "address for"),
    "label": ("place", "place name", "address name"),
    "street": ("street", "address", "strasse", "rue"),
    "postal_code": ("postal code", "zip", "zip code", "postcode", "plz"),
    "city": ("city", "town", "ort", "stadt", "ville"),
    "region": ("region", "state", "province", "bundesland"),
    "country": ("country", "country code", "land", "pays"),
    "place_code": ("place code", "their code", "ship to code", "address code"),
    "place_gln": ("place gln", "ship to gln", "address gln"),
    "contact_name": ("contact", "contact name", "ansprechpartner"),
    "contact_role": ("contact role", "role"),
    "contact_title": ("contact position", "position", "job title"),
    "contact_email": ("contact email", "contact e-mail"),
    "contact_phone": ("contact phone", "phone", "telefon"),
}
# What belongs to the customer, in the names of `services.Details`.
TEXTS = {
    "name": 200,
    "legal_name": 200,
    "email": 254,
    "registration_number": 40,
}
DETAILS = (
    *TEXTS,
    *("vat_number", "eori", "gln", "parent", "currency", "language", "time_zone", "sales_rep"),
    *("payment_terms", "billing_trigger", "shortage_policy", "accepts_backorders", "tax_status"),
    *("requires_po_number", "grace_days", "is_active", "ships_complete", "priority", "incoterm"),
    "consolidation",
)
PLACE = {
    "label": 100,
    "street": 200,
    "postal_code": 20,
    "city": 100,
    "region": 100,
    "country": 2,
    "place_code": 40,
    "place_gln": 20,
}
CONTACT = {
    "contact_name": 200,
    "contact_title": 100,
    "contact_email": 254,
    "contact_phone": 40,
}
NUMBER_LENGTH = 20
