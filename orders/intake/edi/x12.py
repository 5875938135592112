"""X12 files: every transaction set is an order, its change, or something else with a name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import ReadOrder
from orders.intake.edi import x12_checks, x12_grocery, x12_orders, x12_syntax
from orders.intake.edi.draft import draft_of, not_an_order
from orders.intake.edi.envelope import Group, Interchange, Message, check_lines
from orders.intake.findings import Unreadable

MAPS = {
    "850": x12_orders.read_order,
    "860": x12_orders.read_order,
    "875": x12_grocery.read_order,
}
RECEIPTS = {"997", "999", "TA1"}
NAMES = {
    "180": gettext_lazy("return authorization"),
    "753": gettext_lazy("request for routing instructions"),
    "810": gettext_lazy("invoice"),
    "820": gettext_lazy("payment order or remittance advice"),
    "824": gettext_lazy("application advice"),
    "830": gettext_lazy("planning schedule"),
    "832": gettext_lazy("price and sales catalog"),
    "840": gettext_lazy("request for quotation"),
    "846": gettext_lazy("inventory advice"),
    "852": gettext_lazy("product activity data"),
    "855": gettext_lazy("purchase order acknowledgement"),
    "856": gettext_lazy("ship notice"),
    "861": gettext_lazy("receiving advice"),
    "862": gettext_lazy("shipping schedule"),
    "864": gettext_lazy("text message"),
    "865": gettext_lazy("acknowledgement of an order change"),
    "869": gettext_lazy("order status inquiry"),
    "870": gettext_lazy("order status report"),
    "876": gettext_lazy("grocery order change"),
    "880": gettext_lazy("grocery invoice"),
    "940": gettext_lazy("warehouse shipping order"),
    "943": gettext_lazy("warehouse stock transfer advice"),
    "945": gettext_lazy("warehouse shipping advice"),
    "997": gettext_lazy("functional acknowledgement"),
    "999": gettext_lazy("implementation acknowledgement"),
    "TA1": gettext_lazy("interchange acknowledgement"),
}


def read_x12(content: bytes) -> list[ReadOrder]:
    """Read the documents of an X12 file.

    Raises:
        Unreadable: it has no interchange, or nothing in it.
    """
    orders = [
        _read(interchange, group, message)
        for interchange in x12_syntax.parse(content)
        for group in _groups(interchange)
        for message in group.messages
    ]
    if not orders:
        raise Unreadable("no_lines", _("The interchange holds no documents."))
    check_lines(sum(len(order.lines) for order in orders))
    return orders


def _groups(interchange: Interchange) -> list[Group]:
    """Return the groups; an interchange of TA1 alone has none, and is a document all the same."""
    if not interchange.groups and interchange.has_receipt:
        return [Group(messages=[Message(code="TA1", control="")])]
    return interchange.groups


def _read(interchange: Interchange, group: Group, message: Message) -> ReadOrder:
    if message.code in MAPS:
        x12_checks.check(message)
        return MAPS[message.code](interchange, group, message)
    name = str(NAMES.get(message.code, _("document")))
    draft = draft_of(interchange, group, message)
    draft.order.is_receipt = message.code in RECEIPTS
    return not_an_order(draft, f"{name} ({clean(message.code)[:10]})")
