"""Search over everything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from o2c.kernel.pages import page
from reporting.selectors.search import exact_hit, search

LONGEST = 100


@page("kernel.view_company")
def find(request: HttpRequest) -> HttpResponse:
    """Show what fits the text; a document's full number leads straight to its page."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    groups = search(text, may=request.user.has_perm)
    if address := exact_hit(groups):
        return redirect(address)
    return render(request, "reporting/search.html", {"search_text": text, "groups": groups})
