"""The audit trail in words for people: what changed on which document, before and after."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.models import AuditEntry
from o2c.kernel.ui.dates import day, daytime
from o2c.kernel.ui.figures import NOTHING, Text, money, quantity
from o2c.kernel.ui.status import UnknownStatus, word_and_tone

SUBJECTS: dict[str, Text] = {
    "order": gettext_lazy("Order"),
    "orderfinding": gettext_lazy("Finding"),
    "amendment": gettext_lazy("Amendment"),
    "quote": gettext_lazy("Quote"),
    "blanketorder": gettext_lazy("Blanket order"),
    "intakedocument": gettext_lazy("Incoming document"),
    "customer": gettext_lazy("Customer"),
    "creditaccount": gettext_lazy("Credit account"),
    "creditapplication": gettext_lazy("Credit application"),
    "proforma": gettext_lazy("Pro forma"),
    "orderrelease": gettext_lazy("Credit release"),
    "hold": gettext_lazy("Credit hold"),
    "picklist": gettext_lazy("Pick list"),
    "counttask": gettext_lazy("Count task"),
    "shipment": gettext_lazy("Shipment"),
    "invoice": gettext_lazy("Invoice"),
    "invoicedelivery": gettext_lazy("Invoice mail"),
    "openitem": gettext_lazy("Open item"),
    "invoicereview": gettext_lazy("Invoice review"),
    "dispute": gettext_lazy("Dispute"),
    "receipt": gettext_lazy("Receipt"),
    "dunningnotice": gettext_lazy("Dunning notice"),
    "apikey": gettext_lazy("API key"),
}
# Fields whose names say little to people, or which hold a key.
FIELDS: dict[str, Text] = {
    "state": gettext_lazy("state"),
    "hold_reason": gettext_lazy("reason of the hold"),
    "cancel_reason": gettext_lazy("reason of cancelling"),
    "customer_po": gettext_lazy("customer PO"),
    "net_amount": gettext_lazy("net"),
    "tax_amount": gettext_lazy("tax"),
    "gross_amount": gettext_lazy("total"),
    "freight_amount": gettext_lazy("freight"),
    "freight_is_entered": gettext_lazy("freight entered by hand"),
    "freight_terms": gettext_lazy("freight"),
    "leaves_by": gettext_lazy("pickup"),
    "applied": gettext_lazy("paid"),
    "picker_id": gettext_lazy("picker"),
    "carrier_id": gettext_lazy("carrier"),
    "owner_id": gettext_lazy("owner"),
    "ship_to_id": gettext_lazy("ship to"),
    "vat_number": gettext_lazy("VAT number"),
    "eori": gettext_lazy("EORI number"),
    "gln": gettext_lazy("GLN"),
    "gtin": gettext_lazy("GTIN"),
    "sku": gettext_lazy("SKU"),
    "may_be_known": gettext_lazy("the carrier may have it"),
    "problem_text": gettext_lazy("what is wrong"),
    "price_amount": gettext_lazy("price"),
    "price_currency": gettext_lazy("currency of the price"),
}
# Fields that only repeat what another one of the same entry says.
SILENT = {"revision", "content", "content_hash", "folded_name", "folded_text", "held_lines"}
MONEY = {"limit", "exposure", "applied", "total", "balance"}
JOB = re.compile(r"[a-z_]+\.[a-z_]+")
NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
KINDS: dict[str, Text] = {
    "user": gettext_lazy("Person"),
    "api_key": gettext_lazy("REST API"),
    "job": gettext_lazy("System"),
    "carrier": gettext_lazy("Carrier"),
    "import": gettext_lazy("Import"),
}
ACTIONS: dict[str, Text] = {
    "create": gettext_lazy("created"),
    "change": gettext_lazy("changed"),
    "scan": gettext_lazy("scanned"),
    "send": gettext_lazy("sent"),
    "acknowledge": gettext_lazy("confirmed to the buyer"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One row of the trail; an entry with several changes names itself in its first row only."""

    at: datetime
    is_first: bool
    who: str
    on_behalf_of: str
    what: str
    before: str
    after: str
    reason: str
    origin: Text


