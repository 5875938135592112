"""Import customers or contacts on screen: look first, then write."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.exchange.contacts import import_contacts
from customers.forms import ImportForm
from customers.importing.services import import_customers
from o2c.kernel import clock, files
from o2c.kernel.errors import DomainError, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from o2c.kernel.sheets.tables import Row, Status, Table
from o2c.kernel.uploads import Upload, keep_upload, upload_of

# So many rows are read while somebody waits; longer files are for `manage.py import_customers`.
MOST_ROWS = 2_000
SHOWN = 200
IMPORTS: dict[str, Callable[..., Table]] = {
    "customers": import_customers,
    "contacts": import_contacts,
}


class TooLong(DomainError):
    """A file that nobody wants to wait for in a browser."""

    code = "too_long"


@form_page("customers.import_customer")
def import_check(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file and show what would become of each row; nothing of it is written."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return render(request, "customers/import.html", {"form": form, "kind": kind}, status=status)
    uploaded = form.cleaned_data["file"]
    try:
        check_size(uploaded.size or 0)
        content = uploaded.read()
        table = _run(request, kind, content, uploaded.name or "", commit=False)
    except (Unreadable, TooLong) as refusal:
        form.add_error("file", str(refusal))
        return render(
            request, "customers/import.html", {"form": form, "kind": kind}, status=UNPROCESSABLE
        )
    kept = keep_upload(request, uploaded, purpose=_purpose(kind))
    return _show(request, kind, table, file=kept)


@action("customers.import_customer")
def import_commit(request: HttpRequest, kind: str, seal: str) -> HttpResponse:
    """Write the rows of a file that was looked at."""
    kept = upload_of(request, seal, purpose=_purpose(kind))
    content = files.read(kept.file)
    done: list[Table] = []
    try:
        once_per_form(
            request,
            lambda: done.append(_run(request, kind, content, kept.name, commit=True)),
        )
    except (Unreadable, DomainError) as refusal:
        text = explain(refusal)[1] if isinstance(refusal, DomainError) else str(refusal)
        form = ImportForm()
        context = {"form": form, "error": text, "kind": kind}
        return render(request, "customers/import.html", context, status=CONFLICT)
    if not done:  # this very form was sent before
        return redirect("customers:list")
    counts = _counts(done[0].rows)
    messages.success(request, _("%(new)s new and %(changed)s changed rows are in.") % counts)
    return _show(request, kind, done[0], file=None)


def _purpose(kind: str) -> str:
    return f"customers.{kind}"


def _run(request: HttpRequest, kind: str, content: bytes, name: str, *, commit: bool) -> Table:
    lines = content.count(b"\n")
    is_card = content[:20].lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCARD")
    if lines > MOST_ROWS and not is_card:
        message = _(
            "The file has more than %(most)s rows: import it with manage.py import_customers."
        )
        raise TooLong(message % {"most": MOST_ROWS})
    return IMPORTS[kind](content, name, commit=commit, at=clock.now(), actor=actor_of(request))


def _show(request: HttpRequest, kind: str, table: Table, *, file: Upload | None) -> HttpResponse:
    """Show the rows, those with problems first; `file` None: they are written."""
    order = [Status.REJECTED, Status.CHANGED, Status.NEW, Status.SAME]
    rows = sorted(table.rows, key=lambda row: (order.index(row.status), row.number))
    context: dict[str, Any] = {
        "rows": rows[:SHOWN],
        "hidden": max(len(rows) - SHOWN, 0),
        "counts": _counts(table.rows),
        "file": file,
        "kind": kind,
    }
    return render(request, "customers/import_rows.html", context)


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    return {status.value: sum(row.status == status for row in rows) for status in Status}
