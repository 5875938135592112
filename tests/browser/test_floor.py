"""The floor as people see it: picking with a scanner, packing, the board; on a desk and a phone."""

from datetime import time
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment import services
from fulfillment.models import PickList, ReorderLevel
from o2c.kernel import roles
from orders import services as orders
from shipping.models import Shipment
from tests.factories import (
    NOW,
    CarrierFactory,
    CreditAccountFactory,
    CustomerFactory,
    ExpectedReceiptFactory,
    LocationFactory,
    LotFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
ITEMS = ["FLT-BAG-25U", "HOS-HYD-12-50", "PMP-CE-15", "VLV-BF-080"]


@pytest.fixture
def floor(company, actor):
    """Four customers: one order waits, one is on the floor, one is packed, one is short."""
    at = NOW
    _pickups()
    products = [ProductFactory.create(sku=sku) for sku in ITEMS]
    for place, product in enumerate(products):
        location = LocationFactory.create(code=f"A-{place + 1:02}-07", walk_order=place)
        StockLevelFactory.create(product=product, location=location)
    names = ["Harbor Pump & Valve", "Juniper HVAC Partners", "Lakeshore Hydraulics", "Old Mill"]
    placed = [_order(name, products, at=at, actor=actor) for name in names]
    lists = [services.release_pick_lists(order.pk, at=at, actor=actor)[0] for order in placed[1:]]
    for pick_list, missing in zip(lists[1:], (0, 1), strict=True):
        _finish(pick_list, missing=missing, at=at, actor=actor)
    return lists


def _pickups():
    house = WarehouseFactory.create(time_zone="UTC", country="DE")
    for hour, code, name in ((9, "BRI", "Brightline Parcel"), (15, "NWF", "Northway Freight")):
        carrier = CarrierFactory.create(code=code, name=name)
        for weekday in range(7):
            PickupScheduleFactory.create(
                carrier=carrier, warehouse=house, weekday=weekday, cut_off=time(hour, 30)
            )


def _order(name, products, *, at, actor):
    customer = CustomerFactory.create(name=name)
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    return orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(6)) for product in products],
        channel="rep",
        requested_on=at.date(),
        at=at,
        actor=actor,
    )


def _finish(pick_list, *, missing, at, actor):
    lines = list(pick_list.lines.order_by("position"))
    found = {line.pk: line.quantity for line in lines}
    found[lines[0].pk] -= missing
    reasons = {lines[0].pk: "missing"} if missing else {}
    services.confirm_pick(pick_list.pk, picked=found, short_reasons=reasons, at=at, actor=actor)
    if not missing:
        services.pack(pick_list.pk, weights=[Decimal(12), Decimal(9)], at=at, actor=actor)


def test_picker_scans_finishes_and_packs(page, floor, sign_in, person, shot, accessibility_faults):
    pick_list = floor[0]
    sign_in(person(roles.WAREHOUSE, roles.SHIPPING))

    page.goto(reverse("fulfillment:pick-lists"))
    page.wait_for_selector("svg.day")
    shot("floor-worklist")
    worklist_faults = accessibility_faults()
    page.click(f"text={pick_list.number}")
    page.click("text=Start picking")
    for piece in (1, 2, 3):
        page.locator("#scan").fill("FLT-BAG-25U")
        page.locator("#scan").press("Enter")
        page.wait_for_selector(f"text=FLT-BAG-25U: {piece} of 6")
    shot("floor-picking")
    picking_faults = accessibility_faults()
    for line in pick_list.lines.all():
        page.locator(f"[name=picked_{line.pk}]").fill("6")
    page.click("text=Finish picking")
    page.locator("[name=weight_1]").fill("14.5")
    page.click("text=Close packages")
    page.wait_for_selector("text=Packages")
    page.wait_for_selector("#h-shipment")
    shot("floor-packed")

    assert PickList.objects.get(pk=pick_list.pk).state == "packed"
    assert Shipment.objects.filter(lines__pick_list=pick_list).distinct().count() == 1
    assert worklist_faults == []
    assert picking_faults == []


