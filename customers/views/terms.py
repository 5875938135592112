"""Payment terms, for administrators."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers import selectors, services
from customers.forms import PartFormSet, StepFormSet, TermsForm
from customers.models import PaymentTerms
from customers.services.terms import checked
from customers.terms import Due, Offer, offers, schedule
from customers.views.common import attempt, status_of
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import REFUSALS, InvalidInput, explain
from o2c.kernel.forms import add_refusal
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, today

# What the preview bills.
EXAMPLE = Decimal(1000)
ACTS = {"stop": services.stop_giving_terms, "again": services.give_terms_again}


class Editor:
    """The three forms of one page, and what they would mean for an invoice of today."""

    def __init__(self, request: HttpRequest, terms: PaymentTerms | None) -> None:
        data = request.POST or None
        self.terms = terms
        self.form = TermsForm(data, initial=_values(terms) if terms else {})
        self.steps = StepFormSet(data, initial=_steps(terms), prefix="discounts")
        self.parts = PartFormSet(data, initial=_parts(terms), prefix="instalments")
        self.dues: list[Due] = []
        self.offers: list[Offer] = []

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.steps.is_valid(), self.parts.is_valid()])

    def agreement(self) -> services.Agreement:
        return self.form.agreement(self.steps, self.parts)  # type: ignore[arg-type]  # see Pairs

    def preview(self) -> bool:
        """Work out what an invoice of today would ask for; False: what is entered is wrong."""
        company = the_company()
        try:
            agreed = checked(self.agreement()).terms
        except InvalidInput as refusal:
            add_refusal(refusal, self.form)
            return False
        bill: dict[str, Any] = {
            "gross": EXAMPLE,
            "issued_on": today(),
            "currency": company.currency,
            "country": company.country,
        }
        self.dues, self.offers = schedule(agreed, **bill), offers(agreed, **bill)
        return True

    def context(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "steps": self.steps,
            "parts": self.parts,
            "terms": self.terms,
            "dues": self.dues,
            "offers": self.offers,
            "example": EXAMPLE,
            "currency": the_company().currency,
        }


@page("customers.view_paymentterms")
def terms_list(request: HttpRequest) -> HttpResponse:
    """List all payment terms, with what an invoice of today would be due."""
    return _list(request)


@form_page("customers.change_paymentterms")
def terms_new(request: HttpRequest) -> HttpResponse:
    """Add payment terms."""
    return _edit(request, Editor(request, None))


@form_page("customers.change_paymentterms")
def terms_edit(request: HttpRequest, terms_id: int) -> HttpResponse:
    """Change payment terms; what is invoiced stays."""
    return _edit(request, Editor(request, get_object_or_404(PaymentTerms, pk=terms_id)))


@action("customers.change_paymentterms")
def terms_preview(request: HttpRequest) -> HttpResponse:
    """Show what the terms as entered would mean for an invoice of today."""
    editor = Editor(request, None)
    right = editor.is_valid() and editor.preview()
    context = {**editor.context(), "wrong": not right}
    return render(request, "customers/terms_edit.html#preview", context)


@action("customers.change_paymentterms")
def terms_act(request: HttpRequest, terms_id: int, act: str) -> HttpResponse:
    """Give terms no more, or again."""
    get_object_or_404(PaymentTerms, pk=terms_id)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](terms_id, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        return _list(request, error=explain(refusal)[1])
    return redirect("customers:terms")


def _edit(request: HttpRequest, editor: Editor) -> HttpResponse:
    valid = request.method == "POST" and editor.is_valid()
    previewed = (valid or (editor.terms is not None and not request.POST)) and _previewed(editor)
    if valid and previewed and "preview" not in request.POST:
        saved = attempt(editor.form, lambda: _save(request, editor))
        if saved is not None:
            messages.success(request, _("“%(terms)s” is saved.") % {"terms": saved})
            return redirect("customers:terms")
    status = status_of(editor.form)
    if editor.steps.is_bound and not (editor.steps.is_valid() and editor.parts.is_valid()):
        status = UNPROCESSABLE
    return render(request, "customers/terms_edit.html", editor.context(), status=status)


def _previewed(editor: Editor) -> bool:
    if editor.form.is_bound:
        return editor.preview()
    assert editor.terms is not None  # only stored terms are shown before anything is entered
    company = the_company()
    bill: dict[str, Any] = {
        "gross": EXAMPLE,
        "issued_on": today(),
        "currency": company.currency,
        "country": company.country,
    }
    editor.dues = schedule(editor.terms.agreed, **bill)
    editor.offers = offers(editor.terms.agreed, **bill)
    return True


def _save(request: HttpRequest, editor: Editor) -> PaymentTerms:
    said: dict[str, Any] = {"at": clock.now(), "actor": actor_of(request)}
    if editor.terms is None:
        return services.create_terms(agreement=editor.agreement(), **said)
    seen = editor.form.cleaned_data["seen"]
    return services.change_terms(editor.terms.pk, agreement=editor.agreement(), seen=seen, **said)


def _list(request: HttpRequest, error: str = "") -> HttpResponse:
    company = the_company()
    day = today()
    rows = [
        (
            terms,
            schedule(
                terms.agreed,
                gross=EXAMPLE,
                issued_on=day,
                currency=company.currency,
                country=company.country,
            ),
        )
        for terms in selectors.all_terms()
    ]
    context = {"rows": rows, "today": day, "error": error}
    return render(request, "customers/terms.html", context, status=CONFLICT if error else 200)


def _values(terms: PaymentTerms) -> dict[str, Any]:
    return {
        **{name: getattr(terms, name, "") for name in TermsForm.base_fields},
        "seen": mark_of(terms),
    }


def _steps(terms: PaymentTerms | None) -> list[dict[str, Any]]:
    if terms is None:
        return []
    return StepFormSet.shown(terms.discount_days, terms.discount_rates)  # type: ignore[attr-defined, no-any-return]


def _parts(terms: PaymentTerms | None) -> list[dict[str, Any]]:
    if terms is None:
        return []
    return PartFormSet.shown(terms.instalment_days, terms.instalment_shares)  # type: ignore[attr-defined, no-any-return]
