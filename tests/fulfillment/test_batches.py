"""Pick lists of one house are walked once, together: each line goes into its list's tote."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse
from django_fsm import TransitionNotAllowed
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from fulfillment import selectors, services, worklists
from fulfillment.batch_form import SCHEMA, document_of
from fulfillment.models import CountTask, Location, PickBatch, PickLine, PickList, StockLevel
from fulfillment.papers import draw_pick_batch
from o2c.kernel import clock, outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import Notice
from orders.models import OrderLine
from tests.factories import (
    LocationFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.race import in_line, meanwhile, without_locks

pytestmark = pytest.mark.django_db


@pytest.fixture
def hose(db):
    """100 hoses at B-02, behind the valves."""
    hose = ProductFactory.create(sku="HOS-1")
    place = LocationFactory.create(code="B-02", walk_order=20, zone="B")
    StockLevelFactory.create(product=hose, location=place)
    return hose


@pytest.fixture
def lists(place, release, make_customer, product, stock, hose):
    """Two lists of two customers: five valves and two hoses, three valves."""
    wanted = ({product: 5, hose: 2}, {product: 3})
    return [release(place(each, by=make_customer()))[0] for each in wanted]


@pytest.fixture
def make(now, actor):
    def make(pick_lists):
        return services.make_batch([row.pk for row in pick_lists], at=now, actor=actor)

    return make


@pytest.fixture
def walking(lists, make, now, actor):
    """Both lists in a batch that somebody walks with."""
    batch = make(lists)
    return services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)


@pytest.fixture
def scan(now, actor):
    def scan(batch, code, quantity=1):
        return services.scan_batch(
            batch.pk, code=code, quantity=Decimal(quantity), at=now, actor=actor
        )

    return scan


@pytest.fixture
def confirm(now, actor):
    """Finish a batch; `found` says what of which line's key was there, the rest was all there."""

    def confirm(batch, found=None):
        lines = PickLine.objects.filter(pick_list__batch=batch, pick_list__state="picking")
        picked = {line.pk: Decimal((found or {}).get(line.pk, line.quantity)) for line in lines}
        reasons = {line.pk: "missing" for line in lines if picked[line.pk] < line.quantity}
        return services.confirm_batch(
            batch.pk, picked=picked, short_reasons=reasons, at=now, actor=actor
        )

    return confirm


def totes(lines):
    """Return list, SKU and what is counted."""
    return [(line.pick_list_id, line.order_line.product.sku, line.scanned) for line in lines]


def test_batch_is_one_walk_with_a_tote_for_each_list(lists, make):
    batch = make(lists)

    in_totes = worklists.in_totes(batch)
    walk = worklists.walk_of(in_totes)
    first, second = lists
    assert [(row.pk, row.tote) for row in in_totes] == [(first.pk, 1), (second.pk, 2)]
    assert [(line.tote, line.allocation.level.location.code, line.quantity) for line in walk] == [
        (1, "A-01-01", 5),
        (2, "A-01-01", 3),
        (1, "B-02", 2),
    ]


def test_one_scan_fills_one_tote_after_the_other(walking, lists, scan, product, hose, books):
    first, second = lists

    counted = scan(walking, product.sku, 6)
    back = scan(walking, product.sku, -2)

    assert totes(counted) == [(first.pk, product.sku, 5), (second.pk, product.sku, 1)]
    assert totes(back) == [(second.pk, product.sku, 0), (first.pk, product.sku, 4)]
    assert books() == []


@pytest.mark.parametrize(
    ("code", "quantity", "refusal", "field"),
    [
        ("NOPE", 1, services.WrongItem, "code"),
        ("VLV-BF-080", 9, services.TooMany, "quantity"),
        ("VLV-BF-080", -1, services.TooMany, "quantity"),
        ("VLV-BF-080", 0, InvalidInput, "quantity"),
        ("VLV-BF-080", "NaN", InvalidInput, "quantity"),
        ("(01)04006381333932", 1, InvalidInput, ""),
    ],
)
def test_scan_refuses_what_cannot_be(walking, scan, code, quantity, refusal, field):
    with pytest.raises(refusal) as refused:
        scan(walking, code, quantity)

    assert refused.value.field in (field, "code")
    assert not PickLine.objects.filter(scanned__gt=0).exists()


