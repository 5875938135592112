"""vCards (RFC 2426, RFC 6350): one address book entry each, read one by one from strangers."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import vobject
from django.utils.translation import gettext as _
from vobject.base import VObjectError

from customers.models import Contact
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.delimited import decode
from o2c.kernel.sheets.shapes import check_size, clean
from o2c.kernel.sheets.tables import Row, Table

Version = Literal["3.0", "4.0"]
MOST_CARDS = 5_000
# An entry without its picture is far smaller; pictures are left out before anything is read.
LONGEST_CARD = 100_000
CARD = re.compile(
    r"^BEGIN:VCARD[ \t]*$(.*?)^END:VCARD[ \t]*$", re.DOTALL | re.IGNORECASE | re.MULTILINE
)
PICTURES = re.compile(
    r"^(?:[\w.-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:].*(?:\n[ \t].*)*\n?", re.IGNORECASE | re.MULTILINE
)
# Our own marks, so that what we wrote is found again.
OUR_UID = "o2c-contact-"
ROLE, CUSTOMER = "x-o2c-role", "x-o2c-customer"
# What a parser that was not made for strangers may raise.
BROKEN = (VObjectError, ValueError, LookupError, AttributeError, TypeError, RecursionError)


def uid_of(contact: Contact) -> str:
    """Return a contact's mark in address books: the one that it came with, else ours."""
    return contact.uid or f"{OUR_UID}{contact.pk}"


def write_cards(contacts: Iterable[Contact], *, version: Version) -> str:
    """Return the contacts, read with their customers, as vCards."""
    return "".join(_card(contact, version) for contact in contacts)


def read_cards(content: bytes) -> Table:
    """Read vCards as rows of contacts; a card that cannot be read is a row with its problem.

    Raises:
        Unreadable: it is no text, too big, holds no card or more than we take.
    """
    check_size(len(content))
    text, _is_guessed = decode(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cards = [match[0] for match in CARD.finditer(text)]
    if not cards:
        raise Unreadable("no_cards", _("The file holds no vCard."))
    if len(cards) > MOST_CARDS:
        message = _("The file holds more than %(most)s vCards. Split it.")
        raise Unreadable("too_many_cards", message % {"most": MOST_CARDS})
    return Table(rows=[_row(number, card) for number, card in enumerate(cards, start=1)])


def _card(contact: Contact, version: Version) -> str:
    card = vobject.vCard()
    card.add("version").value = version
    card.add("uid").value = uid_of(contact)
    card.add("fn").value = contact.name
    given, _space, family = contact.name.rpartition(" ")
    card.add("n").value = vobject.vcard.Name(family=family, given=given)
    card.add("org").value = [contact.customer.name]
    values = {"title": contact.title, "email": contact.email, "tel": contact.phone}
    if version == "4.0":
        values["lang"] = contact.language
    values |= {ROLE: contact.role, CUSTOMER: contact.customer.number}
    for name, value in values.items():
        if value:
            card.add(name).value = value
    return str(card.serialize())


def _row(number: int, text: str) -> Row:
    text = PICTURES.sub("", text)
    row = Row(number=number, cells={})
    if len(text) > LONGEST_CARD:
        row.reject("card", _("This vCard is far too long for an address book entry."))
        return row
    try:
        row.cells = _cells(vobject.readOne(text))
    except BROKEN as error:
        said = clean(str(error))[:120]
        row.reject("card", _("This vCard cannot be read: %(error)s") % {"error": said})
    return row


def _cells(card: Any) -> dict[str, str]:
    uid = _first(card, "uid")
    name = _first(card, "fn") or " ".join(filter(None, _names(card)))
    return {
        "uid": uid,
        "name": name,
        "title": _first(card, "title"),
        "email": _first(card, "email").removeprefix("mailto:"),
        "phone": _first(card, "tel").removeprefix("tel:"),
        "language": _first(card, "lang")[:2].lower(),
        "role": _first(card, ROLE),
        "customer": _first(card, CUSTOMER),
        "organization": _first(card, "org"),
    }


def _names(card: Any) -> Iterator[str]:
    for entry in card.contents.get("n", [])[:1]:
        for part in ("given", "family"):
            yield clean(str(getattr(entry.value, part, "")))


def _first(card: Any, name: str) -> str:
    for entry in card.contents.get(name, [])[:1]:
        value = entry.value
        return clean(str(value[0] if isinstance(value, list) and value else value))
    return ""
