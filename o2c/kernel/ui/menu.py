"""The portal's menu as data: destinations by URL name, and what each role sees of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text


@dataclass(frozen=True)
class Item:
    """One destination. `permission` empty: everybody signed in; `short` is its name on a tab."""

    key: str
    icon: str
    label: Text
    url_name: str
    permission: str = ""
    short: Text = ""
    hotkey: str = ""


ITEMS = {
    item.key: item
    for item in (
        Item("today", "today", _("Today"), "reporting:today", hotkey="t"),
        Item(
            "orders",
            "order",
            _("Orders"),
            "reporting:order-list",
            "kernel.view_company",
            hotkey="o",
        ),
        Item("new", "plus", _("New order"), "orders:new", "orders.enter_order", short=_("New")),
        Item("quotes", "tag", _("Quotes"), "orders:quotes", "orders.view_quote"),
        Item(
            "blankets",
            "repeat",
            _("Blanket orders"),
            "orders:blankets",
            "orders.view_blanketorder",
        ),
        Item("intake", "mail", _("Incoming"), "orders:intake", "orders.intake_order"),
        Item(
            "partners", "repeat", _("Trading partners"), "orders:partners", "orders.manage_partners"
        ),
        Item("shops", "link", _("Web shops"), "orders:shops", "orders.manage_webshop"),
        Item("rules", "gauge", _("Order rules"), "orders:rules", "orders.view_order"),
        Item("findings", "flag", _("Findings"), "orders:findings", "orders.view_order"),
        Item("approvals", "check", _("Approvals"), "orders:approvals", "orders.view_order"),
        Item("portal_new", "plus", _("New order"), "portal-orders:new", short=_("Order")),
        Item("portal_orders", "order", _("Orders"), "portal-orders:list"),
        Item("portal_quotes", "tag", _("Quotes"), "portal-quotes:list"),
        Item("portal_returns", "undo", _("Returns"), "portal-returns:list"),
        Item("portal_credit", "gauge", _("Credit"), "portal-credit:credit"),
        Item("customers", "users", _("Customers"), "customers:list", "customers.view_customer"),
        Item(
            "terms",
            "clock",
            _("Payment terms"),
            "customers:terms",
            "customers.view_paymentterms",
        ),
        Item(
            "customer_import",
            "upload",
            _("Import customers"),
            "customers:import",
            "customers.import_customer",
        ),
        Item("products", "tag", _("Prices & stock"), "catalog:products", "catalog.view_product"),
        Item(
            "price_check", "search", _("Price check"), "catalog:price-check", "catalog.view_price"
        ),
        Item("agreements", "hand", _("Agreements"), "catalog:agreements", "catalog.view_pricelist"),
        Item(
            "part_numbers",
            "scan",
            _("Part numbers"),
            "catalog:part-numbers",
            "catalog.view_customerpartnumber",
        ),
        Item(
            "product_import",
            "upload",
            _("Import products"),
            "catalog:import-products",
            "catalog.add_product",
        ),
        Item(
            "price_import",
            "upload",
            _("Import prices"),
            "catalog:import-prices",
            "catalog.add_price",
        ),
        Item(
            "credit",
            "shield",
            _("Credit queue"),
            "credit:queue",
            "credit.view_creditapplication",
            short=_("Credit"),
            hotkey="c",
        ),
        Item(
            "limits", "gauge", _("Limits & reviews"), "credit:accounts", "credit.view_creditaccount"
        ),
        Item(
            "picking",
            "truck",
            _("Pick & ship"),
            "fulfillment:pick-lists",
            "fulfillment.view_picklist",
            short=_("Ship"),
            hotkey="p",
        ),
        Item("shipping", "clock", _("Pickups"), "shipping:board", "shipping.view_shipment"),
        Item("scan", "scan", _("Scan"), "fulfillment:scan", "fulfillment.pick_picklist"),
        Item(
            "shortages",
            "alert",
            _("Exceptions"),
            "fulfillment:shortages",
            "fulfillment.view_picklist",
            short=_("Issues"),
        ),
        Item("cases", "flag", _("Deliveries"), "shipping:cases", "shipping.view_shipment"),
        Item(
            "carriers", "tag", _("Carrier set-up"), "shipping:carriers", "shipping.manage_carrier"
        ),
        Item("feeds", "phone", _("Carrier messages"), "shipping:feeds", "shipping.manage_carrier"),
        Item(
            "audits", "chart", _("Carrier audits"), "shipping:audits", "shipping.view_shippingaudit"
        ),
        Item("returns", "undo", _("Returns"), "shipping:returns", "shipping.view_return"),
        Item("stock", "box", _("Stock"), "fulfillment:stock", "fulfillment.view_stocklevel"),
        Item("invoices", "invoice", _("Invoices"), "invoicing:list", "invoicing.view_invoice"),
        Item("items", "order", _("Open items"), "receivables:items", "receivables.view_openitem"),
        Item(
            "reviews",
            "check",
            _("Invoice reviews"),
            "receivables:reviews",
            "receivables.view_invoicereview",
        ),
        Item("disputes", "flag", _("Disputes"), "receivables:disputes", "receivables.view_dispute"),
        Item("overdue", "phone", _("Overdue"), "collections:overdue", "receivables.view_openitem"),
        Item(
            "dunning", "mail", _("Dunning"), "collections:dunning", "collections.view_dunningnotice"
        ),
        Item(
            "cash",
            "bank",
            _("Cash application"),
            "collections:receipts",
            "collections.view_receipt",
            short=_("Cash"),
        ),
        Item(
            "dashboard",
            "chart",
            _("Receivables"),
            "reporting:dashboard",
            "kernel.view_dashboard",
            short=_("Insight"),
            hotkey="r",
        ),
        Item("process", "flow", _("Process"), "reporting:process", "kernel.view_dashboard"),
        Item("home", "today", _("Home"), "reporting:portal"),
    )
}

SELL, FOLLOW, CREDIT = _("Sell"), _("Follow"), _("Credit")
FULFIL, COLLECT, CASH = _("Fulfil"), _("Collect"), _("Cash")
INSIGHT, OPERATE, LOOK_UP = _("Insight"), _("Operate"), _("Look up")
SET_UP = _("Set up")
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
        (
            SELL,
            (
                *("orders", "new", "quotes", "blankets", "intake", "findings"),
                *("customers", "products", "price_check"),
            ),
        ),
        (FOLLOW, ("credit", "picking", "cases", "invoices")),
    ),
    tabs=("today", "orders", "new", "customers"),
    action="new",
    action_key="N",
    action_label=_("New order"),
)
CREDIT_CONTROL = Layout(
    rail=(
        (CREDIT, ("credit", "limits", "approvals", "customers")),
        (LOOK_UP, ("orders", "invoices", "overdue", "dashboard")),
    ),
    tabs=("today", "credit", "customers", "orders"),
)
WAREHOUSE = Layout(
    rail=(
        (
            FULFIL,
            ("picking", "shipping", "scan", "shortages", "cases", "returns", "audits", "stock"),
        ),
        (LOOK_UP, ("orders", "customers", "carriers")),
    ),
    tabs=("today", "picking", "scan", "shortages"),
    action="scan",
    action_key="B",
    action_label=_("Scan"),
)
RECEIVABLES = Layout(
    rail=(
        (COLLECT, ("overdue", "disputes", "reviews", "dunning")),
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
        (INSIGHT, ("dashboard", "process")),
        (
            OPERATE,
            (
                *("orders", "findings", "approvals", "credit", "limits"),
                *("picking", "shipping", "shortages", "cases", "returns", "audits", "stock"),
                *("invoices", "items", "reviews", "disputes", "overdue"),
                *("cash", "dunning"),
            ),
        ),
        (LOOK_UP, ("customers", "products", "quotes", "blankets")),
    ),
    tabs=("today", "dashboard", "overdue", "orders"),
)
ADMINISTRATION = Layout(
    rail=(
        (
            SET_UP,
            (
                *("rules", "terms", "agreements", "part_numbers", "shops", "partners"),
                *("carriers", "feeds"),
                *("customer_import", "product_import", "price_import"),
            ),
        ),
        (SELL, ("new", "intake", "price_check")),
        *FINANCE.rail,
    ),
    tabs=FINANCE.tabs,
)
PORTAL = ("home", "portal_new", "portal_orders", "portal_quotes", "portal_returns", "portal_credit")
CUSTOMER = Layout(
    rail=((_("Portal"), PORTAL),),
    tabs=PORTAL,
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
    "administrator": ADMINISTRATION,
    "customer_user": CUSTOMER,
}
