"""What is told to the other system, and what is taken from it."""

from datetime import datetime
from typing import Any

from customers.crm.adapter import CrmAdapter
from customers.exchange.contacts import import_contacts
from customers.exchange.vcards import uid_of, write_cards
from customers.importing.results import line_of
from customers.models import Contact, Customer
from o2c.kernel.actors import Actor
from o2c.kernel.sheets import Unreadable


def push_customer(adapter: CrmAdapter, customer_id: int) -> None:
    """Tell what a customer is now; safe twice."""
    found = Customer.objects.select_related("payment_terms", "sales_rep", "parent")
    customer = found.get(pk=customer_id)
    adapter.push_customer(customer.number, _content(customer))


def push_contact(adapter: CrmAdapter, contact_id: int) -> None:
    """Tell what a contact is now; safe twice."""
    contact = Contact.objects.select_related("customer").get(pk=contact_id)
    adapter.push_contact(uid_of(contact), write_cards([contact], version="4.0"))


def pull_contacts(adapter: CrmAdapter, *, at: datetime, actor: Actor) -> list[dict[str, Any]]:
    """Take in every file that the other system has for us; return what became of each entry."""
    outcomes = []
    for pulled in adapter.pull():
        try:
            table = import_contacts(pulled.content, pulled.name, commit=True, at=at, actor=actor)
            lines = [line_of(row, file=pulled.name) for row in table.rows]
        except Unreadable as error:
            finding = {"rule": error.rule, "field": "file", "message": str(error)}
            lines = [{"file": pulled.name, "status": "rejected", "findings": [finding]}]
        adapter.settled(pulled.key, lines)
        outcomes += lines
    return outcomes


def _content(customer: Customer) -> dict[str, Any]:
    places = customer.addresses.filter(is_active=True).order_by("kind", "-is_default", "pk")
    names = ("kind", "label", "street", "postal_code", "city", "region", "country", "code", "gln")
    texts = ("number", "name", "legal_name", "vat_number", "eori", "registration_number", "gln")
    return {
        **{name: getattr(customer, name) for name in texts},
        **{name: getattr(customer, name) for name in ("email", "currency", "language")},
        "is_active": customer.is_active,
        "payment_terms": customer.payment_terms.code,
        "sales_rep": customer.sales_rep.email if customer.sales_rep else "",
        "parent": customer.parent.number if customer.parent else "",
        "addresses": [{name: getattr(place, name) for name in names} for place in places],
    }
