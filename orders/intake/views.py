"""Pages: documents that came in, uploading more, and the side-by-side review."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock, files
from o2c.kernel.errors import REFUSALS, InvalidInput, explain
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, number_of, status_of
from o2c.kernel.sheets.shapes import check_size
from orders import polls
from orders.intake import marking, selectors, watching
from orders.intake.findings import Unreadable
from orders.intake.forms import (
    BaseLines,
    HeadForm,
    UploadForm,
    add_errors,
    ask_for_factors,
    corrected,
    forms_of,
    lines_posted,
    mark_doubts,
    name_places,
)
from orders.intake.pdf.sandbox import NoPicture, draw_page
from orders.intake.results import Result
from orders.intake.reviewing import accept_document, reject_document
from orders.intake.services import take_in, too_big
from orders.intake.teaching_views import meanings
from orders.models import EntryDraft, IntakeDocument

STATES = ("in_review", "accepted", "duplicate", "rejected")
ONE_HOUR = 3600


@page("orders.intake_order")
def intake_list(request: HttpRequest) -> HttpResponse:
    """Show the documents, newest first; those in review oldest first, or least certain first."""
    chosen = selectors.Chosen.of(request.GET, states=STATES)
    found = selectors.documents(chosen, before=number_of(request.GET.get("after")))
    shown = found[: selectors.PAGE]
    context = {
        "documents": shown,
        "cursor": shown[-1].pk if len(found) > len(shown) and not chosen.is_ranked else "",
        "state": chosen.state,
        "chosen": chosen,
        "formats": selectors.formats(),
        "orders": selectors.ORDERS,
        "states": [(name, IntakeDocument.State(name).label) for name in STATES],
        "waiting": selectors.waiting_count(),
        "failing": polls.failing(),
    }
    return render(request, "orders/intake/list.html", context)


@form_page("orders.intake_order")
def upload(request: HttpRequest) -> HttpResponse:
    """Take files in and show what became of each order in them."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "orders/intake/upload.html", {"form": form})
    if not form.is_valid():
        return render(request, "orders/intake/upload.html", {"form": form}, status=UNPROCESSABLE)
    customer = form.cleaned_data["customer"]
    results = [
        result
        for file in form.cleaned_data["documents"]
        for result in _results(request, file, customer)
    ]
    context = {"form": UploadForm(), "results": results}
    return render(request, "orders/intake/upload.html", context)


