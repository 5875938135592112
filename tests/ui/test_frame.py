"""The frame of every page …"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.template.loader import get_template

from o2c.kernel.models import Company

pytestmark = pytest.mark.urls("tests.ui.urls")

TEMPLATES = Path(settings.BASE_DIR / "templates")
PASSWORD = "correct horse battery"


@pytest.fixture
def signed_in(client, person):
    client.force_login(person("sales_rep"))
    return client


def test_shows_company_menu_search_and_action(signed_in):
    Company.objects.create(code="K", name="Kestrel <Flow>", time_zone="UTC")

    page = signed_in.get("/reporting/order-list/").content.decode()

    assert " · Kestrel &lt;Flow&gt;</title>" in page
    assert '<a class="skip" href="#main">Skip to content</a>' in page
    assert '<a href="/reporting/order-list/" aria-current="page" data-go="o">' in page
    assert '<form class="search hide-s" role="search" action="/search/"' in page
    assert '<a class="btn hide-s" href="/orders/new/" data-key="n">' in page
    assert page.count('role="status"') == 1
    assert '<span class="n" id="count-credit"></span>' in page


def test_asks_the_database_no_more_for_more_items(signed_in, django_assert_num_queries):
    # session, person, roles, permissions of the person and of the roles, company
    with django_assert_num_queries(6):
        signed_in.get("/")


@pytest.mark.parametrize("address", ["/", "/bare/", "/account/login/", "/nowhere/"])
def test_holds_no_inline_script_or_style(signed_in, address):
    if address.startswith("/account"):
        signed_in.logout()

    response = signed_in.get(address)

    page = response.content.decode()
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=|javascript:", page) == []
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_of_a_customer_has_no_rail(client, person):
    client.force_login(person("customer_user"))

    page = client.get("/bare/").content.decode()

    assert 'class="ptop"' in page
    assert 'class="side"' not in page


def test_sends_the_token_with_each_request_of_a_panel(signed_in):
    page = signed_in.get("/").content.decode()

    assert re.search(r"""hx-headers='{"X-CSRFToken": "\w{64}"}'""", page)


def test_answers_a_panel_with_a_panel_when_nothing_is_there(signed_in):
    page = signed_in.get("/nowhere/", headers={"HX-Request": "true"})

    assert page.status_code == 404
    assert page.content.decode().lstrip().startswith('<section class="panel" role="alert">')


@pytest.mark.parametrize(
    "name", [str(path.relative_to(TEMPLATES)) for path in sorted(TEMPLATES.rglob("*.html"))]
)
def test_is_drawn_by_templates_that_compile(name):
    assert get_template(name)


def test_lets_somebody_in_by_address_and_password(client, person):
    user = person("sales_rep")
    user.set_password(PASSWORD)
    user.save()

    response = client.post("/account/login/", {"login": user.email, "password": PASSWORD})

    assert (response.status_code, response.url) == (302, "/")
    assert [str(message) for message in get_messages(response.wsgi_request)] != []


def test_keeps_out_a_wrong_password_and_says_so(client, person):
    user = person("sales_rep")

    response = client.post("/account/login/", {"login": user.email, "password": "wrong"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: Sign in" in page
    assert '<div class="errsum" role="alert" tabindex="-1">' in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done"]
)
def test_stands_without_signing_in(client, db, name):
    addresses = {
        "account_login": "/account/login/",
        "account_reset_password": "/account/password/reset/",
        "account_reset_password_done": "/account/password/reset/done/",
    }

    assert client.get(addresses[name]).status_code == 200
