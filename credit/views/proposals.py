"""A decision that waits for a second signature: what is proposed, and the answer to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credit import services
from credit.forms import AnswerForm
from credit.models import CreditProposal
from credit.selectors import accounts as known
from credit.selectors import evidence
from credit.views.answers import FINE, submit
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.money import ZERO
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, today


@page("credit.view_creditproposal")
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Show what is proposed, with the evidence, to who signs and to who has proposed it."""
    return _render(request, _proposal(proposal_id), AnswerForm())


@action("credit.sign_creditproposal")
def answer_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Sign, which does what was proposed, or reject."""
    found, form, at = _proposal(proposal_id), AnswerForm(request.POST), clock.now()

    def work() -> object:
        return services.answer_proposal(
            found.pk,
            sign=form.cleaned_data["answer"] == "sign",
            reason=form.cleaned_data["reason"],
            at=at,
            actor=actor_of(request),
        )

    status = submit(request, form, work)
    if status != FINE:
        return _render(request, found, form, status=status)
    is_signed = form.cleaned_data["answer"] == "sign"
    said = _("Signed: it is done.") if is_signed else _("Rejected: nothing of it holds.")
    messages.success(request, said)
    return redirect("credit:proposal", found.pk)


@action("credit.decide_creditapplication")
def withdraw_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take a proposal of one's own back."""
    found = _proposal(proposal_id)
    try:
        services.withdraw_proposal(found.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("Withdrawn: the case waits for a decision again."))
    return redirect("credit:proposal", found.pk)


def _render(
    request: HttpRequest, found: CreditProposal, form: AnswerForm, *, status: int = FINE
) -> HttpResponse:
    account = known.account_for_page(found.customer, today=today())
    is_open = found.status == CreditProposal.Status.OPEN
    waiting = found.order.gross_amount if found.order and is_open else ZERO
    is_own = found.proposed_by_id == request.user.pk
    context = {
        "proposal": found,
        "case": found.application or found.order,
        "account": account,
        "standing": account.standing(today()),
        "gauge": known.gauge_of(account, this_order=waiting, on=today()),
        "score": evidence.score_of(found.customer_id),
        "decisions": known.latest_decisions(found.customer_id),
        "is_open": is_open,
        "is_own": is_own,
        "may_sign": is_open and not is_own and request.user.has_perm("credit.sign_creditproposal"),
        "form": form,
    }
    return render(request, "credit/proposal.html", context, status=status)


def _proposal(proposal_id: int) -> CreditProposal:
    found = CreditProposal.objects.select_related(
        "customer__payment_terms", "application", "order", "proposed_by", "answered_by"
    )
    proposal = found.filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404
    return proposal
