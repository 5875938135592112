"""The page on which a customer sees their credit, and what we need from them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credit import services
from credit.models import CreditApplication
from credit.portal.forms import DetailsForm, DocumentsForm
from credit.portal.selectors import own_application, own_credit
from credit.services.documents import MOST_BYTES, MOST_FILES, Paper
from credit.uploads import papers_of
from customers.models import Customer
from customers.portal import portal_form, portal_page
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of, today

OK = 200


@portal_page
def credit(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Show limit, what is used, what waits and why, and what we ask for."""
    return _show(request, customer)


@portal_form
def documents(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Take the papers that we have asked for."""
    application = own_application(customer)
    if request.method != "POST" or application is None:
        return redirect("portal-credit:credit")
    form = DocumentsForm(request.POST)
    status = UNPROCESSABLE
    if form.is_valid():
        papers = papers_of(request)
        try:
            form.run_once(request, lambda: _hand_in(request, application, papers))
        except EXPECTED as refusal:
            add_refusal(refusal, form)
            status = status_of(refusal)
        else:
            messages.success(request, _("Thank you. We look at it and write to you."))
            return redirect("portal-credit:credit")
    return _show(request, customer, documents_form=form, status=status)


@portal_form
def details(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Take what the customer tells about themselves."""
    application = own_application(customer)
    if request.method != "POST" or application is None:
        return redirect("portal-credit:credit")
    form = DetailsForm(request.POST, application=application)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            form.run_once(request, lambda: _state(request, application, form))
        except EXPECTED as refusal:
            add_refusal(refusal, form)
            status = status_of(refusal)
        else:
            messages.success(request, _("Thank you. We have taken that into account."))
            return redirect("portal-credit:credit")
    return _show(request, customer, details_form=form, status=status)


def _hand_in(request: HttpRequest, application: CreditApplication, papers: list[Paper]) -> None:
    services.hand_in(application.pk, papers=papers, at=clock.now(), actor=actor_of(request))


def _state(request: HttpRequest, application: CreditApplication, form: DetailsForm) -> None:
    services.complete_application(
        application.pk, stated=form.stated(), at=clock.now(), actor=actor_of(request)
    )


def _show(
    request: HttpRequest,
    customer: Customer,
    *,
    documents_form: DocumentsForm | None = None,
    details_form: DetailsForm | None = None,
    status: int = OK,
) -> HttpResponse:
    own = own_credit(customer, today=today())
    application = own.application
    if application is not None and details_form is None:
        details_form = DetailsForm(application=application)
    asked = CreditApplication.State.AWAITING_DOCUMENTS
    context = {
        "customer": customer,
        "company": the_company(),
        "own": own,
        "asks_documents": application is not None and application.state == asked,
        "documents_form": documents_form or DocumentsForm(),
        "details_form": details_form,
        "form": documents_form or details_form,
        "most_files": MOST_FILES,
        "most_megabytes": MOST_BYTES // 1024 // 1024,
    }
    return render(request, "credit/portal/credit.html", context, status=status)