def trail(entries: Iterable[AuditEntry]) -> Iterator[Change]:
    """Write the entries as rows, an act with several changed fields as several."""
    for entry in entries:
        yield from _rows(entry)


def _rows(entry: AuditEntry) -> Iterator[Change]:
    kind = entry.subject.partition(":")[0]
    subject = subject_of(kind)
    changes = [
        (name, pair)
        for name, pair in entry.changes.items()
        if name not in SILENT and not (entry.reason and pair[1] == entry.reason)
    ]
    if not changes:
        yield _row(entry, what=f"{subject} {action_of(entry.action)}")
        return
    for number, (name, (before, after)) in enumerate(changes):
        yield _row(
            entry,
            what=_("%(document)s, %(field)s") % {"document": subject, "field": field_name(name)},
            before=value_of(kind, name, before),
            after=value_of(kind, name, after),
            is_first=number == 0,
        )


def _row(
    entry: AuditEntry,
    *,
    what: str,
    before: str = NOTHING,
    after: str = NOTHING,
    is_first: bool = True,
) -> Change:
    return Change(
        at=entry.at,
        is_first=is_first,
        who=name_of(entry.actor_name),
        # A job that another one has woken stands for nobody but itself.
        on_behalf_of="" if entry.on_behalf_of == entry.actor_name else entry.on_behalf_of,
        what=what,
        before=before,
        after=after,
        reason=entry.reason if is_first else "",
        origin=KINDS.get(entry.actor_kind, entry.actor_kind),
    )


def subject_of(kind: str) -> str:
    """Name a kind of document in words: `proofofdelivery` is "Proof of delivery"."""
    return str(SUBJECTS.get(kind) or _model_names().get(kind) or _plain(kind))


@cache
def _model_names() -> dict[str, str]:
    return {
        model._meta.model_name or "": str(model._meta.verbose_name).capitalize()
        for model in apps.get_models()
    }


def name_of(actor: str) -> str:
    """Write a person's name as it is, a job's in words: `invoicing.bill_on_dispatch`."""
    if not JOB.fullmatch(actor):
        return actor
    return _("System: %(job)s") % {"job": actor.partition(".")[2].replace("_", " ")}


def action_of(action: str) -> str:
    """Write an action in lower case, after its document: `created`, `documents asked`."""
    return str(ACTIONS.get(action, _plain(action).lower()))


def field_name(name: str) -> str:
    """Write a field's name in words, in lower case: `payment_terms_id` is `payment terms`."""
    return str(FIELDS.get(name, _plain(name.removesuffix("_id")).lower()))


def value_of(kind: str, name: str, value: Any) -> str:
    """Write a stored value: a state by its status word, dates as people read them."""
    if value in (None, ""):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "state":
        return _state(kind, str(value))
    if isinstance(value, list):
        return " ".join(map(_member, value)) or NOTHING
    return _date(name, str(value)) or _number(name, str(value)) or str(value)


def _member(value: Any) -> str:
    """Write one of several: a finding by what it says."""
    return str(value.get("message", value) if isinstance(value, dict) else value)


def _state(kind: str, value: str) -> str:
    try:
        return str(word_and_tone(kind, value)[0])
    except UnknownStatus:
        return _plain(value)


def _date(name: str, value: str) -> str:
    if name.endswith("_on"):
        return str(day(parse_date(value)))
    if name.endswith(("_at", "_by")) and (moment := _moment(value)):
        return str(daytime(moment))
    return ""


def _number(name: str, value: str) -> str:
    """Write an amount with two decimals, a quantity without trailing zeros; no number: nothing."""
    if not NUMBER.fullmatch(value):
        return ""
    is_money = name.endswith("amount") or name in MONEY
    return money(Decimal(value)) if is_money else quantity(Decimal(value))


def _moment(value: str) -> datetime | None:
    try:
        return parse_datetime(value)
    except ValueError:
        return None


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
