"""A little more or less than was ordered is sent as far as a role's tolerance goes."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from catalog.models import Product
from credit.models import CreditAccount
from customers.models import Customer
from fulfillment import services
from fulfillment.models import Allocation, CountTask, PickList, ShipTolerance, StockLevel
from fulfillment.services import OverTolerance
from fulfillment.services import stock as claims
from invoicing.models import InvoiceLine
from invoicing.services import bill_shipment
from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from orders.models import Amendment, Order, OrderLine
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories import (
    LocationFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)
from tests.race import in_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def twenty(place, release, product, stock):
    """A list of 20 pieces, of 100 that are there."""
    [pick_list] = release(place({product: 20}))
    return pick_list


@pytest.fixture
def find(now):
    """Finish a list: so many were found of its first line."""

    def find(pick_list, found, *, by, reason=""):
        lines = pick_list.lines.filter(picked=None).order_by("position")
        picked = {line.pk: line.quantity for line in lines}
        picked[lines[0].pk] = Decimal(found)
        return services.confirm_pick(
            pick_list.pk,
            picked=picked,
            short_reasons={lines[0].pk: reason},
            at=now,
            actor=by,
        )

    return find


def owed(customer):
    return CreditAccount.objects.get(customer=customer).exposure


def dispatch(pick_list, at, actor):
    PickupScheduleFactory.create()
    services.pack(pick_list.pk, weights=[Decimal(1)], at=at, actor=actor)
    shipment = Shipment.objects.get()
    shipping.label_shipment(shipment.pk, at=at, actor=actor)
    shipping.dispatch_shipment(shipment.pk, at=at, actor=actor)
    return bill_shipment(shipment.pk, at=at, actor=actor)


def test_what_is_sent_on_top_is_ordered_claimed_and_counted_by_credit(
    twenty, tolerance, leon, find, stock, customer, books
):
    before = owed(customer)

    find(twenty, 22, by=leon)

    line = OrderLine.objects.get()
    stock.refresh_from_db()
    assert (line.ordered, line.allocated, line.picking, line.picked) == (22, 22, 22, 22)
    assert stock.allocated == 22
    assert owed(customer) == before * 22 / 20
    assert list(twenty.lines.order_by("position").values_list("quantity", "picked")) == [
        (20, 20),
        (2, 2),
    ]
    amendment = Amendment.objects.get()
    assert (amendment.reason, amendment.state, amendment.asked_by) == (
        f"Sent within the tolerance, by {twenty.number}",
        "applied",
        leon.name,
    )
    assert books() == []


def test_all_that_was_sent_leaves_and_is_billed(twenty, tolerance, leon, find, stock, now, books):
    find(twenty, 22, by=leon)

    dispatch(twenty, now, leon)

    line = OrderLine.objects.get()
    stock.refresh_from_db()
    assert (line.shipped, line.invoiced, InvoiceLine.objects.get().quantity) == (22, 22, 22)
    assert (stock.on_hand, stock.allocated) == (78, 0)
    assert Order.objects.get().state == Order.State.INVOICED
    assert books() == []


def test_close_enough_ends_the_line_and_is_not_billed(
    twenty, tolerance, leon, find, stock, customer, now, books
):
    before = owed(customer)

    find(twenty, 17, by=leon, reason="enough")

    line = OrderLine.objects.get()
    stock.refresh_from_db()
    assert (line.cancelled, line.allocated, line.backordered) == (3, 17, 0)
    assert (stock.allocated, CountTask.objects.count()) == (17, 0)
    assert owed(customer) == before * 17 / 20
    dispatch(twenty, now, leon)
    line.refresh_from_db()
    assert (line.shipped, line.invoiced, InvoiceLine.objects.get().quantity) == (17, 17, 17)
    assert Order.objects.get().state == Order.State.INVOICED
    assert books() == []


@pytest.mark.usefixtures("divisible")
@pytest.mark.parametrize(
    ("found", "reason", "words"),
    [
        ("22.001", "", "may not send 2.001 more than the 20 ordered. Allowed are: warehouse up to"),
        ("15.999", "enough", "may not send 4.001 fewer than the 20 ordered. Allowed are: warehou"),
        ("-1", "", "Enter 0 to 20."),
        ("NaN", "", "Enter 0 to 20."),
    ],
)
def test_more_than_the_tolerance_is_refused_and_says_who_may(
    twenty, tolerance, leon, find, books, found, reason, words
):
    with pytest.raises(InvalidInput, match=words) as refusal:
        find(twenty, found, by=leon, reason=reason)

    assert refusal.value.field == f"lines.{twenty.lines.get().pk}.picked"
    twenty.refresh_from_db()
    assert (twenty.state, Amendment.objects.count()) == ("released", 0)
    assert books() == []


@pytest.mark.parametrize(
    "who",
    [
        Actor.job("simulation"),
        Actor(kind="api_key", id="system:1", name="WMS"),
    ],
)
def test_who_has_no_tolerance_sends_what_was_ordered(twenty, tolerance, find, who):
    with pytest.raises(services.OverTolerance, match="Allowed are: warehouse up to 10 %"):
        find(twenty, 21, by=who)

    assert OrderLine.objects.get().ordered == 20


def test_without_any_tolerance_the_refusal_says_where_one_is_set(twenty, leon, find):
    with pytest.raises(services.OverTolerance, match="tolerances are set under Warehouses"):
        find(twenty, 21, by=leon)


def test_a_system_has_the_tolerance_of_systems(twenty, find, now, actor):
    rate = Decimal("0.05")
    services.set_tolerance("system", over_rate=rate, under_rate=rate, at=now, actor=actor)

    find(twenty, 21, by=Actor(kind="api_key", id="system:1", name="WMS"))

    assert OrderLine.objects.get().ordered == 21


@pytest.mark.usefixtures("divisible")
def test_tolerance_is_of_the_line_not_of_each_list(
    place, release, product, stock, tolerance, leon, find, now
):
    """Twenty in two places make two lines of a list; both together may have two more."""
    stock.on_hand = 15
    stock.save(update_fields=["on_hand"])
    other = StockLevelFactory.create(
        product=product, location=LocationFactory.create(code="B-01"), on_hand=12
    )
    [pick_list] = release(place({product: 20}))
    lines = list(pick_list.lines.order_by("position"))
    picked = {line.pk: line.quantity + Decimal("1.5") for line in lines}

    with pytest.raises(services.OverTolerance):
        services.confirm_pick(pick_list.pk, picked=picked, short_reasons={}, at=now, actor=leon)

    other.refresh_from_db()
    assert other.allocated == 5


def test_what_waits_for_a_list_of_its_own_is_not_too_much(
    place, release, product, stock, tolerance, leon, find
):
    [pick_list] = release(place({product: 110}))

    with pytest.raises(services.OverTolerance, match="10 more of VLV-BF-080 are ordered"):
        find(pick_list, 101, by=leon)


def test_what_others_are_promised_is_not_sent_on_top(
    place, release, product, stock, tolerance, leon, find, books
):
    [pick_list] = release(place({product: 20}))
    place({product: 79})

    with pytest.raises(services.TooMany, match="not free there"):
        find(pick_list, 22, by=leon)

    assert OrderLine.objects.order_by("pk")[0].ordered == 20
    assert books() == []


def test_goods_come_from_the_place_in_hand(
    place, release, product, stock, tolerance, leon, find, books
):
    """The claim on top goes where most lies; it is moved to where the picker stood."""
    [pick_list] = release(place({product: 20}))
    other = StockLevelFactory.create(
        product=product, location=LocationFactory.create(code="B-01"), on_hand=500
    )

    find(pick_list, 22, by=leon)

    stock.refresh_from_db()
    other.refresh_from_db()
    assert (stock.allocated, other.allocated) == (22, 0)
    assert books() == []


def test_credit_refuses_what_is_over_the_limit(
    twenty, tolerance, leon, find, customer, stock, books
):
    account = CreditAccount.objects.get(customer=customer)
    account.limit = account.exposure
    account.save(update_fields=["limit"])

    with pytest.raises(Exception, match="limit"):
        find(twenty, 22, by=leon)

    stock.refresh_from_db()
    twenty.refresh_from_db()
    assert (stock.allocated, twenty.state) == (20, "released")
    assert OrderLine.objects.get().ordered == 20


@pytest.fixture(params=Customer.ShortagePolicy.values)
def mixed(request, place, release, make_customer, product, stock):
    """A list of valves, hoses and caps, for a customer of each policy."""
    hose, cap = ProductFactory.create(sku="HOS-1"), ProductFactory.create(sku="CAP-1")
    for each in (hose, cap):
        StockLevelFactory.create(product=each)
    buyer = make_customer(shortage_policy=request.param)
    return release(place({product: 20, hose: 10, cap: 10}, by=buyer))[0]


def test_one_line_on_top_another_missing_and_one_close_enough(mixed, tolerance, leon, now, books):
    pick_list = mixed
    lines = {line.order_line.sku: line for line in pick_list.lines.all()}
    found = {"VLV-BF-080": 21, "HOS-1": 4, "CAP-1": 9}

    services.confirm_pick(
        pick_list.pk,
        picked={line.pk: Decimal(found[sku]) for sku, line in lines.items()},
        short_reasons={lines["HOS-1"].pk: "missing", lines["CAP-1"].pk: "enough"},
        at=now,
        actor=leon,
    )

    told = dict(OrderLine.objects.values_list("sku", "picked"))
    assert told == {"VLV-BF-080": 21, "HOS-1": 4, "CAP-1": 9}
    assert OrderLine.objects.get(sku="CAP-1").cancelled == 1
    assert CountTask.objects.get().level.product.sku == "HOS-1"
    assert books() == []


def test_stopping_takes_back_what_was_sent_on_top(
    twenty, tolerance, leon, find, stock, customer, now, books
):
    before = owed(customer)
    find(twenty, 22, by=leon)

    services.stop_pick(twenty.pk, reason="Customer called", at=now, actor=leon)

    stock.refresh_from_db()
    assert (OrderLine.objects.get().ordered, stock.allocated) == (20, 20)
    assert owed(customer) == before
    held = Allocation.objects.filter(state="active")
    assert [row.reason for row in held] == ["only"]
    assert books() == []


@pytest.fixture
def east(place, release, stock, tolerance, leon, find, now):
    """One of two houses sends one on top; the other one finds three fewer: now the one is wanted.

    Its list is picked.
    """
    eleven = Decimal(11)
    services.count_level(stock.pk, counted=eleven, confirmed=eleven, at=now, actor=leon)
    there = LocationFactory.create(code="E-01", warehouse=WarehouseFactory.create(code="EAST"))
    StockLevelFactory.create(product=stock.product, location=there, on_hand=Decimal(9))
    lists = {row.warehouse.code: row for row in release(place({stock.product: 19}))}
    east = lists.pop("EAST")
    find(east, 9, by=leon)
    [main] = lists.values()
    find(main, 8, by=leon, reason="missing")
    return east


def test_what_was_on_top_and_is_wanted_since_is_taken_back_once(east, release, leon, now, books):
    services.stop_pick(east.pk, reason="Customer called", at=now, actor=leon)
    before = OrderLine.objects.get()
    [again] = release(east.order)

    services.stop_pick(again.pk, reason="Customer called again", at=now, actor=leon)

    after = OrderLine.objects.get()
    assert list(again.lines.order_by("position").values_list("quantity", flat=True)) == [8, 1]
    assert (before.ordered, before.allocated) == (19, 17)
    assert (after.ordered, after.allocated) == (19, 17)
    assert not Allocation.objects.filter(reason="over", state="active").exists()
    assert books() == []


@pytest.mark.django_db(transaction=True)
class TestTwoTakeTheLastOnTop:
    """One piece is free: two pickers of two orders both want to send one more."""

    @pytest.fixture
    def both(self, place, release, make_customer, product, stock, tolerance, leon, find):
        lists = [release(place({product: count}, by=make_customer()))[0] for count in (50, 49)]
        pairs = zip(lists, (51, 50), strict=True)
        steps = [(lambda row=row, found=found: find(row, found, by=leon)) for row, found in pairs]

        def both():
            return [type(result) for result in in_line(*steps)]

        return both

    def test_one_is_told(self, both, stock, books):
        results = both()

        stock.refresh_from_db()
        assert results == [PickList, services.TooMany]
        assert stock.allocated == 100
        assert books() == []

    def test_control_without_the_guard_only_the_constraint_stops_it(self, both, monkeypatch):
        unlocked = claims.CLAIM.replace("FOR NO KEY UPDATE OF l", "").replace("SKIP LOCKED", "")
        unguarded = unlocked.replace("AND l.on_hand - l.allocated >= t.quantity", "")
        monkeypatch.setattr(claims, "CLAIM", unguarded)

        assert both() == [PickList, IntegrityError]


@pytest.mark.parametrize(
    ("role", "over", "under", "field"),
    [
        ("nobody", "0.1", "0.1", "role"),
        (roles.WAREHOUSE, "1", "0.1", "over_rate"),
        (roles.WAREHOUSE, "0.1", "-0.1", "under_rate"),
        (roles.WAREHOUSE, "NaN", "0", "over_rate"),
        (roles.WAREHOUSE, "0.1234567", "0", "over_rate"),
    ],
)
def test_tolerance_that_cannot_be_is_refused(role, over, under, field, now, actor):
    with pytest.raises(InvalidInput) as refusal:
        services.set_tolerance(
            role, over_rate=Decimal(over), under_rate=Decimal(under), at=now, actor=actor
        )

    assert (refusal.value.field, ShipTolerance.objects.count()) == (field, 0)


def test_tolerance_is_set_by_an_administrator(browser_of, company):
    client = browser_of(roles.ADMINISTRATOR)
    url = reverse("fulfillment:set-tolerance")

    done = client.post(
        url, {"role": "warehouse", "over_rate": "2.5", "under_rate": "10"}, follow=True
    )
    wrong = client.post(url, {"role": "warehouse", "over_rate": "100", "under_rate": "-1"})

    row = ShipTolerance.objects.get()
    assert (row.over_rate, row.under_rate) == (Decimal("0.025"), Decimal("0.1"))
    assert "The tolerance is set." in done.content.decode()
    assert wrong.status_code == 422


def test_sheet_says_at_the_field_what_may_not_be_sent(picker, twenty, tolerance, now):
    line = twenty.lines.get()
    url = reverse("fulfillment:finish", args=[twenty.number])
    with clock.travel(now):
        picker.post(reverse("fulfillment:start", args=[twenty.number]))

        refused = picker.post(url, {f"picked_{line.pk}": "23"})
        sent = picker.post(url, {f"picked_{line.pk}": "22"})

    words = "you may not send 3 more than the 20 ordered. Allowed are: warehouse up to 10"
    assert refused.status_code == 422
    assert f'<span class="err">{line.order_line.sku}: {words}' in refused.content.decode()
    assert sent.status_code == 302
    assert OrderLine.objects.get().ordered == 22


def test_sheet_says_at_the_field_what_the_order_may_not_have_more_of(
    picker, twenty, tolerance, product, now
):
    Product.objects.filter(pk=product.pk).update(pack_multiple=5)
    line = twenty.lines.get()
    with clock.travel(now):
        picker.post(reverse("fulfillment:start", args=[twenty.number]))

        refused = picker.post(
            reverse("fulfillment:finish", args=[twenty.number]), {f"picked_{line.pk}": "22"}
        )

    words = "VLV-BF-080 is sold in multiples of 5."
    assert refused.status_code == 422
    assert f'<span class="err">{words}' in refused.content.decode()
    assert OrderLine.objects.get().ordered == 20
    assert PickList.objects.get().state == "picking"


@pytest.mark.parametrize(
    ("found", "is_allowed"),
    [((55, 55), True), ((55, 56), False), ((45, 45), True), ((40, 49), False)],
)
def test_both_places_of_a_line_are_measured_by_what_was_ordered(
    place, release, product, leon, now, found, is_allowed
):
    """A hundred are ordered, fifty lie in each of two places, and a tenth is tolerated."""
    services.set_tolerance(
        roles.WAREHOUSE, over_rate=Decimal("0.1"), under_rate=Decimal("0.1"), at=now, actor=leon
    )
    for code in ("A-1", "A-2"):
        shelf = LocationFactory.create(code=code)
        StockLevelFactory.create(product=product, location=shelf, on_hand=Decimal(50))
    [pick_list] = release(place({product: 100}))
    StockLevel.objects.update(on_hand=60)
    lines = [line.pk for line in pick_list.lines.order_by("position")]
    confirmed = {
        "picked": {key: Decimal(count) for key, count in zip(lines, found, strict=True)},
        "short_reasons": dict.fromkeys(lines, "" if sum(found) > 100 else "enough"),
    }

    if not is_allowed:
        with pytest.raises(OverTolerance):
            services.confirm_pick(pick_list.pk, **confirmed, at=now, actor=leon)
        return
    services.confirm_pick(pick_list.pk, **confirmed, at=now, actor=leon)
    assert OrderLine.objects.get().picked == sum(found)
