"""The two pages of an import: send a file, look at what it would change, write it."""

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import files
from o2c.kernel.errors import DomainError
from o2c.kernel.forms import once_per_form
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Status, Table
from o2c.kernel.uploads import Upload, keep_upload

# Rows that the page shows; problems first.
SHOWN = 500


class Import(Protocol):
    """Reads a table, and writes it where that is asked for."""

    def __call__(self, content: bytes, name: str, *, commit: bool) -> Table: ...


def upload_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    purpose_of: Callable[[forms.Form], str],
    target: Callable[[Upload, forms.Form], HttpResponse],
    page: tuple[str, dict[str, Any]],
) -> HttpResponse:
    """Take a file and go on to what it would change; `page` is a template with its context."""
    if form.is_valid():
        try:
            kept = keep_upload(request, form.cleaned_data["file"], purpose=purpose_of(form))
        except Unreadable as refusal:
            form.add_error("file", str(refusal))
        else:
            return target(kept, form)
    template, context = page
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, context | {"form": form}, status=status)


def file_page(
    request: HttpRequest,
    upload: Upload,
    run: Import,
    *,
    done: str,
    page: tuple[str, dict[str, Any]],
) -> HttpResponse:
    """Show what a file would change, or change it and go to the address `done`."""
    template, context = page
    context, status = context | {"file": upload}, 200
    content = files.read(upload.file)
    try:
        if request.method == "POST":
            written: list[Table] = []
            once_per_form(request, lambda: written.append(run(content, upload.name, commit=True)))
            _tell(request, written)
            return redirect(done)
        context |= _shown(run(content, upload.name, commit=False))
    except Unreadable as refusal:
        context["error"], status = str(refusal), UNPROCESSABLE
    except DomainError as refusal:
        context["error"], status = str(refusal), CONFLICT
    return render(request, template, context, status=status)


def _tell(request: HttpRequest, written: list[Table]) -> None:
    """Say what became of the file, and of how many rows; sent again, nothing was written."""
    left_out = sum(table.count(Status.REJECTED) for table in written)
    if not left_out:
        messages.success(request, _("The file is imported."))
        return
    taken = sum(len(table.rows) for table in written) - left_out
    message = _("The file is imported. Rows taken: %(taken)s. Rows left out: %(left_out)s.")
    messages.warning(request, message % {"taken": taken, "left_out": left_out})


def _shown(table: Table) -> dict[str, Any]:
    rows = sorted(table.rows, key=lambda row: (not row.problems, row.number))
    counts = {status.value: table.count(status) for status in Status}
    return {"rows": rows[:SHOWN], "hidden": max(len(rows) - SHOWN, 0), "counts": counts}
