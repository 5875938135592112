"""What slows people down on the floor: the phone in one hand, the goods in the other."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment import services
from fulfillment.models import StockLevel
from o2c.kernel import roles
from orders import services as orders
from tests.factories import (
    NOW,
    CreditAccountFactory,
    CustomerFactory,
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def walking(company, actor):
    """A list of twelve lines that somebody walks with, each at a place of its own."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    wanted = []
    for place in range(12):
        product = ProductFactory.create(sku=f"VLV-{place:02}")
        location = LocationFactory.create(code=f"A-{place + 1:02}-01", walk_order=place)
        StockLevelFactory.create(product=product, location=location)
        wanted.append(orders.NewLine(product.pk, Decimal(3)))
    order = orders.place_order(
        customer_id=customer.pk,
        lines=wanted,
        channel="rep",
        requested_on=NOW.date(),
        at=NOW,
        actor=actor,
    )
    [pick_list] = services.release_pick_lists(order.pk, at=NOW, actor=actor)
    return services.start_pick(pick_list.pk, picker_id=None, at=NOW, actor=actor)


def scan(page, code):
    expect(page.locator(".htmx-settling, .htmx-added, .htmx-swapping")).to_have_count(0)
    page.locator("#scan").fill(code)
    page.locator("#scan").press("Enter")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_list_opens_at_its_top_with_the_focus_in_the_scan_field(
    page, walking, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size(PHONE)

    page.goto(reverse("fulfillment:pick", args=[walking.number]))

    expect(page.locator("#scan")).to_be_focused()
    expect(page.get_by_role("heading", name=walking.number)).to_be_in_viewport()
    expect(page.locator("#scan")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    shot("phone-list")
    assert fits(page)
    assert accessibility_faults() == []


def test_buttons_of_a_line_are_large_enough_for_a_thumb_and_its_reason_has_a_label(
    page, walking, sign_in, person
):
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size(PHONE)

    page.goto(reverse("fulfillment:pick", args=[walking.number]))

    boxes = [button.bounding_box() for button in page.locator(".step").all()]
    assert len(boxes) == 24
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    expect(page.locator("label:visible", has_text="If fewer, why")).to_have_count(12)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("label:visible", has_text="If fewer, why")).to_have_count(0)


def test_scanned_place_leads_to_its_line_and_the_console_stays_clean(
    page, walking, sign_in, person, shot, complaints
):
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size(PHONE)
    page.goto(reverse("fulfillment:pick", args=[walking.number]))

    scan(page, "A-11-01")
    expect(page.locator("#scan-note")).to_have_text("That is the place A-11-01, scan the goods.")
    expect(page.locator("[data-here]")).to_contain_text("VLV-10")
    expect(page.locator("[data-here]")).to_be_in_viewport()
    shot("phone-place")
    # What changes the look of a field, as a browser does when somebody drags its corner, is not
    # taken over into the next answer as an inline style, which our pages do not allow.
    page.evaluate("document.querySelector('#scan').style.caretColor = 'red'")
    scan(page, "VLV-10")
    expect(page.get_by_text("VLV-10: 1 of 3")).to_be_visible()
    expect(page.locator("[data-here]")).to_have_count(0)
    scan(page, "NONE")
    expect(page.locator("#scan-note")).to_contain_text("NONE is not on")

    assert complaints == []


@pytest.mark.parametrize("width", [1440, 390])
def test_count_far_from_the_books_is_confirmed_on_a_phone_and_at_a_desk(
    width, page, walking, sign_in, person, shot, accessibility_faults
):
    level = StockLevel.objects.order_by("pk").last()
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(reverse("fulfillment:level", args=[level.pk]))

    expect(page.get_by_role("heading", name="Count", exact=True)).to_be_in_viewport()
    shot(f"level-{width}")
    page.locator("[name=counted]").fill("9")
    page.get_by_role("button", name="Record the count").click()
    expect(page.locator(".errsum")).to_contain_text("The books say 100, you counted 9.")
    shot(f"level-doubted-{width}")
    faults = accessibility_faults()
    page.get_by_role("button", name="Confirm 9").click()
    expect(page.get_by_text("The count is recorded.")).to_be_visible()
    expect(page.get_by_text("Count of 18 Nov 2026")).to_be_visible()
    shot(f"level-counted-{width}")

    level.refresh_from_db()
    assert (level.on_hand, faults) == (9, [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1440, 390])
def test_expired_lot_is_received_when_that_is_said_once_more(
    width, page, company, sign_in, person, shot
):
    product = ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    LocationFactory.create()
    LotFactory.create(product=product, code="A1", expires_on=NOW.date().replace(month=5, day=3))
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(reverse("fulfillment:stock"))

    page.locator("[name=sku]").fill("ORG-FKM-50")
    page.locator("[name=quantity]").fill("7")
    page.locator("[name=location]").fill("A-01-01")
    page.locator("[name=delivery_note]").fill("GR-9")
    page.locator("[name=lot]").fill("A1")
    page.get_by_role("button", name="Receive", exact=True).click()
    expect(page.locator(".errsum")).to_contain_text("Lot A1 expired on 3 May 2026")
    shot(f"receive-expired-{width}")
    page.get_by_role("button", name="Receive it all the same").click()
    expect(page.get_by_text("Its lot has expired")).to_be_visible()

    assert StockLevel.objects.get().on_hand == 7


@pytest.mark.parametrize("width", [1440, 390])
def test_every_figure_of_an_import_is_seen_before_it_is_written(
    width, page, company, client, sign_in, person, shot, accessibility_faults
):
    ProductFactory.create(sku="KV-080")
    LocationFactory.create()
    keeper = person(roles.WAREHOUSE, roles.ADMINISTRATOR)
    client.force_login(keeper)
    text = b"PO;SKU;Qty;ETA\nPO-1;KV-080;1250;2026-12-04\nPO-2;KV-080;-5;2026-12-04\n"
    kept = client.post(
        reverse("fulfillment:import-expected"), {"file": SimpleUploadedFile("pos.csv", text)}
    )
    sign_in(keeper)
    page.set_viewport_size({"width": width, "height": 844})

    page.goto(kept["Location"])

    for figure in ("1,250", "−5", "4 Dec 2026"):
        expect(page.get_by_text(re.compile(re.escape(figure))).first).to_be_visible()
    shot(f"import-{width}")
    assert accessibility_faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_more_of_a_line_stays_under_the_thumb(page, walking, sign_in, person):
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size(PHONE)
    page.goto(reverse("fulfillment:pick", args=[walking.number]))
    more = page.get_by_role("button", name="One VLV-11 more")
    places = []
    for count in ("1", "2", "3"):
        more.click()
        expect(page.get_by_label("Found of VLV-11")).to_have_value(count)
        places.append(more.bounding_box()["y"])

    expect(more).to_be_focused()
    assert places[0] == places[1] == places[2]
    assert page.evaluate("scrollY") > 0
    line = walking.lines.get(order_line__product__sku="VLV-11")
    assert line.scanned == 3
