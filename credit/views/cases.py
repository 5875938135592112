"""What is done with a case besides deciding it: asking the bureau, writing down what is known."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from credit import services
from credit.forms import FactsForm
from credit.models import CreditApplication
from credit.services import Statement
from credit.views.answers import FINE, submit
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import actor_of


@action("credit.decide_creditapplication")
def ask_bureau(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the credit bureau again; its answer comes to the case by itself."""
    application = get_object_or_404(CreditApplication, number=number)
    try:
        services.ask_bureau_again(
            application.pk, person_id=request.user.pk, at=clock.now(), actor=actor_of(request)
        )
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("The bureau is asked. Its answer comes in a moment."))
    return redirect(_case(number))


@form_page("credit.decide_creditapplication")
def state_facts(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what is known of an applicant; the guidelines look at the case again."""
    found = CreditApplication.objects.select_related("customer")
    application = get_object_or_404(found, number=number)
    form = FactsForm(request.POST or None, initial=_known(application))
    status = FINE
    if request.method == "POST":
        status = submit(request, form, lambda: _carry_out(request, application, form))
        if status == FINE:
            messages.success(request, _("The guidelines have looked at it again."))
            return redirect(_case(number))
    context = {"application": application, "form": form, "case_page": _case(number)}
    return render(request, "credit/facts.html", context, status=status)


def _carry_out(
    request: HttpRequest, application: CreditApplication, form: FactsForm
) -> CreditApplication:
    stated = Statement(
        years_in_business=form.cleaned_data["years_in_business"],
        trade_references=form.cleaned_data["trade_references"],
        requested_limit=form.cleaned_data["requested_limit"],
    )
    return services.correct_application(
        application.pk, stated=stated, at=clock.now(), actor=actor_of(request)
    )


def _known(application: CreditApplication) -> dict[str, object]:
    names = ("years_in_business", "trade_references", "requested_limit")
    return {name: getattr(application, name) for name in names}


def _case(number: str) -> str:
    return f"{reverse('credit:queue')}?{urlencode({'case': number})}"
