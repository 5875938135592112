"""Bad input for every form: pages are found as people find them, by following links.

Every form on them is sent with hostile values, in all of its fields and in turns. Each sending is
undone again. Each stage has a test of its own, with its documents in every state that has a form;
what it does not reach is named there, by the reason. Addresses that name nothing, and lists that
are asked for the odd, are tried with the same browser.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.contrib.auth.models import AnonymousUser, Group
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from lxml import html

from o2c.kernel import roles
from o2c.kernel.models import AuditEntry
from tests.factories import UserFactory

HOSTILE = ["a\x00b", "x" * 10_000, "-1e999", "9" * 5_000, "2026-02-30"]
# Pages of one route are alike but for the state of what they show.
ADDRESSES = 6
METHOD_NOT_ALLOWED = 405
# Areas with a test of their own: what is around one leaves it out.
AREAS = (
    "/",
    "/catalog/",
    "/collections/",
    "/credit/",
    "/customers/",
    "/fulfillment/",
    "/invoices/",
    "/notices/",
    "/orders/",
    "/orders/blankets/",
    "/orders/intake/",
    "/orders/partners/",
    "/orders/quotes/",
    "/orders/shops/",
    "/portal/",
    "/portal/returns/",
    "/portal/shipments/",
    "/receivables/",
    "/shipping/",
)
# Guarded by themselves, each with tests of its own: sign-in, the doors of machines, health.
OTHERS = ("/account/", "/admin/", "/api/", "/carriers/", "/components/", "/edi/", "/shops/")
OTHERS += ("/favicon.ico", "/livez", "/readyz")
# What stands in an address in place of a number or a key.
NOWHERE = ["9" * 20, "\x00", "x" * 3_000]
QUESTIONS = ["a\x00b", "9" * 5_000, "-1e999"]
QUERY = ("q", "after", "page", "sort", "state", "view", "customer", "owner", "days", "like")
QUERY += ("older", "newer", "rule", "severity", "order", "screen", "again", "product", "on")


@dataclass
class Form:
    """A form of a page: where it is sent, and what it sends when nothing is changed."""

    action: str
    is_get: bool = False
    values: dict[str, str] = field(default_factory=dict)

    @property
    def names(self):
        return [name for name in self.values if name not in ("csrfmiddlewaretoken", "token", "do")]

    @property
    def kind(self):
        names = {re.sub(r"\d+", "0", name) for name in self.names}
        return (route_of(self.action), self.is_get, frozenset(names))

    def spoiled(self):
        """Yield what is sent: each field gets each value once, beside others in the others."""
        for turn in range(len(HOSTILE) if self.names else 1):
            values = cycle(HOSTILE[turn:] + HOSTILE[:turn])
            yield self.values | {name: next(values) for name in self.names}


def route_of(path):
    try:
        return resolve(unquote(urlsplit(path).path)).route
    except Resolver404:
        return path


def routes(patterns, prefix=""):
    """Yield (route, view) of every pattern below."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback


ROUTES = dict(sorted(routes(get_resolver().url_patterns), key=lambda row: row[0]))


def takes(view, method="POST"):
    """Say whether a view takes a method; it asks who comes only after that."""
    request = RequestFactory().generic(method, "/")
    request.user = AnonymousUser()
    return view(request).status_code != METHOD_NOT_ALLOWED


def is_in(path, area):
    """Say whether an address belongs to an area, and to none within it that is tested by itself."""
    within = [one for one in (*AREAS, *OTHERS) if one != area and one.startswith(area)]
    return path.startswith(area) and not path.startswith(tuple(within))


def routes_in(area):
    return {route: view for route, view in ROUTES.items() if is_in(f"/{route}", area)}


def signed_in(user=None):
    """Return the browser of somebody with every role of ours."""
    user = user or UserFactory.create()
    user.groups.set(Group.objects.exclude(name=roles.CUSTOMER_USER))
    client = Client()
    client.force_login(user)
    return client


def unreached(forms, area):
    """Return the routes of an area that take what is posted, and got none of the forms."""
    sent = {route_of(form.action) for form in forms if not form.is_get}
    return [route for route, view in routes_in(area).items() if route not in sent and takes(view)]


