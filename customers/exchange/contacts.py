"""Contacts from an address book or a table: matched, made or changed, never twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from customers import services
from customers.exchange.vcards import OUR_UID, read_cards
from customers.models import Contact, Customer
from customers.services import Person
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.sheets.tables import Row, Status, Table, fits, read_table
from o2c.kernel.text import fold

COLUMNS = {
    "customer": ("customer", "customer number", "kundennummer"),
    "name": ("name", "contact", "contact name", "full name"),
    "role": ("role", "asked about"),
    "title": ("title", "position", "job title"),
    "email": ("email", "e-mail", "mail"),
    "phone": ("phone", "telephone", "telefon"),
    "language": ("language", "sprache"),
    "uid": ("uid", "id"),
}
LENGTHS = {"name": 200, "title": 100, "email": 254, "phone": 40, "uid": 200}


@dataclass(frozen=True, kw_only=True)
class Book:
    """The customers that rows may mean, with their contacts."""

    by_number: Mapping[str, Customer]
    by_name: Mapping[str, Sequence[Customer]]
    given: Customer | None


def import_contacts(
    content: bytes,
    name: str,
    *,
    customer: Customer | None = None,
    commit: bool,
    at: datetime,
    actor: Actor,
) -> Table:
    """Read contacts from vCards, CSV or XLSX; with `commit` write those without problems.

    A row belongs to the customer whose number it gives, else to `customer`, else to the one whose
    exact name the vCard calls its organization. It means the contact of the same uid, else of the
    same e-mail address, else of the same name and role. Empty cells leave what we know.

    Raises:
        Unreadable: the file as a whole cannot be read.
    """
    is_card = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:11].upper() == b"BEGIN:VCARD"
    table = (
        read_cards(content)
        if is_card
        else read_table(content, name, columns=COLUMNS, needed=("name",), numbers=())
    )
    book = _book(table.rows, customer)
    for row in table.good():
        _take(row, book, commit=commit, at=at, actor=actor)
    return table


def _take(row: Row, book: Book, *, commit: bool, at: datetime, actor: Actor) -> None:
    person = _person(row)
    owner = _owner(row, book)
    if owner is None or row.problems:
        return
    known = _meant(row, owner, person)
    if known is None:
        row.status = Status.NEW

    else:
        person = _filled(known, person, row)
        row.changes = {
            entry.name: (getattr(known, entry.name), getattr(person, entry.name))
            for entry in fields(Person)
            if entry.name != "uid" and getattr(known, entry.name) != getattr(person, entry.name)
        }
        row.status = Status.CHANGED if row.changes else Status.SAME
    if not commit or row.status == Status.SAME:
        return
    try:
        if known is None:
            services.add_contact(owner.pk, person=person, at=at, actor=actor)
        else:
            services.change_contact(known.pk, person=person, at=at, actor=actor)
    except DomainError as refusal:
        row.reject(refusal.field, str(refusal))


def _person(row: Row) -> Person:
    for name, longest in LENGTHS.items():
        fits(row, name, longest)
    if not row.text("name"):
        row.reject("name", _("A contact needs a name."))
    try:
        if row.text("email"):
            validate_email(row.text("email"))
    except ValidationError:
        row.reject(
            "email", _("“%(text)s” is no e-mail address.") % {"text": row.text("email")[:60]}
        )
    labels = {str(choice.label).casefold(): str(choice.value) for choice in Contact.Role}
    role = row.text("role").casefold()
    role = labels.get(role, role)
    if role and role not in Contact.Role.values:
        words = ", ".join(Contact.Role.values)
        row.reject("role", _("Write one of: %(words)s.") % {"words": words})
    language = row.text("language").lower()
    uid = row.text("uid")
    return Person(
        role=role or Contact.Role.OTHER.value,
        name=row.text("name"),
        title=row.text("title"),
        email=row.text("email"),
        phone=row.text("phone"),
        # An address book may know more languages than we write in.
        language=language if language in dict(settings.LANGUAGES) else "",
        uid="" if uid.startswith(OUR_UID) else uid,
    )


def _filled(known: Contact, person: Person, row: Row) -> Person:
    """Return what the row says, with what we know where it says nothing."""
    names = ("title", "email", "phone", "language")
    kept = {name: getattr(person, name) or getattr(known, name) for name in names}
    role = person.role if row.text("role") else known.role
    return replace(person, role=role, **kept)


def _owner(row: Row, book: Book) -> Customer | None:
    number = row.text("customer").upper()
    if number:
        owner = book.by_number.get(number)
        if owner is None:
            message = _("No customer has the number “%(code)s”.") % {"code": number[:40]}
            row.reject("customer", message)
        return owner
    if book.given is not None:
        return book.given
    found = book.by_name.get(fold(row.text("organization")), [])
    if len(found) != 1:
        row.reject("customer", _("Whose contact is it? Give the customer's number."))
        return None
    return found[0]


def _meant(row: Row, owner: Customer, person: Person) -> Contact | None:
    contacts = list(owner.contacts.all())
    uid = row.text("uid")
    has_role = bool(row.text("role"))
    by_uid = (
        contact for contact in contacts if uid and uid in {contact.uid, f"{OUR_UID}{contact.pk}"}
    )
    mail = person.email.casefold()
    by_mail = (c for c in contacts if mail and c.email.casefold() == mail)
    by_name = (
        contact
        for contact in contacts
        if fold(contact.name) == fold(person.name) and (not has_role or contact.role == person.role)
    )
    return next(chain(by_uid, by_mail, by_name), None)


def _book(rows: Sequence[Row], given: Customer | None) -> Book:
    """Read the customers that the rows may mean; as many statements whatever their number."""
    numbers = {row.text("customer").upper() for row in rows} - {""}
    names = {fold(row.text("organization")) for row in rows} - {""}
    wanted = Q(number__in=numbers) | Q(folded_name__in=names)
    if given is not None:
        wanted |= Q(pk=given.pk)
    found = list(Customer.objects.filter(wanted).order_by("pk").prefetch_related("contacts"))
    by_name: dict[str, list[Customer]] = {}
    for customer in found:
        by_name.setdefault(customer.folded_name, []).append(customer)
    own = next((customer for customer in found if given and customer.pk == given.pk), None)
    by_number = {customer.number.upper(): customer for customer in found}
    return Book(by_number=by_number, by_name=by_name, given=own)