def test_packer_corrects_the_count(page, floor, sign_in, person, shot):
    pick_list = floor[2]
    line = pick_list.lines.order_by("position").last()
    sign_in(person(roles.WAREHOUSE))

    page.goto(reverse("fulfillment:station", args=[pick_list.number]))
    page.get_by_role("link", name="Correct the count").click()
    page.locator(f"[name=picked_{line.pk}]").fill("4")
    page.get_by_role("button", name="Correct the count").click()
    expect(page.locator("td .err")).to_have_text("Say why some are missing.")
    shot("recount-refused")
    page.locator(f"[name=reason_{line.pk}]").select_option("back")
    page.get_by_role("button", name="Correct the count").click()
    expect(page.get_by_role("heading", name="Pack station")).to_be_visible()
    expect(page.get_by_text("The count is corrected.")).to_be_visible()

    line.refresh_from_db()
    assert (line.quantity, line.picked) == (4, 4)


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_fit_desk_and_phone(width, page, floor, sign_in, person, shot, accessibility_faults):
    sign_in(person(roles.WAREHOUSE, roles.SHIPPING, roles.ADMINISTRATOR))
    page.set_viewport_size({"width": width, "height": 844})
    shipment = Shipment.objects.get()
    lot = LotFactory.create(expires_on=NOW.date())
    level = StockLevelFactory.create(product=lot.product, lot=lot)
    coming = ExpectedReceiptFactory.create()
    ReorderLevel.objects.create(
        product=coming.product, warehouse=coming.warehouse, minimum=5, target=9
    )
    pages = {
        "board": reverse("shipping:board"),
        "shipment": reverse("shipping:shipment", args=[shipment.number]),
        "worklist": reverse("fulfillment:pick-lists"),
        "sheet": reverse("fulfillment:pick", args=[floor[2].number]),
        "recount": reverse("fulfillment:recount", args=[floor[2].number]),
        "stock": reverse("fulfillment:stock"),
        "level": reverse("fulfillment:level", args=[level.pk]),
        "lots": reverse("fulfillment:lots"),
        "lot": reverse("fulfillment:lot", args=[level.lot_id]),
        "low": reverse("fulfillment:low"),
        "expected": reverse("fulfillment:expected"),
        "expected-one": reverse("fulfillment:expected-one", args=[coming.pk]),
        "import-expected": reverse("fulfillment:import-expected"),
        "warehouses": reverse("fulfillment:warehouses"),
        "warehouse": reverse("fulfillment:warehouse", args=[coming.warehouse_id]),
        "location": reverse("fulfillment:location", args=[level.location_id]),
        "shortages": reverse("fulfillment:shortages"),
        "scan": reverse("fulfillment:scan"),
    }
    faults, too_wide = {}, []

    for name, address in pages.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shot(f"{name}-{width}")
        faults[name] = accessibility_faults()
        wide = page.evaluate("document.documentElement.scrollWidth")
        too_wide += [name] if wide > width else []

    assert {name: found for name, found in faults.items() if found} == {}
    assert too_wide == []


def test_picker_with_a_phone_picks_and_packs(
    page, floor, company, sign_in, person, shot, accessibility_faults
):
    company.gs1_prefix = "4012345"
    company.save(update_fields=["gs1_prefix"])
    pick_list = floor[0]
    sign_in(person(roles.WAREHOUSE, roles.SHIPPING))
    page.set_viewport_size({"width": 390, "height": 844})

    def fits():
        return page.evaluate("document.documentElement.scrollWidth") <= 390

    page.goto(reverse("fulfillment:pick", args=[pick_list.number]))
    page.click("text=Start picking")
    page.locator("#scan").fill("NOT-OURS")
    page.locator("#scan").press("Enter")
    expect(page.locator("#scan-note")).to_contain_text("NOT-OURS is not on")
    page.locator("#scan").fill("FLT-BAG-25U")
    page.locator("#scan").press("Enter")
    expect(page.get_by_text("FLT-BAG-25U: 1 of 6")).to_be_visible()
    shot("phone-picking")
    picking_fits, picking_faults = fits(), accessibility_faults()
    for line in pick_list.lines.all():
        page.locator(f"[name=picked_{line.pk}]").fill("6")
    page.click("text=Finish picking")
    page.click("text=Pack with the scanner")
    for sku in ITEMS:
        expect(page.locator(".htmx-settling, .htmx-added, .htmx-swapping")).to_have_count(0)
        expect(page.locator("#scan")).to_be_focused()
        page.locator("#scan-quantity").fill("6")
        page.locator("#scan").fill(sku)
        page.locator("#scan").press("Enter")
        expect(page.get_by_text(f"{sku}: 6 of 6")).to_be_visible()
    shot("phone-packing")
    packing_fits, packing_faults = fits(), accessibility_faults()
    page.reload()
    page.locator("[name=weight_kg]").fill("9.5")
    page.get_by_role("button", name="Close package").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    shot("desk-packing")
    page.get_by_role("button", name="All is packed").click()
    expect(page.locator("#h-packages")).to_be_visible()

    packed = PickList.objects.get(pk=pick_list.pk)
    assert (packed.state, packed.packages.get().sscc[:8]) == ("packed", "04012345")
    assert (picking_fits, packing_fits) == (True, True)
    assert (picking_faults, packing_faults) == ([], [])