def test_batch_is_finished_list_by_list_with_shorts_as_ever(walking, lists, confirm, hose, books):
    short = PickLine.objects.get(order_line__product=hose)

    refused = confirm(walking, found={short.pk: 1})

    walking.refresh_from_db()
    assert refused == []
    assert [row.state for row in PickList.objects.order_by("pk")] == ["picked", "picked"]
    assert (walking.state, walking.done_at is not None) == ("done", True)
    assert CountTask.objects.get().level.product == hose
    assert OrderLine.objects.get(product=hose).backordered == 1
    assert books() == []


def test_two_short_lists_of_an_order_are_told_as_two(
    make_customer, place, release, hose, make, confirm, now, actor
):
    customer = make_customer(sales_rep=UserFactory.create())
    order = place({hose: 150}, by=customer)
    lists = release(order)
    services.receive_stock(
        location_id=hose.stock_levels.get().location_id,
        product_id=hose.pk,
        quantity=Decimal(50),
        source="receipt:GR-1",
        at=now,
        actor=actor,
    )
    lists += release(order)
    batch = services.start_batch(make(lists).pk, picker_id=None, at=now, actor=actor)
    lines = PickLine.objects.filter(pick_list__in=lists)

    confirm(batch, found={line.pk: line.quantity - 1 for line in lines})
    with clock.travel(now):
        outbox.deliver_due(limit=20)

    sent = [each for each in mail.outbox if each.to == [customer.email]]
    short = [each.extra_headers["Message-ID"] for each in sent if "not in stock" in each.subject]
    assert (len(short), len(set(short))) == (3, 3)  # one when it was placed, one for each list
    assert Notice.objects.filter(key__startswith="short-pick").count() == 2


def test_nothing_is_finished_when_a_line_cannot_be(walking, confirm, hose):
    wrong = PickLine.objects.get(order_line__product=hose)

    with pytest.raises(services.OverTolerance) as refused:
        confirm(walking, found={wrong.pk: 3})

    assert refused.value.field == f"lines.{wrong.pk}.picked"
    assert {row.state for row in PickList.objects.all()} == {"picking"}


def test_list_of_a_batch_may_be_finished_on_its_own_page(walking, lists, pick, confirm, books):
    first, _second = lists

    pick(first)
    confirm(walking)

    walking.refresh_from_db()
    assert walking.state == "done"
    assert [row.state for row in PickList.objects.order_by("pk")] == ["picked", "picked"]
    assert books() == []


def test_stopped_list_leaves_the_batch_to_the_others(walking, lists, confirm, now, actor, books):
    first, second = lists

    services.stop_pick(first.pk, reason="Customer called", at=now, actor=actor)
    confirm(walking)

    walking.refresh_from_db()
    second.refresh_from_db()
    assert (walking.state, second.state) == ("done", "picked")
    assert books() == []


def test_batch_whose_lists_are_all_stopped_is_cancelled(lists, make, now, actor):
    batch = make(lists)

    for row in lists:
        services.stop_pick(row.pk, reason="Fire drill", at=now, actor=actor)

    batch.refresh_from_db()
    assert batch.state == "cancelled"


def test_list_of_a_batch_is_not_started_alone(lists, make, now, actor):
    batch = make(lists)

    with pytest.raises(services.InBatch, match=f"start batch {batch.number}"):
        services.start_pick(lists[0].pk, picker_id=None, at=now, actor=actor)

    assert {row.state for row in PickList.objects.all()} == {"released"}


def test_split_batch_leaves_what_is_counted(walking, lists, scan, product, now, actor, pick, books):
    scan(walking, product.sku, 4)

    services.split_batch(walking.pk, at=now, actor=actor)

    assert set(PickList.objects.values_list("batch", "state")) == {(None, "picking")}
    assert PickLine.objects.get(pick_list=lists[0], order_line__product=product).scanned == 4
    for row in lists:
        pick(row)
    assert books() == []


def test_batch_that_is_not_walked_is_neither_scanned_nor_finished(
    lists, make, scan, confirm, product, now, actor
):
    batch = make(lists)

    with pytest.raises(services.NotPicking, match="start it before you scan"):
        scan(batch, product.sku)
    with pytest.raises(services.NotPicking, match="look at it again"):
        confirm(batch)
    services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)
    confirm(batch)
    with pytest.raises(services.NotPicking, match="is done"):
        scan(batch, product.sku)
    with pytest.raises(TransitionNotAllowed):
        services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)


