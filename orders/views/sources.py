"""Where orders are fetched from: what works, what does not, and trying again now."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from o2c.kernel import clock
from o2c.kernel.pages import action, page
from orders import polls


@page("orders.intake_order")
def sources(request: HttpRequest) -> HttpResponse:
    """Show each source with its last try, its last success and what is wrong with it."""
    return render(request, "orders/sources.html", {"rows": polls.watched()})


@action("orders.intake_order")
def try_source(request: HttpRequest, key: str) -> HttpResponse:
    """Look into a source now, and say how it went."""
    source = next((row for row in polls.sources() if row.key == key), None)
    if source is None:
        raise Http404
    count, error = polls.try_now(source, at=clock.now())
    if error:
        messages.error(request, error)
    elif count:
        told = ngettext("%(count)s document is taken in.", "%(count)s are taken in.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.success(request, _("It works. Nothing waits there."))
    return redirect("orders:sources")
