"""A customer who takes orders only as a whole gets nothing before all of an order is packed."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from fulfillment import services as fulfillment
from fulfillment.models import CountTask, PickList
from o2c.kernel import clock, roles
from o2c.kernel.models import AuditEntry
from shipping import services
from shipping.models import Shipment
from tests.factories import LocationFactory, StockLevelFactory, UserFactory, WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(make_customer):
    return make_customer(ships_complete=True)


@pytest.fixture
def labelled(schedule, now, actor):
    """Pack a picked list; return its labelled shipment."""

    def run(pick_list):
        fulfillment.pack(pick_list.pk, weights=[Decimal(2)], at=now, actor=actor)
        shipment = Shipment.objects.get(lines__pick_list=pick_list)
        return services.label_shipment(shipment.pk, at=now, actor=actor)

    return run


@pytest.fixture
def short(whole, place, release, pick, labelled, product, stock):
    """Six of ten are packed; the others wait for stock."""
    [pick_list] = release(place({product: 10}, by=whole))
    pick(pick_list, found={product.sku: 6})
    return labelled(pick_list)


@pytest.fixture
def browser(now):
    def browser(role):
        client, user = Client(), UserFactory.create()
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    with clock.travel(now):
        yield browser


def test_part_that_was_found_waits_for_the_rest(
    short, release, pick, labelled, stock, now, actor, books
):
    with pytest.raises(fulfillment.NotComplete, match="VLV-BF-080 is not packed yet"):
        services.dispatch_shipment(short.pk, at=now, actor=actor)
    refused = Shipment.objects.get(pk=short.pk).state
    task = CountTask.objects.get()
    fulfillment.count_level(task.level_id, counted=Decimal(94), at=now, actor=actor)
    [rest] = release(short.lines.get().order)
    pick(rest)
    other = labelled(rest)

    for shipment in (short, other):
        services.dispatch_shipment(shipment.pk, at=now, actor=actor)

    assert refused == "labelled"
    assert set(Shipment.objects.values_list("state", flat=True)) == {"dispatched"}
    assert books() == []


def test_lists_of_two_houses_wait_for_each_other(
    whole, place, release, pick, labelled, stock, now, actor
):
    far = LocationFactory.create(warehouse=WarehouseFactory.create(code="FAR"), code="F-1")
    StockLevelFactory.create(product=stock.product, location=far, on_hand=Decimal(50))
    first, second = release(place({stock.product: 120}, by=whole))
    pick(first)
    shipment = labelled(first)

    with pytest.raises(fulfillment.NotComplete):
        services.dispatch_shipment(shipment.pk, at=now, actor=actor)
    pick(second)
    fulfillment.pack(second.pk, weights=[Decimal(2)], at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)

    assert Shipment.objects.get(pk=shipment.pk).state == "dispatched"
    assert PickList.objects.get(pk=second.pk).state == "packed"


def test_part_leaves_for_a_reason_that_the_trail_keeps(short, browser):
    page = reverse("shipping:shipment", args=[short.number])
    address = reverse("shipping:dispatch", args=[short.number])
    administrator = browser(roles.ADMINISTRATOR)

    shown = administrator.get(page).content.decode()
    refused = administrator.post(address, {})
    denied = browser(roles.SHIPPING).post(address, {"in_part": "Asked by Rosa"})
    too_long = administrator.post(address, {"in_part": "x" * 201})
    before = Shipment.objects.get().state
    administrator.post(address, {"in_part": "Asked by Rosa"})

    assert "Waits for the rest" in shown
    assert [refused.status_code, denied.status_code, too_long.status_code] == [409, 403, 422]
    assert (before, Shipment.objects.get().state) == ("labelled", "dispatched")
    assert AuditEntry.objects.filter(reason="Asked by Rosa").exists()


def test_others_get_what_is_packed(place, release, pick, labelled, product, stock, now, actor):
    [pick_list] = release(place({product: 10}))
    pick(pick_list, found={product.sku: 6})

    services.dispatch_shipment(labelled(pick_list).pk, at=now, actor=actor)

    assert Shipment.objects.get().state == "dispatched"


def test_board_says_what_waits_for_the_rest(short, browser, release, pick, labelled, now, actor):
    board = reverse("shipping:board")
    shipping = browser(roles.SHIPPING)
    waiting = shipping.get(board).content.decode()
    task = CountTask.objects.get()
    fulfillment.count_level(task.level_id, counted=Decimal(94), at=now, actor=actor)
    [rest] = release(short.lines.get().order)
    pick(rest)
    labelled(rest)

    complete = shipping.get(board).content.decode()

    assert (waiting.count("Waits for the rest"), complete.count("Waits for the rest")) == (1, 0)
