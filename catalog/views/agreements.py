"""What is agreed about prices and taxes: lists and contracts, discounts, certificates."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from catalog import selectors, services
from catalog.forms import DiscountForm, EndForm, ExemptionForm, ListForm
from catalog.models import Discount
from catalog.views.common import customer_asked, is_done
from o2c.kernel import clock
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today

HUNDRED = 100


@page("catalog.view_pricelist")
def agreements(request: HttpRequest) -> HttpResponse:
    """Show lists, discounts and certificates, of one customer when one is named."""
    return _page(request)


@action("catalog.add_pricelist")
def add_list(request: HttpRequest) -> HttpResponse:
    """Add a list of prices."""
    form = ListForm(request.POST)
    return _act(
        request,
        "list_form",
        form,
        lambda: services.create_price_list(
            **{name: form.cleaned_data[name] for name in form.cleaned_data if name != "customer"},
            customer_id=_key(form.cleaned_data["customer"]),
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The list is added. Set or import its prices."),
    )


@action("catalog.add_discount")
def add_discount(request: HttpRequest) -> HttpResponse:
    """Grant a discount."""
    form = DiscountForm(request.POST)
    return _act(
        request,
        "discount_form",
        form,
        lambda: services.grant_discount(
            rate=form.cleaned_data["percent"] / HUNDRED,
            customer_id=_key(form.cleaned_data["customer"]),
            product_id=_key(form.cleaned_data["sku"]),
            group=form.cleaned_data["group"],
            valid_from=form.cleaned_data["valid_from"],
            valid_until=form.cleaned_data["valid_until"],
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The discount is granted."),
    )


@action("catalog.change_discount")
def end_discount(request: HttpRequest, discount_id: int) -> HttpResponse:
    """Let a discount end."""
    get_object_or_404(Discount, pk=discount_id)
    form = EndForm(request.POST)
    return _act(
        request,
        "end_form",
        form,
        lambda: services.end_discount(
            discount_id,
            valid_until=form.cleaned_data["valid_until"],
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The discount ends then."),
    )


@action("catalog.add_taxexemption")
def add_exemption(request: HttpRequest) -> HttpResponse:
    """Keep a certificate."""
    form = ExemptionForm(request.POST)
    return _act(
        request,
        "exemption_form",
        form,
        lambda: services.record_exemption(
            form.cleaned_data["customer"].pk,
            **{name: form.cleaned_data[name] for name in form.cleaned_data if name != "customer"},
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The certificate is kept."),
    )


def _key(row: Any) -> int | None:
    return row.pk if row is not None else None


def _act(
    request: HttpRequest, name: str, form: forms.Form, work: Any, *, done: str
) -> HttpResponse:
    names = {"rate": "percent", "product_id": "sku"}
    if form.is_valid() and is_done(request, form, work, names=names):
        messages.success(request, done)
        return redirect("catalog:agreements")
    return _page(request, status=UNPROCESSABLE, **{name: form})


def _page(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    customer = customer_asked(request)
    customer_id = customer.pk if customer else None
    number = {"customer": customer.number} if customer else {}
    context = {
        "customer": customer,
        "today": today(),
        "lists": list(selectors.price_lists_for(customer_id=customer_id)),
        "discounts": list(selectors.discounts_for(customer_id=customer_id)),
        "exemptions": list(selectors.exemptions_for(customer_id=customer_id)),
        "list_form": ListForm(initial=number),
        "discount_form": DiscountForm(initial=number),
        "exemption_form": ExemptionForm(initial=number),
        "end_form": EndForm(),
    }
    return render(request, "catalog/agreements.html", context | shown, status=status)
