"""What the pages about customers share."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from customers import selectors
from customers.models import Customer
from o2c.kernel.errors import DomainError
from o2c.kernel.forms import add_refusal
from o2c.kernel.lost_updates import ChangedMeanwhile
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE

R = TypeVar("R")


def customer_or_404(number: str) -> Customer:
    try:
        return selectors.customer_for_page(number)
    except Customer.DoesNotExist:
        raise Http404 from None


def attempt(form: forms.Form, work: Callable[[], R]) -> R | None:
    """Run a service; a refusal is shown at the field that it names, or above the form."""
    try:
        return work()
    except DomainError as refusal:
        names = {"parent_id": "parent", "assignee_id": "assignee", "contact_id": "contact"}
        add_refusal(refusal, form, names=names)
        if isinstance(refusal, ChangedMeanwhile):
            form.changed_meanwhile = True  # type: ignore[attr-defined]
        return None


def form_answer(
    request: HttpRequest, form: forms.Form, *, title: str, customer: Customer | None = None
) -> HttpResponse:
    """Show a form; with the status of what is wrong with it."""
    context = {"form": form, "title": title, "customer": customer}
    return render(request, "customers/form.html", context, status=status_of(form))


def status_of(form: forms.Form) -> int:
    if getattr(form, "changed_meanwhile", False):
        return CONFLICT
    return UNPROCESSABLE if form.errors else 200
