"""What credit memos have paid, and what of them is left."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from invoicing.models import Invoice
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of
from receivables import memos, services


@page("receivables.view_openitem")
def credit_panel(request: HttpRequest, memo_id: int) -> HttpResponse:
    """Show what a credit memo has paid, and what is left of it."""
    memo = _memo(memo_id)
    left = memos.left_of(memo)
    context = {
        "memo": memo,
        "left": left,
        "applications": memos.applications_of_memo(memo),
        "can_pay": bool(left) and memos.items_to_pay(memo).exists(),
    }
    return render(request, "receivables/credit_panel.html", context)


@action("invoicing.issue_invoice")
def credit_apply(request: HttpRequest, memo_id: int) -> HttpResponse:
    """Let what is left of a credit memo pay what the customer owes."""
    memo = _memo(memo_id)
    try:
        services.apply_credit(memo.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("%(memo)s is applied.") % {"memo": memo})
    return redirect("invoicing:detail", ref=memo.reference)


def _memo(memo_id: int) -> Invoice:
    try:
        return memos.memo_of(memo_id)
    except Invoice.DoesNotExist:
        raise Http404 from None
