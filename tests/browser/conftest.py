"""A real browser against the live portal.

`page` is signed out and fails its test when the browser complained: a script error, a blocked
content-security violation, a missing file, or a request that left this machine. Addresses are
relative: `page.goto("/orders/")`.
"""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

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


@pytest.fixture
def page(context, complaints):
    """A new tab whose test fails when anything was wrong with what it showed."""
    context.on("console", lambda message: _note_message(message, complaints))
    context.on("weberror", lambda failure: complaints.append(str(failure.error)))
    context.on("request", lambda request: _note_request(request, complaints))
    yield context.new_page()
    assert complaints == []


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
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

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
