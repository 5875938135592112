"""Addresses of other stages' pages by name: empty when there is no such page (yet)."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def link(name: str, *candidates: Any) -> str:
    """Return the address of `name` with the first candidate that fits it, or nothing.

    A page may be found by number or by key; without candidates it takes no argument.
    """
    for arguments in [[candidate] for candidate in candidates if candidate] or [[]]:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def first_link(*links: str) -> str:
    """Return the first address that exists."""
    return next((href for href in links if href), "")


# The page of one document, by kind: names that are tried in turn.
PAGES: dict[str, tuple[str, ...]] = {
    "order": ("reporting:order",),
    "customer": ("customers:customer", "customers:detail", "customers:page"),
    "product": ("catalog:product", "catalog:detail", "catalog:page"),
    "intakedocument": ("orders:intake-document", "orders:document", "orders:intake-detail"),
    "creditapplication": ("credit:application", "credit:case", "credit:review"),
    "creditaccount": ("credit:account", "credit:account-detail"),
    "picklist": ("fulfillment:pick",),
    "shipment": ("shipping:shipment", "shipping:detail"),
    "invoice": ("invoicing:detail",),
    "late_customer": ("collections:account", "collections:customer"),
    "receipt": ("collections:receipt",),
    "dunningnotice": ("collections:notice",),
}


def page_of(kind: str, *candidates: Any) -> str:
    """Return the address of a document's own page, found by number or key."""
    return first_link(*(link(name, *candidates) for name in PAGES[kind]))
