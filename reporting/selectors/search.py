"""Search over every kind of document: a few of each, and the one whose number it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from collection.models import Receipt
from customers.models import Customer
from fulfillment.models import PickList
from invoicing.models import Invoice
from o2c.kernel.text import fold
from o2c.kernel.ui.figures import Text, money_in
from orders.models import Order
from reporting.links import May, page_of
from shipping.models import Shipment

MOST = 6
SHORTEST = 2


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One document found. `is_exact`: the text is its number."""

    title: str
    detail: str
    note: str
    href: str
    document: Model
    has_state: bool
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    key: str
    icon: str
    name: Text
    hits: Sequence[Hit]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of document: who may find it, how, and what a hit shows."""

    key: str
    icon: str
    name: Text
    permission: str
    find: Callable[[str], "QuerySet[Model]"]
    show: Callable[..., Hit]


def search(text: str, *, may: May) -> list[Group]:
    """Return what fits, grouped, one statement for each kind that the person may see."""
    if len(text) < SHORTEST:
        return []
    allowed = [kind for kind in KINDS if may(kind.permission)]
    groups = [
        Group(
            key=kind.key,
            icon=kind.icon,
            name=kind.name,
            hits=[kind.show(row, text, may) for row in kind.find(text)[:MOST]],
        )
        for kind in allowed
    ]
    return [group for group in groups if group.hits]


def exact_hit(groups: Sequence[Group]) -> str:
    """Return the page of the one document whose number was typed in full, or nothing."""
    exact = [hit.href for group in groups for hit in group.hits if hit.is_exact and hit.href]
    return exact[0] if len(exact) == 1 else ""


def _hit(
    row: Model, text: str, *, number: str, detail: str, note: str = "", href: str, **flags: bool
) -> Hit:
    return Hit(
        title=number,
        detail=detail,
        note=note,
        href=href,
        document=row,
        has_state=flags.get("has_state", True),
        is_exact=number.casefold() == text.casefold(),
    )


def _named(field: str, text: str) -> Q:
    """Every word somewhere in the folded column."""
    condition = Q()
    for word in fold(text).split():
        condition &= Q(**{f"{field}__contains": word})
    return condition


def _orders(text: str) -> "QuerySet[Order]":
    found = Order.objects.filter(
        Q(number__startswith=text.upper())
        | Q(customer_po__icontains=text)
        | _named("customer__folded_name", text)
    )
    return found.select_related("customer").order_by("-pk")


def _show_order(order: Order, text: str, may: May) -> Hit:
    po = f", {order.customer_po}" if order.customer_po else ""
    return _hit(
        order,
        text,
        number=order.number,
        detail=f"{order.customer}{po}",
        note=money_in(order.gross_amount, order.currency),
        href=page_of("order", order.number, may=may),
    )


def _customers(text: str) -> "QuerySet[Customer]":
    found = Customer.objects.filter(Q(number=text.upper()) | _named("folded_name", text))
    return found.order_by("folded_name", "pk")


def _show_customer(customer: Customer, text: str, may: May) -> Hit:
    return _hit(
        customer,
        text,
        number=customer.number,
        detail=customer.name,
        href=page_of("customer", customer.number, may=may),
        has_state=False,
    )


def _products(text: str) -> "QuerySet[Product]":
    return Product.objects.filter(_named("folded_text", text)).order_by("sku")


def _show_product(product: Product, text: str, may: May) -> Hit:
    return _hit(
        product,
        text,
        number=product.sku,
        detail=product.name,
        href=page_of("product", product.sku, may=may),
        has_state=False,
    )


def _invoices(text: str) -> "QuerySet[Invoice]":
    found = Invoice.objects.filter(number__startswith=text.upper())
    return found.select_related("customer").order_by("-pk")


def _show_invoice(invoice: Invoice, text: str, may: May) -> Hit:
    return _hit(
        invoice,
        text,
        number=invoice.number or "",
        detail=str(invoice.customer),
        note=money_in(invoice.gross_amount, invoice.currency),
        href=page_of("invoice", invoice.number, may=may),
    )


def _shipments(text: str) -> "QuerySet[Shipment]":
    found = Shipment.objects.filter(Q(number__startswith=text.upper()) | Q(tracking_number=text))
    return found.select_related("customer").order_by("-pk")


def _show_shipment(shipment: Shipment, text: str, may: May) -> Hit:
    return _hit(
        shipment,
        text,
        number=shipment.number,
        detail=str(shipment.customer),
        note=shipment.tracking_number,
        href=page_of("shipment", shipment.number, may=may),
    )


def _pick_lists(text: str) -> "QuerySet[PickList]":
    found = PickList.objects.filter(number__startswith=text.upper())
    return found.select_related("order__customer").order_by("-pk")


def _show_pick_list(pick: PickList, text: str, may: May) -> Hit:
    return _hit(
        pick,
        text,
        number=pick.number,
        detail=f"{pick.order}, {pick.order.customer}",
        href=page_of("picklist", pick.number, may=may),
    )


def _receipts(text: str) -> "QuerySet[Receipt]":
    found = Receipt.objects.filter(Q(number__startswith=text.upper()) | Q(reference=text))
    return found.select_related("customer").order_by("-pk")


def _show_receipt(receipt: Receipt, text: str, may: May) -> Hit:
    return _hit(
        receipt,
        text,
        number=receipt.number,
        detail=str(receipt.customer or receipt.payer_text),
        note=money_in(receipt.amount, receipt.currency),
        href=page_of("receipt", receipt.number, may=may),
    )


KINDS: tuple[Kind, ...] = (
    Kind(
        key="orders",
        icon="order",
        name=_("Orders"),
        permission="orders.view_order",
        find=_orders,
        show=_show_order,
    ),
    Kind(
        key="customers",
        icon="users",
        name=_("Customers"),
        permission="customers.view_customer",
        find=_customers,
        show=_show_customer,
    ),
    Kind(
        key="products",
        icon="tag",
        name=_("Products"),
        permission="catalog.view_product",
        find=_products,
        show=_show_product,
    ),
    Kind(
        key="invoices",
        icon="invoice",
        name=_("Invoices"),
        permission="invoicing.view_invoice",
        find=_invoices,
        show=_show_invoice,
    ),
    Kind(
        key="shipments",
        icon="truck",
        name=_("Shipments"),
        permission="shipping.view_shipment",
        find=_shipments,
        show=_show_shipment,
    ),
    Kind(
        key="picks",
        icon="box",
        name=_("Pick lists"),
        permission="fulfillment.view_picklist",
        find=_pick_lists,
        show=_show_pick_list,
    ),
    Kind(
        key="receipts",
        icon="bank",
        name=_("Receipts"),
        permission="collections.view_receipt",
        find=_receipts,
        show=_show_receipt,
    ),
)
