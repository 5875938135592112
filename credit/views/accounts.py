"""Limits and reviews: every account, and what people change about one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credit import services
from credit.forms import GroupForm, GuaranteeForm, HoldForm, LimitForm, MaximumForm
from credit.models import CreditProposal, Hold
from credit.selectors import accounts as known
from credit.selectors import backing, evidence
from credit.views.answers import FINE, submit
from credit.views.desk import APPROVED_FOR
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.forms import OnceForm
from o2c.kernel.money import round_money
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, today, wants_part

Forms = dict[str, OnceForm]


@page("credit.view_creditaccount")
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts by customer; the found ones, or the next rows, alone for htmx."""
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    show = request.GET.get("show", "all")
    last = Customer.objects.filter(number=after).first() if after else None
    day = today()
    found = list(known.list_accounts(text=text, show=show, today=day, after=last))
    rows = found[: known.PAGE_SIZE]
    context = {
        "rows": [(account, account.standing(day)) for account in rows],
        "text": text,
        "show": show,
        "views": _views(),
        "after": rows[-1].customer.number if len(found) > len(rows) else "",
    }
    template = "credit/accounts.html"
    if wants_part(request):
        template += "#rows" if after else "#found"
    return render(request, template, context)


@page("credit.view_creditaccount")
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Show one account: exposure, limit, holds, and how they came to be."""
    return _render(request, customer_of(number), {})


@action("credit.decide_creditapplication")
def set_limit(request: HttpRequest, number: str) -> HttpResponse:
    """Give the customer another limit."""
    customer, form, at = customer_of(number), LimitForm(request.POST), clock.now()
    said = [_("The limit is set.")]

    def work() -> object:
        result = services.set_limit(
            customer.pk,
            limit=form.cleaned_data["limit"],
            valid_until=form.cleaned_data["valid_until"],
            next_review_on=form.cleaned_data["next_review_on"],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            at=at,
            actor=actor_of(request),
        )
        if isinstance(result, CreditProposal):
            said[0] = _("The limit waits for a second signature.")
        return result

    return answer(request, customer, {"limit_form": form}, work, said)


@action("credit.place_hold")
def place_hold(request: HttpRequest, number: str) -> HttpResponse:
    """Stop new releases for the customer."""
    customer, form, at = customer_of(number), HoldForm(request.POST), clock.now()

    def work() -> object:
        return services.place_hold(
            customer.pk,
            kind=Hold.Kind.MANUAL,
            reason=form.cleaned_data["reason"],
            at=at,
            actor=actor_of(request),
        )

    return answer(request, customer, {"hold_form": form}, work, [_("The account is on hold.")])


@action("credit.release_hold")
def release_hold(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """End a hold; waiting orders go on as far as the limit reaches."""
    customer, form, at = customer_of(number), HoldForm(request.POST), clock.now()

    def work() -> object:
        return services.release_hold(
            customer.pk,
            kind=kind,
            reason=form.cleaned_data["reason"],
            at=at,
            actor=actor_of(request),
        )

    return answer(request, customer, {"release_form": form}, work, [_("The hold is released.")])


def answer(
    request: HttpRequest,
    customer: Customer,
    forms: Forms,
    work: Callable[[], object],
    said: list[str],
) -> HttpResponse:
    """Carry a form out and say what became of it; `said` is read when the work is done."""
    form = next(iter(forms.values()))
    status = submit(request, form, work)
    if status != FINE:
        return _render(request, customer, forms, status=status)
    messages.success(request, said[0])
    return redirect("credit:account", number=customer.number)


def _render(
    request: HttpRequest, customer: Customer, forms: Forms, *, status: int = FINE
) -> HttpResponse:
    account = known.account_for_page(customer, today=today())
    initial = {
        "limit": round_money(account.limit, account.currency),
        "valid_until": today() + APPROVED_FOR,
        "seen": str(account.latest_decision_id or 0),
    }
    context: dict[str, Any] = {
        "customer": customer,
        "account": account,
        "standing": account.standing(today()),
        "gauge": known.gauge_of(account, on=today()),
        "holds": known.holds_that_stand(customer.pk),
        "past_holds": known.past_holds(customer.pk),
        "orders": known.open_orders(customer.pk),
        "decisions": known.latest_decisions(customer.pk),
        "entries": known.latest_entries(customer.pk),
        "limit_form": LimitForm(initial=initial),
        "hold_form": HoldForm(auto_id="hold_%s"),
        "release_form": HoldForm(auto_id="release_%s"),
        "withdraw_form": HoldForm(auto_id="withdraw_%s"),
        "guarantee_form": GuaranteeForm(auto_id="guarantee_%s", initial={"valid_from": today()}),
        "group_form": GroupForm(auto_id="group_%s"),
        "maximum_form": MaximumForm(
            auto_id="maximum_%s", initial={"maximum": account.order_maximum}
        ),
        "guarantees": backing.guarantees_of(customer.pk, today=today()),
        "group": backing.group_of(customer),
        "scores": evidence.scores_of(customer.pk),
        "score": evidence.score_of(customer.pk),
        "proposal": evidence.limit_proposal_of(customer.pk),
        **forms,
    }
    return render(request, "credit/account.html", context, status=status)


def customer_of(number: str) -> Customer:
    """Return the customer with this number. Raises Http404."""
    customer = Customer.objects.select_related("payment_terms").filter(number=number).first()
    if customer is None:
        raise Http404
    return customer


def _views() -> list[tuple[str, str]]:
    return [
        ("all", _("All")),
        ("over", _("Over the limit")),
        ("held", _("On hold")),
        ("ending", _("Approval ends")),
    ]
