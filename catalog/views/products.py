"""The product page: what it is, what it costs, what customers call it; and its changes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from catalog import selectors, services
from catalog.forms import DiscontinueForm, EndForm, PackForm, PriceForm, ProductForm
from catalog.models import Price, Product, ProductUnit
from catalog.pricing import list_book
from catalog.views.common import is_done, product_or_404
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of, today

# What the services call a field that the forms call otherwise.
NAMES = {"unit_id": "unit", "successor_id": "successor"}


@page("catalog.view_product")
def product_detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show one product."""
    return _detail(request, product_or_404(product_id))


@form_page("catalog.add_product")
def product_new(request: HttpRequest) -> HttpResponse:
    """Add a product."""
    initial = {"pack_multiple": 1, "minimum_quantity": 1, "weight_kg": 0, "lead_time_days": 0}
    form = ProductForm(request.POST or None, initial={**initial, "unit": "C62"})
    if form.is_valid():
        made: list[Product] = []

        def work() -> None:
            made.append(
                services.create_product(
                    details=form.details(), at=clock.now(), actor=actor_of(request)
                )
            )

        if is_done(request, form, work, names=NAMES):
            messages.success(request, _("%(sku)s is added.") % {"sku": form.cleaned_data["sku"]})
            product = made[0] if made else Product.objects.get(sku=form.cleaned_data["sku"])
            return redirect("catalog:product", product_id=product.pk)
    return _form(request, form, title=_("New product"))


@form_page("catalog.change_product")
def product_edit(request: HttpRequest, product_id: int) -> HttpResponse:
    """Change what is known of a product; who comes second is told so."""
    product = product_or_404(product_id)
    initial = {name: getattr(product, name) for name in ProductForm.base_fields}
    form = ProductForm(request.POST or None, initial={**initial, "unit": product.unit_id})
    if form.is_valid() and is_done(
        request,
        form,
        lambda: services.change_product(
            product_id,
            details=form.details(product),
            revision=form.cleaned_data["revision"] or 0,
            at=clock.now(),
            actor=actor_of(request),
        ),
        names=NAMES,
    ):
        messages.success(request, _("The changes are saved."))
        return redirect("catalog:product", product_id=product_id)
    return _form(request, form, title=_("Edit product"), product=product)


@action("catalog.change_product")
def discontinue(request: HttpRequest, product_id: int) -> HttpResponse:
    """Sell it no more."""
    form = DiscontinueForm(request.POST)
    return _act(
        request,
        product_id,
        "discontinue_form",
        form,
        lambda: services.discontinue_product(
            product_id,
            successor_id=getattr(form.cleaned_data["successor"], "pk", None),
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("It is sold no more."),
    )


@action("catalog.change_price")
def set_price(request: HttpRequest, product_id: int) -> HttpResponse:
    """Set a price."""
    form = PriceForm(request.POST)
    return _act(
        request,
        product_id,
        "price_form",
        form,
        lambda: services.set_price(
            product_id, **form.cleaned_data, at=clock.now(), actor=actor_of(request)
        ),
        done=_("The price is set."),
    )


@action("catalog.change_price")
def end_price(request: HttpRequest, product_id: int, price_id: int) -> HttpResponse:
    """Let a price end."""
    get_object_or_404(Price, pk=price_id, product=product_id)
    form = EndForm(request.POST)
    return _act(
        request,
        product_id,
        "end_form",
        form,
        lambda: services.end_price(
            price_id,
            valid_until=form.cleaned_data["valid_until"],
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The price ends then."),
    )


@action("catalog.change_product")
def set_pack(request: HttpRequest, product_id: int) -> HttpResponse:
    """Say what a pack holds."""
    form = PackForm(request.POST)
    return _act(
        request,
        product_id,
        "pack_form",
        form,
        lambda: services.set_pack_unit(
            product_id,
            unit_id=form.cleaned_data["unit"].pk,
            factor=form.cleaned_data["factor"],
            gtin=form.cleaned_data["gtin"],
            at=clock.now(),
            actor=actor_of(request),
        ),
        done=_("The pack is kept."),
    )


@action("catalog.change_product")
def remove_pack(request: HttpRequest, product_id: int, unit_id: str) -> HttpResponse:
    """Sell it in this pack no more."""
    get_object_or_404(ProductUnit, product=product_id, unit=unit_id)
    try:
        once_per_form(
            request,
            lambda: services.remove_pack_unit(
                product_id, unit_id=unit_id, at=clock.now(), actor=actor_of(request)
            ),
        )
    except EXPECTED as refusal:
        context = {"error": explain(refusal)[1]}
        status = status_of(refusal)
        return _detail(request, product_or_404(product_id), status=status, **context)
    messages.success(request, _("The pack is removed."))
    return redirect("catalog:product", product_id=product_id)


def _act(
    request: HttpRequest,
    product_id: int,
    name: str,
    form: forms.Form,
    work: Any,
    *,
    done: str,
) -> HttpResponse:
    """Take one of the page's forms; refused, the page shows it with what is wrong."""
    product = product_or_404(product_id)
    if form.is_valid() and is_done(request, form, work):
        messages.success(request, done)
        return redirect("catalog:product", product_id=product_id)
    return _detail(request, product, status=UNPROCESSABLE, **{name: form})


def _detail(
    request: HttpRequest, product: Product, *, status: int = 200, **shown: Any
) -> HttpResponse:
    day, currency = today(), the_company().currency
    book = list_book(currency, [product.pk], on=day)
    context = {
        "product": product,
        "today": day,
        "currency": currency,
        "breaks": book.breaks(product.pk),
        "prices": list(selectors.prices_of(product)),
        "packs": list(selectors.packs_of(product)),
        "parts": list(selectors.part_numbers(product=product)),
        "history": list(selectors.history_of(product.label)),
        "price_form": PriceForm(),
        "end_form": EndForm(),
        "pack_form": PackForm(),
        "discontinue_form": DiscontinueForm(),
    }
    return render(request, "catalog/product.html", context | shown, status=status)


def _form(
    request: HttpRequest, form: forms.Form, *, title: str, product: Product | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "product": product}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/product_form.html", context, status=status)
