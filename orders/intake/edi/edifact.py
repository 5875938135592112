"""EDIFACT files: every message is an order, its change, or something else with a name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import ReadOrder
from orders.intake.edi import edifact_orders, edifact_syntax
from orders.intake.edi.draft import draft_of, not_an_order
from orders.intake.edi.envelope import Group, Interchange, Message, Problem, check_lines
from orders.intake.findings import Unreadable

REQUIRED = {"ORDERS": ("BGM", "LIN"), "ORDCHG": ("BGM",)}
MAPS = {"ORDERS": edifact_orders.read_order, "ORDCHG": edifact_orders.read_order}
NAMES = {
    "APERAK": gettext_lazy("application error and acknowledgement"),
    "CONTRL": gettext_lazy("syntax and service report"),
    "DELFOR": gettext_lazy("delivery schedule"),
    "DELJIT": gettext_lazy("delivery just in time"),
    "DESADV": gettext_lazy("despatch advice"),
    "IFTMBC": gettext_lazy("booking confirmation"),
    "IFTMIN": gettext_lazy("transport instruction"),
    "INVOIC": gettext_lazy("invoice"),
    "INVRPT": gettext_lazy("inventory report"),
    "ORDRSP": gettext_lazy("order response"),
    "OSTENQ": gettext_lazy("order status enquiry"),
    "PAORES": gettext_lazy("travel reservation response"),
    "PRICAT": gettext_lazy("price catalogue"),
    "QUOTES": gettext_lazy("quote"),
    "RECADV": gettext_lazy("receiving advice"),
    "REMADV": gettext_lazy("remittance advice"),
    "REQOTE": gettext_lazy("request for quote"),
    "SLSRPT": gettext_lazy("sales report"),
}


def read_edifact(content: bytes) -> list[ReadOrder]:
    """Read the documents of an EDIFACT file.

    Raises:
        Unreadable: it has no interchange, or nothing in it.
    """
    orders = [
        _read(interchange, group, message)
        for interchange in edifact_syntax.parse(content)
        for group in interchange.groups
        for message in group.messages
    ]
    if not orders:
        raise Unreadable("no_lines", _("The interchange holds no documents."))
    check_lines(sum(len(order.lines) for order in orders))
    return orders


def _read(interchange: Interchange, group: Group, message: Message) -> ReadOrder:
    if message.code in MAPS:
        check(message)
        return MAPS[message.code](interchange, group, message)
    name = str(NAMES.get(message.code, _("document")))
    draft = draft_of(interchange, group, message)
    draft.order.is_receipt = message.code == "CONTRL"
    return not_an_order(draft, f"{name} ({clean(message.code)[:10]})")


def check(message: Message) -> None:
    """Add to the message's problems the segments that it cannot do without."""
    for tag in REQUIRED[message.code]:
        if message.first(tag) is None:
            text = _("The message has no %(tag)s segment.") % {"tag": tag}
            fault = Problem(
                rule="missing_segment", message=text, level="segment", code="13", tag=tag
            )
            message.problems.append(fault)
