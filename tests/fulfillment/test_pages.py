from decimal import Decimal

import pytest
from django.urls import reverse

from credit import services as credit
from customers.models import Customer
from fulfillment import services
from fulfillment.models import CountTask, PickLine, PickList, StockLevel, StockMove
from o2c.kernel import clock, roles
from orders import services as orders
from orders.models import Order, OrderLine
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def released(place, release, product, stock):
    [pick_list] = release(place({product: 5}))
    return pick_list


def sheet(pick_list, name="pick"):
    return reverse(f"fulfillment:{name}", args=[pick_list.number])


@pytest.mark.parametrize("name", ["pick-lists", "stock", "shortages"])
def test_list_takes_as_many_statements_for_20_rows_as_for_one(
    name, picker, place, release, make_customer, statements
):
    def add_rows(count):
        for _row in range(count):
            product = ProductFactory.create()
            StockLevelFactory.create(product=product)
            customer = make_customer()
            release(place({product: 3}, by=customer))
            place({product: 200}, by=customer)

    def load():
        return picker.get(reverse(f"fulfillment:{name}"))

    add_rows(1)
    load()
    one = statements(load)

    add_rows(19)

    assert statements(load) == one


def test_pick_list_takes_as_many_statements_for_20_lines_as_for_one(
    picker, place, release, statements
):
    def make(lines):
        products = ProductFactory.create_batch(lines)
        for product in products:
            StockLevelFactory.create(product=product)
        [pick_list] = release(place(dict.fromkeys(products, 1)))
        return pick_list

    short, long = make(1), make(20)
    picker.get(sheet(short))

    assert statements(lambda: picker.get(sheet(long))) == statements(
        lambda: picker.get(sheet(short))
    )


@pytest.fixture
def found_short(released, pick):
    """Three of five were there; two wait for stock."""
    pick(released, found={"VLV-BF-080": 3})
    return released


@pytest.fixture
def deliver(product, now, actor):
    """Receive some of the product at another place."""
    location = LocationFactory.create(code="A-02-01")

    def deliver(quantity):
        services.receive_stock(
            location_id=location.pk,
            product_id=product.pk,
            quantity=Decimal(quantity),
            source="receipt:GR-7",
            at=now,
            actor=actor,
        )

    return deliver


def test_list_is_short_while_some_of_it_waits(picker, found_short, deliver):
    def shown():
        page = picker.get(reverse("fulfillment:pick-lists")).content.decode()
        own = picker.get(sheet(found_short)).content.decode()
        return ("Short pick" in page, "Short pick" in own, "not there" in own)

    none_there = shown()
    deliver(1)
    one_there = shown()
    OrderLine.objects.update(cancelled=1)  # the customer does without the last one
    none_waits = shown()

    assert (none_there, one_there) == ((True, True, True), (True, True, True))
    assert none_waits == (False, False, True)


def test_list_is_not_short_once_the_rest_goes_with_another(
    picker, found_short, deliver, release, pick, books
):
    deliver(2)
    [rest] = release(found_short.order)
    pick(rest)

    worklist = picker.get(reverse("fulfillment:pick-lists")).content.decode()
    own = picker.get(sheet(found_short)).content.decode()

    assert (OrderLine.objects.get().allocated, OrderLine.objects.get().picked) == (5, 5)
    assert found_short.number in worklist
    assert "Short pick" not in worklist
    assert "Short pick" not in own
    assert "not there" in own
    assert books() == []


def test_worklist_shows_what_is_ready_and_what_is_on_the_floor(picker, place, released, product):
    ready = place({product: 1})

    page = picker.get(reverse("fulfillment:pick-lists")).content.decode()

    assert ready.number in page
    assert sheet(released) in page


