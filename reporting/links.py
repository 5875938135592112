"""Addresses of other stages' pages by name, for those who may open them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

# The longest question that a list is asked again with.
BACK_LENGTH = 1000
# Says whether somebody has a permission: `request.user.has_perm`.
May = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Place:
    """The page of a kind of document: by number or key in its path, or in its query."""

    url_name: str
    permission: str
    parameter: str = ""


PLACES = {
    "order": Place(url_name="reporting:order", permission="kernel.view_company"),
    "quote": Place(url_name="orders:quote", permission="orders.view_quote"),
    "blanketorder": Place(url_name="orders:blanket", permission="orders.view_blanketorder"),
    "confirmation": Place(url_name="orders:confirmation", permission="orders.view_order"),
    "amendment": Place(url_name="orders:amendment", permission="orders.view_order"),
    "revisions": Place(url_name="orders:revisions", permission="orders.view_order"),
    "customer": Place(url_name="customers:detail", permission="customers.view_customer"),
    "product": Place(url_name="catalog:products", permission="catalog.view_product", parameter="q"),
    "intakedocument": Place(url_name="orders:intake-document", permission="orders.intake_order"),
    # An application, or an order that waits for credit.
    "credit_case": Place(
        url_name="credit:queue", permission="credit.view_creditapplication", parameter="case"
    ),
    "picklist": Place(url_name="fulfillment:pick", permission="fulfillment.view_picklist"),
    "shipment": Place(url_name="shipping:shipment", permission="shipping.view_shipment"),
    "return": Place(url_name="shipping:return", permission="shipping.view_return"),
    "invoice": Place(url_name="invoicing:detail", permission="invoicing.view_invoice"),
    "invoice_pdf": Place(url_name="invoicing:pdf", permission="invoicing.view_invoice"),
    "proforma": Place(url_name="invoicing:pro-forma", permission="invoicing.view_proforma"),
    "proforma_pdf": Place(url_name="invoicing:pro-forma-pdf", permission="invoicing.view_proforma"),
    "receipt": Place(url_name="collections:receipt", permission="collections.view_receipt"),
    "late_customer": Place(
        url_name="collections:overdue",
        permission="receivables.view_openitem",
        parameter="customer",
    ),
    "dunningnotice": Place(
        url_name="collections:dunning",
        permission="collections.view_dunningnotice",
        parameter="notice",
    ),
}


def link(name: str, *arguments: Any) -> str:
    """Return the address of a page; nothing while there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def page_of(kind: str, key: Any, *, may: May) -> str:
    """Return the page of one document; nothing for those who may not open it."""
    place = PLACES[kind]
    if not may(place.permission):
        return ""
    if not place.parameter:
        return link(place.url_name, key)
    address = link(place.url_name)
    return f"{address}?{urlencode({place.parameter: key})}" if address else ""


def first_link(*links: str) -> str:
    """Return the first address that exists."""
    return next((href for href in links if href), "")


def list_again(request: HttpRequest) -> str:
    """Return the address of the order list as it was filtered when the form was sent (`back`)."""
    query = QueryDict(request.POST.get("back", "")[:BACK_LENGTH]).urlencode()
    return f"{reverse('reporting:order-list')}?{query}"
