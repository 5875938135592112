"""Stock beyond the floor on the screen: goods to come, lots, what is low, houses and places."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fulfillment import services
from fulfillment.models import (
    CountTask,
    ExpectedReceipt,
    Location,
    Lot,
    ReorderLevel,
    SourcingRule,
    StockLevel,
    StockMove,
    Warehouse,
)
from o2c.kernel import clock, roles
from o2c.kernel.models import AuditEntry
from orders import services as order_services
from tests.factories import (
    NOW,
    TODAY,
    ExpectedReceiptFactory,
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch, company):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def browser_of():
    def make(*names):
        user = UserFactory.create()
        user.groups.set(Group.objects.filter(name__in=names))
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def keeper(browser_of):
    return browser_of(roles.WAREHOUSE)


@pytest.fixture
def administrator(browser_of):
    return browser_of(roles.ADMINISTRATOR)


def address(name, *args):
    return reverse(f"fulfillment:{name}", args=args)


def delivery(**said):
    return {
        "sku": "ORG-FKM-50",
        "quantity": "2",
        "warehouse": Warehouse.objects.get().pk,
        "location": "A-01-01",
        "delivery_note": "GR-5",
        "lot": "A1",
        "expires_on": "2027-06-01",
    } | said


def test_receives_a_lot_with_its_day(keeper):
    ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    LocationFactory.create()

    response = keeper.post(address("receive"), delivery())

    level = StockLevel.objects.get()
    assert response.status_code == 302
    assert (level.on_hand, level.lot.code, level.lot.expires_on) == (2, "A1", NEXT_YEAR)


def test_receives_each_piece_by_its_serial_number(keeper):
    ProductFactory.create(sku="PMP-CE-15", tracking="serial")
    LocationFactory.create()
    sent = delivery(sku="pmp-ce-15", lot="S1\n S2", expires_on="")

    too_few = keeper.post(address("receive"), sent | {"quantity": "3"})
    keeper.post(address("receive"), sent)

    assert too_few.status_code == 422
    assert "2 serial numbers are entered, for 3 pieces." in too_few.content.decode()
    assert set(Lot.objects.values_list("code", flat=True)) == {"S1", "S2"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"lot": ""}, "enter or scan the lot"),
        ({"expires_on": ""}, "enter the last day"),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"sku": "NONE"}, "There is no such SKU."),
        ({"location": "NONE"}, "There is no such location in this warehouse."),
        ({"quantity": "many"}, "Enter a number."),
        ({"quantity": "0"}, "Enter a quantity above zero"),
    ],
)
def test_says_at_the_field_what_is_wrong_with_a_delivery(keeper, said, words):
    ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    LocationFactory.create()

    response = keeper.post(address("receive"), delivery(**said))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not StockMove.objects.exists()


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("is_expected", [True, False])
def test_expired_lot_is_received_when_that_is_said_once_more(is_expected, is_known, keeper):
    product = ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    location = LocationFactory.create()
    sent = delivery(expires_on="" if is_known else "2026-05-03")
    if is_known:
        LotFactory.create(product=product, code="A1", expires_on=date(2026, 5, 3))
    if is_expected:
        row = ExpectedReceiptFactory.create(product=product, warehouse=location.warehouse)
        sent |= {"expected": str(row.pk)}

    told = keeper.post(address("receive"), sent)
    other = keeper.post(address("receive"), sent | {"known_expired_on": "2026-05-02"})

    words = "Lot A1 expired on 3 May 2026: none of it can leave. Receive it all the same?"
    button = 'name="known_expired_on" value="2026-05-03">Receive it all the same</button>'
    for answer in (told, other):
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert button in answer.content.decode()
    assert (StockMove.objects.count(), Lot.objects.count()) == (0, int(is_known))
    done = keeper.post(address("receive"), sent | {"known_expired_on": "2026-05-03"}, follow=True)
    assert "Its lot has expired: nothing of it is promised or picked." in done.content.decode()
    assert StockLevel.objects.get().on_hand == 2


def test_expired_lot_that_was_received_serves_nobody(keeper, place):
    product = ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    LocationFactory.create()
    place({product: 1})

    keeper.post(
        address("receive"), delivery(expires_on="2026-05-03", known_expired_on="2026-05-03")
    )

    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (2, 0)


def test_lot_is_received_on_its_last_day(keeper):
    ProductFactory.create(sku="ORG-FKM-50", tracking="lot", expires=True)
    LocationFactory.create()

    assert keeper.post(address("receive"), delivery(expires_on=f"{TODAY}")).status_code == 302
    assert StockLevel.objects.get().on_hand == 2


def test_receives_what_was_expected_from_its_own_page(keeper):
    place = LocationFactory.create()
    row = ExpectedReceiptFactory.create(warehouse=place.warehouse)
    page = keeper.get(address("expected-one", row.pk)).content.decode()
    sent = delivery(sku=row.product.sku, quantity="50", lot="", expires_on="", expected=str(row.pk))

    refused = keeper.post(address("receive"), sent | {"location": "NONE"})
    done = keeper.post(address("receive"), sent)

    row.refresh_from_db()
    assert f'name="expected" value="{row.pk}"' in page
    assert refused.status_code == 422
    assert "Wait no more" in refused.content.decode()
    assert done.url == address("expected")
    assert (row.received, row.state) == (50, "closed")


def test_announces_changes_and_closes(keeper):
    product, house = ProductFactory.create(), WarehouseFactory.create()
    sent = {
        "reference": "PO-7",
        "supplier": "Nordic",
        "sku": product.sku,
        "quantity": "40",
        "warehouse": house.pk,
        "expected_on": "2026-12-04",
    }

    keeper.post(address("announce"), sent)
    twice = keeper.post(address("announce"), sent)
    row = ExpectedReceipt.objects.get()
    keeper.post(address("change-expected", row.pk), {"quantity": "30", "expected_on": "2026-12-11"})
    no_reason = keeper.post(address("close-expected", row.pk), {"reason": ""})
    row.refresh_from_db()
    changed = row.quantity, row.expected_on, row.state
    keeper.post(address("close-expected", row.pk), {"reason": "Given up."})

    row.refresh_from_db()
    assert twice.status_code == 422
    assert "change it there" in twice.content.decode()
    assert changed == (30, date(2026, 12, 11), "open")
    assert no_reason.status_code == 422
    assert row.state == "closed"


def test_closes_what_is_lowered_to_what_has_come(keeper):
    row = ExpectedReceiptFactory.create(received=Decimal(20))

    keeper.post(address("change-expected", row.pk), {"quantity": "20", "expected_on": "2026-12-04"})

    row.refresh_from_db()
    assert (row.quantity, row.state, row.due) == (20, "closed", 0)


def test_refuses_a_day_that_no_supplier_means(keeper):
    known = ExpectedReceiptFactory.create()
    sent = {
        "reference": "PO-8",
        "supplier": "",
        "sku": known.product.sku,
        "quantity": "40",
        "warehouse": known.warehouse_id,
        "expected_on": "9999-12-31",
    }

    announced = keeper.post(address("announce"), sent)
    changed = keeper.post(
        address("change-expected", known.pk), {"quantity": "30", "expected_on": "9999-12-31"}
    )

    for refused in (announced, changed):
        assert refused.status_code == 422
        assert "Enter a day within five years from today." in refused.content.decode()
    row = ExpectedReceipt.objects.get()
    assert (row.quantity, row.expected_on) == (known.quantity, known.expected_on)


def test_file_is_looked_at_then_imported_once(keeper):
    ProductFactory.create(sku="KV-080")
    WarehouseFactory.create()
    text = b"PO;SKU;Qty;ETA\nPO-1;KV-080;1250;2026-12-04\nPO-1;NONE;-5;2026-12-04\n"
    file = SimpleUploadedFile("pos.csv", text)

    stored = keeper.post(address("import-expected"), {"file": file})
    looked = keeper.get(stored.url).content.decode()
    before = ExpectedReceipt.objects.count()
    keeper.post(stored.url)

    assert "We sell nothing under “NONE”." in looked
    assert [f">{figure}</td>" in looked for figure in ("1,250", "−5")] == [True, True]
    assert looked.count(">4 Dec 2026</td>") == 2
    assert (before, ExpectedReceipt.objects.get().quantity) == (0, 1250)


def test_file_of_something_else_is_refused_in_words(keeper):
    file = SimpleUploadedFile("pos.csv", b"name,colour\nvalve,red\n")

    stored = keeper.post(address("import-expected"), {"file": file})
    looked = keeper.get(stored.url)

    assert looked.status_code == 422
    assert "No row names the columns" in looked.content.decode()


def test_moves_goods_and_says_what_cannot_be(keeper, place, product, stock):
    place({product: 60})
    LocationFactory.create(code="B-01")
    sent = {"quantity": "41", "warehouse": stock.location.warehouse_id, "location": "b-01"}

    refused = keeper.post(address("move", stock.pk), sent)
    done = keeper.post(address("move", stock.pk), sent | {"quantity": "40"})

    stock.refresh_from_db()
    assert refused.status_code == 422
    assert "Only 40 can be taken away: orders claim 60 of the 100" in refused.content.decode()
    assert done.status_code == 302
    assert stock.on_hand == 60


def test_asks_for_a_count_that_the_exceptions_show(keeper, stock):
    keeper.post(address("ask-count", stock.pk), {"reason": "Box open.", "blocks": "on"})
    again = keeper.post(address("ask-count", stock.pk), {"reason": "Again."})

    assert again.status_code == 422
    assert CountTask.objects.get().blocks
    assert "Box open." in keeper.get(address("shortages")).content.decode()


def test_says_at_both_counts_what_is_picked_already(keeper, packed, stock):
    keeper.post(address("ask-count", stock.pk), {"reason": "Box open.", "blocks": "on"})

    pages = [keeper.get(address("level", stock.pk)), keeper.get(address("shortages"))]
    sent = {"counted": "90", "back": "shortages", "lying": lying_on(pages[1])}
    counted = keeper.post(address("count", stock.pk), sent)

    assert ["5 of it picked already" in page.content.decode() for page in pages] == [True, True]
    assert counted.status_code == 302
    assert StockLevel.objects.get().on_hand == 95


def lying_on(page):
    """Return what the form for a count says that lies there."""
    return re.search(r'name="lying" value="([^"]*)"', page.content.decode())[1]


@pytest.mark.usefixtures("divisible")
@pytest.mark.parametrize("where", ["level", "shortages"])
def test_count_of_what_somebody_has_picked_since_is_refused_at_its_field(
    where, keeper, place, release, pick, stock
):
    keeper.post(address("ask-count", stock.pk), {"reason": "Its turn."})
    page = keeper.get(address(where, *([stock.pk] if where == "level" else [])))
    pick(release(place({stock.product: 2}))[0])

    refused = keeper.post(
        address("count", stock.pk), {"counted": "97.5", "lying": lying_on(page), "back": where}
    )

    shown = refused.content.decode()
    assert (refused.status_code, lying_on(page), lying_on(refused)) == (422, "100.000", "98.000")
    assert (
        "2 of 100 are picked now. Count again."
        in refused.context["count_form"].errors["counted"][0]
    )
    assert 'value="97.5"' in shown
    assert "2 of it picked already: count only what lies here." in shown
    assert StockLevel.objects.get().on_hand == 100
    again = {"counted": "97.5", "lying": lying_on(refused)}
    assert keeper.post(address("count", stock.pk), again).status_code == 302
    assert StockLevel.objects.get().on_hand == Decimal("99.5")


def test_mistyped_count_stays_a_count_of_what_lay_there(keeper, place, release, pick, stock):
    page = keeper.get(address("level", stock.pk))
    pick(release(place({stock.product: 2}))[0])

    mistyped = keeper.post(address("count", stock.pk), {"counted": "-1", "lying": lying_on(page)})
    mended = keeper.post(
        address("count", stock.pk), {"counted": "100", "lying": lying_on(mistyped)}
    )

    assert (mistyped.status_code, lying_on(mistyped)) == (422, "100.000")
    assert mended.status_code == 422
    assert StockLevel.objects.get().on_hand == 100


@pytest.mark.parametrize("where", ["level", "shortages"])
def test_count_far_from_the_books_is_asked_for_once_more(where, keeper, stock):
    keeper.post(address("ask-count", stock.pk), {"reason": "Its turn."})
    back = {"back": "shortages"} if where == "shortages" else {}
    sent = {"counted": "1", "lying": "100", **back}

    asked = keeper.post(address("count", stock.pk), sent)
    other = keeper.post(address("count", stock.pk), sent | {"counted": "2", "confirmed": "1"})

    shown = asked.content.decode()
    assert (asked.status_code, other.status_code) == (422, 422)
    assert "The books say 100, you counted 1. Count again, or confirm." in shown
    assert (
        '<button class="btn" type="submit" name="confirmed" value="1">Confirm 1</button>' in shown
    )
    assert ('name="back" value="shortages"' in shown) == bool(back)
    assert "you counted 2. Count again" in other.content.decode()
    assert StockLevel.objects.get().on_hand == 100
    booked = keeper.post(address("count", stock.pk), sent | {"confirmed": "1"})
    home = address("shortages") if back else address("level", stock.pk)
    assert (booked.status_code, booked["Location"]) == (302, home)
    assert StockLevel.objects.get().on_hand == 1


def test_count_from_a_page_that_did_not_say_what_lies_there_is_refused(keeper, stock):
    refused = keeper.post(address("count", stock.pk), {"counted": "97"})

    assert refused.status_code == 422
    assert "Look again, and count." in refused.content.decode()
    assert lying_on(refused) == "100.000"
    assert StockLevel.objects.get().on_hand == 100


def test_recalls_a_lot_and_shows_who_got_some(keeper, place, release, pick):
    product = ProductFactory.create(sku="ORG-FKM-50", tracking="lot")
    level = StockLevelFactory.create(product=product, lot=LotFactory.create(product=product))
    order = place({product: 5})
    lot_page = address("lot", level.lot_id)

    shown = keeper.get(lot_page).content.decode()
    refused = keeper.post(address("recall", level.lot_id), {"reason": ""})
    keeper.post(address("recall", level.lot_id), {"reason": "Too hard."})
    recalled = keeper.get(lot_page).content.decode()
    keeper.post(address("readmit", level.lot_id), {"reason": "Tested."})
    keeper.post(address("redate", level.lot_id), {"expires_on": "2027-06-01", "reason": "Misread."})

    level.lot.refresh_from_db()
    assert order.number in shown
    assert refused.status_code == 422
    assert "Too hard." in recalled
    assert (level.lot.blocked_reason, level.lot.expires_on) == ("", NEXT_YEAR)


@pytest.fixture
def lot(db):
    product = ProductFactory.create(sku="ORG-FKM-50", tracking="lot")
    return LotFactory.create(product=product, code="L-7")


def test_lot_names_every_place_and_everybody_who_got_some_page_by_page(keeper, place, lot):
    for number in range(51):
        location = LocationFactory.create(code=f"B-{number:02}")
        StockLevelFactory.create(
            product=lot.product, lot=lot, location=location, on_hand=Decimal(2)
        )
    orders = [place({lot.product: 2}) for _order in range(51)]

    first = keeper.get(address("lot", lot.pk))
    rest = keeper.get(address("lot", lot.pk), {"page": 1, "places": 1})

    assert [claim.line.order for claim in first.context["takers"]["rows"]] == orders[:0:-1]
    assert [claim.line.order for claim in rest.context["takers"]["rows"]] == [orders[0]]
    assert len(first.context["levels"]["rows"]) == 50
    assert [str(level.location.code) for level in rest.context["levels"]["rows"]] == ["B-50"]
    assert (first.context["on_hand"], first.context["taker_count"]) == (102, 51)
    text = first.content.decode()
    assert "51 claims" in text
    assert f"{address('lot', lot.pk)}?page=1#h-who" in text
    assert f"{address('lot', lot.pk)}?places=1#h-where" in text


def test_lot_names_every_packed_list(keeper, place, release, pick, lot, now, actor):
    StockLevelFactory.create(product=lot.product, lot=lot, on_hand=Decimal(100))
    packed = []
    for _list in range(51):
        [pick_list] = release(place({lot.product: 1}))
        services.pack(pick(pick_list).pk, weights=[Decimal(1)], at=now, actor=actor)
        packed.append(pick_list.number)

    pages = [keeper.get(address("lot", lot.pk), {"packed": page}) for page in (0, 1)]

    shown = [[row.number for row in page.context["packed"]["rows"]] for page in pages]
    assert shown == [packed[:50], packed[50:]]


def test_everybody_who_got_some_of_a_lot_as_a_file(
    keeper, place, release, pick, make_customer, lot, now, actor
):
    StockLevelFactory.create(product=lot.product, lot=lot, on_hand=Decimal(100))
    first = place({lot.product: 5}, by=make_customer(name="=Pump & Co"))
    [pick_list] = release(first)
    services.pack(pick(pick_list).pk, weights=[Decimal(1)], at=now, actor=actor)
    services.ship_stock(pick_list_ids=[pick_list.pk], source="shipment:1", at=now, actor=actor)
    second = place({lot.product: 2})
    given_up = place({lot.product: 1})
    order_services.cancel_order(given_up.pk, reason="customer", at=now, actor=actor)

    answer = keeper.get(address("lot-takers", lot.pk))

    head, *rows = csv.reader(answer.content.decode().removeprefix("\ufeff").splitlines())
    assert head[0] == "Order"
    assert [(row[0], *row[6:11]) for row in rows] == [
        (second.number, "ORG-FKM-50", "2.000", "C62", "active", ""),
        (first.number, "ORG-FKM-50", "5.000", "C62", "shipped", pick_list.number),
    ]
    assert rows[1][2:6] == [
        first.customer.number,
        "'=Pump & Co",
        first.ship_to.city,
        first.ship_to.country,
    ]
    assert answer["Content-Disposition"] == f'attachment; filename="lot-{lot.pk}.csv"'


def test_file_of_who_got_some_takes_as_many_statements_for_20_rows_as_for_1(
    keeper, place, lot, statements
):
    StockLevelFactory.create(product=lot.product, lot=lot, on_hand=Decimal(100))

    def measure(count):
        for _order in range(count):
            place({lot.product: 1})
        return [
            statements(lambda page=page: keeper.get(address(page, lot.pk)))
            for page in ("lot", "lot-takers")
        ]

    measure(1)
    few = measure(0)

    assert measure(19) == few


def test_file_of_who_got_some_is_for_those_who_see_stock(browser_of, visitor, lot):
    page = address("lot-takers", lot.pk)

    assert visitor.get(page).status_code == 403
    assert browser_of(roles.WAREHOUSE).get(page).status_code == 200
    assert browser_of(roles.WAREHOUSE).get(address("lot-takers", 0)).status_code == 404


def test_lists_what_is_low_with_what_is_coming(keeper, product, stock):
    sent = {"sku": product.sku, "warehouse": stock.location.warehouse_id}
    ExpectedReceiptFactory.create(product=product, warehouse=stock.location.warehouse, received=20)

    keeper.post(address("watch-low"), sent | {"minimum": "150", "target": "400"})
    page = keeper.get(address("low")).content.decode()
    wrong = keeper.post(address("watch-low"), sent | {"minimum": "150", "target": "1"})

    assert ">270<" in page  # 400 less the 100 here and the 30 that are coming
    assert wrong.status_code == 422
    keeper.post(address("unwatch-low", ReorderLevel.objects.get().pk))
    assert not ReorderLevel.objects.exists()


def test_sets_up_a_house_its_places_and_its_rules(administrator):
    house = {
        "code": "EAST",
        "name": "Leipzig",
        "street": "Messe-Allee 1",
        "postal_code": "04356",
        "city": "Leipzig",
        "country": "de",
        "time_zone": "Europe/Berlin",
        "counts_per_day": "3",
        "count_every_days": "60",
    }

    administrator.post(address("add-warehouse"), house)
    twin = administrator.post(address("add-warehouse"), house)
    wrong = administrator.post(address("add-warehouse"), house | {"time_zone": "Mars/Crater"})
    half = administrator.post(address("add-warehouse"), house | {"code": "B", "city": ""})
    other = administrator.post(address("add-warehouse"), house | {"code": "B", "street": ""})
    row = Warehouse.objects.get()
    administrator.post(address("warehouse", row.pk), house | {"name": "Halle"})
    place = {"code": "A-1", "kind": "storage", "zone": "A", "walk_order": "5", "is_active": "on"}
    administrator.post(address("add-location", row.pk), place)
    location = Location.objects.get()
    administrator.post(address("location", location.pk), place | {"kind": "quarantine"})
    administrator.post(address("add-sourcing"), {"country": "at", "warehouse": row.pk, "rank": "1"})

    row.refresh_from_db()
    location.refresh_from_db()
    rule = SourcingRule.objects.get()
    assert [answer.status_code for answer in (twin, wrong)] == [422, 422]
    for refused in (half, other):
        assert refused.status_code == 422
        assert "Enter street and city, or leave the address empty." in refused.content.decode()
    assert (row.street, row.postal_code, row.city) == ("Messe-Allee 1", "04356", "Leipzig")
    assert (row.name, row.country, row.counts_per_day) == ("Halle", "DE", 3)
    assert (location.kind, location.zone) == ("quarantine", "A")
    assert (rule.country, rule.warehouse, rule.rank) == ("AT", row, 1)
    assert AuditEntry.objects.filter(subject=f"warehouse:{row.pk}").count() == 3
    administrator.post(address("drop-sourcing", rule.pk))
    assert not SourcingRule.objects.exists()


def test_place_with_claims_or_goods_stays_as_it_is(administrator, place, product, stock):
    place({product: 5})
    sent = {"code": "A-01-01", "walk_order": "0"}

    for said in ({"kind": "quarantine", "is_active": "on"}, {"kind": "storage"}):
        response = administrator.post(address("location", stock.location_id), sent | said)
        assert response.status_code == 422

    stock.location.refresh_from_db()
    assert (stock.location.kind, stock.location.is_active) == ("storage", True)


def test_place_that_can_be_picked_from_now_serves_who_waits(administrator, place, product):
    dock = LocationFactory.create(code="D-1", kind="quarantine")
    level = StockLevelFactory.create(product=product, location=dock)
    place({product: 5})
    sent = {"code": "D-1", "kind": "storage", "walk_order": "0", "is_active": "on"}

    administrator.post(address("location", dock.pk), sent)

    level.refresh_from_db()
    assert level.allocated == 5


def expected_rows(count):
    ExpectedReceiptFactory.create_batch(count)


def lot_rows(count):
    for _number in range(count):
        lot = LotFactory.create()
        StockLevelFactory.create(product=lot.product, lot=lot)


def low_rows(count):
    house = WarehouseFactory.create()
    for product in ProductFactory.create_batch(count):
        ReorderLevel.objects.create(product=product, warehouse=house, minimum=5, target=9)


def house_rows(count):
    for _number in range(count):
        house = WarehouseFactory.create(code=f"W{Warehouse.objects.count()}")
        SourcingRule.objects.create(warehouse=house, rank=1)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("stock", lot_rows),
        ("expected", expected_rows),
        ("lots", lot_rows),
        ("low", low_rows),
        ("warehouses", house_rows),
    ],
)
def test_list_takes_as_many_statements_for_20_rows_as_for_1(name, make, administrator, statements):
    make(1)
    administrator.get(address(name))

    few = statements(lambda: administrator.get(address(name)))
    make(19)
    many = statements(lambda: administrator.get(address(name)))

    assert many == few


def test_pages_of_one_take_as_many_statements_for_20_rows_as_for_1(administrator, statements):
    product = ProductFactory.create(tracking="lot")
    lot = LotFactory.create(product=product)
    level = StockLevelFactory.create(product=product, lot=lot)
    pages = [address("lot", lot.pk), address("warehouse", level.location.warehouse_id)]
    pages.append(address("level", level.pk))
    few = [statements(lambda page=page: administrator.get(page)) for page in pages]

    for number in range(19):
        location = LocationFactory.create(code=f"B-{number}")
        StockLevelFactory.create(product=product, lot=lot, location=location)
        StockMove.objects.create(
            level=level, kind="adjustment", quantity=Decimal(1), source=f"x{number}", at=NOW
        )
    many = [statements(lambda page=page: administrator.get(page)) for page in pages]

    assert many == few


@pytest.fixture
def something(stock):
    """One of each: what a form could change."""
    lot = LotFactory.create(expires_on=TODAY + timedelta(days=3))
    row = ExpectedReceiptFactory.create()
    level = ReorderLevel.objects.create(
        product=stock.product, warehouse=stock.location.warehouse, minimum=1, target=2
    )
    rule = SourcingRule.objects.create(warehouse=stock.location.warehouse, rank=1)
    return {
        "level": stock.pk,
        "lot": lot.pk,
        "expected": row.pk,
        "low": level.pk,
        "rule": rule.pk,
        "house": stock.location.warehouse_id,
        "place": stock.location_id,
    }


DENIED = [
    ("move", "level"),
    ("ask-count", "level"),
    ("announce", None),
    ("change-expected", "expected"),
    ("close-expected", "expected"),
    ("import-expected", None),
    ("watch-low", None),
    ("unwatch-low", "low"),
    ("recall", "lot"),
    ("readmit", "lot"),
    ("redate", "lot"),
    ("add-warehouse", None),
    ("warehouse", "house"),
    ("add-location", "house"),
    ("location", "place"),
    ("add-sourcing", None),
    ("drop-sourcing", "rule"),
]


@pytest.mark.parametrize(("name", "what"), DENIED)
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.SALES_REP, None])
def test_changes_are_denied_to_others(name, what, role, browser_of, something):
    browser = browser_of(role) if role else browser_of()
    sent = {"reason": "Because.", "quantity": "1", "code": "X"}

    response = browser.post(address(name, *([something[what]] if what else [])), sent)

    assert response.status_code == 403
    assert not Lot.objects.exclude(blocked_reason="").exists()
    assert ExpectedReceipt.objects.get().state == "open"
    assert (ReorderLevel.objects.count(), SourcingRule.objects.count()) == (1, 1)
    assert not CountTask.objects.exists()
    assert StockMove.objects.count() == 1