def test_only_waiting_lists_of_one_house_go_together(
    lists, make, place, release, product, stock, now, actor
):
    begun, waiting = (release(place({product: 1}))[0] for _row in range(2))
    services.start_pick(begun.pk, picker_id=None, at=now, actor=actor)
    other = LocationFactory.create(warehouse=WarehouseFactory.create(code="LYS"), code="L-1")
    far = StockLevelFactory.create(product=ProductFactory.create(), location=other)
    [elsewhere] = release(place({far.product: 1}))
    make(lists)

    for together in ([waiting], [waiting, begun], [waiting, lists[0]], [waiting, elsewhere]):
        with pytest.raises(services.NotBatched):
            make(together)
    with pytest.raises(services.NotBatched, match="not there any more"):
        services.make_batch([waiting.pk, 10**9], at=now, actor=actor)
    with pytest.raises(services.NotBatched, match="2 to 12"):
        services.make_batch(range(1, 14), at=now, actor=actor)

    assert PickBatch.objects.count() == 1


def test_next_batch_takes_what_is_wanted_first_of_a_zone(lists, place, release, hose, now):
    alone, later = (release(place({hose: 1}, at=now + timedelta(days=day)))[0] for day in (1, 0))
    house = Location.objects.get(code="B-02").warehouse_id

    assert list(worklists.waiting_pick_lists(house, zone="B")) == [later, alone]
    assert list(worklists.waiting_pick_lists(house)) == [*lists, later, alone]
    assert list(worklists.open_pick_lists(zone="B")) == [later, alone]
    assert worklists.zones() == ["B"]


@pytest.fixture
def pumps(db):
    """Pumps by lot: one of L-1, one of L-2, six of L-3, which is claimed last."""
    pump = ProductFactory.create(sku="PX-210", tracking="lot")
    place = LocationFactory.create(code="C-03", walk_order=30)
    for days, (code, count) in enumerate((("L-1", 1), ("L-2", 1), ("L-3", 6)), start=30):
        lot = LotFactory.create(
            product=pump, code=code, expires_on=clock.now().date() + timedelta(days=days)
        )
        StockLevelFactory.create(product=pump, lot=lot, location=place, on_hand=count)
    return pump


def test_other_lot_in_hand_takes_over_the_claims_of_several_lists(
    pumps, place, release, make, scan, now, actor, books
):
    pair = [release(place({pumps: 1}))[0] for _row in range(2)]
    batch = make(pair)
    services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)

    counted = scan(batch, "L-3", 2)

    lots = StockLevel.objects.order_by("lot__code").values_list("lot__code", "allocated")
    assert totes(counted) == [(row.pk, "PX-210", 1) for row in pair]
    assert list(lots) == [("L-1", 0), ("L-2", 0), ("L-3", 2)]
    assert books() == []


def test_other_lot_of_which_one_is_free_is_not_taken_by_two_lists(
    pumps, place, release, make, scan, now, actor, books
):
    late = clock.now().date() + timedelta(days=90)
    last = LotFactory.create(product=pumps, code="L-4", expires_on=late)
    place_of_all = StockLevel.objects.first().location
    StockLevelFactory.create(product=pumps, lot=last, location=place_of_all, on_hand=1)
    batch = make([release(place({pumps: 1}))[0] for _row in range(2)])
    services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)

    with pytest.raises(services.TooMany, match="Of L-4 only 0 are free") as refused:
        scan(batch, "L-4", 2)

    lots = StockLevel.objects.order_by("lot__code").values_list("lot__code", "allocated")
    assert refused.value.field == "code"
    assert list(lots) == [("L-1", 1), ("L-2", 1), ("L-3", 0), ("L-4", 0)]
    assert list(PickLine.objects.values_list("scanned", flat=True)) == [0, 0]
    assert books() == []


def test_serial_number_counts_once_in_a_batch(place, release, make, scan, now, actor):
    meter = ProductFactory.create(sku="FM-50", tracking="serial")
    for code in ("S-1", "S-2"):
        lot = LotFactory.create(product=meter, code=code, is_serial=True)
        StockLevelFactory.create(product=meter, lot=lot, on_hand=1)
    batch = make([release(place({meter: 1}))[0] for _row in range(2)])
    services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)
    scan(batch, "S-1")

    with pytest.raises(services.AlreadyScanned, match="counted already"):
        scan(batch, "S-1")

    assert sum(PickLine.objects.values_list("scanned", flat=True)) == 1


