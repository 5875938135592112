"""Contacts as files: for a spreadsheet, and for address books."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from customers.exchange.vcards import Version, uid_of, write_cards
from customers.models import Contact
from o2c.kernel.pages import page
from o2c.kernel.sheets.writing import csv_file

MOST_CONTACTS = 20_000
HEAD = (
    "Customer",
    "Customer name",
    "Name",
    "Role",
    "Position",
    "E-mail",
    "Phone",
    "Language",
    "UID",
)


@page("customers.add_activity")
def contacts_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the contacts, of one customer with `?customer=`, as our import reads them."""
    rows = (
        (
            contact.customer.number,
            contact.customer.name,
            contact.name,
            contact.role,
            contact.title,
            contact.email,
            contact.phone,
            contact.language,
            uid_of(contact),
        )
        for contact in _wanted(request)
    )
    return csv_file("contacts.csv", HEAD, rows)


@page("customers.add_activity")
def contacts_vcf(request: HttpRequest) -> HttpResponse:
    """Answer with the contacts as vCards: 4.0, or 3.0 with `?version=3.0`."""
    version: Version = "3.0" if request.GET.get("version") == "3.0" else "4.0"
    text = write_cards(_wanted(request), version=version)
    response = HttpResponse(text, content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="contacts.vcf"'
    return response


def _wanted(request: HttpRequest) -> QuerySet[Contact]:
    contacts = Contact.objects.filter(is_active=True).select_related("customer")
    number = request.GET.get("customer", "")
    if number:
        contacts = contacts.filter(customer__number=number)
    return contacts.order_by("customer__folded_name", "name", "pk")[:MOST_CONTACTS]
