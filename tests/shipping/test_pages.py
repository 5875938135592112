from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment.services import pack
from o2c.kernel import clock, roles
from shipping import services
from shipping.models import Shipment
from tests.factories import PickupScheduleFactory, ProductFactory, StockLevelFactory


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    services.dispatch_shipment(shipment.pk, at=now, actor=actor)
    return Shipment.objects.get()


def url(shipment, name="shipment"):
    return reverse(f"shipping:{name}", args=[shipment.number])


def body(response):
    return response.content.decode()


@pytest.fixture
def pack_one(place, release, pick, now, actor, make_customer):
    def pack_one():
        product = ProductFactory.create()
        StockLevelFactory.create(product=product)
        [pick_list] = release(place({product: 1}, by=make_customer()))
        pick(pick_list)
        pack(pick_list.pk, weights=[Decimal(1)], at=now, actor=actor)

    return pack_one


def test_board_takes_as_many_statements_for_20_shipments_as_for_one(
    shipper, schedule, pack_one, statements
):
    pack_one()
    shipper.get(reverse("shipping:board"))
    one = statements(lambda: shipper.get(reverse("shipping:board")))

    for _shipment in range(19):
        pack_one()

    assert statements(lambda: shipper.get(reverse("shipping:board"))) == one


def test_board_shows_each_pickup_with_its_cards(shipper, shipment, customer):
    page = body(shipper.get(reverse("shipping:board")))

    assert "15:30" in page
    assert ">5 h 30 m</time>" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert shipment.number in page
    assert customer.name in page
    assert "Northway Freight 15:30, 0 of 1 loaded" in page


def test_board_marks_what_missed_its_truck(shipper, shipment, now):
    with clock.travel(now + timedelta(hours=6)):
        page = body(shipper.get(reverse("shipping:board")))

    assert "Missed truck" in page
    assert "1 shipment missed its truck" in page


def test_board_warns_before_it_is_too_late(shipper, shipment, now):
    with clock.travel(now + timedelta(hours=5)):
        page = body(shipper.get(reverse("shipping:board")))

    assert "At risk" in page


def test_board_shows_what_no_carrier_takes(shipper, packed):
    page = body(shipper.get(reverse("shipping:board")))

    assert "No pickup" in page
    assert Shipment.objects.get().number in page


def test_board_without_a_warehouse_says_so(shipper):
    assert "No warehouse yet" in body(shipper.get(reverse("shipping:board")))


def test_line_of_another_day_has_its_cut_offs_and_no_now(shipper, shipment, schedule):
    PickupScheduleFactory.create(carrier=schedule.carrier, weekday=3)

    page = body(shipper.get(reverse("shipping:board"), {"day": "2026-11-19"}))

    assert 'aria-label="Northway Freight 15:30, nothing planned."' in page
    assert "now 10:00" not in page


def test_day_line_answers_other_pages(shipper, shipment):
    page = body(shipper.get(reverse("shipping:day-line")))

    assert "now 10:00" in page


def test_move_brings_it_to_another_pickup(shipper, shipment, schedule):
    later = PickupScheduleFactory.create(carrier=schedule.carrier, weekday=3)
    chosen = f"{later.carrier_id}|2026-11-19T14:30:00+00:00"

    response = shipper.post(url(shipment, "move"), {"pickup": chosen, "back": "board"})

    shipment.refresh_from_db()
    assert response.url == f"{reverse('shipping:board')}?warehouse=MAIN#{shipment.number}"
    assert shipment.leaves_by.isoformat() == "2026-11-19T14:30:00+00:00"


@pytest.mark.parametrize(
    "chosen",
    [
        *("", "x|y", "1|2026-11-19", "1|2026-11-19T14:30:00"),
        *("1|0001-01-01T00:00:00+00:00", "1|9999-12-31T23:59:59-12:00"),
    ],
)
def test_move_refuses_what_is_no_pickup(shipper, shipment, chosen):
    response = shipper.post(url(shipment, "move"), {"pickup": chosen})

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("leaves_by", "words"),
    [
        ("2026-12-16T14:30:00+00:00", "Pickups are planned 21 days ahead at most."),
        ("9000-01-01T14:30:00+00:00", "Pickups are planned 21 days ahead at most."),
        ("2026-12-03T14:30:00+00:00", "This carrier does not come then."),
    ],
)
def test_move_refuses_a_pickup_that_lies_too_far_ahead(shipper, shipment, leaves_by, words):
    before = Shipment.objects.values().get()

    chosen = f"{shipment.carrier_id}|{leaves_by}"
    response = shipper.post(url(shipment, "move"), {"pickup": chosen})

    assert (response.status_code, words in body(response)) == (422, True)
    assert Shipment.objects.values().get() == before


