"""Goods that will come: the list, one of them, and a file of many."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, stock_lists
from fulfillment.forms import ReceiveForm
from fulfillment.importing.expected import import_expected
from fulfillment.models import ExpectedReceipt
from fulfillment.stock_forms import ChangedExpectedForm, ExpectedForm, ReasonForm, UploadForm
from fulfillment.views.common import add_product, is_done, one_page, plain
from o2c.kernel import clock
from o2c.kernel.import_pages import file_page, upload_page
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today
from o2c.kernel.uploads import upload_of

# What a file of these pages is brought for.
EXPECTED = "fulfillment.expected"


@page("fulfillment.view_stocklevel")
def expected(request: HttpRequest) -> HttpResponse:
    """List what is expected, the soonest first."""
    return _list(request, ExpectedForm())


@action("fulfillment.expect_stock")
def announce(request: HttpRequest) -> HttpResponse:
    """Note goods that will come."""
    form = ExpectedForm(request.POST)

    def work() -> None:
        entered = form.cleaned_data
        services.expect_receipt(
            expectation=services.Expectation(
                reference=entered["reference"],
                supplier=entered["supplier"],
                warehouse_id=entered["warehouse"].pk,
                product_id=entered["sku"].pk,
                quantity=entered["quantity"],
                expected_on=entered["expected_on"],
            ),
            at=clock.now(),
            actor=actor_of(request),
        )

    if add_product(form) and is_done(request, form, work):
        messages.success(request, _("It is noted, and can be promised from its day on."))
        return redirect("fulfillment:expected")
    return _list(request, form)


@page("fulfillment.view_stocklevel")
def one(request: HttpRequest, expected_id: int) -> HttpResponse:
    """Show goods that will come: to receive them, to change them, to wait no more."""
    return one_page_of(request, expected_id)


@action("fulfillment.expect_stock")
def change(request: HttpRequest, expected_id: int) -> HttpResponse:
    """Note another day, quantity or supplier."""
    form = ChangedExpectedForm(request.POST)

    def work() -> None:
        services.change_expected(
            expected_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        )

    get_object_or_404(ExpectedReceipt, pk=expected_id)
    if is_done(request, form, work):
        messages.success(request, _("It is changed."))
        return redirect("fulfillment:expected-one", expected_id)
    return one_page_of(request, expected_id, change_form=form)


@action("fulfillment.expect_stock")
def close(request: HttpRequest, expected_id: int) -> HttpResponse:
    """Wait for them no more."""
    form = ReasonForm(request.POST)

    def work() -> None:
        services.close_expected(
            expected_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        )

    get_object_or_404(ExpectedReceipt, pk=expected_id)
    if is_done(request, form, work):
        messages.success(request, _("Nobody waits for it any more."))
        return redirect("fulfillment:expected")
    return one_page_of(request, expected_id, close_form=form)


@form_page("fulfillment.expect_stock")
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file of goods that will come."""
    return upload_page(
        request,
        UploadForm(request.POST or None, request.FILES or None),
        purpose_of=lambda _form: EXPECTED,
        target=lambda kept, _form: redirect("fulfillment:expected-file", kept.seal),
        page=("fulfillment/expected_import.html", {}),
    )


@form_page("fulfillment.expect_stock")
def file(request: HttpRequest, seal: str) -> HttpResponse:
    """Show what a file would change, and change it."""
    kept = upload_of(request, seal, purpose=EXPECTED)
    run = partial(import_expected, at=clock.now(), actor=actor_of(request))
    page = "fulfillment/expected_file.html", {"title": _("Import expected receipts")}
    return file_page(request, kept, run, done="fulfillment:expected", page=page)


def _list(request: HttpRequest, form: ExpectedForm) -> HttpResponse:
    view, text = request.GET.get("view", "open"), request.GET.get("q", "").strip()
    rows = stock_lists.expected_receipts(view=view, text=text, today=today())
    context = {"view": view, "text": text, "form": form, "today": today(), "tab": "expected"}
    status = UNPROCESSABLE if form.errors else 200
    shown = context | one_page(request, rows)
    return render(request, "fulfillment/expected.html", shown, status=status)


def one_page_of(request: HttpRequest, expected_id: int, **shown: Any) -> HttpResponse:
    """Show one expected receipt, and a refused form in the place of a fresh one."""
    rows = ExpectedReceipt.objects.select_related("product", "warehouse")
    row = get_object_or_404(rows, pk=expected_id)
    changed = {
        "quantity": plain(row.quantity),
        "expected_on": row.expected_on,
        "supplier": row.supplier,
    }
    receive = {
        "sku": row.product.sku,
        "quantity": plain(row.due),
        "warehouse": row.warehouse_id,
        "expected": row.pk,
    }
    context = {
        "row": row,
        "change_form": ChangedExpectedForm(initial=changed),
        "close_form": ReasonForm(),
        "form": ReceiveForm(initial=receive),
        "today": today(),
        "tab": "expected",
    }
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/expected_one.html", context | shown, status=status)
