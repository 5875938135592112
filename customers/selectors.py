"""What others ask about customers."""

import re

from django.db.models import Prefetch, Q, QuerySet

from customers.models import Activity, Address, Contact, Customer, PaymentTerms
from o2c.kernel.text import fold

PAGE_SIZE = 50
MOST_TERMS = 200
MOST_TASKS = 20
# What a VAT number looks like, and no word does: two letters and then mostly digits.
VAT = re.compile(r"[A-Z]{2}[A-Z]?\d[A-Z0-9]{5,27}")


def search_customers(text: str, *, after: str = "", limit: int = PAGE_SIZE) -> QuerySet[Customer]:
    """Return up to `limit` customers by name whose name holds every word, or whose number begins
    so; with an e-mail address or a VAT number, those who have it. `after` is the number of the
    last one seen.
    """
    customers = Customer.objects.select_related("payment_terms", "sales_rep")
    found = customers.filter(_matching(text)) if text else customers
    last = Customer.objects.filter(number=after).first() if after else None
    if last is not None:
        same_name = Q(folded_name=last.folded_name, pk__gt=last.pk)
        found = found.filter(Q(folded_name__gt=last.folded_name) | same_name)
    return found.order_by("folded_name", "pk")[:limit]


def _matching(text: str) -> Q:
    """Ask for what the text can mean only, so that each question has its index."""
    typed = text.strip()
    if "@" in typed:
        contacts = Contact.objects.filter(email__iexact=typed).values("customer")
        return Q(email__iexact=typed) | Q(pk__in=contacts)
    squeezed = re.sub(r"[\s.\-/]", "", typed).upper()
    if VAT.fullmatch(squeezed):
        return Q(vat_number=squeezed) & ~Q(vat_number="") | Q(number__istartswith=typed)
    named = Q()
    for word in fold(text).split():
        named &= Q(folded_name__contains=word)
    return named | Q(number__istartswith=typed)


def all_terms() -> QuerySet[PaymentTerms]:
    """Return payment terms, those that are given first, the shortest first."""
    return PaymentTerms.objects.order_by("-is_active", "net_days", "code")[:MOST_TERMS]


def tasks_of(customer: Customer) -> QuerySet[Activity]:
    """Return what is still to be done for a customer, soonest first."""
    tasks = customer.activities.filter(kind=Activity.Kind.TASK, done_at=None)
    return tasks.select_related("assignee", "contact").order_by("due_on", "pk")[:MOST_TASKS]


def customer_for_page(number: str) -> Customer:
    """Return one customer with terms, addresses and contacts, in three statements.

    Raises:
        Customer.DoesNotExist: no such number.
    """
    customers = Customer.objects.select_related("payment_terms", "sales_rep", "parent")
    return customers.prefetch_related(
        Prefetch(
            "addresses",
            queryset=Address.objects.order_by("kind", "-is_active", "-is_default", "pk"),
        ),
        Prefetch("contacts", queryset=Contact.objects.order_by("-is_active", "role", "name", "pk")),
    ).get(number=number)


def ship_to_addresses(customer_id: int) -> QuerySet[Address]:
    """Return where a customer receives goods, the usual place first."""
    addresses = Address.objects.filter(customer=customer_id, kind=Address.Kind.SHIP_TO)
    return addresses.filter(is_active=True).order_by("-is_default", "pk")


def email_of(customer: Customer, *roles: str) -> str:
    """Return the address of the first of these contacts who has one, else the customer's own."""
    for role in roles:
        contacts = customer.contacts.filter(role=role, is_active=True).exclude(email="")
        email = contacts.order_by("pk").values_list("email", flat=True).first()
        if email:
            return email
    return customer.email
