"""The portal's navigation per role: data, by URL name, so that nothing here imports a stage.

An item appears when its page exists and the person holds its permission. Somebody with
several roles sees the union: each item once, under the first heading that works with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from o2c.kernel.models import Company
from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class Item:
    """One destination. `permission` empty: everybody signed in; `short` is its name on a tab."""

    key: str
    icon: str
    label: Text
    url_name: str
    permission: str = ""
    short: Text = ""
    hotkey: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """An item that this person can open, with its address."""

    item: Item
    href: str
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """The top bar's quick action; `key` opens it."""

    icon: str
    label: Text
    key: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Items under one heading of the rail."""

    heading: Text
    links: Sequence[Link]


ITEMS = {
    item.key: item
    for item in (
        Item(key="today", icon="today", label=_("Today"), url_name="reporting:today", hotkey="t"),
        Item(
            key="orders",
            icon="order",
            label=_("Orders"),
            url_name="reporting:order-list",
            permission="orders.view_order",
            hotkey="o",
        ),
        Item(
            key="new",
            icon="plus",
            label=_("New order"),
            short=_("New"),
            url_name="orders:new",
            permission="orders.add_order",
        ),
        Item(
            key="intake",
            icon="mail",
            label=_("Incoming"),
            url_name="orders:intake",
            permission="orders.view_intakedocument",
        ),
        Item(
            key="customers",
            icon="users",
            label=_("Customers"),
            url_name="customers:list",
            permission="customers.view_customer",
        ),
        Item(
            key="products",
            icon="tag",
            label=_("Prices & stock"),
            url_name="catalog:products",
            permission="catalog.view_product",
        ),
        Item(
            key="credit",
            icon="shield",
            label=_("Credit queue"),
            short=_("Credit"),
            url_name="credit:queue",
            permission="credit.view_creditapplication",
            hotkey="c",
        ),
        Item(
            key="limits",
            icon="gauge",
            label=_("Limits & reviews"),
            url_name="credit:accounts",
            permission="credit.view_creditaccount",
        ),
        Item(
            key="picking",
            icon="truck",
            label=_("Pick & ship"),
            short=_("Ship"),
            url_name="fulfillment:pick-lists",
            permission="fulfillment.view_picklist",
            hotkey="p",
        ),
        Item(
            key="shipping",
            icon="clock",
            label=_("Pickups"),
            url_name="shipping:board",
            permission="shipping.view_shipment",
        ),
        Item(
            key="scan",
            icon="scan",
            label=_("Scan"),
            url_name="fulfillment:scan",
            permission="fulfillment.change_picklist",
        ),
        Item(
            key="shortages",
            icon="alert",
            label=_("Exceptions"),
            short=_("Issues"),
            url_name="fulfillment:shortages",
            permission="fulfillment.view_picklist",
        ),
        Item(
            key="stock",
            icon="box",
            label=_("Stock"),
            url_name="fulfillment:stock",
            permission="fulfillment.view_stocklevel",
        ),
        Item(
            key="invoices",
            icon="invoice",
            label=_("Invoices"),
            url_name="invoicing:list",
            permission="invoicing.view_invoice",
        ),
        Item(
            key="items",
            icon="order",
            label=_("Open items"),
            url_name="receivables:items",
            permission="receivables.view_openitem",
        ),
        Item(
            key="reviews",
            icon="check",
            label=_("Invoice reviews"),
            url_name="receivables:reviews",
            permission="receivables.view_invoicereview",
        ),
        Item(
            key="disputes",
            icon="flag",
            label=_("Disputes"),
            url_name="receivables:disputes",
            permission="receivables.view_dispute",
        ),
        Item(
            key="overdue",
            icon="phone",
            label=_("Overdue"),
            url_name="collections:overdue",
            permission="receivables.view_openitem",
        ),
        Item(
            key="promises",
            icon="hand",
            label=_("Promises"),
            url_name="collections:promises",
            permission="collections.view_promisetopay",
        ),
        Item(
            key="dunning",
            icon="mail",
            label=_("Dunning"),
            url_name="collections:dunning",
            permission="collections.view_dunningnotice",
        ),
        Item(
            key="cash",
            icon="bank",
            label=_("Cash application"),
            short=_("Cash"),
            url_name="collections:receipts",
            permission="collections.view_receipt",
        ),
        Item(
            key="dashboard",
            icon="chart",
            label=_("Receivables"),
            short=_("Insight"),
            url_name="reporting:dashboard",
            permission="receivables.view_openitem",
            hotkey="r",
        ),
        Item(
            key="forecast",
            icon="bank",
            label=_("Cash forecast"),
            url_name="reporting:forecast",
            permission="receivables.view_openitem",
        ),
        Item(
            key="process",
            icon="flow",
            label=_("Process"),
            url_name="reporting:process",
            permission="orders.view_order",
        ),
        Item(
            key="home",
            icon="today",
            label=_("Home"),
            url_name="reporting:portal",
        ),
        Item(
            key="portal_order",
            icon="plus",
            label=_("Order"),
            url_name="orders:portal-new",
        ),
        Item(
            key="deliveries",
            icon="truck",
            label=_("Deliveries"),
            url_name="shipping:portal-deliveries",
        ),
        Item(
            key="portal_invoices",
            icon="invoice",
            label=_("Invoices"),
            url_name="invoicing:portal-invoices",
        ),
        Item(
            key="statement",
            icon="card",
            label=_("Statement"),
            url_name="receivables:portal-statement",
        ),
    )
}

SELL, FOLLOW, CREDIT = _("Sell"), _("Follow"), _("Credit")
FULFIL, COLLECT, CASH = _("Fulfil"), _("Collect"), _("Cash")
INSIGHT, OPERATE, LOOK_UP = _("Insight"), _("Operate"), _("Look up")
# What a role only reads; an item that another of the person's roles works with leaves these.
READ_ONLY = (FOLLOW, LOOK_UP)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What one role sees: rail headings with their items, phone tabs, and the top bar's action."""

    rail: Sequence[tuple[Text, Sequence[str]]]
    tabs: Sequence[str]
    action: str = ""
    action_key: str = ""
    action_label: Text = ""


