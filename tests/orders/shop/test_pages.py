"""Connecting web shops: by administrators, and no secret is ever shown, logged or noted."""

import logging

import pytest

from o2c.kernel import roles
from o2c.kernel.models import AuditEntry
from o2c.kernel.outbox import deliver_due
from o2c.kernel.sealing import SealBroken, unseal
from orders.models import ShopEvent, ShopSecrets, WebShop
from tests.factories import CustomerFactory
from tests.orders.shop.payloads import shopify_order

pytestmark = pytest.mark.django_db
ENTERED = {
    "kind": "shopify",
    "name": "Hollis Shop",
    "base_url": "https://hollis.example/",
    "currency": "eur",
    "signing_secret": "hush-hush",
    "api_token": "shpat_secret",
    "default_customer": "C-17850",
    "buyers": "Jo@Hollis.example = C-17850\n\nHollis, Ltd = 17850",
    "is_active": "on",
}


@pytest.fixture
def administrator(browser_of, company):
    return browser_of(roles.ADMINISTRATOR)


def test_a_shop_is_connected(administrator, books):
    response = administrator.post("/orders/shops/new/", {**ENTERED, "form_token": "t1"})

    shop = WebShop.objects.get()
    assert response["Location"] == f"/orders/shops/{shop.public_id}/"
    assert (shop.base_url, shop.currency, shop.default_customer) == (
        "https://hollis.example",
        "EUR",
        books,
    )
    assert list(shop.buyers.order_by("folded_name").values_list("folded_name", "customer")) == [
        ("hollis, ltd", books.pk),
        ("jo@hollis.example", books.pk),
    ]
    assert unseal(shop.secrets.signing_secret) == "hush-hush"


def test_a_form_that_is_sent_twice_connects_once(administrator, books):
    for _time in range(2):
        response = administrator.post("/orders/shops/new/", {**ENTERED, "form_token": "t1"})

        assert response.status_code == 302
    assert WebShop.objects.count() == 1


def test_secrets_are_nowhere_but_sealed(administrator, books, caplog):
    caplog.set_level(logging.DEBUG)
    administrator.post("/orders/shops/new/", ENTERED)
    path = f"/orders/shops/{WebShop.objects.get().public_id}/"
    changed = {**ENTERED, "signing_secret": "hush-again", "api_token": "shpat_other"}

    administrator.post(f"{path}edit/", changed)

    pages = [administrator.get(one).content.decode() for one in (path, f"{path}edit/")]
    kept = str(list(AuditEntry.objects.values())) + str(list(ShopSecrets.objects.values()))
    for secret in ("hush-hush", "hush-again", "shpat_secret", "shpat_other"):
        assert secret not in "".join(pages) + kept + caplog.text
    assert "change secrets" in kept
    assert unseal(ShopSecrets.objects.get().signing_secret) == "hush-again"


def test_empty_secrets_keep_what_is_stored(administrator, books):
    administrator.post("/orders/shops/new/", ENTERED)
    path = f"/orders/shops/{WebShop.objects.get().public_id}/edit/"

    administrator.post(path, {**ENTERED, "signing_secret": "", "api_token": "", "is_active": ""})

    assert unseal(ShopSecrets.objects.get().api_token) == "shpat_secret"
    assert not WebShop.objects.get().is_active


def test_a_seal_of_another_key_says_what_to_do(administrator, books, settings):
    administrator.post("/orders/shops/new/", ENTERED)
    settings.SECRET_KEY = "another"

    with pytest.raises(SealBroken, match="Enter the secret again"):
        unseal(ShopSecrets.objects.get().api_token)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "required"),
        ({"base_url": "not an address"}, "valid URL"),
        ({"currency": "EUE"}, "“EUE” is no currency of ISO 4217."),
        ({"signing_secret": ""}, "required"),
        ({"default_customer": "C-1"}, "No customer has this number"),
        ({"buyers": "jo@hollis.example"}, "Line 1"),
        ({"buyers": "a = 17850\nb = nobody"}, "Line 2"),
        ({"buyers": "a = 17850\nA = 17850"}, "Line 2"),
    ],
)
def test_wrong_entries_are_refused_in_words(administrator, books, changed, said):
    response = administrator.post("/orders/shops/new/", ENTERED | changed)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not WebShop.objects.exists()


def test_the_connection_is_tested(administrator, connect, far_side):
    shop = connect("shopify", base_url=far_side.url, token="shpat_1")
    far_side.replies["shop { name }"] = (200, {"data": {"shop": {"name": "Hollis & Sons"}}})

    response = administrator.post(f"/orders/shops/{shop.public_id}/test/", follow=True)

    assert b"The connection works: Hollis &amp; Sons." in response.content


def test_a_connection_that_fails_says_why(administrator, connect, far_side):
    shop = connect("shopify", base_url=far_side.url, token="shpat_1")
    far_side.replies["shop { name }"] = (401, {})

    response = administrator.post(f"/orders/shops/{shop.public_id}/test/")

    assert response.status_code == 409
    assert b"refuses (401). Check the address and the API token." in response.content


def test_a_message_is_taken_in_again_by_a_button(administrator, connect, send, books):
    shop = connect("shopify", buyers={})
    send(shop, shopify_order())
    WebShop.objects.update(default_customer=books)
    event = ShopEvent.objects.get()

    administrator.post(f"/orders/shops/{shop.public_id}/events/{event.pk}/replay/")
    deliver_due(limit=20)

    event.refresh_from_db()
    assert event.outcome == "ordered"


def test_a_message_of_another_shop_is_not_there(administrator, connect, send):
    shop, other = connect("shopify"), connect("shopify")
    send(shop, shopify_order())
    event = ShopEvent.objects.get()

    response = administrator.post(f"/orders/shops/{other.public_id}/events/{event.pk}/replay/")

    assert response.status_code == 404


def test_a_sales_rep_connects_nothing(sales_rep):
    assert sales_rep.get("/orders/shops/").status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_the_same_however_many_there_are(
    administrator, connect, count, django_assert_num_queries
):
    for _shop in range(count):
        connect("shopify", default_customer=CustomerFactory.create().pk)
    administrator.get("/orders/shops/")

    with django_assert_num_queries(7):
        administrator.get("/orders/shops/")


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_asks_the_same_however_many_messages_there_are(
    administrator, connect, send, count, django_assert_num_queries
):
    shop = connect("shopify", buyers={})
    for number in range(count):
        send(shop, shopify_order(id=number + 1), event=f"evt-{number}")
    administrator.get(f"/orders/shops/{shop.public_id}/")

    with django_assert_num_queries(9):
        administrator.get(f"/orders/shops/{shop.public_id}/")
