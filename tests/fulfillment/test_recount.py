"""The packer counts again: what is more or fewer than was picked is put right before packing."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from credit.models import CreditAccount
from customers.models import Customer
from fulfillment import services
from fulfillment.models import Allocation, CountTask, Package, PackageLine, PickList
from fulfillment.services.items import TooMany
from invoicing.models import InvoiceLine
from invoicing.services import bill_shipment
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry, OutboxMessage
from orders.models import Amendment, Order, OrderLine
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories import (
    LocationFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db


@pytest.fixture
def twenty(place, release, pick, product, stock):
    """A list of 20 pieces, of 100 that are there, picked."""
    [pick_list] = release(place({product: 20}))
    pick(pick_list)
    return pick_list


@pytest.fixture
def recount(now, leon):
    """Say how many of the list's first line are there; the others are as they were picked."""

    def recount(pick_list, counted, reason="", *, by=leon, at_place=0):
        lines = list(pick_list.lines.filter(picked__gt=0).order_by("position"))
        found = {line.pk: line.picked for line in lines}
        found[lines[at_place].pk] = Decimal(counted)
        return services.correct_count(
            pick_list.pk,
            counted=found,
            reasons={lines[at_place].pk: reason},
            at=now,
            actor=by,
        )

    return recount


def owed(customer):
    return CreditAccount.objects.get(customer=customer).exposure


def told():
    names = ["allocated", "picking", "picked", "cancelled"]
    return OrderLine.objects.values_list("ordered", *names).get()


def dispatch(pick_list, at, actor):
    PickupScheduleFactory.create()
    services.pack(pick_list.pk, weights=[Decimal(1)], at=at, actor=actor)
    shipment = Shipment.objects.get()
    shipping.label_shipment(shipment.pk, at=at, actor=actor)
    shipping.dispatch_shipment(shipment.pk, at=at, actor=actor)
    return bill_shipment(shipment.pk, at=at, actor=actor)


def test_what_was_left_at_its_place_stays_claimed_for_another_list(
    twenty, recount, stock, release, now, leon, books
):
    recount(twenty, 18, "back")

    stock.refresh_from_db()
    assert told() == (20, 20, 18, 18, 0)
    assert (stock.allocated, CountTask.objects.count()) == (20, 0)
    assert list(twenty.lines.values_list("quantity", "picked", "short_reason")) == [(18, 18, "")]
    assert books() == []
    dispatch(twenty, now, leon)
    assert InvoiceLine.objects.get().quantity == 18
    [rest] = release(Order.objects.get())
    assert list(rest.lines.values_list("quantity", flat=True)) == [2]
    assert books() == []


def test_what_is_missing_is_short_as_at_picking(twenty, recount, stock, customer, books):
    before = owed(customer)

    recount(twenty, 17, "missing")

    stock.refresh_from_db()
    assert told() == (20, 17, 17, 17, 0)
    assert stock.allocated == 17
    assert CountTask.objects.get().reason == f"{twenty.number} found 3 fewer"
    assert list(twenty.lines.values_list("quantity", "picked", "short_reason")) == [
        (20, 17, "missing")
    ]
    assert owed(customer) == before  # three are backordered
    handlers = OutboxMessage.objects.values_list("handler", flat=True)
    assert list(handlers).count("fulfillment.handlers.tell_about_short_pick") == 1
    assert books() == []


def test_what_is_missing_is_cancelled_where_the_customer_wants_that(
    twenty, customer, recount, now, leon, books
):
    Customer.objects.update(shortage_policy=Customer.ShortagePolicy.CANCEL)
    before = owed(customer)

    recount(twenty, 15, "damaged")

    assert told() == (20, 15, 15, 15, 5)
    assert owed(customer) == before * 15 / 20
    dispatch(twenty, now, leon)
    assert InvoiceLine.objects.get().quantity == 15
    assert books() == []


def test_what_is_more_is_ordered_claimed_and_billed(
    twenty, tolerance, recount, stock, customer, now, leon, books
):
    before = owed(customer)

    recount(twenty, 22)

    stock.refresh_from_db()
    assert told() == (22, 22, 22, 22, 0)
    assert (stock.allocated, owed(customer)) == (22, before * 22 / 20)
    assert Amendment.objects.get().reason == f"Sent within the tolerance, by {twenty.number}"
    assert books() == []
    dispatch(twenty, now, leon)
    assert InvoiceLine.objects.get().quantity == 22
    assert books() == []


