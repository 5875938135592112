"""Importing products and prices: upload, look at what would happen, write it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from catalog.forms import PricesUploadForm, UploadForm
from catalog.importing.prices import import_prices
from catalog.importing.products import import_products
from catalog.models import PriceList
from o2c.kernel import clock, files
from o2c.kernel.errors import DomainError
from o2c.kernel.forms import once_per_form
from o2c.kernel.models import StoredFile
from o2c.kernel.pages import form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from o2c.kernel.sheets.tables import Status, Table
from o2c.kernel.transactions import service

# Rows that the page shows; problems first.
SHOWN = 500
NAME_LENGTH = 255


@form_page("catalog.add_product")
def products(request: HttpRequest) -> HttpResponse:
    """Take a file of products."""
    return _upload(
        request,
        UploadForm(request.POST or None, request.FILES or None),
        title=_("Import products"),
        target=lambda stored, form: redirect("catalog:import-products-file", stored.pk),
    )


@form_page("catalog.add_price")
def prices(request: HttpRequest) -> HttpResponse:
    """Take a file of prices."""
    return _upload(
        request,
        PricesUploadForm(request.POST or None, request.FILES or None),
        title=_("Import prices"),
        target=lambda stored, form: redirect(
            "catalog:import-prices-file", stored.pk, form.cleaned_data["price_list"].code
        ),
    )


@form_page("catalog.add_product")
def products_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Show what a file of products would change, and change it."""

    def run(content: bytes, name: str, *, commit: bool) -> Table:
        return import_products(
            content, name, commit=commit, at=clock.now(), actor=actor_of(request)
        )

    return _file(request, file_id, run, title=_("Import products"))


@form_page("catalog.add_price")
def prices_file(request: HttpRequest, file_id: int, code: str) -> HttpResponse:
    """Show what a file of prices would change, and change it."""
    price_list = get_object_or_404(PriceList, code=code)

    def run(content: bytes, name: str, *, commit: bool) -> Table:
        return import_prices(
            content,
            name,
            price_list=price_list,
            commit=commit,
            at=clock.now(),
            actor=actor_of(request),
        )

    title = _("Import prices, %(list)s") % {"list": price_list}
    return _file(request, file_id, run, title=title)


def _upload(
    request: HttpRequest,
    form: UploadForm,
    *,
    title: str,
    target: Callable[[StoredFile, Any], HttpResponse],
) -> HttpResponse:
    if form.is_valid():
        try:
            stored = _store(form)
        except Unreadable as refusal:
            form.add_error("file", str(refusal))
        else:
            return target(stored, form)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/import.html", {"form": form, "title": title}, status=status)


@service
def _store(form: UploadForm) -> StoredFile:
    file = form.cleaned_data["file"]
    check_size(file.size)
    name = str(file.name)[-NAME_LENGTH:]
    return files.store(file.read(), name=name, media_type="application/octet-stream")


def _file(
    request: HttpRequest, file_id: int, run: Callable[..., Table], *, title: str
) -> HttpResponse:
    stored = get_object_or_404(StoredFile, pk=file_id)
    content = files.read(stored)
    context: dict[str, Any] = {"title": title, "file": stored}
    status = 200
    try:
        if request.method == "POST":
            done: list[Table] = []
            once_per_form(request, lambda: done.append(run(content, stored.name, commit=True)))
            messages.success(request, _("The file is imported."))
            return redirect("catalog:products")
        context |= _shown(run(content, stored.name, commit=False))
    except Unreadable as refusal:
        context["error"], status = str(refusal), UNPROCESSABLE
    except DomainError as refusal:
        context["error"], status = str(refusal), CONFLICT
    return render(request, "catalog/import_file.html", context, status=status)


def _shown(table: Table) -> dict[str, Any]:
    rows = sorted(table.rows, key=lambda row: (not row.problems, row.number))
    counts = {status.value: table.count(status) for status in Status}
    return {"rows": rows[:SHOWN], "hidden": max(len(rows) - SHOWN, 0), "counts": counts}
