"""Customers: the list, one of them, and what is agreed with them."""

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers import selectors, services
from customers.forms import ActivityForm, CustomerForm, NewCustomerForm
from customers.forms.terms import PercentField
from customers.models import Customer
from customers.views.common import attempt, customer_or_404, form_answer
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import form_page, page
from o2c.kernel.requests import CONFLICT, actor_of, today, wants_part

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
    """Show one customer: what is agreed, where goods go, whom to ask, what is to be done."""
    return show(request, number)


def show(
    request: HttpRequest, number: str, *, form: ActivityForm | None = None, error: str = ""
) -> HttpResponse:
    """Answer with the customer's page; `error` says what was refused."""
    customer = customer_or_404(number)
    context = {
        "customer": customer,
        "tasks": selectors.tasks_of(customer),
        "form": form or ActivityForm(customer=customer, initial={"assignee": request.user.pk}),
        "today": today(),
        "error": error,
    }
    refused = CONFLICT if error else 200
    status = 422 if form is not None and form.errors else refused
    return render(request, "customers/detail.html", context, status=status)


@form_page("customers.add_customer")
def customer_new(request: HttpRequest) -> HttpResponse:
    """Add a customer with one address."""
    form = NewCustomerForm(
        request.POST or None, initial=_usual(), may_tolerate=_may_tolerate(request)
    )
    if form.is_valid():
        customer = attempt(
            form,
            lambda: services.create_customer(
                details=form.details(),
                currency=form.cleaned_data["currency"],
                place=form.place(),
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if customer is not None:
            messages.success(request, _("%(customer)s is added.") % {"customer": customer})
            return redirect("customers:detail", number=customer.number)
    return form_answer(request, form, title=_("New customer"))


@form_page("customers.change_customer")
def customer_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is agreed with a customer."""
    customer = customer_or_404(number)
    form = CustomerForm(
        request.POST or None, initial=_values(customer), may_tolerate=_may_tolerate(request)
    )
    if form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_customer(
                customer.pk,
                details=form.details(customer),
                seen=form.cleaned_data["seen"],
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if changed is not None:
            messages.success(request, _("The changes are saved."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Edit customer"), customer=customer)


def _may_tolerate(request: HttpRequest) -> bool:
    return request.user.has_perm("customers.set_price_tolerance")


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
    rate = customer.price_tolerance_rate
    return {
        **values,
        "price_tolerance_rate": None if rate is None else PercentField.shown(rate),
        "payment_terms": customer.payment_terms_id,
        "sales_rep": customer.sales_rep_id,
        "parent": customer.parent.number if customer.parent else "",
        "seen": mark_of(customer),
    }