def test_what_was_sent_on_top_is_not_wanted_any_more(
    twenty, tolerance, recount, stock, customer, books
):
    before = owed(customer)
    recount(twenty, 22)

    recount(twenty, 1, at_place=1)

    stock.refresh_from_db()
    assert told() == (21, 21, 21, 21, 0)
    assert (stock.allocated, owed(customer)) == (21, before * 21 / 20)
    recount(twenty, 0, at_place=1)
    stock.refresh_from_db()
    assert told() == (20, 20, 20, 20, 0)
    assert (stock.allocated, twenty.lines.count()) == (20, 1)
    assert not Allocation.objects.filter(reason="over", state="active").exists()
    assert books() == []


def test_what_was_sent_on_top_and_is_damaged_is_counted(twenty, tolerance, recount, stock, books):
    recount(twenty, 22)

    recount(twenty, 0, "damaged", at_place=1)

    assert told() == (20, 20, 20, 20, 0)
    assert CountTask.objects.get().level == stock
    reasons = AuditEntry.objects.filter(action="correct count").order_by("pk")
    item = OrderLine.objects.get().description
    assert list(reasons.values_list("reason", flat=True)) == ["", f"{item}: -2, damaged"]
    assert books() == []


def test_close_enough_ends_the_line(twenty, tolerance, recount, stock, customer, books):
    before = owed(customer)

    recount(twenty, 17, "enough")

    stock.refresh_from_db()
    assert told() == (20, 17, 17, 17, 3)
    assert (stock.allocated, CountTask.objects.count()) == (17, 0)
    assert owed(customer) == before * 17 / 20
    assert books() == []


def test_close_enough_is_measured_with_what_was_close_enough_before(
    twenty, tolerance, recount, books
):
    recount(twenty, 18, "enough")

    with pytest.raises(services.OverTolerance, match="fewer than the 20 ordered"):
        recount(twenty, 15, "enough")

    recount(twenty, 16, "enough")
    assert told() == (20, 16, 16, 16, 4)
    assert books() == []


@pytest.mark.usefixtures("divisible")
@pytest.mark.parametrize(
    ("counted", "reason", "field", "words"),
    [
        ("22.001", "", "picked", "may not send 2.001 more than the 20 ordered. Allowed are: ware"),
        ("15.9", "enough", "picked", "may not send 4.1 fewer than the 20 ordered. Allowed are"),
        ("19", "", "reason", "Say why some are missing."),
        ("19", "mice", "reason", "Say why some are missing."),
        ("-1", "back", "picked", "Enter 0 to 20."),
        ("NaN", "back", "picked", "Enter 0 to 20."),
    ],
)
def test_what_cannot_be_is_refused_in_the_words_of_picking(
    twenty, tolerance, recount, books, counted, reason, field, words
):
    with pytest.raises(InvalidInput, match=words) as refusal:
        recount(twenty, counted, reason)

    assert refusal.value.field == f"lines.{twenty.lines.get().pk}.{field}"
    assert told() == (20, 20, 20, 20, 0)
    assert books() == []


def test_a_line_that_is_left_out_is_refused(twenty, now, leon):
    with pytest.raises(services.NotCounted, match="Enter how many"):
        services.correct_count(twenty.pk, counted={}, reasons={}, at=now, actor=leon)


def test_who_has_no_tolerance_sends_what_was_ordered(twenty, tolerance, recount):
    with pytest.raises(services.OverTolerance, match="Allowed are: warehouse up to 10 %"):
        recount(twenty, 21, by=Actor(kind="api_key", id="system:1", name="WMS"))

    assert told() == (20, 20, 20, 20, 0)


def test_what_is_in_a_package_is_taken_out_first(twenty, recount, now, leon, books):
    services.put_in(twenty.pk, code="VLV-BF-080", quantity=Decimal(19), at=now, actor=leon)

    with pytest.raises(TooMany, match="19 of VLV-BF-080 are in packages already"):
        recount(twenty, 18, "missing")

    recount(twenty, 19, "missing")
    assert (told(), PackageLine.objects.get().quantity) == ((20, 19, 19, 19, 0), 19)
    assert books() == []


