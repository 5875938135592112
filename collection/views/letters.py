"""Dunning: the letters that wait, what they say, and sending or holding them back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection import letters, selectors, services
from collection.forms import ReasonForm
from collection.models import DunningNotice
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, number_of

MOST_SENT_AT_ONCE = 200


@page("collections.view_dunningnotice")
def dunning(request: HttpRequest) -> HttpResponse:
    """Show the latest run, the letters of one state, and the chosen letter."""
    return _show(request)


@action("collections.send_dunningnotice")
def notices_send(request: HttpRequest) -> HttpResponse:
    """Send the ticked letters, or the one whose button was pressed."""
    ticked = map(number_of, request.POST.getlist("notice"))
    keys = [key for key in ticked if key is not None]
    sent, refusals = 0, []
    for key in keys[:MOST_SENT_AT_ONCE]:
        try:
            notice = services.send_notice(key, at=clock.now(), actor=actor_of(request))
        except EXPECTED as refusal:
            refusals.append(explain(refusal)[1])
        else:
            sent += notice.state == DunningNotice.State.SENDING
    if refusals or not keys:
        error = " ".join(refusals) or _("Tick the letters that are to be sent.")
        return _show(request, error=error, status=CONFLICT if keys else UNPROCESSABLE)
    text = ngettext("%(count)s letter leaves.", "%(count)s letters leave.", sent)
    messages.success(request, text % {"count": sent})
    return redirect("collections:dunning")


@action("collections.send_dunningnotice")
def notice_withhold(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Hold a letter back, with the reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, chosen=notice_id, withhold_form=form, status=UNPROCESSABLE)
    try:
        services.withhold_notice(
            notice_id,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            actor=actor_of(request),
        )
    except EXPECTED as refusal:
        return _show(request, chosen=notice_id, error=explain(refusal)[1], status=CONFLICT)
    messages.success(request, _("The letter is held back."))
    return redirect(f"{reverse('collections:dunning')}?state=withheld")


def _show(
    request: HttpRequest, *, chosen: int | None = None, status: int = 200, **shown: Any
) -> HttpResponse:
    state = request.GET.get("state", "")
    if state not in DunningNotice.State.values:
        state = DunningNotice.State.PROPOSED
    notices = selectors.notices_of(state, level=number_of(request.GET.get("level")))
    chosen = chosen or number_of(request.GET.get("notice")) or (notices[0].pk if notices else None)
    notice = selectors.notice_for_page(chosen) if chosen else None
    context: dict[str, Any] = {
        "withhold_form": ReasonForm(),
        **shown,
        "state": state,
        "notices": notices,
        "summary": selectors.dunning_summary(),
        "notice": notice,
        "letter": letters.letter_of(notice) if notice else None,
        "company": the_company(),
    }
    template = "collections/dunning.html"
    if request.htmx.target == "letter":  # type: ignore[attr-defined]
        template += "#letter"
    return render(request, template, context, status=status)
