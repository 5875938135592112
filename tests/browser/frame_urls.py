"""A page with every behaviour of the frame, for the browser to try."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from o2c import urls as house
from o2c.kernel.ui.toast import toast
from o2c.kernel.views import components

SOURCE = """
{% extends "base.html" %}{% block title %}{% translate "Try" %}{% endblock %}
{% block main %}
<h1>Try</h1>
<section class="panel has-select">
  <div class="bulk"><b data-selected-count></b></div>
  <form class="filters"><input type="search" aria-label="Filter"></form>
  <table class="table"><caption>Rows</caption>
    <thead><tr><th class="sel"><input type="checkbox" aria-label="All"></th>
      <th>Row</th></tr></thead>
    <tbody data-rows>
    {% for row in "abcd" %}
      <tr><td class="sel"><input type="checkbox" aria-label="Select {{ row }}"></td>
      <td><a href="/try/?row={{ row }}">{{ row }}</a></td></tr>
    {% endfor %}
    </tbody></table>
</section>
<form id="order" method="post" action="/try/sent/" hx-post="/try/sent/" hx-target="#answer">
  <label for="sku">SKU</label>
  <input id="sku" type="text" role="combobox" aria-expanded="false" aria-controls="skus"
    autocomplete="off" data-combobox="product" name="q" hx-get="/try/skus/"
    hx-trigger="input changed delay:10ms" hx-target="#skus" hx-sync="this:replace">
  <div id="skus" role="listbox" aria-label="Items" hidden></div>
  <input type="hidden" id="product" name="product">
  <button class="btn primary" type="submit">Send</button>
</form>
<form id="scan" method="post" action="/try/scanned/" hx-post="/try/scanned/" hx-target="#answer">
  <input type="text" name="code" data-scan aria-label="Code">
</form>
<p id="answer"></p>
{% endblock %}
"""
SENT: list[str] = []


def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(SOURCE).render({}, request))


def skus(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        '<div role="option" data-value="1" data-label="BRG-6204">BRG-6204 bearing</div>'
        '<div role="option" data-value="2" data-label="BRG-6205">BRG-6205 bearing</div>'
    )


def sent(request: HttpRequest) -> HttpResponse:
    SENT.append(request.POST["product"])
    return toast(HttpResponse("sent"), "Order entered", undo="/try/undone/")


def scanned(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"scanned {request.POST['code']}")


def undone(request: HttpRequest) -> HttpResponse:
    return HttpResponse('<main class="main" id="main">undone</main>')


urlpatterns = [
    path("components/", components),
    path("try/", show),
    path("try/skus/", skus),
    path("try/sent/", sent),
    path("try/scanned/", scanned),
    path("try/undone/", undone),
    *house.urlpatterns,  # where the menu leads
]
