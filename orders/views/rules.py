"""The rules of checking orders: what they are, and what an administrator settles about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import OnceForm, add_refusal
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of
from orders.models import ApprovalRule
from orders.rule_forms import PERCENT, ApprovalRuleForm, CheckingForm
from orders.rules import RULES
from orders.rules.registry import OWNER_NAMES
from orders.services import house

OK = 200


@page("orders.view_order")
def rules(request: HttpRequest) -> HttpResponse:
    """Show every rule, from where on orders need approval, and what is settled."""
    return _show(request)


@action("orders.change_rules")
def change_checking(request: HttpRequest) -> HttpResponse:
    """Set the tolerance and the handling days."""
    form = CheckingForm(request.POST, auto_id="id_settled_%s")

    def work() -> None:
        house.change_checking(
            price_tolerance=form.cleaned_data["price_tolerance"],
            handling_days=form.cleaned_data["handling_days"],
            at=clock.now(),
            actor=actor_of(request),
        )

    return _take(request, form, work, _("Settled."), checking=form)


@action("orders.change_rules")
def add_approval_rule(request: HttpRequest) -> HttpResponse:
    """Ask for approval over a threshold."""
    form = ApprovalRuleForm(request.POST, auto_id="id_rule_%s")

    def work() -> None:
        entered = form.cleaned_data
        wanted = house.NewApprovalRule(
            kind=entered["kind"],
            threshold=form.threshold_wanted(),
            approver=entered["approver"],
            currency=entered["currency"],
        )
        house.add_approval_rule(wanted=wanted, at=clock.now(), actor=actor_of(request))

    return _take(request, form, work, _("The rule is in force."), approval=form)


@action("orders.change_rules")
def retire_approval_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Ask for this approval no more."""
    try:
        house.retire_approval_rule(rule_id, at=clock.now(), actor=actor_of(request))
        messages.success(request, _("The rule is in force no more."))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:rules")


def _take(
    request: HttpRequest, form: OnceForm, work: Callable[[], None], done: str, **shown: OnceForm
) -> HttpResponse:
    if not form.is_valid():
        return _show(request, status=UNPROCESSABLE, **shown)
    try:
        form.run_once(request, work)
    except EXPECTED as refusal:
        add_refusal(refusal, form)
        return _show(request, status=UNPROCESSABLE, **shown)
    messages.success(request, done)
    return redirect("orders:rules")


def _show(request: HttpRequest, *, status: int = OK, **shown: OnceForm) -> HttpResponse:
    company = the_company()
    settled: dict[str, Any] = {
        "price_tolerance": (company.price_tolerance_rate * PERCENT).normalize(),
        "handling_days": company.handling_days,
    }
    context = {
        "rules": [(rule, OWNER_NAMES[rule.owner]) for rule in RULES.values()],
        "approval_rules": ApprovalRule.objects.filter(is_active=True).order_by(
            "kind", "currency", "threshold", "pk"
        ),
        "checking": shown.get("checking") or CheckingForm(initial=settled, auto_id="id_settled_%s"),
        "approval": shown.get("approval") or ApprovalRuleForm(auto_id="id_rule_%s"),
        "company": company,
    }
    context["form"] = next(iter(shown.values()), None)
    return render(request, "orders/rules.html", context, status=status)
