"""What runs low, and below what it does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, stock_lists
from fulfillment.models import ReorderLevel
from fulfillment.stock_forms import ReorderForm
from fulfillment.views.common import add_product, is_done, one_page
from o2c.kernel import clock
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today


@page("fulfillment.view_stocklevel")
def low(request: HttpRequest) -> HttpResponse:
    """List what runs low, what lacks most first; or all that is watched."""
    return _page(request, ReorderForm())


@action("fulfillment.expect_stock")
def watch(request: HttpRequest) -> HttpResponse:
    """Say below what a product is low in a house."""
    form = ReorderForm(request.POST)

    def work() -> None:
        entered = form.cleaned_data
        services.set_reorder(
            product_id=entered["sku"].pk,
            warehouse_id=entered["warehouse"].pk,
            minimum=entered["minimum"],
            target=entered["target"],
            at=clock.now(),
            actor=actor_of(request),
        )

    if add_product(form) and is_done(request, form, work):
        messages.success(request, _("It is watched."))
        return redirect("fulfillment:low")
    return _page(request, form)


@action("fulfillment.expect_stock")
def unwatch(request: HttpRequest, level_id: int) -> HttpResponse:
    """Watch it no more."""
    get_object_or_404(ReorderLevel, pk=level_id)

    def work() -> None:
        services.drop_reorder(level_id, at=clock.now(), actor=actor_of(request))

    once_per_form(request, work)
    messages.success(request, _("It is watched no more."))
    return redirect("fulfillment:low")


def _page(request: HttpRequest, form: ReorderForm) -> HttpResponse:
    is_all = request.GET.get("view") == "all"
    listed = stock_lists.reorder_levels if is_all else stock_lists.low_stock
    context = {"form": form, "is_all": is_all, "tab": "low"} | one_page(request, listed(on=today()))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "fulfillment/low.html", context, status=status)