def test_worklist_pages_through_all_that_is_ready_with_what_is_held_last(
    picker, place, product, stock, make_customer, now, actor
):
    stopped = make_customer(name="Stopped")
    held = place({product: 1}, by=stopped)
    credit.place_hold(stopped.pk, kind="manual", reason="Asked by Rosa", at=now, actor=actor)
    ready = [place({product: 1}) for _order in range(51)]

    first = picker.get(reverse("fulfillment:pick-lists"))
    second = picker.get(reverse("fulfillment:pick-lists"), {"ready": 1})

    assert first.context["ready"] == ready[:50]
    assert second.context["ready"] == [ready[50], held]
    assert (first.context["next_ready"], second.context["next_ready"]) == (1, None)
    said = "51 orders ready to release, 1 on hold"
    assert said in first.content.decode()
    assert said in second.content.decode()
    assert "?ready=1#h-ready" in first.content.decode()


def test_exceptions_page_through_all_that_waits(picker, place, product):
    first = place({product: 7})
    place(dict.fromkeys(ProductFactory.create_batch(49), 1))
    last = place({product: 2})

    page = picker.get(reverse("fulfillment:shortages"))
    rest = picker.get(reverse("fulfillment:shortages"), {"page": 1})

    assert (len(page.context["waiting"]), page.context["waiting"][0].order) == (50, first)
    assert [(line.order, line.why) for line in rest.context["waiting"]] == [
        (last, "7 go to others first; none is on order")
    ]
    assert "51 lines wait for stock" in page.content.decode()
    assert "51 lines wait for stock" in rest.content.decode()
    assert "?page=1#h-wait" in page.content.decode()
    assert rest.context["next_page"] is None


def test_exceptions_page_through_all_that_is_to_be_counted(picker, stock, now):
    levels = [stock, *StockLevelFactory.create_batch(50)]
    for level in levels:
        CountTask.objects.create(level=level, reason="found fewer", opened_at=now)

    page = picker.get(reverse("fulfillment:shortages"))
    rest = picker.get(reverse("fulfillment:shortages"), {"counts": 1})

    assert [task.level for task in page.context["tasks"]] == levels[:50]
    assert [task.level for task in rest.context["tasks"]] == levels[50:]
    assert "51 places to count" in page.content.decode()
    assert "51 places to count" in rest.content.decode()
    assert "?counts=1#h-count" in page.content.decode()
    assert rest.context["next_tasks"] is None


def test_release_sends_the_chosen_orders_to_the_floor(picker, place, product, stock):
    chosen, other = place({product: 1}), place({product: 1})

    response = picker.post(reverse("fulfillment:release"), {"ids": [chosen.pk]}, follow=True)

    assert "1 order is released to the floor." in response.content.decode()
    assert list(PickList.objects.values_list("order", "state")) == [(chosen.pk, "released")]
    assert Order.objects.get(pk=other.pk).state == "released"


def test_release_says_which_order_could_not_go(picker, place, product, stock):
    order = place({product: 1})
    picker.post(reverse("fulfillment:release"), {"ids": [order.pk]})

    response = picker.post(reverse("fulfillment:release"), {"ids": [order.pk]}, follow=True)

    assert f"{order.number}: {order.number} has nothing to pick" in response.content.decode()


def test_allocate_claims_what_is_free_and_cancels_nothing(
    picker, place, product, stock, now, actor
):
    given_up, order = place({product: 15}), place({product: 130})
    Customer.objects.update(shortage_policy="cancel")
    orders.cancel_order(given_up.pk, reason="customer", at=now, actor=actor)

    page = picker.post(reverse("fulfillment:allocate", args=[order.pk]), follow=True)

    line = order.lines.get()
    assert "Allocated as far as stock goes." in page.content.decode()
    assert (line.allocated, line.cancelled, line.backordered) == (100, 0, 30)