@form_page("orders.intake_order")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document beside the order that was read in it; place the corrected order."""
    kept = get_object_or_404(
        IntakeDocument.objects.select_related("file", "customer", "order"), pk=document_id
    )
    if request.method != "POST":
        head, lines = _forms(kept)
        return _review(request, kept, head, lines)
    head, lines = HeadForm(request.POST), lines_posted(request.POST)
    if not (head.is_valid() and lines.is_valid()):
        return _review(request, kept, head, lines, status=UNPROCESSABLE)
    return _accept(request, kept, head, lines)


@action("orders.intake_order")
def still_open(request: HttpRequest, document_id: int) -> HttpResponse:
    """Note that the review is still open; answer who else has it open, or that it is decided."""
    kept = get_object_or_404(IntakeDocument, pk=document_id)
    if kept.state != IntakeDocument.State.IN_REVIEW:
        text = _("%(document)s is decided already: %(state)s. Nothing that you enter here counts.")
        names = {"document": kept, "state": str(kept.get_state_display()).lower()}
        return render(request, "components/refusal.html", {"message": text % names})
    assert request.user.pk is not None  # signed in
    watching.note_open(request.user.pk, document=kept, at=clock.now())
    return render(request, "orders/intake/others.html", {"others": _others(request, kept)})


@action("orders.intake_order")
def reject(request: HttpRequest, document_id: int) -> HttpResponse:
    """Reject a document in review, with a reason."""
    kept = get_object_or_404(
        IntakeDocument.objects.select_related("file", "customer", "order"), pk=document_id
    )
    try:
        reason = request.POST.get("reason", "")[:300]
        reject_document(kept.pk, reason=reason, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        head, lines = _forms(kept)
        return _review(
            request, kept, head, lines, error=explain(refusal)[1], status=status_of(refusal)
        )
    return redirect("orders:intake")


@page("orders.intake_order")
def original(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send the file as it came. It is a stranger's: it is saved, never shown in the browser."""
    kept = get_object_or_404(IntakeDocument.objects.select_related("file"), pk=document_id)
    response = HttpResponse(files.read(kept.file), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{_safe(kept.file.name)}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page("orders.intake_order")
def picture(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """Send a page of a PDF as a picture; the stranger's file itself never reaches the browser."""
    kept = get_object_or_404(
        IntakeDocument.objects.select_related("file"), pk=document_id, file_format="pdf"
    )
    try:
        drawn = draw_page(files.read(kept.file), number)
    except NoPicture:
        raise Http404 from None
    response = HttpResponse(drawn, content_type="image/png")
    response.headers["Cache-Control"] = f"private, max-age={ONE_HOUR}"
    return response


def _forms(kept: IntakeDocument) -> tuple[HeadForm, BaseLines]:
    """Return the forms as the document was read, its doubts marked."""
    head, lines = forms_of(kept.content)
    if kept.customer:
        head.initial["customer"] = head.initial["customer"] or kept.customer.number
    mark_doubts(head, lines, kept.findings)
    ask_for_factors(lines, kept.findings)
    return head, lines


def _accept(
    request: HttpRequest, kept: IntakeDocument, head: HeadForm, lines: BaseLines
) -> HttpResponse:
    try:
        accept_document(
            kept.pk,
            corrected=corrected(head, lines),
            is_remembered=head.cleaned_data["remember"],
            decides_prices=request.user.has_perm("orders.override_price"),
            at=clock.now(),
            actor=actor_of(request),
        )
    except InvalidInput as refusal:
        add_errors(head, lines, refusal.findings or [("", refusal.field, str(refusal))])
        return _review(request, kept, head, lines, status=UNPROCESSABLE)
    except REFUSALS as refusal:
        return _review(request, kept, head, lines, error=explain(refusal)[1], status=CONFLICT)
    following = selectors.next_waiting(kept.pk)
    if following is None:
        return redirect("orders:intake")
    return redirect("orders:intake-document", document_id=following.pk)


def _review(
    request: HttpRequest,
    kept: IntakeDocument,
    head: HeadForm,
    lines: BaseLines,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    name_places(head, lines, kept.content)
    context = {
        "document": kept,
        "family": selectors.family_of(kept),
        "pages": marking.pages_of(kept),
        "evidence": marking.evidence_of(kept),
        "following": selectors.next_waiting(kept.pk),
        "meanings": meanings(),
        "form": head,
        "lines": lines,
        "error": error,
        "others": _others(request, kept),
        "columns": kept.content.get("columns", []),
        "rows": kept.content.get("rows", []),
        "title": kept.customer_po or kept.file.name,
    }
    return render(request, "orders/intake/document.html", context, status=status)


def _others(request: HttpRequest, kept: IntakeDocument) -> list[EntryDraft]:
    """Return who else has a document in review open."""
    if kept.state != IntakeDocument.State.IN_REVIEW:
        return []
    assert request.user.pk is not None  # signed in
    return watching.others_at(kept, request.user.pk, now=clock.now())


def _results(request: HttpRequest, file: UploadedFile[Any], customer: str) -> Iterator[Result]:
    name = file.name or _("file without a name")
    try:
        check_size(file.size or 0)
    except Unreadable as error:
        yield too_big(name, error)
        return
    yield from take_in(
        name,
        file.read(),
        customer=customer,
        commit=True,
        at=clock.now(),
        actor=actor_of(request),
    )


def _safe(name: str) -> str:
    """Return a file name that cannot leave its header."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
