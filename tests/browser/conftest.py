"""A real browser against the live portal.

`page` is signed out and fails its test when the browser complained: a script error, a blocked
content-security violation, a missing file, or a request that left this machine. Addresses are
relative: `page.goto("/orders/")`.
"""

import os
import re
import shutil
import time
from pathlib import Path
from threading import get_ident
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client

from o2c.kernel import clock, roles
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)

SHOTS = Path(__file__).parents[2] / ".o2c/shots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The browser's own viewer of PDFs is an extension of it, and is on this machine.
OF_THE_BROWSER = {"chrome-extension", "chrome"}
LOCAL = {"127.0.0.1", "localhost", ""}
# A refusal is shown in its panel; the browser logs its status all the same.
REFUSAL = re.compile(r"the server responded with a status of (409|422) ")
# A newer request takes the place of an older one, which htmx logs; failures have their own lines.
SUPERSEDED = re.compile(r"htmx:(sendAbort|afterRequest), ")

# Playwright's synchronous interface keeps an event loop in this thread; Django need not mind.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items):
    """Try a browser's test a second time: a busy machine must not refuse a good change.

    The summary names each test that needed it, as a fault to look for.
    """
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Take the system's browser: CHROMIUM, or the first one on the PATH."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, "no Chromium found: install it, or set CHROMIUM to its program"
    return browser_type_launch_args | {"executable_path": program, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {
        "viewport": {"width": 1440, "height": 900},
        "locale": "en-GB",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


@pytest.fixture
def complaints():
    """What the browser complained about; a test that expects one clears this list."""
    return []


@pytest.fixture(scope="session")
def being_answered():
    """The threads of the live server that are answering a request just now."""
    threads = set()

    def begin(**_signal):
        threads.add(get_ident())

    def end(**_signal):
        threads.discard(get_ident())

    request_started.connect(begin, weak=False)
    request_finished.connect(end, weak=False)
    return threads


@pytest.fixture
def page(context, complaints, being_answered):
    """A new tab whose test fails when anything was wrong with what it showed.

    The test ends when the server has answered all that its tabs have asked: a late answer would
    meet another test's data, and log into a stream that is closed.
    """
    context.on("console", lambda message: _note_message(message, complaints))
    context.on("weberror", lambda failure: complaints.append(str(failure.error)))
    context.on("request", lambda request: _note_request(request, complaints))
    yield context.new_page()
    found = list(complaints)
    for tab in context.pages:
        tab.close()
    deadline = time.monotonic() + 10
    while being_answered and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found == []


@pytest.fixture
def nine_o_clock(monkeypatch):
    """It is nine o'clock in the morning of the tests' day, and stays so."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def harbor(nine_o_clock):
    """Harbor Pump & Valve, with credit; a valve and a seal that it may buy are in stock."""
    CompanyFactory.create()
    harbor = CustomerFactory.create(name="Harbor Pump & Valve", folded_name="harbor pump & valve")
    CreditAccountFactory.create(customer=harbor)
    for sku, name in (("VLV-BF-080", "Butterfly valve DN80"), ("SEL-MEC-038", "Seal 38 mm")):
        product = ProductFactory.create(sku=sku, name=name, folded_text=f"{sku} {name}".lower())
        StockLevelFactory.create(product=product)
    return harbor


@pytest.fixture
def as_sales_rep(harbor, sign_in, person):
    """A sales rep is signed in, with Harbor to sell to."""
    sign_in(person(roles.SALES_REP))


@pytest.fixture
def sign_in(context, live_server):
    """Give a function that signs a user in, in every tab of this test."""

    def sign_in(user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])

    return sign_in


@pytest.fixture
def shot(page):
    """Give a function that keeps a picture of the page in .o2c/shots/."""

    def shot(name):
        # To hide the caret is to style every input, which the page's own policy then complains of.
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True, caret="initial")

    return shot


@pytest.fixture
def accessibility_faults(page):
    """Give a function that lists the rules of accessibility that the page breaks."""

    def accessibility_faults():
        found = Axe().run(page).response["violations"]
        return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]

    return accessibility_faults


def _note_message(message, complaints):
    if message.type == "error" and not (
        REFUSAL.search(message.text) or SUPERSEDED.match(message.text)
    ):
        complaints.append(message.text)


def _note_request(request, complaints):
    address = urlsplit(request.url)
    if address.scheme not in OF_THE_BROWSER and address.hostname not in LOCAL | {None}:
        complaints.append(f"asked {request.url}")