SALES = Layout(
    rail=(
        (SELL, ("orders", "new", "intake", "customers", "products")),
        (FOLLOW, ("credit", "picking", "invoices")),
    ),
    tabs=("today", "orders", "new", "customers"),
    action="new",
    action_key="N",
    action_label=_("New order"),
)
CREDIT_CONTROL = Layout(
    rail=(
        (CREDIT, ("credit", "limits", "customers")),
        (LOOK_UP, ("orders", "invoices", "overdue", "dashboard")),
    ),
    tabs=("today", "credit", "customers", "orders"),
)
WAREHOUSE = Layout(
    rail=(
        (FULFIL, ("picking", "shipping", "scan", "shortages", "stock")),
        (LOOK_UP, ("orders", "customers")),
    ),
    tabs=("today", "picking", "scan", "shortages"),
    action="scan",
    action_key="B",
    action_label=_("Scan"),
)
RECEIVABLES = Layout(
    rail=(
        (COLLECT, ("overdue", "promises", "disputes", "reviews", "dunning")),
        (CASH, ("cash", "items", "invoices")),
        (LOOK_UP, ("customers", "orders", "credit")),
    ),
    tabs=("today", "overdue", "cash", "customers"),
    action="overdue",
    action_key="C",
    action_label=_("Log call"),
)
FINANCE = Layout(
    rail=(
        (INSIGHT, ("dashboard", "forecast", "process")),
        (
            OPERATE,
            ("orders", "credit", "limits", "picking", "shipping", "shortages", "stock")
            + (
                "invoices",
                "items",
                "reviews",
                "disputes",
                "overdue",
                "promises",
                "cash",
                "dunning",
            ),
        ),
        (LOOK_UP, ("customers", "products")),
    ),
    tabs=("today", "dashboard", "overdue", "orders"),
)
CUSTOMER = Layout(
    rail=((_("Portal"), ("home", "portal_order", "deliveries", "portal_invoices", "statement")),),
    tabs=("home", "portal_order", "deliveries", "portal_invoices", "statement"),
    action="portal_order",
    action_key="N",
    action_label=_("New order"),
)
# In order of authority over tabs and action when somebody has several roles.
LAYOUTS = {
    "sales_rep": SALES,
    "credit_analyst": CREDIT_CONTROL,
    "credit_manager": CREDIT_CONTROL,
    "warehouse": WAREHOUSE,
    "shipping": WAREHOUSE,
    "collector": RECEIVABLES,
    "ar_clerk": RECEIVABLES,
    "finance_manager": FINANCE,
    "auditor": FINANCE,
    "administrator": FINANCE,
    "customer_user": CUSTOMER,
}


