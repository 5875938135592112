"""From a row's cells to what is agreed with a customer, a place and a contact.

Every cell is read, whatever is wrong with the others: a row tells all its problems at once.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from customers import identity
from customers.freight import FreightTerms
from customers.importing.columns import CONTACT, PLACE, TEXTS
from customers.importing.known import Known
from customers.incoterms import Incoterm
from customers.models import Address, Contact, Customer
from customers.services import Person, Place
from customers.services.places import checked_place
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import check_currency
from o2c.kernel.sheets.tables import Row, fits

YES = {"yes", "y", "true", "1", "x", "ja", "oui", "si"}
NO = {"no", "n", "false", "0", "nein", "non"}
MOST_GRACE = 365
MOST_NAMED = 12
Choice = type[TextChoices]
CHOICES: dict[str, Choice] = {
    "billing_trigger": Customer.BillingTrigger,
    "shortage_policy": Customer.ShortagePolicy,
    "consolidation": Customer.Consolidation,
    "freight_terms": FreightTerms,
    "tax_status": Customer.TaxStatus,
}
FLAGS = ("accepts_backorders", "ships_complete", "requires_po_number", "is_active")


def details_in(row: Row, known: Known, *, country: str) -> dict[str, Any]:
    """Return what the row says of the customer, by the names of `Details`; empty cells are left
    out. `country` is where the customer is.
    """
    found: dict[str, Any] = {}
    for name, longest in TEXTS.items():
        fits(row, name, longest)
        found[name] = row.text(name)
    _mail(row, "email")
    found["vat_number"] = _checked(
        row, "vat_number", lambda text: identity.vat_number(text, country=country)
    )
    found["eori"] = _checked(row, "eori", identity.eori)
    found["gln"] = _checked(row, "gln", identity.gln)
    found |= {name: _choice(row, name, choices) for name, choices in CHOICES.items()}
    found |= {name: _flag(row, name) for name in FLAGS}
    found["language"] = _one_of(row, "language", dict(settings.LANGUAGES))
    found["time_zone"] = _one_of(row, "time_zone", available_timezones())
    found["grace_days"] = _days(row)
    found["priority"] = _priority(row)
    found["incoterm"] = _one_of(row, "incoterm", Incoterm.values, text=row.text("incoterm").upper())
    found["payment_terms_id"] = _terms(row, known)
    found["sales_rep_id"] = _rep(row, known)
    return {name: value for name, value in found.items() if value not in ("", None)}


def currency_in(row: Row, known: Known) -> str:
    """Return the row's currency, else the company's."""
    code = row.text("currency").upper()
    if not code:
        return known.company.currency
    try:
        check_currency(code)
    except InvalidInput as refusal:
        row.reject(refusal.field, str(refusal))
    return code


def place_in(row: Row) -> Place | None:
    """Return the row's address, checked; nothing when it has none, or a wrong one."""
    if not any(row.text(name) for name in PLACE):
        return None
    for name, longest in PLACE.items():
        fits(row, name, longest)
    missing = [name for name in ("street", "city", "country") if not row.text(name)]
    for name in missing:
        row.reject(name, _("An address needs street, city and country."))
    if missing:
        return None
    names = {"place_code": "code", "place_gln": "gln"}
    place = Place(**{names.get(name, name): row.text(name) for name in PLACE})
    try:
        return checked_place(place)
    except InvalidInput as refusal:
        row.reject({"gln": "place_gln"}.get(refusal.field, refusal.field), str(refusal))
        return None


def kind_in(row: Row) -> str:
    """Return what the row's address is for; empty: for both."""
    words = {
        "billing": "bill_to",
        "invoice": "bill_to",
        "shipping": "ship_to",
        "delivery": "ship_to",
    }
    text = row.text("address_kind").casefold().replace(" ", "_").replace("-", "_")
    kind = words.get(text, text)
    if kind and kind not in Address.Kind.values:
        row.reject("address_kind", _("Write bill_to or ship_to, or nothing for both."))
        return ""
    return kind


def person_in(row: Row) -> Person | None:
    """Return the row's contact; nothing when it has none."""
    if not any(row.text(name) for name in CONTACT):
        return None
    for name, longest in CONTACT.items():
        fits(row, name, longest)
    _mail(row, "contact_email")
    if not row.text("contact_name"):
        row.reject("contact_name", _("A contact needs a name."))
    role = row.text("contact_role").casefold()
    labels = {str(choice.label).casefold(): choice.value for choice in Contact.Role}
    role = labels.get(role, role) or Contact.Role.BUYER.value
    if role not in Contact.Role.values:
        roles = ", ".join(Contact.Role.values)
        row.reject("contact_role", _("Write one of: %(words)s.") % {"words": roles})
    return Person(
        role=role,
        name=row.text("contact_name"),
        title=row.text("contact_title"),
        email=row.text("contact_email"),
        phone=row.text("contact_phone"),
    )


def _checked(row: Row, name: str, check: Callable[[str], str]) -> str:
    try:
        return check(row.text(name))
    except InvalidInput as refusal:
        row.reject(name, str(refusal))
        return ""


def _mail(row: Row, name: str) -> None:
    try:
        if row.text(name):
            validate_email(row.text(name))
    except ValidationError:
        row.reject(name, _("“%(text)s” is no e-mail address.") % {"text": row.text(name)[:60]})


def _choice(row: Row, name: str, choices: Choice) -> str:
    text = row.text(name).casefold()
    labels = {str(choice.label).casefold(): str(choice.value) for choice in choices}
    return _one_of(row, name, choices.values, text=labels.get(text, text))


def _one_of(row: Row, name: str, allowed: Any, *, text: str = "") -> str:
    text = text or row.text(name)
    if text and text not in allowed:
        few = ", ".join(sorted(allowed)) if len(allowed) <= MOST_NAMED else "Europe/Berlin, …"
        row.reject(name, _("Write one of: %(words)s.") % {"words": few})
        return ""
    return text


def _flag(row: Row, name: str) -> bool | None:
    text = row.text(name).casefold()
    if text and text not in YES | NO:
        row.reject(name, _("Write yes or no."))
    return text in YES if text else None


def _days(row: Row) -> int | None:
    text = row.text("grace_days")
    if not text:
        return None
    if not text.isdecimal() or not text.isascii() or int(text[:5]) > MOST_GRACE:
        row.reject("grace_days", _("Enter from 0 to %(most)s days.") % {"most": MOST_GRACE})
        return None
    return int(text)


def _priority(row: Row) -> int | None:
    text = row.text("priority")
    if text and text not in map(str, Customer.PRIORITIES):
        row.reject("priority", _("Enter a priority from 1, the first to get what is scarce, to 9."))
        return None
    return int(text) if text else None


def _terms(row: Row, known: Known) -> int | None:
    text = row.text("payment_terms")
    terms = known.terms.get(text.casefold())
    if text and terms is None:
        message = _("There are no payment terms “%(text)s” to be given.")
        row.reject("payment_terms", message % {"text": text[:40]})
    return terms.pk if terms else None


def _rep(row: Row, known: Known) -> int | None:
    text = row.text("sales_rep")
    rep = known.reps.get(text.casefold())
    if text and rep is None:
        message = _("“%(text)s” is the e-mail address of no sales rep.")
        row.reject("sales_rep", message % {"text": text[:60]})
    return rep.pk if rep else None
