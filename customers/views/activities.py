"""What was said with a customer, and what is to be done."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from customers import services
from customers.forms import ActivityForm
from customers.models import Activity
from customers.views.common import attempt, customer_or_404, form_answer
from customers.views.customers import show
from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import actor_of

ACTS = {"done": services.finish_task, "open": services.reopen_task}


@action("customers.add_activity")
def activity_new(request: HttpRequest, number: str) -> HttpResponse:
    """Remember a note, a call or a meeting, or give somebody a task."""
    customer = customer_or_404(number)
    form = ActivityForm(request.POST, customer=customer)
    if form.is_valid():
        added = attempt(form, lambda: form.run_once(request, lambda: _add(request, form, number)))
        if added is not None:
            messages.success(request, _("It is noted."))
            return redirect("customers:detail", number=number)
    return show(request, number, form=form)


@form_page("customers.add_activity")
def activity_edit(request: HttpRequest, number: str, activity_id: int) -> HttpResponse:
    """Correct what was noted, or move a task."""
    customer = customer_or_404(number)
    activity = get_object_or_404(Activity, pk=activity_id, customer=customer)
    values = {
        "kind": activity.kind,
        "text": activity.text,
        "contact": activity.contact_id,
        "due_on": activity.due_on,
        "assignee": activity.assignee_id,
        "seen": mark_of(activity),
    }
    form = ActivityForm(request.POST or None, initial=values, customer=customer)
    form.fields["kind"].disabled = True
    if form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_activity(
                activity.pk,
                happening=form.happening(),
                seen=form.cleaned_data["seen"],
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if changed is not None:
            messages.success(request, _("The changes are saved."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Change a note or a task"), customer=customer)


@action("customers.add_activity")
def activity_act(request: HttpRequest, number: str, activity_id: int, act: str) -> HttpResponse:
    """Note that a task is done, or open it again."""
    activity = get_object_or_404(Activity, pk=activity_id, customer__number=number)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](activity.pk, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        return show(request, number, error=explain(refusal)[1])
    return redirect("customers:detail", number=number)


def _add(request: HttpRequest, form: ActivityForm, number: str) -> int:
    activity = services.add_activity(
        customer_or_404(number).pk,
        happening=form.happening(),
        at=clock.now(),
        actor=actor_of(request),
    )
    return activity.pk