@pytest.fixture
def short(place, release, pick, product, stock):
    """A list of 20 pieces of which 15 were found."""
    [pick_list] = release(place({product: 20}))
    pick(pick_list, {"VLV-BF-080": 15})
    return pick_list


def test_what_was_settled_as_short_is_not_undone(short, tolerance, recount, books):
    with pytest.raises(services.NotCounted, match="5 of VLV-BF-080 were missing is settled"):
        recount(short, 16)
    with pytest.raises(services.NotCounted, match="choose the same reason"):
        recount(short, 14, "enough")

    assert told() == (20, 15, 15, 15, 0)
    recount(short, 14, "damaged")
    recount(short, 13, "back")
    assert told() == (20, 14, 13, 13, 0)
    assert list(short.lines.values_list("quantity", "picked", "short_reason")) == [
        (19, 13, "damaged")
    ]
    assert books() == []


@pytest.mark.parametrize(
    ("reason", "left"), [("missing", (20, 0, 0, 0, 0)), ("back", (20, 20, 0, 0, 0))]
)
def test_with_nothing_left_the_list_is_cancelled(twenty, recount, books, reason, left):
    recount(twenty, 0, reason)

    twenty.refresh_from_db()
    assert (twenty.state, told()) == ("cancelled", left)
    assert books() == []


def test_list_of_which_nothing_is_left_has_no_open_package(twenty, recount, now, leon, books):
    for quantity in (2, -2):
        services.put_in(
            twenty.pk, code="VLV-BF-080", quantity=Decimal(quantity), at=now, actor=leon
        )
    assert Package.objects.get().weight_kg == 0

    recount(twenty, 0, "back")

    assert not Package.objects.exists()
    assert books() == []


def test_only_what_is_picked_and_not_packed_is_put_right(packed, recount, books):
    with pytest.raises(services.NotPacking, match="only what is picked is packed"):
        recount(packed, 4, "back")

    assert told() == (5, 5, 5, 5, 0)
    assert books() == []


def test_on_top_is_put_back_before_more_is_said(twenty, tolerance, recount, now, leon, books):
    recount(twenty, 21)
    first, on_top = twenty.lines.order_by("position")

    with pytest.raises(services.NotCounted, match="Put back first what was sent on top"):
        services.correct_count(
            twenty.pk,
            counted={first.pk: Decimal(21), on_top.pk: Decimal(0)},
            reasons={},
            at=now,
            actor=leon,
        )

    assert told() == (21, 21, 21, 21, 0)


@pytest.fixture
def mixed(place, release, pick, product, stock):
    """Valves, hoses and caps, picked."""
    hose, cap = ProductFactory.create(sku="HOS-1"), ProductFactory.create(sku="CAP-1")
    for each in (hose, cap):
        StockLevelFactory.create(product=each)
    [pick_list] = release(place({product: 20, hose: 10, cap: 10}))
    pick(pick_list)
    return pick_list


def test_several_lines_are_put_right_at_once(mixed, tolerance, now, leon, books):
    lines = {line.order_line.sku: line.pk for line in mixed.lines.all()}
    found = {"VLV-BF-080": 21, "HOS-1": 4, "CAP-1": 9}

    services.correct_count(
        mixed.pk,
        counted={lines[sku]: Decimal(count) for sku, count in found.items()},
        reasons={lines["HOS-1"]: "missing", lines["CAP-1"]: "back"},
        at=now,
        actor=leon,
    )

    assert dict(OrderLine.objects.values_list("sku", "picked")) == found
    assert dict(OrderLine.objects.values_list("sku", "allocated"))["CAP-1"] == 10
    [entry] = AuditEntry.objects.filter(action="correct count")
    assert entry.actor_name == leon.name
    assert entry.changes["1 VLV-BF-080"] == ["20.000", "21"]
    hose, cap = (entry.changes[key] for key in ("2 HOS-1", "3 CAP-1"))
    assert (hose, cap) == (["10.000", "4"], ["10.000", "9"])
    names = dict(OrderLine.objects.values_list("sku", "description"))
    assert entry.reason == (
        f"{names['HOS-1']}: 4 / 10.000, not there, {names['CAP-1']}: -1, put back"
    )
    assert books() == []


