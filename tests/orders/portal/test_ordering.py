"""A customer orders by themselves …"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import CustomerPartNumber
from o2c.kernel import clock
from orders.models import ApprovalRule, Order
from tests.factories import (
    NOW,
    AddressFactory,
    LotFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db
NEW = "/portal/orders/new/"


def test_places_an_order_and_says_what_happens_next(buyer, customer, filled):
    response = buyer.post(NEW, filled(), follow=True)

    order = Order.objects.get()
    assert (order.channel, order.customer, order.state) == ("portal", customer, "released")
    assert order.gross_amount == Decimal("357.00")
    assert response.redirect_chain == [(f"/portal/orders/{order.number}/", 302)]
    assert b"Your order is confirmed." in response.content


def test_places_once_however_often_the_form_is_sent(buyer, filled):
    for _time in range(2):
        response = buyer.post(NEW, filled())

        assert response["Location"] == f"/portal/orders/{Order.objects.get().number}/"


def test_an_order_that_waits_says_why_and_how_to_go_on(buyer, customer, filled):
    customer.credit_account.limit = Decimal(100)
    customer.credit_account.save()

    text = buyer.post(NEW, filled(), follow=True).content.decode()

    assert Order.objects.get().state in {"on_hold", "in_review"}
    assert "Waiting for you" in text or "Being checked" in text
    assert "goes on by itself" in text or "We are checking your credit" in text


def test_finds_products_at_own_prices_with_breaks_and_own_numbers(buyer, customer, valve):
    contract = PriceListFactory.create(code="HAR", name="Harbor", customer=customer)
    PriceFactory.create(price_list=contract, product=valve, amount=Decimal("41.50"))
    PriceFactory.create(price_list=contract, product=valve, amount=39, min_quantity=10)
    CustomerPartNumber.objects.create(
        customer=customer, number="HP-1", folded_number="hp-1", product=valve, created_at=NOW
    )

    for words in ("butterfly", "hp-1", "KV-080"):
        text = buyer.get("/portal/orders/find/", {"q": words}).content.decode()

        assert "41.50 EUR" in text
        assert "from 10: 39.00" in text
        assert "your HP-1" in text


def test_does_not_offer_what_is_sold_no_more(buyer, valve):
    ProductFactory.create(name="Butterfly of old", status="discontinued")

    text = buyer.get("/portal/orders/find/", {"q": "butterfly"}).content.decode()

    assert "of old" not in text


def test_a_found_product_is_put_into_the_basket(buyer, filled):
    sent = filled(do="add-KV-080", sku="", quantity="", **{"more-KV-080": "12"})

    text = buyer.post(NEW, sent).content.decode()

    assert 'value="KV-080"' in text
    assert "600.00" in text
    assert not Order.objects.exists()


def test_lines_are_pasted_and_sent_as_a_file(buyer, filled, valve):
    ProductFactory.create(sku="PX-210")
    pasted = buyer.post(NEW, filled(do="paste", pasted="PX-210\t3"))
    file = SimpleUploadedFile("order.csv", b"SKU;Quantity\nPX-210;4\n")
    uploaded = buyer.post(NEW, filled(do="upload", file=file))

    for response, quantity in ((pasted, "3"), (uploaded, "4")):
        text = response.content.decode()
        assert response.status_code == 200
        assert 'value="PX-210"' in text
        assert f'value="{quantity}"' in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"no header here\n", "No row names"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged"),
        ("a.csv", b"", "empty"),
        ("a.json", b'{"lines": []}', "line"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_the_basket(
    buyer, filled, name, content, said
):
    response = buyer.post(NEW, filled(do="upload", file=SimpleUploadedFile(name, content)))

    assert response.status_code == 422
    assert said in response.content.decode()
    assert b'value="KV-080"' in response.content


def test_no_file_chosen_is_said(buyer, filled):
    response = buyer.post(NEW, filled(do="upload"))

    assert (response.status_code, b"Choose a file first." in response.content) == (422, True)


def test_a_basket_is_kept_and_placed_later(buyer, filled):
    buyer.post(NEW, filled(do="keep"))
    order = Order.objects.get()
    assert (order.state, order.channel) == ("draft", "portal")
    page = buyer.get(f"/portal/orders/{order.number}/", follow=True)
    assert b'value="KV-080"' in page.content

    sent = filled(quantity="8", token="t-2", revision=str(order.revision))
    buyer.post(f"/portal/orders/{order.number}/edit/", sent)

    order.refresh_from_db()
    assert (order.state, order.net_amount) == ("released", Decimal("400.00"))


def test_two_people_at_one_customer_do_not_overwrite_each_other(buyer, filled):
    buyer.post(NEW, filled(do="keep"))
    order = Order.objects.get()
    path = f"/portal/orders/{order.number}/edit/"
    buyer.post(path, filled(do="keep", quantity="7", token="t-2", revision="0"))

    response = buyer.post(path, filled(do="keep", quantity="9", token="t-3", revision="0"))

    assert response.status_code == 409
    assert order.lines.get().ordered == 7


def test_a_kept_basket_is_put_away(buyer, filled):
    buyer.post(NEW, filled(do="keep"))
    order = Order.objects.get()

    buyer.post(f"/portal/orders/{order.number}/cancel/", {"form_token": "c-1"})

    order.refresh_from_db()
    assert order.state == "cancelled"


def test_an_order_is_cancelled_as_long_as_nothing_is_picked(buyer, filled):
    buyer.post(NEW, filled())
    order = Order.objects.get()

    buyer.post(f"/portal/orders/{order.number}/cancel/", {"form_token": "c-1"})

    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "customer")


def test_what_is_over_is_not_cancelled(buyer, filled):
    buyer.post(NEW, filled())
    order = Order.objects.get()
    buyer.post(f"/portal/orders/{order.number}/cancel/", {"form_token": "c-1"})

    response = buyer.post(f"/portal/orders/{order.number}/cancel/", {"form_token": "c-2"})

    assert response.status_code == 409


def test_an_order_is_ordered_again(buyer, filled):
    buyer.post(NEW, filled())

    text = buyer.get(NEW, {"again": Order.objects.get().number}).content.decode()

    assert 'value="KV-080"' in text
    assert Order.objects.count() == 1


def test_the_confirmation_is_given_as_pdf(buyer, filled):
    buyer.post(NEW, filled())

    response = buyer.get(f"/portal/orders/{Order.objects.get().number}/confirmation/")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sku": "NO-SUCH"}, "We do not sell this"),
        ({"quantity": ""}, "Enter a quantity"),
        ({"quantity": "0"}, "above zero"),
        ({"quantity": "many"}, "number"),
        ({"requested_on": "2001-01-01"}, "This day is over"),
        ({"requested_on": ""}, "required"),
        ({"customer_po": "x" * 61}, "60"),
        ({"lines-count": "0"}, "at least one line"),
    ],
)
def test_wrong_entries_are_refused_in_words(buyer, filled, changes, said):
    entered = {name: changes[name] for name in ("sku", "quantity") if name in changes}
    others = {name: value for name, value in changes.items() if name not in entered}

    response = buyer.post(NEW, filled(**entered) | others)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Order.objects.exists()


def test_an_address_of_another_customer_is_none(buyer, filled):
    foreign = AddressFactory.create()

    response = buyer.post(NEW, filled(ship_to=str(foreign.pk)))

    assert response.status_code == 422
    assert not Order.objects.exists()


def test_availability_is_told_without_saying_what_lies_where(buyer, valve):
    path = "/fulfillment/portal-availability/"

    enough = buyer.get(path, {"sku": "KV-080", "quantity": "100"}).content.decode()
    part = buyer.get(path, {"sku": "KV-080", "quantity": "101"}).content.decode()

    assert "In stock" in enough
    assert "100" not in enough
    assert "100 now" in part


def test_availability_is_told_for_the_day_of_the_basket(buyer, valve):
    today = clock.now().date()
    soon = LotFactory.create(product=valve, expires_on=today + timedelta(days=1))
    StockLevelFactory.create(product=valve, lot=soon, on_hand=Decimal(50))
    asked = {"sku": "KV-080", "quantity": "120"}

    now = buyer.get("/fulfillment/portal-availability/", asked).content.decode()
    asked["requested_on"] = (today + timedelta(days=30)).isoformat()
    later = buyer.get("/fulfillment/portal-availability/", asked).content.decode()
    asked["requested_on"] = "0001-01-01"
    never = buyer.get("/fulfillment/portal-availability/", asked).content.decode()

    assert "In stock" in now
    assert "100 now" in later
    assert "In stock" in never


def test_a_kept_basket_is_placed_like_a_new_one_however_large(buyer, filled, valve):
    ApprovalRule.objects.create(
        kind="amount", currency="EUR", threshold=10, approver="orders.approve_order"
    )
    buyer.post("/portal/orders/new/", filled(do="keep"))
    kept = Order.objects.get()
    path = f"/portal/orders/{kept.number}/edit/"

    buyer.post(path, filled(token="t-2", revision=str(kept.revision)))

    assert Order.objects.get().state == "released"