def test_form_is_valid_by_its_schema_and_on_paper(lists, make, walking, confirm):
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)

    form = document_of(PickBatch.objects.get())
    drawn = PdfReader(io.BytesIO(draw_pick_batch(PickBatch.objects.get())))
    confirm(walking)
    done = document_of(PickBatch.objects.get())

    for document in (form, done):
        validator.validate(json.loads(json.dumps(document)))
    assert [(line["tote"], line["location"]) for line in form["lines"]] == [
        *((1, "A-01-01"), (2, "A-01-01"), (1, "B-02"))
    ]
    text = " ".join(page.extract_text() for page in drawn.pages)
    for said in (walking.number, *(row.number for row in lists), "B-02", "HOS-1"):
        assert said in text


@pytest.mark.django_db(transaction=True)
class TestTwoScanTheSameLine:
    """The last valve of a batch is scanned by two people at once."""

    @pytest.fixture
    def both(self, walking, scan, product):
        scan(walking, product.sku, 7)

        def both():
            scans = [lambda: scan(walking, product.sku)] * 2
            return [type(result) for result in in_line(*scans)]

        return both

    def test_one_is_told(self, both, books):
        assert both() == [list, services.TooMany]
        assert books() == []

    def test_control_without_locks_only_the_constraint_stops_it(self, both, monkeypatch):
        without_locks(monkeypatch)

        assert both() == [list, IntegrityError]


@pytest.mark.django_db(transaction=True)
class TestBatchAndListAtOnce:
    """The batch is finished while somebody finishes one of its lists on its own page."""

    @pytest.fixture
    def steps(self, walking, lists, confirm, pick):
        return lambda: confirm(walking), lambda: pick(lists[0])

    @pytest.fixture
    def at_once(self, monkeypatch):
        """The second comes when the first has read what the list claims."""
        return partial(meanwhile, monkeypatch, (selectors, "lines_with_claims"))

    def test_list_that_the_batch_has_finished_is_not_finished_again(
        self, steps, at_once, walking, books
    ):
        refused, single = at_once(*steps)

        assert (refused, type(single)) == ([], TransitionNotAllowed)
        self.ensure_finished_once(walking)
        assert books() == []

    def test_batch_is_told_of_a_list_that_is_finished_already(
        self, steps, at_once, lists, walking, books
    ):
        single, [(row, why)] = at_once(*reversed(steps))

        assert (type(single), row, type(why)) == (PickList, lists[0], TransitionNotAllowed)
        self.ensure_finished_once(walking)
        assert books() == []

    def ensure_finished_once(self, walking):
        walking.refresh_from_db()
        assert {row.state for row in PickList.objects.all()} == {"picked"}
        assert sum(OrderLine.objects.values_list("picked", flat=True)) == 10
        assert walking.state == "done"

    def test_control_without_locks_only_the_constraint_stops_the_batch(
        self, steps, at_once, monkeypatch
    ):
        without_locks(monkeypatch)

        batch, single = at_once(*steps)

        assert (type(batch), type(single)) == (IntegrityError, PickList)

    def test_control_without_locks_only_the_constraint_stops_the_list(
        self, steps, at_once, monkeypatch
    ):
        without_locks(monkeypatch)

        single, batch = at_once(*reversed(steps))

        assert (type(single), batch) == (IntegrityError, [])


