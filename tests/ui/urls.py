"""Every address that the menu names, with blank pages."""

from collections import defaultdict

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, include, path

from o2c.kernel.ui.menu import ITEMS


def blank(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


def customers_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal_base.html")


def stages() -> dict[str, list[URLPattern]]:
    found = defaultdict(list)
    for item in ITEMS.values():
        namespace, name = item.url_name.split(":")
        route = "" if name == "today" else f"{namespace}/{name}/"
        found[namespace].append(path(route, blank, name=name))
    found["reporting"].append(path("search/", blank, name="search"))
    return found


urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("bare/", customers_page),
    *(path("", include((patterns, namespace))) for namespace, patterns in stages().items()),
]