class Navigation:
    """What one person can open, seen from one page."""

    def __init__(self, user: Any, path: str) -> None:
        self.user = user
        self.path = path

    @cached_property
    def layouts(self) -> list[Layout]:
        names = set(self.user.groups.values_list("name", flat=True))
        held = [layout for role, layout in LAYOUTS.items() if role in names]
        if self.user.is_superuser:
            held.append(FINANCE)
        return _unique(held)

    @cached_property
    def groups(self) -> list[Group]:
        """The rail: Today first, then each heading with what this person can open."""
        placed: set[str] = {"today"}
        headings: dict[Text, list[str]] = {}
        rails = [entry for layout in self.layouts for entry in layout.rail]
        working = [entry for entry in rails if entry[0] not in READ_ONLY]
        reading = [entry for entry in rails if entry[0] in READ_ONLY]
        for heading, keys in [*working, *reading]:
            fresh = [key for key in keys if key not in placed]
            headings.setdefault(heading, []).extend(fresh)
            placed.update(fresh)
        first = (
            [] if CUSTOMER in self.layouts else [Group(heading="", links=self._links(["today"]))]
        )
        groups = [Group(heading=h, links=self._links(keys)) for h, keys in headings.items()]
        return [group for group in [*first, *groups] if group.links]

    @cached_property
    def tabs(self) -> list[Link]:
        """The phone's tabs: those of the person's first role."""
        return self._links(self.layouts[0].tabs) if self.layouts else self._links(["today"])

    @cached_property
    def action(self) -> Action | None:
        """The top bar's one quick action: that of the first role that has one."""
        layouts = (layout for layout in self.layouts if layout.action in self._addresses)
        for layout in layouts:
            return Action(
                icon=ITEMS[layout.action].icon,
                label=layout.action_label,
                key=layout.action_key,
                href=self._addresses[layout.action],
            )
        return None

    @cached_property
    def company(self) -> Text:
        """The selling company's name, or the portal's while none is set up."""
        company = Company.objects.order_by("pk").first()
        return company.name if company else _("Order to cash")

    @cached_property
    def _addresses(self) -> dict[str, str]:
        found = {key: self._address(item) for key, item in ITEMS.items()}
        return {key: address for key, address in found.items() if address}

    @cached_property
    def _current(self) -> str:
        """The item whose address is the longest beginning of this page's path."""
        under = [
            (len(address), key)
            for key, address in self._addresses.items()
            if self.path == address or (address != "/" and self.path.startswith(address))
        ]
        return max(under, default=(0, ""))[1]

    def _address(self, item: Item) -> str:
        if item.permission and not self.user.has_perm(item.permission):
            return ""
        try:
            return reverse(item.url_name)
        except NoReverseMatch:
            return ""

    def _links(self, keys: Iterable[str]) -> list[Link]:
        return [
            Link(item=ITEMS[key], href=self._addresses[key], is_current=key == self._current)
            for key in keys
            if key in self._addresses
        ]


def _unique(layouts: Iterable[Layout]) -> list[Layout]:
    kept: list[Layout] = []
    for layout in layouts:
        if layout not in kept:
            kept.append(layout)
    return kept