class TestPages:
    @pytest.fixture(autouse=True)
    def today(self, now):
        with clock.travel(now):
            yield

    def test_chosen_lists_are_walked_from_start_to_end(self, picker, lists, product, hose):
        made = picker.post(reverse("fulfillment:make-batch"), {"ids": [row.pk for row in lists]})
        batch = PickBatch.objects.get()

        def url(name):
            return reverse(f"fulfillment:{name}", args=[batch.number])

        picker.post(url("start-batch"))
        said = picker.post(url("scan-batch"), {"code": product.sku, "quantity": "6"}, follow=True)
        wrong = picker.post(url("scan-batch"), {"code": "NOPE"}, headers={"HX-Request": "true"})
        line = PickLine.objects.get(order_line__product=hose)
        picker.post(url("scan-batch"), {"step": f"{line.pk}|1"})
        lines = PickLine.objects.all()
        found = {f"picked_{each.pk}": each.quantity for each in lines}
        short = picker.post(url("finish-batch"), found | {f"picked_{line.pk}": "1"})
        many = picker.post(url("finish-batch"), found | {f"picked_{line.pk}": "3"})
        done = picker.post(url("finish-batch"), found, follow=True)

        assert made.url == url("batch")
        assert "tote 1: VLV-BF-080 5 of 5, tote 2: VLV-BF-080 1 of 3" in said.content.decode()
        assert (wrong.status_code, short.status_code, many.status_code) == (422, 422, 422)
        assert f"NOPE is not on {batch.number}" in wrong.content.decode()
        assert "Say why some are missing." in short.content.decode()
        assert "you may not send 1 more than the 2 ordered" in many.content.decode()
        assert "Done" in done.content.decode()
        batch.refresh_from_db()
        assert (batch.state, PickList.objects.filter(state="picked").count()) == ("done", 2)

    def test_next_lists_of_a_zone_go_into_a_batch(self, picker, lists, place, release, hose):
        wanted = [release(place({hose: 1}))[0] for _row in range(3)]
        house = wanted[0].warehouse_id

        entered = {"warehouse": house, "zone": "B", "count": "2"}
        made = picker.post(reverse("fulfillment:next-batch"), entered)
        few = picker.post(reverse("fulfillment:next-batch"), entered)
        many = picker.post(reverse("fulfillment:next-batch"), entered | {"count": "99"})
        shown = picker.get(reverse("fulfillment:pick-lists"), {"zone": "B"}).content.decode()

        assert made.status_code == 302
        assert list(PickBatch.objects.get().pick_lists.order_by("pk")) == wanted[:2]
        assert (few.status_code, many.status_code) == (422, 422)
        assert "walk with a single one" in few.content.decode()
        assert wanted[0].number in shown
        assert lists[1].number not in shown

    def test_nobody_chosen_is_told(self, picker, lists):
        answer = picker.post(reverse("fulfillment:make-batch"), {"ids": ["x"]}, follow=True)

        assert "choose so many" in answer.content.decode()
        assert not PickBatch.objects.exists()

    def test_scanned_number_of_a_batch_opens_it(self, picker, walking):
        answer = picker.get(reverse("fulfillment:scan"), {"code": walking.number.lower()})

        assert answer.url == reverse("fulfillment:batch", args=[walking.number])

    def test_papers_are_served(self, picker, walking):
        paper = picker.get(reverse("fulfillment:batch-paper", args=[walking.number]))
        form = picker.get(reverse("fulfillment:batch-form", args=[walking.number]))

        assert paper.headers["Content-Type"] == "application/pdf"
        assert form.json()["form"] == "pick-batch/1"

    def test_batch_takes_as_many_statements_for_20_lines_as_for_one(
        self, picker, place, release, make, statements, now, actor
    ):
        def sheet(count):
            products = ProductFactory.create_batch(count)
            for each in products:
                StockLevelFactory.create(product=each)
            wanted = [dict.fromkeys(products, 1), {products[0]: 1}]
            batch = make([release(place(each))[0] for each in wanted])
            services.start_batch(batch.pk, picker_id=None, at=now, actor=actor)
            return reverse("fulfillment:batch", args=[batch.number])

        short, long = sheet(1), sheet(20)
        picker.get(short)  # what is asked once a process

        assert statements(lambda: picker.get(short)) == 9
        assert statements(lambda: picker.get(long)) == 9


def test_list_of_a_finished_batch_is_stopped_as_any_other(
    walking, lists, confirm, now, actor, books
):
    confirm(walking)

    services.stop_pick(lists[0].pk, reason="Customer called", at=now, actor=actor)

    walking.refresh_from_db()
    assert PickList.objects.get(pk=lists[0].pk).state == "cancelled"
    assert walking.state == "done"
    assert books() == []


def test_picked_list_of_a_split_batch_is_stopped_as_any_other(walking, lists, pick, now, actor):
    pick(lists[0])
    services.split_batch(walking.pk, at=now, actor=actor)

    services.stop_pick(lists[0].pk, reason="Customer called", at=now, actor=actor)

    assert PickList.objects.get(pk=lists[0].pk).state == "cancelled"
    assert PickBatch.objects.get().state == "cancelled"


def test_order_with_one_list_alone_and_one_in_a_batch_is_cancelled(
    lists, place, release, make, product, now, actor, books
):
    far = WarehouseFactory.create(code="FAR")
    away = StockLevelFactory.create(location=LocationFactory.create(warehouse=far, code="F-1"))
    order = place({away.product: 1, product: 1})
    both = {row.warehouse_id: row for row in release(order)}
    make([both[lists[0].warehouse_id], lists[1]])

    services.stop_and_cancel(
        order.pk,
        quantities=None,
        stopped=[row.pk for row in both.values()],
        reason="customer",
        at=now,
        actor=actor,
    )

    order.refresh_from_db()
    assert order.state == "cancelled"
    assert books() == []
