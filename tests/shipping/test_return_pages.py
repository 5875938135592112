"""The pages of goods that come back: ours and the customer's."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers.models import CustomerUser
from o2c.kernel import clock, roles
from shipping import services
from shipping.models import Return
from shipping.services import Coming
from tests.factories import UserFactory
from tests.invoicing import shipped


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def buyer(customer):
    """The browser of somebody at the customer."""
    user = UserFactory.create()
    user.groups.set(Group.objects.filter(name=roles.CUSTOMER_USER))
    CustomerUser.objects.create(user=user, customer=customer)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def announce_one(gone, customer, now, actor):
    def announce_one(quantity="0.2"):
        goods = [Coming(shipment_line_id=gone.pk, quantity=Decimal(quantity), reason="wrong")]
        return services.announce_return(customer.pk, goods=goods, at=now, actor=actor)

    return announce_one


def url(row, name="return"):
    return reverse(f"shipping:{name}", args=[row.number])


def body(response):
    return response.content.decode()


def test_story_from_the_shipment_to_the_credit(shipper, clerk, gone, stock):
    line = gone.pk
    page = body(shipper.get(reverse("shipping:shipment", args=[gone.shipment.number])))
    made = shipper.post(
        reverse("shipping:return-new", args=[gone.shipment.number]),
        {f"quantity_{line}": "2", f"reason_{line}": "damaged", "note": "Wet boxes"},
    )
    row = Return.objects.get()
    back = row.lines.get().pk
    received = shipper.post(url(row, "return-receive"), {f"quantity_{back}": "2"})
    verdict = {
        f"disposition_{back}": "restock",
        f"place_{back}": str(stock.location_id),
        f"accepted_{back}": "1",
    }
    inspected = shipper.post(url(row, "return-inspect"), verdict)
    settled = clerk.post(url(row, "return-settle"), {"answer": "One is credited."})

    row.refresh_from_db()
    assert "Take goods back" in page
    assert [answer.status_code for answer in (made, received, inspected, settled)] == [302] * 4
    assert (row.state, row.lines.get().accepted) == ("settled", 1)
    assert "What is accepted below is credited." in body(clerk.get(url(row)))


def test_refuses_at_the_field_what_cannot_come_back(shipper, gone):
    line = gone.pk
    address = reverse("shipping:return-new", args=[gone.shipment.number])

    response = shipper.post(address, {f"quantity_{line}": "6", f"reason_{line}": "wrong"})

    assert response.status_code == 422
    assert "Only 5 can come back" in body(response)
    assert not Return.objects.exists()


def test_a_refused_quantity_is_told_with_its_item(shipper, gone):
    address = reverse("shipping:return-new", args=[gone.shipment.number])

    response = shipper.post(address, {f"quantity_{gone.pk}": "many", f"reason_{gone.pk}": "wrong"})

    assert response.status_code == 422
    assert f"Quantity of {gone.order_line.sku}: Enter a number." in body(response)
    assert not Return.objects.exists()


def test_refuses_a_return_of_nothing(shipper, gone):
    response = shipper.post(reverse("shipping:return-new", args=[gone.shipment.number]), {})

    assert response.status_code == 422
    assert "Say what comes back" in body(response)


def test_page_says_when_a_shipment_has_more_lines_than_it_shows(
    shipper, customer, schedule, monkeypatch
):
    sent = shipped.ship(customer, ("2", "50"), ("2", "50"))
    address = reverse("shipping:return-new", args=[sent.number])
    words = "These are the first 1 lines that can come back."
    whole = body(shipper.get(address))
    monkeypatch.setattr("shipping.return_views.MOST_LINES", 1)

    cut = body(shipper.get(address))

    assert (words in whole, words in cut) == (False, True)
    assert (whole.count('name="quantity_'), cut.count('name="quantity_')) == (2, 1)


def test_refuses_more_than_is_announced_at_the_field(shipper, announce):
    row = announce(2)

    response = shipper.post(url(row, "return-receive"), {f"quantity_{row.lines.get().pk}": "3"})

    row.refresh_from_db()
    assert response.status_code == 422
    assert "Only 2 is announced" in body(response)
    assert row.state == "announced"


@pytest.mark.parametrize("text", ["L-7 x", "L-7 NaN", "L-7 -1", "L-8 2"])
def test_refuses_lots_that_cannot_be(shipper, announce, product, text):
    type(product).objects.filter(pk=product.pk).update(tracking="lot")
    row = announce(2)

    response = shipper.post(url(row, "return-receive"), {f"lots_{row.lines.get().pk}": text})

    row.refresh_from_db()
    assert (response.status_code, row.state) == (422, "announced")


def test_refuses_a_shelf_that_is_missing(shipper, announce, receive):
    row = receive(announce(2))
    back = row.lines.get().pk

    response = shipper.post(
        url(row, "return-inspect"), {f"disposition_{back}": "restock", f"accepted_{back}": "2"}
    )

    assert response.status_code == 422
    assert "Choose a shelf" in body(response)


def test_warehouse_may_not_settle(picker, announce, receive, inspect):
    row = receive(announce(2))
    inspect(row, "scrap")

    response = picker.post(url(row, "return-settle"), {})

    row.refresh_from_db()
    assert (response.status_code, row.state) == (403, "inspected")


def test_each_field_of_an_inspected_return_has_a_label_of_its_own(
    clerk, announce, receive, inspect
):
    row = announce()
    receive(row)
    inspect(row, "scrap")

    page = body(clerk.get(url(row)))

    fields = re.findall(r'<input[^>]*name="answer"[^>]* id="([^"]+)"', page)
    assert sorted(fields) == ["id_answer", "refuse_answer"]
    assert [page.count(f'for="{name}"') for name in fields] == [1, 1]


def test_refusing_shows_the_customer_why(clerk, buyer, announce):
    row = announce(2)

    clerk.post(url(row, "return-refuse"), {"answer": "Opened bags are not taken back."})

    assert "Opened bags are not taken back." in body(buyer.get(reverse("portal-returns:list")))


def test_one_key_announces_what_was_refused(shipper, gone, now, actor):
    services.report_exception(gone.shipment_id, kind="refused", note="", at=now, actor=actor)
    address = reverse("shipping:take-back", args=[gone.shipment.number])

    first, second = shipper.post(address), shipper.post(address, follow=True)

    row = Return.objects.get()
    assert (first.url, row.lines.get().announced) == (url(row), 5)
    assert "was refused that is not on its way back already" in body(second)


def test_customer_announces_goods_of_their_own(buyer, gone):
    line = gone.pk
    page = body(buyer.get(reverse("portal-returns:new")))
    response = buyer.post(
        reverse("portal-returns:new"),
        {f"quantity_{line}": "1", f"reason_{line}": "defect", "note": ""},
        follow=True,
    )

    row = Return.objects.get()
    assert gone.order_line.sku in page
    assert f"{row.number} is announced. Write this number on the packages." in body(response)
    assert (row.lines.get().announced, row.lines.get().reason) == (1, "defect")


def test_customer_sees_nothing_of_others(buyer, gone, make_customer):
    gone.shipment.customer = make_customer()
    type(gone.shipment).objects.filter(pk=gone.shipment_id).update(customer=gone.shipment.customer)
    line = gone.pk

    page = body(buyer.get(reverse("portal-returns:new")))
    response = buyer.post(reverse("portal-returns:new"), {f"quantity_{line}": "1"})

    assert gone.order_line.sku not in page
    assert response.status_code == 422
    assert not Return.objects.exists()


@pytest.mark.usefixtures("divisible")
@pytest.mark.parametrize("address", ["shipping:returns", "portal-returns:list"])
def test_lists_take_as_many_statements_for_20_returns_as_for_one(
    shipper, buyer, announce_one, statements, address
):
    browser = buyer if address.startswith("portal") else shipper
    announce_one()
    browser.get(reverse(address))
    one = statements(lambda: browser.get(reverse(address)))

    for _return in range(19):
        announce_one()

    assert statements(lambda: browser.get(reverse(address))) == one


@pytest.mark.usefixtures("divisible")
def test_page_takes_as_many_statements_for_20_lines_as_for_one(
    shipper, gone, announce_one, statements, now, product
):
    row = announce_one()
    shipper.get(url(row))
    one = statements(lambda: shipper.get(url(row)))
    line = row.lines.get()

    for number in range(19):
        lot = product.lots.create(code=f"L-{number}", created_at=now)
        row.lines.create(shipment_line=gone, lot=lot, reason="wrong", announced=line.announced)

    assert statements(lambda: shipper.get(url(row))) == one


@pytest.mark.parametrize("step", ["announce", "receive", "inspect"])
def test_steps_take_as_many_statements_for_20_lines_as_for_one(
    customer, schedule, statements, now, actor, step
):
    def run(count):
        sent = shipped.ship(customer, *[("2", "50")] * count)
        counted = {}

        def note(name, work):
            counted[name] = statements(work)

        goods = [
            Coming(shipment_line_id=line.pk, quantity=Decimal(1), reason="wrong")
            for line in sent.lines.all()
        ]
        settings = {"at": now, "actor": actor}
        note("announce", lambda: services.announce_return(customer.pk, goods=goods, **settings))
        row = Return.objects.order_by("-pk").first()
        keys = list(row.lines.values_list("pk", flat=True))
        came = [services.Arrived(line_id=key, quantity=Decimal(1)) for key in keys]
        note("receive", lambda: services.receive_return_goods(row.pk, goods=came, **settings))
        scrap = services.Verdict(disposition="scrap", accepted=Decimal(1))
        verdicts = dict.fromkeys(keys, scrap)
        note("inspect", lambda: services.inspect_return(row.pk, verdicts=verdicts, **settings))
        return counted[step]

    run(1)

    assert run(20) == run(1)


def test_line_leads_to_its_return(shipper, announce_one):
    row = announce_one("1")

    way = shipper.get(reverse("shipping:return-of-line", args=[row.lines.get().pk]))

    assert (way.status_code, way["Location"]) == (302, url(row))
