"""Whom each row means, and what it would change: nothing is written here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from customers.importing.cells import currency_in, details_in, kind_in, person_in, place_in
from customers.importing.columns import DETAILS, NUMBER_LENGTH
from customers.importing.known import Known
from customers.models import Address, Contact, Customer
from customers.services import Details, Person, Place
from o2c.kernel.sheets.tables import Row, Status
from o2c.kernel.text import fold


@dataclass(kw_only=True)
class Plan:
    """All rows of one customer. `customer` None: a new one. `parent`: a number of the same file."""

    rows: list[Row]
    customer: Customer | None = None
    details: Details | None = None
    currency: str = ""
    number: str = ""
    parent: str = ""
    places: list[tuple[Row, str, Place]] = field(default_factory=list)
    people: list[tuple[Row, Person]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(row.problems for row in self.rows)


def plans_of(rows: Sequence[Row], known: Known) -> list[Plan]:
    """Return what becomes of each customer of the file; every row is told all its problems."""
    plans = []
    for group in _grouped(rows):
        plan = Plan(rows=group)
        plan.customer = _meant(group[0], known)
        _read(plan, known)
        _agree(plan)
        plans.append(plan)
    return plans


def find_address(customer: Customer, kind: str, place: Place) -> Address | None:
    """Return the customer's address that is meant: by its code, else by where it is."""
    same_kind = [row for row in customer.addresses.all() if row.kind == kind and row.is_active]
    if place.code:
        coded = [row for row in same_kind if row.code == place.code]
        if coded:
            return coded[0]
    where = _where(place)
    return next((row for row in same_kind if _where(row) == where), None)


def find_contact(customer: Customer, person: Person) -> Contact | None:
    """Return the customer's contact that is meant: by e-mail, else by name."""
    contacts = list(customer.contacts.all())
    if person.email:
        mail = person.email.casefold()
        found = next((row for row in contacts if row.email.casefold() == mail), None)
        if found is not None:
            return found
    name = fold(person.name)
    by_name = (row for row in contacts if fold(row.name) == name and row.role == person.role)
    return next(by_name, None)


def details_of(customer: Customer) -> Details:
    """Return what is agreed with a customer now."""
    return Details(**{entry.name: getattr(customer, entry.name) for entry in fields(Details)})


def _grouped(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each customer: those of one number, else VAT number, else name."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        key = (
            row.text("number").upper()
            or _squeezed(row.text("vat_number"))
            or fold(row.text("name"))
        )
        if not key:
            row.reject("number", _("The row has neither number, VAT number nor name."))
        groups.setdefault(key or f"row {row.number}", []).append(row)
    yield from groups.values()


def _meant(row: Row, known: Known) -> Customer | None:
    """Return the customer that the row means: by number, by VAT number, at last by name."""
    number, vat = row.text("number").upper(), _squeezed(row.text("vat_number"))
    if number and number in known.by_number:
        return known.by_number[number]
    owners = known.by_vat.get(vat, []) if vat else []
    if number:
        if owners and not row.text("parent"):
            message = _(
                "%(customer)s has this VAT number. Leave the number empty to change it, or name "
                "the parent whose branch this is."
            )
            row.reject("vat_number", message % {"customer": owners[0].number})
        return None
    found = owners or known.by_name.get(fold(row.text("name")), [])
    if len(found) > 1:
        numbers = ", ".join(customer.number for customer in found[:5])
        message = _("This can mean several customers (%(numbers)s): give the number.")
        row.reject("number", message % {"numbers": numbers})
    return found[0] if found else None


def _read(plan: Plan, known: Known) -> None:
    first = plan.rows[0]
    for row in plan.rows:
        place, person = place_in(row), person_in(row)
        kind = kind_in(row)
        if place:
            kinds = [kind] if kind else _kinds_of(plan, place)
            plan.places += [(row, wanted, place) for wanted in kinds]
        if person:
            plan.people.append((row, person))
    country = plan.places[0][2].country if plan.places else _country_of(plan.customer)
    said = details_in(first, known, country=country)
    said |= _parent_of(plan, known)
    plan.number = first.text("number").upper()
    if len(plan.number) > NUMBER_LENGTH or re.search(r"[^A-Z0-9._-]", plan.number):
        message = _("A number has at most %(most)s letters, digits and -._ only.")
        first.reject("number", message % {"most": NUMBER_LENGTH})
    plan.details = _changed(plan, said) if plan.customer else _new(plan, said, known)
    for row in plan.rows[1:]:
        _compare(first, row)


