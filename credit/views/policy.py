"""The credit policy: rules besides the limit, second signatures, how soon we answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from credit import services
from credit.forms import PolicyForm, RuleForm, RuleSet
from credit.models import CreditPolicy
from credit.policy import InvalidPolicy, active_policy
from credit.views.answers import FINE, submit
from o2c.kernel import clock
from o2c.kernel.pages import form_page
from o2c.kernel.requests import actor_of

Rules = formset_factory(RuleForm, formset=RuleSet, extra=2, can_delete=True, max_num=60)


@form_page("credit.view_creditpolicy")
def policy(request: HttpRequest) -> HttpResponse:
    """Show the policy in force; who may, puts another in its place."""
    if request.method != "POST":
        return _render(request, _form(), _rules())
    if not request.user.has_perm("credit.change_policy"):
        raise PermissionDenied
    form, rules = PolicyForm(request.POST), Rules(request.POST, prefix="rules")
    if not rules.is_valid():
        form.is_valid()
        return _render(request, form, rules, status=422)
    status = submit(request, form, lambda: _adopt(request, form, rules))
    if status != FINE:
        return _render(request, form, rules, status=status)
    messages.success(request, _("The policy is in force; orders that wait are looked at again."))
    return redirect("credit:policy")


def _adopt(request: HttpRequest, form: PolicyForm, rules: Any) -> CreditPolicy:
    values = form.cleaned_data
    try:
        return services.adopt_policy(
            rules.as_rules(),
            base_version=values["version"],
            horizon_days=values["horizon_days"],
            second_signature_from=values["second_signature_from"],
            answer_within_hours=values["answer_within_hours"],
            warn_before_minutes=values["warn_before_minutes"],
            asks_bureau=values["asks_bureau"],
            at=clock.now(),
            actor=actor_of(request),
        )
    except InvalidPolicy as refusal:
        rules.show(refusal.findings)
        raise


def _form() -> PolicyForm:
    found = active_policy()
    names = (
        *("version", "horizon_days", "second_signature_from", "answer_within_hours"),
        *("warn_before_minutes", "asks_bureau"),
    )
    initial = {name: getattr(found, name) for name in names}
    if found.second_signature_from is not None:
        initial["second_signature_from"] = f"{found.second_signature_from:.2f}"
    return PolicyForm(initial=initial)


def _rules() -> Any:
    settings = active_policy().settings
    initial = [
        {
            "rule": setting.rule,
            "threshold": setting.threshold,
            "action": setting.action.value,
            "classes": sorted(setting.classes),
        }
        for setting in settings
    ]
    return Rules(prefix="rules", initial=initial)


def _render(
    request: HttpRequest, form: PolicyForm, rules: Any, *, status: int = FINE
) -> HttpResponse:
    context = {
        "form": form,
        "rules": rules,
        "may_change": request.user.has_perm("credit.change_policy"),
        "versions": CreditPolicy.objects.order_by("-version")[:20],
    }
    return render(request, "credit/policy.html", context, status=status)
