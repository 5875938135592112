"""The worklists of the portal as data: who works on each, and which documents it holds."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from reporting.today import queries


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """`work` are the permissions of those who act on it (any one will do), `view` of readers."""

    key: str
    icon: str
    name: Text
    work: tuple[str, ...]
    view: str
    url_name: str
    query: str = ""
    action: Text
    sql: str


# In process order.
WORKLISTS = (
    Worklist(
        key="tasks",
        icon="check",
        name=_("My tasks due"),
        work=("customers.add_activity",),
        view="customers.view_customer",
        url_name="customers:list",
        action=_("Open"),
        sql=queries.TASKS,
    ),
    Worklist(
        key="drafts",
        icon="order",
        name=_("Drafts to finish"),
        work=("orders.enter_order",),
        view="orders.view_order",
        url_name="reporting:order-list",
        query="?view=drafts",
        action=_("Finish"),
        sql=queries.DRAFTS,
    ),
    Worklist(
        key="intake",
        icon="mail",
        name=_("Incoming to review"),
        work=("orders.intake_order",),
        view="orders.view_order",
        url_name="orders:intake",
        action=_("Review"),
        sql=queries.INTAKE,
    ),
    Worklist(
        key="credit",
        icon="shield",
        name=_("Credit cases"),
        work=("credit.decide_creditapplication",),
        view="credit.view_creditapplication",
        url_name="credit:queue",
        action=_("Decide"),
        sql=queries.CREDIT_CASES,
    ),
    Worklist(
        key="holds",
        icon="hand",
        name=_("Orders on hold"),
        work=("credit.release_order", "orders.enter_order"),
        view="orders.view_order",
        url_name="reporting:order-list",
        query="?view=hold",
        action=_("Open"),
        sql=queries.HOLDS,
    ),
    Worklist(
        key="ready",
        icon="box",
        name=_("To release to the floor"),
        work=("fulfillment.release_picklist",),
        view="fulfillment.view_picklist",
        url_name="reporting:order-list",
        query="?view=ready",
        action=_("Release"),
        sql=queries.TO_RELEASE,
    ),
    Worklist(
        key="picking",
        icon="scan",
        name=_("Pick lists open"),
        work=("fulfillment.pick_picklist",),
        view="fulfillment.view_picklist",
        url_name="fulfillment:pick-lists",
        action=_("Pick"),
        sql=queries.PICK_LISTS,
    ),
    Worklist(
        key="shortages",
        icon="alert",
        name=_("Lines waiting for stock"),
        work=("fulfillment.receive_stock", "orders.enter_order"),
        view="fulfillment.view_picklist",
        url_name="fulfillment:shortages",
        action=_("Open"),
        sql=queries.SHORTAGES,
    ),
    Worklist(
        key="counts",
        icon="gauge",
        name=_("Count tasks"),
        work=("fulfillment.count_stock",),
        view="fulfillment.view_stocklevel",
        url_name="fulfillment:shortages",
        action=_("Count"),
        sql=queries.COUNTS,
    ),
    Worklist(
        key="label",
        icon="tag",
        name=_("Shipments to label"),
        work=("shipping.plan_shipment",),
        view="shipping.view_shipment",
        url_name="shipping:board",
        action=_("Label"),
        sql=queries.TO_LABEL,
    ),
    Worklist(
        key="load",
        icon="truck",
        name=_("Leaving today or late"),
        work=("shipping.dispatch_shipment",),
        view="shipping.view_shipment",
        url_name="shipping:board",
        action=_("Load"),
        sql=queries.TO_LOAD,
    ),
    Worklist(
        key="exceptions",
        icon="alert",
        name=_("Delivery exceptions"),
        work=("shipping.track_shipment",),
        view="shipping.view_shipment",
        url_name="shipping:board",
        action=_("Resolve"),
        sql=queries.EXCEPTIONS,
    ),
    Worklist(
        key="billing",
        icon="invoice",
        name=_("Invoices with findings"),
        work=("invoicing.issue_invoice",),
        view="invoicing.view_invoice",
        url_name="invoicing:list",
        query="?state=draft",
        action=_("Mend"),
        sql=queries.DRAFT_INVOICES,
    ),
    Worklist(
        key="unsent",
        icon="mail",
        name=_("Invoices not delivered"),
        work=("invoicing.send_invoice",),
        view="invoicing.view_invoice",
        url_name="invoicing:list",
        query="?sent=no",
        action=_("Send"),
        sql=queries.UNSENT,
    ),
    Worklist(
        key="reviews",
        icon="check",
        name=_("Invoice reviews"),
        work=("receivables.work_invoicereview",),
        view="receivables.view_openitem",
        url_name="receivables:reviews",
        action=_("Review"),
        sql=queries.REVIEWS,
    ),
    Worklist(
        key="disputes",
        icon="flag",
        name=_("Disputes"),
        work=("receivables.work_dispute",),
        view="receivables.view_openitem",
        url_name="receivables:disputes",
        action=_("Answer"),
        sql=queries.DISPUTES,
    ),
    Worklist(
        key="overdue",
        icon="phone",
        name=_("Overdue customers"),
        work=("collections.send_dunningnotice",),
        view="receivables.view_openitem",
        url_name="collections:overdue",
        action=_("Call"),
        sql=queries.OVERDUE,
    ),
    Worklist(
        key="cash",
        icon="bank",
        name=_("Receipts to apply"),
        work=("collections.apply_receipt",),
        view="collections.view_receipt",
        url_name="collections:receipts",
        action=_("Apply"),
        sql=queries.RECEIPTS,
    ),
    Worklist(
        key="dunning",
        icon="mail",
        name=_("Dunning notices to send"),
        work=("collections.send_dunningnotice",),
        view="collections.view_dunningnotice",
        url_name="collections:dunning",
        action=_("Send"),
        sql=queries.NOTICES,
    ),
)
