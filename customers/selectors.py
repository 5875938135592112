"""What others ask about customers."""

from django.db.models import Prefetch, Q, QuerySet

from customers.models import Address, Contact, Customer
from o2c.kernel.text import fold

PAGE_SIZE = 50


def search_customers(text: str, *, after: str = "", limit: int = PAGE_SIZE) -> QuerySet[Customer]:
    """Return up to `limit` customers by name whose name holds every word, or whose number begins
    so; `after` is the number of the last one seen.
    """
    customers = Customer.objects.select_related("payment_terms", "sales_rep")
    named = Q()
    for word in fold(text).split():
        named &= Q(folded_name__contains=word)
    found = customers.filter(named | Q(number__istartswith=text.strip())) if text else customers
    last = Customer.objects.filter(number=after).first() if after else None
    if last is not None:
        same_name = Q(folded_name=last.folded_name, pk__gt=last.pk)
        found = found.filter(Q(folded_name__gt=last.folded_name) | same_name)
    return found.order_by("folded_name", "pk")[:limit]


def customer_for_page(number: str) -> Customer:
    """Return one customer with terms, addresses and contacts, in three statements.

    Raises:
        Customer.DoesNotExist: no such number.
    """
    customers = Customer.objects.select_related("payment_terms", "sales_rep", "parent")
    return customers.prefetch_related(
        Prefetch("addresses", queryset=Address.objects.order_by("kind", "-is_default", "pk")),
        Prefetch("contacts", queryset=Contact.objects.order_by("role", "name", "pk")),
    ).get(number=number)


def ship_to_addresses(customer_id: int) -> QuerySet[Address]:
    """Return where a customer receives goods, the usual place first."""
    addresses = Address.objects.filter(customer=customer_id, kind=Address.Kind.SHIP_TO)
    return addresses.order_by("-is_default", "pk")


def email_of(customer: Customer, *roles: str) -> str:
    """Return the address of the first of these contacts who has one, else the customer's own."""
    for role in roles:
        contacts = customer.contacts.filter(role=role).exclude(email="")
        email = contacts.order_by("pk").values_list("email", flat=True).first()
        if email:
            return email
    return customer.email