def test_floor_story_from_start_to_packed(picker, released):
    line = PickLine.objects.get()
    picker.post(sheet(released, "start"))
    picker.post(sheet(released, "scan-item"), {"code": "VLV-BF-080", "quantity": "4"})
    page = picker.post(sheet(released, "scan-item"), {"step": f"{line.pk}|1"}, follow=True)
    finished = {f"picked_{line.pk}": "5", f"reason_{line.pk}": ""}
    picker.post(sheet(released, "finish"), finished)
    picker.post(sheet(released, "pack"), {"weight_1": "4.5", "weight_2": "3"})

    released.refresh_from_db()
    line.refresh_from_db()
    assert "VLV-BF-080: 5 of 5" in page.content.decode()
    assert (released.state, line.scanned, line.picked) == ("packed", 5, 5)
    assert list(released.packages.values_list("number", "weight_kg")) == [
        (1, Decimal("4.500")),
        (2, Decimal("3.000")),
    ]


def test_scan_answers_htmx_with_the_sheet_alone(picker, released):
    picker.post(sheet(released, "start"))

    response = picker.post(
        sheet(released, "scan-item"), {"code": "04006381333931"}, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert page.lstrip().startswith('<div id="sheet"')
    assert "VLV-BF-080: 1 of 5" in page


def test_wrong_item_is_refused_in_words(picker, released):
    picker.post(sheet(released, "start"))

    response = picker.post(sheet(released, "scan-item"), {"code": "PMP-CE-15"})

    assert response.status_code == 422
    assert f"PMP-CE-15 is not on {released.number}: put it back." in response.content.decode()
    assert PickLine.objects.get().scanned == 0


def test_short_line_without_reason_is_marked_at_its_field(picker, released):
    picker.post(sheet(released, "start"))
    line = PickLine.objects.get()

    response = picker.post(
        sheet(released, "finish"), {f"picked_{line.pk}": "3", f"reason_{line.pk}": ""}
    )

    assert response.status_code == 422
    assert "Say why some are missing." in response.content.decode()
    assert PickList.objects.get().state == "picking"


def test_each_short_line_without_reason_is_marked_at_once(picker, place, release, product, stock):
    other = StockLevelFactory.create(product=ProductFactory.create(sku="PMP-CE-15")).product
    [pick_list] = release(place({product: 5, other: 5}))
    picker.post(sheet(pick_list, "start"))
    lines = list(pick_list.lines.all())

    response = picker.post(sheet(pick_list, "finish"), {f"picked_{line.pk}": "3" for line in lines})

    wrong = response.context["form"].errors
    assert wrong == {f"reason_{line.pk}": ["Say why some are missing."] for line in lines}
    assert len(lines) == 2
    assert PickList.objects.get().state == "picking"


def test_finish_form_sent_twice_acts_once(picker, released):
    picker.post(sheet(released, "start"))
    line = PickLine.objects.get()
    form = {"form_token": "t1", f"picked_{line.pk}": "5", f"reason_{line.pk}": ""}
    picker.post(sheet(released, "finish"), form)

    response = picker.post(sheet(released, "finish"), form)

    assert response.status_code == 302
    assert OrderLine.objects.get().picked == 5


def test_refuses_to_pack_what_is_not_picked(picker, released):
    response = picker.post(sheet(released, "pack"), {"weight_1": "1"})

    assert response.status_code == 409
    assert PickList.objects.get().state == "released"


def test_stop_brings_the_goods_back(picker, released):
    picker.post(sheet(released, "stop"), {"reason": "Wrong door"})

    line = OrderLine.objects.get()
    assert PickList.objects.get().state == "cancelled"
    assert (line.allocated, line.picking) == (5, 0)


def test_scan_page_opens_the_pick_list_of_an_order(picker, released):
    response = picker.get(reverse("fulfillment:scan"), {"code": released.order.number})

    assert response.url == sheet(released)


def test_scan_page_says_that_there_is_no_such_list(picker):
    response = picker.get(reverse("fulfillment:scan"), {"code": "PL-0"})

    assert response.status_code == 404
    assert "No open pick list PL-0" in response.content.decode()


def delivery(stock, **changed):
    return {
        "sku": stock.product.sku,
        "quantity": "20",
        "warehouse": stock.location.warehouse_id,
        "location": stock.location.code,
        "delivery_note": "GR-5",
        **changed,
    }


def test_receive_puts_a_delivery_on_the_shelf(picker, stock):
    picker.post(reverse("fulfillment:receive"), delivery(stock))

    stock.refresh_from_db()
    assert stock.on_hand == 120
    assert StockMove.objects.filter(source="receipt:GR-5").count() == 1


def test_receive_names_the_unknown_sku(picker, stock):
    response = picker.post(reverse("fulfillment:receive"), delivery(stock, sku="NONE"))

    assert response.status_code == 422
    assert "There is no such SKU." in response.content.decode()


def test_receive_refuses_the_same_delivery_twice(picker, stock):
    picker.post(reverse("fulfillment:receive"), delivery(stock))

    response = picker.post(reverse("fulfillment:receive"), delivery(stock))

    stock.refresh_from_db()
    assert response.status_code == 422
    assert "GR-5 was received here already." in response.content.decode()
    assert stock.on_hand == 120


def test_count_corrects_the_level(picker, stock):
    picker.post(reverse("fulfillment:count", args=[stock.pk]), {"counted": "97", "lying": "100"})

    stock.refresh_from_db()
    assert stock.on_hand == 97


def test_adjust_without_reason_is_refused_at_its_form(picker, stock):
    response = picker.post(reverse("fulfillment:adjust", args=[stock.pk]), {"quantity": "-3"})

    stock.refresh_from_db()
    assert response.status_code == 422
    assert stock.on_hand == 100


@pytest.mark.parametrize(
    ("quantity", "answer"),
    [("100", "Available"), ("101", "Part now, rest dated"), ("oops", "Available")],
)
def test_availability_says_what_is_there_now(sales_rep, stock, quantity, answer):
    asked = {"sku": stock.product.sku, "quantity": quantity}

    page = sales_rep.get(reverse("fulfillment:availability"), asked).content.decode()

    assert answer in page


def test_availability_dates_what_is_not_there(sales_rep, product):
    asked = {"sku": product.sku, "quantity": "1"}

    page = sales_rep.get(reverse("fulfillment:availability"), asked).content.decode()

    assert "Later than asked" in page
    assert "2026-12-02" in page


DENIED = [
    ("fulfillment:release", None, {"ids": []}),
    ("fulfillment:start", "list", {}),
    ("fulfillment:scan-item", "list", {"code": "VLV-BF-080"}),
    ("fulfillment:finish", "list", {}),
    ("fulfillment:pack", "list", {"weight_1": "1"}),
    ("fulfillment:stop", "list", {"reason": "no"}),
    ("fulfillment:receive", None, {}),
    ("fulfillment:count", "level", {"counted": "1"}),
    ("fulfillment:adjust", "level", {"quantity": "-1", "reason": "no"}),
]


@pytest.mark.parametrize(("name", "what", "data"), DENIED)
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.SALES_REP, None])
def test_changes_are_denied_to_others(name, what, data, role, browser_of, released, stock):
    args = {"list": [released.number], "level": [stock.pk], None: []}[what]
    browser = browser_of(role) if role else browser_of()

    response = browser.post(reverse(name, args=args), data)

    assert response.status_code == 403
    assert PickList.objects.get().state == "released"
    assert StockLevel.objects.get().on_hand == 100


def test_short_list_offers_to_release_what_lies_elsewhere(picker, released, pick, product):
    there = LocationFactory.create(code="A-02-01")
    StockLevelFactory.create(product=product, location=there, on_hand=Decimal(9))
    pick(released, found={product.sku: 3})

    page = picker.get(sheet(released)).content.decode()
    picker.post(reverse("fulfillment:release"), {"ids": released.order_id})

    assert "Release that list" in page
    assert PickList.objects.exclude(pk=released.pk).get().lines.get().quantity == 2
    assert "Release that list" not in picker.get(sheet(released)).content.decode()


@pytest.mark.parametrize("name", ["pick-lists", "stock", "shortages", "scan", "availability"])
def test_pages_are_denied_to_visitors(name, visitor):
    assert visitor.get(reverse(f"fulfillment:{name}")).status_code == 403