def test_lots_are_put_right_one_by_one(place, release, pick, product, recount, books):
    for code in ("A-01", "B-01"):
        shelf = LocationFactory.create(code=code)
        StockLevelFactory.create(product=product, location=shelf, on_hand=Decimal(10))
    [pick_list] = release(place({product: 20}))
    pick(pick_list)

    recount(pick_list, 0, "back")

    assert told() == (20, 20, 10, 10, 0)
    assert pick_list.lines.count() == 1
    assert books() == []


def test_takes_as_many_statements_for_twenty_lines_as_for_one(
    place, release, pick, statements, now, leon
):
    def correct(count):
        products = ProductFactory.create_batch(count)
        for each in products:
            StockLevelFactory.create(product=each)
        [pick_list] = release(place(dict.fromkeys(products, 4)))
        pick(pick_list)
        lines = list(pick_list.lines.values_list("pk", flat=True))
        half = len(lines) // 2
        reasons = {key: "missing" if place < half else "back" for place, key in enumerate(lines)}
        return lambda: services.correct_count(
            pick_list.pk,
            counted=dict.fromkeys(lines, Decimal(3)),
            reasons=reasons,
            at=now,
            actor=leon,
        )

    few, many = correct(2), correct(20)

    assert statements(few) == statements(many)


def test_page_puts_right_and_says_at_the_field_what_is_refused(picker, twenty, tolerance, now):
    line, url = twenty.lines.get(), reverse("fulfillment:recount", args=[twenty.number])
    with clock.travel(now):
        shown = picker.get(url).content.decode()

        refused = picker.post(url, {f"picked_{line.pk}": "23"})
        without = picker.post(url, {f"picked_{line.pk}": "many"})
        done = picker.post(
            url, {f"picked_{line.pk}": "18", f"reason_{line.pk}": "back"}, follow=True
        )

    assert "Correct the count" in shown
    assert (refused.status_code, without.status_code) == (422, 422)
    words = "you may not send 3 more than the 20 ordered. Allowed are: warehouse up to 10"
    assert f'<span class="err">VLV-BF-080: {words}' in refused.content.decode()
    assert "The count is corrected." in done.content.decode()
    assert told() == (20, 20, 18, 18, 0)


def test_page_of_a_packed_list_says_that_nothing_is_to_be_counted(picker, packed):
    url = reverse("fulfillment:recount", args=[packed.number])

    assert "Nothing to count here" in picker.get(url).content.decode()
    line = packed.lines.get()
    assert picker.post(url, {f"picked_{line.pk}": "4"}).status_code == 409


def test_page_takes_as_many_statements_for_20_lines_as_for_one(
    picker, place, release, pick, statements
):
    def recount_page(count):
        products = ProductFactory.create_batch(count)
        for each in products:
            StockLevelFactory.create(product=each)
        [pick_list] = release(place(dict.fromkeys(products, 1)))
        pick(pick_list)
        return reverse("fulfillment:recount", args=[pick_list.number])

    short, long = recount_page(1), recount_page(20)
    picker.get(short)  # what is asked once a process

    assert statements(lambda: picker.get(short)) == 8
    assert statements(lambda: picker.get(long)) == 8


@pytest.mark.django_db(transaction=True)
class TestTwoPackersCount:
    """Both find two fewer than the twenty that were picked."""

    def both(self, twenty, recount):
        counts = [lambda: recount(twenty, 18, "back")] * 2
        return [type(result) for result in in_line(*counts)]

    def test_they_are_put_back_once(self, twenty, recount, books):
        assert self.both(twenty, recount) == [PickList, PickList]
        assert told() == (20, 20, 18, 18, 0)
        assert books() == []

    def test_control_without_locks_only_the_constraint_stops_it(self, twenty, recount, monkeypatch):
        without_locks(monkeypatch)

        assert self.both(twenty, recount) == [PickList, IntegrityError]
