"""Pages about customers."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers import selectors, services
from customers.forms import AddressForm, ContactForm, CustomerForm, NewCustomerForm
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import InvalidInput
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, wants_part

OPTIONS = 8


@page("customers.view_customer")
def customer_list(request: HttpRequest) -> HttpResponse:
    """List customers by name, or those that the search finds; the next rows alone for htmx."""
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    size = selectors.PAGE_SIZE
    found = list(selectors.search_customers(text, after=after, limit=size + 1))
    context = {
        "customers": found[:size],
        "text": text,
        "after": found[size - 1].number if len(found) > size else "",
    }
    template = "customers/list.html"
    if wants_part(request):
        template += "#rows" if after else "#found"
    return render(request, template, context)


@page("customers.view_customer")
def customer_options(request: HttpRequest) -> HttpResponse:
    """Answer a customer field's combobox with the customers that fit what was typed."""
    text = request.GET.get("customer_name", "")
    found = selectors.search_customers(text, limit=OPTIONS) if text.strip() else []
    return render(request, "customers/options.html", {"customers": found})


@page("customers.view_customer")
def customer_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one customer: what is agreed, where goods go, whom to ask."""
    return render(request, "customers/detail.html", {"customer": _customer(number)})


@form_page("customers.add_customer")
def customer_new(request: HttpRequest) -> HttpResponse:
    """Add a customer with one address."""
    form = NewCustomerForm(request.POST or None, initial=_usual())
    if form.is_valid():
        customer = _attempt(
            form,
            lambda: services.create_customer(
                details=form.details(),
                currency=form.cleaned_data["currency"].upper(),
                place=form.place(),
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if customer is not None:
            messages.success(request, _("%(customer)s is added.") % {"customer": customer})
            return redirect("customers:detail", number=customer.number)
    return _form(request, form, title=_("New customer"))


@form_page("customers.change_customer")
def customer_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is agreed with a customer."""
    customer = _customer(number)
    form = CustomerForm(request.POST or None, initial=_values(customer))
    if form.is_valid():
        changed = _attempt(
            form,
            lambda: services.change_customer(
                customer.pk,
                details=form.details(),
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if changed is not None:
            messages.success(request, _("The changes are saved."))
            return redirect("customers:detail", number=number)
    return _form(request, form, title=_("Edit customer"), customer=customer)


@form_page("customers.change_customer")
def address_new(request: HttpRequest, number: str) -> HttpResponse:
    """Add an address."""
    customer = _customer(number)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        services.add_address(
            customer.pk,
            kind=form.cleaned_data["kind"],
            place=form.place(),
            is_default=form.cleaned_data["is_default"],
            at=clock.now(),
            actor=actor_of(request),
        )
        messages.success(request, _("The address is added."))
        return redirect("customers:detail", number=number)
    return _form(request, form, title=_("Add an address"), customer=customer)


@form_page("customers.change_customer")
def contact_new(request: HttpRequest, number: str) -> HttpResponse:
    """Add a contact."""
    customer = _customer(number)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        services.add_contact(
            customer.pk,
            **form.cleaned_data,
            at=clock.now(),
            actor=actor_of(request),
        )
        messages.success(request, _("The contact is added."))
        return redirect("customers:detail", number=number)
    return _form(request, form, title=_("Add a contact"), customer=customer)


def _customer(number: str) -> Customer:
    try:
        return selectors.customer_for_page(number)
    except Customer.DoesNotExist:
        raise Http404 from None


def _attempt(form: forms.Form, work: Any) -> Customer | None:
    """Run a service; a refusal about a field is shown at that field."""
    try:
        customer: Customer = work()
    except InvalidInput as refusal:
        add_refusal(refusal, form)
        return None
    return customer


def _form(
    request: HttpRequest, form: forms.Form, *, title: str, customer: Customer | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "customer": customer}
    return render(
        request, "customers/form.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _usual() -> dict[str, Any]:
    """Return what a new customer most often is: one in our own country."""
    company = the_company()
    names = {field.name: field.default for field in fields(services.Details)}
    return {
        **{name: names[name] for name in CustomerForm.base_fields if name in names},
        "name": "",
        "country": company.country,
        "currency": company.currency,
        "time_zone": company.time_zone,
    }


def _values(customer: Customer) -> dict[str, Any]:
    names = {field.name for field in fields(services.Details)}
    values = {name: getattr(customer, name) for name in names}
    return {
        **values,
        "payment_terms": customer.payment_terms_id,
        "sales_rep": customer.sales_rep_id,
    }