def forms_below(client, area, *starts):
    """Follow links below an address; return a form of each kind on a few pages of each route."""
    found, waiting, counted = {}, [area, *starts], Counter()
    seen = set(waiting)
    while waiting:
        address = waiting.pop(0)
        counted[route_of(address)] += 1
        if counted[route_of(address)] > ADDRESSES:
            continue
        page = opened(client, address)
        for form in forms_on(page, address):
            if is_in(form.action, area):
                found.setdefault(form.kind, form)
        links = {link for link in links_on(page, address) if is_in(link, area)}
        waiting += sorted(links - seen)
        seen |= links
    return list(found.values())


def opened(client, address):
    return page_of(client.get(address))


def page_of(response):
    """Return the page of an answer; an empty one for what is no page."""
    assert response.status_code < 500, response.request["PATH_INFO"]
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    text = response.content.decode() if is_page else ""
    return html.fromstring(text if text.strip() else "<p></p>")


def links_on(page, address):
    """Yield what the page leads to, without the place on it."""
    for link in page.xpath("//@href | //@hx-get"):
        path = link.partition("#")[0]
        yield urlsplit(address).path + path if path.startswith("?") else path


def forms_on(page, address):
    """Yield the forms of a page, once for each address that a button sends them to."""
    here = urlsplit(address).path
    for element in page.xpath("//form"):
        buttons = element.xpath(".//button[@name]")
        values = dict(element.form_values()) | {
            one.get("name"): one.get("value", "") for one in buttons[-1:]
        }
        is_get = element.get("method", "get").lower() == "get" and not element.get("hx-post")
        targets = {element.get("action") or element.get("hx-post") or here}
        for action in targets | set(element.xpath(".//@formaction | .//@hx-post")):
            yield Form(urlsplit(action).path or here, is_get and action in targets, values)
    for element in page.xpath("//*[@hx-post][not(ancestor-or-self::form)]"):
        yield Form(element.get("hx-post"))


def send(client, form, data):
    """Send a form and undo what came of it; return the fault, or nothing."""
    told = f"{'GET' if form.is_get else 'POST'} {form.action} {shown(data)}"
    try:
        with transaction.atomic():
            before = AuditEntry.objects.count()
            method = client.get if form.is_get else client.post
            response = method(form.action, data)
            after = AuditEntry.objects.count()
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  each fault is listed with what was sent
        return f"{told}: {type(error).__name__} {str(error)[:200]}"
    if response.status_code >= 500:
        return f"{told}: {response.status_code}"
    if response.status_code >= 400 and after != before:
        return f"{told}: refused with {response.status_code}, but something was changed"
    return ""


def shown(data):
    return {name: str(value)[:30] for name, value in data.items() if name != "csrfmiddlewaretoken"}


def faults_of(client, forms):
    """Send every form with every kind of bad input; return the faults."""
    sent = [(form, data) for form in forms for data in form.spoiled()]
    return [fault for form, data in sent if (fault := send(client, form, data))]


def faults_at(client, area):
    """Ask for what is not there at each address of an area, and each list for the odd."""
    asked = [*nowhere_in(area), *odd_lists_in(area)]
    assert asked, area
    return [fault for form in asked if (fault := send(client, form, {}))]


def nowhere_in(area):
    """Yield each address of an area with something else in place of each number and key."""
    for route, view in routes_in(area).items():
        numbered = re.sub(r"<int:\w+>", NOWHERE[0], route)
        addresses = {"/" + re.sub(r"<[^>]+>", text, numbered) for text in NOWHERE}
        for address in sorted(addresses - {f"/{route}"}):
            # What the map of addresses has no place for is the same answer for each route.
            if route_of(quote(address)) == route:
                yield Form(quote(address), is_get=takes(view, "GET"))


def odd_lists_in(area):
    """Yield each page of an area that needs no number, asked for what no row can be."""
    for route, view in routes_in(area).items():
        if "<" not in route and takes(view, "GET"):
            for value in QUESTIONS:
                query = urlencode(dict.fromkeys(QUERY, value))
                yield Form(f"/{route}?{query}", is_get=True)
