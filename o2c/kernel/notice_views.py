"""The bell and its list: what somebody is told, and what they have read of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from o2c.kernel import clock, notices
from o2c.kernel.models import Notice
from o2c.kernel.pages import action, page
from o2c.kernel.requests import number_of, wants_part

LIST = "notices/list.html"


@page("kernel.view_company")
def notice_list(request: HttpRequest) -> HttpResponse:
    """List a person's own notices, newest first; htmx gets the next rows alone."""
    only_unread = request.GET.get("show") == "unread"
    before = number_of(request.GET.get("before"))
    found = list(notices.notices_of(_user(request), only_unread=only_unread, before=before))
    rows = found[: notices.PAGE_SIZE]
    context = {
        "rows": rows,
        "before": rows[-1].pk if len(found) > len(rows) else None,
        "only_unread": only_unread,
        "count": notices.unread_count(_user(request)),
    }
    return render(request, f"{LIST}#rows" if wants_part(request) else LIST, context)


@page("kernel.view_company")
def unread(request: HttpRequest) -> HttpResponse:
    """Answer the bell: how many notices the person has not read."""
    return render(request, "notices/unread.html", {"count": notices.unread_count(_user(request))})


@action("kernel.view_company")
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Note that a notice of the person's own is read; with `open`, lead to where it is solved."""
    try:
        notice = notices.mark_read(_user(request), notice_id, at=clock.now())
    except Notice.DoesNotExist:
        raise Http404 from None
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(notice.link if "open" in request.POST else "notices:list")
    if "open" in request.POST:
        return HttpResponseClientRedirect(notice.link)
    response = render(request, f"{LIST}#row", {"notice": notice})
    return trigger_client_event(response, "notices-read", {})


@action("kernel.view_company")
def read_all(request: HttpRequest) -> HttpResponse:
    """Note that everything the person was shown is read; what came since stays unread."""
    up_to = number_of(request.POST.get("up_to")) or 0
    notices.mark_all_read(_user(request), up_to=up_to, at=clock.now())
    return redirect("notices:list")


def _user(request: HttpRequest) -> int:
    assert request.user.pk is not None  # the page's permission lets nobody else in
    return int(request.user.pk)