def _new(plan: Plan, said: dict[str, Any], known: Known) -> Details | None:
    first = plan.rows[0]
    plan.currency = currency_in(first, known)
    for name, key in (("name", "name"), ("payment_terms", "payment_terms_id")):
        if key not in said and not first.text(name):
            first.reject(name, _("A new customer needs this."))
    if first.problems:
        return None
    return Details(**{"time_zone": known.company.time_zone, **said})


def _changed(plan: Plan, said: dict[str, Any]) -> Details:
    assert plan.customer is not None  # only customers that we know are changed
    first, before = plan.rows[0], details_of(plan.customer)
    currency = first.text("currency").upper()
    if currency and currency != plan.customer.currency:
        message = _("The currency was agreed as %(currency)s; it cannot be changed.")
        first.reject("currency", message % {"currency": plan.customer.currency})
    if said.get("legal_name") == said.get("name", before.name):
        said["legal_name"] = ""
    after = replace(before, **said)
    first.changes = {
        entry.name.removesuffix("_id"): _shown(plan.customer, first, entry.name, after)
        for entry in fields(Details)
        if getattr(before, entry.name) != getattr(after, entry.name)
    }
    return after


def _shown(customer: Customer, row: Row, name: str, after: Details) -> tuple[str, str]:
    """Return a field before and after, as people read it."""
    if not name.endswith("_id"):
        return str(getattr(customer, name)), str(getattr(after, name))
    named = name.removesuffix("_id")
    return str(getattr(customer, named) or ""), row.text(named)


def _parent_of(plan: Plan, known: Known) -> dict[str, int]:
    number = plan.rows[0].text("parent").upper()
    if not number:
        return {}
    if number in known.by_number:
        return {"parent_id": known.by_number[number].pk}
    if number in known.in_file:
        plan.parent = number
    else:
        message = _("No customer has the number “%(code)s”.") % {"code": number[:40]}
        plan.rows[0].reject("parent", message)
    return {}


def _kinds_of(plan: Plan, place: Place) -> list[str]:
    """Return what an address without a kind is for: both of a new customer, else as it was."""
    if plan.customer is None:
        return list(Address.Kind.values) if not plan.places else [Address.Kind.SHIP_TO.value]
    found = [kind for kind in Address.Kind.values if find_address(plan.customer, kind, place)]
    return found or [Address.Kind.SHIP_TO.value]


def _compare(first: Row, row: Row) -> None:
    """Tell a further row of a customer where it contradicts the first."""
    for name in DETAILS:
        if row.text(name) and row.text(name) != first.text(name):
            message = _("Row %(first)s of this customer says otherwise.")
            row.reject(name, message % {"first": first.number})


def _agree(plan: Plan) -> None:
    """Say what becomes of each row; what is wrong with one keeps its customer's others back."""
    wrong = [row.number for row in plan.rows if row.problems]
    for row in plan.rows:
        if wrong and not row.problems:
            message = _("Row %(row)s of the same customer has problems.") % {"row": wrong[0]}
            row.reject("number", message)
    if wrong:
        return
    if plan.customer is None:
        for row in plan.rows:
            row.status = Status.NEW
        return
    _note_parts(plan, plan.customer)
    for row in plan.rows:
        row.status = Status.CHANGED if row.changes else Status.SAME


def _note_parts(plan: Plan, customer: Customer) -> None:
    """Note on each row which address and which contact it adds or changes."""
    if plan.parent:
        plan.rows[0].changes["parent"] = ("", plan.parent)
    for row, kind, place in plan.places:
        address = find_address(customer, kind, place)
        if address is None or filled(address, place) != place_of(address):
            row.changes[f"{kind} address"] = (str(address or ""), f"{place.street}, {place.city}")
    for row, person in plan.people:
        contact = find_contact(customer, person)
        if contact is None or filled(contact, person) != person_of(contact):
            row.changes["contact"] = (str(contact or ""), person.name)


def filled(row: Any, given: Any) -> Any:
    """Return what is given, with what we know where it says nothing."""
    names = [entry.name for entry in fields(given)]
    return replace(given, **{name: getattr(given, name) or getattr(row, name) for name in names})


def place_of(address: Address) -> Place:
    return Place(**{entry.name: getattr(address, entry.name) for entry in fields(Place)})


def person_of(contact: Contact) -> Person:
    return Person(**{entry.name: getattr(contact, entry.name) for entry in fields(Person)})


def _country_of(customer: Customer | None) -> str:
    addresses = list(customer.addresses.all()) if customer else []
    return next((row.country for row in addresses if row.kind == Address.Kind.BILL_TO), "")


def _where(place: Place | Address) -> tuple[str, str, str]:
    return fold(place.street), fold(f"{place.postal_code} {place.city}"), place.country


def _squeezed(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()