def test_move_takes_a_weekly_pickup_after_a_closed_week(shipper, shipment):
    chosen = f"{shipment.carrier_id}|2026-12-02T14:30:00+00:00"

    response = shipper.post(url(shipment, "move"), {"pickup": chosen})

    shipment.refresh_from_db()
    assert (response.status_code, shipment.leaves_by.day) == (302, 2)


def test_shipment_story_from_label_to_delivery(shipper, shipment):
    shipper.post(url(shipment, "make-label"))
    shipper.post(url(shipment, "dispatch"))
    shipper.post(url(shipment, "deliver"), {"received_by": "Jo"})

    shipment.refresh_from_db()
    page = body(shipper.get(url(shipment)))
    assert (shipment.state, shipment.received_by) == ("delivered", "Jo")
    assert "VLV-BF-080" in page


def test_label_is_downloaded_as_pdf(shipper, shipment):
    shipper.post(url(shipment, "make-label"))

    response = shipper.get(url(shipment, "label"))

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_label_is_refused_before_it_is_made(shipper, shipment):
    response = shipper.get(url(shipment, "label"))

    assert response.status_code == 409
    assert "has no label yet" in body(response)


def test_dispatch_without_label_is_refused_in_words(shipper, shipment):
    response = shipper.post(url(shipment, "dispatch"))

    assert response.status_code == 409
    assert f"{shipment.number} is planned: this cannot be done with it now." in body(response)


def test_delivery_needs_a_name(shipper, on_its_way):
    response = shipper.post(url(on_its_way, "deliver"), {"received_by": ""})

    assert response.status_code == 422
    assert Shipment.objects.get().state == "dispatched"


def test_exception_is_shown_on_top(shipper, on_its_way):
    shipper.post(url(on_its_way, "fail"), {"kind": "damaged", "note": "Two boxes wet"})

    page = body(shipper.get(url(on_its_way)))

    assert Shipment.objects.get().exception_kind == "damaged"
    assert "Two boxes wet" in page


def test_cancelled_goods_are_planned_again_from_their_pick_list(shipper, shipment, packed):
    shipper.post(url(shipment, "cancel"), {"reason": "Wrong carrier"})
    panel = body(
        shipper.get(
            reverse("shipping:of-pick-list", args=[packed.number]), headers={"HX-Request": "true"}
        )
    )
    shipper.post(reverse("shipping:plan", args=[packed.number]))

    assert "Plan a shipment" in panel
    assert set(Shipment.objects.values_list("state", flat=True)) == {"cancelled", "planned"}


def test_pick_list_leads_to_its_shipment(shipper, shipment, packed):
    response = shipper.get(reverse("shipping:of-pick-list", args=[packed.number]))

    assert response.url == url(shipment)


DENIED = [
    ("make-label", {}),
    ("move", {"pickup": "1|2026-11-19T14:30:00+00:00"}),
    ("dispatch", {}),
    ("deliver", {"received_by": "Jo"}),
    ("fail", {"kind": "lost"}),
    ("cancel", {"reason": "no"}),
]


@pytest.mark.parametrize(("name", "data"), DENIED)
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE, None])
def test_changes_are_denied_to_others(name, data, role, browser_of, shipment):
    browser = browser_of(role) if role else browser_of()

    response = browser.post(url(shipment, name), data)

    assert response.status_code == 403
    assert Shipment.objects.get().state == "planned"


def test_pages_are_denied_to_visitors(visitor, shipment):
    pages = [reverse("shipping:board"), reverse("shipping:day-line"), url(shipment)]

    assert [visitor.get(page).status_code for page in pages] == [403, 403, 403]


def test_unknown_shipment_is_not_found(shipper):
    assert shipper.get(reverse("shipping:shipment", args=["SH-0"])).status_code == 404
