"""Scanning: lots and serial numbers, another lot in hand, and all that is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from fulfillment import services
from fulfillment.models import Allocation, CountTask, Lot, PickLine, StockLevel
from o2c.kernel import clock, locks, outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.gs1 import BadBarcode
from o2c.kernel.models import Notice
from tests.factories import (
    LocationFactory,
    LotFactory,
    ProductFactory,
    ProductUnitFactory,
    StockLevelFactory,
    UserFactory,
)
from tests.race import in_line, without_locks

GTIN = "04006381333931"


@pytest.fixture
def scan(now, actor):
    def scan(pick_list, code, quantity=1):
        return services.scan(
            pick_list.pk, code=code, quantity=Decimal(quantity), at=now, actor=actor
        )

    return scan


@pytest.fixture
def walk(place, release, now, actor):
    """Release an order of `{product: quantity}` and begin to walk."""

    def walk(wanted, **fields):
        [pick_list] = release(place(wanted, **fields))
        return services.start_pick(pick_list.pk, picker_id=None, at=now, actor=actor)

    return walk


def lots(product, **on_hand):
    """Put so many pieces of each lot at A-01-01; the first named expires first."""
    return [
        StockLevelFactory.create(
            product=product,
            lot=LotFactory.create(
                product=product,
                code=code,
                is_serial=product.tracking == "serial",
                expires_on=date(2027, 6, 30 - len(on_hand) + place) if product.expires else None,
            ),
            on_hand=pieces,
        )
        for place, (code, pieces) in enumerate(on_hand.items())
    ]


@pytest.fixture
def pump(db):
    return ProductFactory.create(sku="PX-210", gtin=GTIN, tracking="lot", expires=True)


@pytest.fixture
def meter(db):
    return ProductFactory.create(sku="MTR-1", tracking="serial")


def claims():
    """Return what is claimed of each lot, by the levels and by the active claims."""
    by_level = dict(StockLevel.objects.values_list("lot__code", "allocated"))
    asked = {
        line.allocation.level.lot.code: (line.quantity, line.scanned)
        for line in PickLine.objects.select_related("allocation__level__lot").order_by("position")
    }
    return by_level, asked


def test_counts_the_lot_that_a_label_names(walk, pump, scan):
    lots(pump, A7=20)
    walking = walk({pump: 3})

    scan(walking, f"]C101{GTIN}17270629\x1d10A7\x1d3702")

    assert claims() == ({"A7": 3}, {"A7": (3, 2)})


def test_a_bare_lot_names_the_item(walk, pump, scan):
    lots(pump, A7=20)

    [line] = scan(walk({pump: 3}), "A7", 3)

    assert line.scanned == 3


def test_a_box_counts_what_is_in_it(walk, product, stock, scan):
    ProductUnitFactory.create(product=product, factor=4, gtin="14006381333938")

    [line] = scan(walk({product: 5}), "14006381333938")

    assert line.scanned == 4


def test_a_product_kept_by_lot_is_not_counted_without_its_lot(walk, pump, scan):
    lots(pump, A7=20)
    walking = walk({pump: 3})

    for code in ("PX-210", GTIN):
        with pytest.raises(services.LotNeeded, match="The list names A7"):
            scan(walking, code)

    assert PickLine.objects.get().scanned == 0


def test_another_lot_in_hand_takes_the_claim_over(walk, pump, scan, books):
    lots(pump, A7=20, B8=20)
    walking = walk({pump: 5})

    scan(walking, "B8", 5)

    assert claims() == ({"A7": 0, "B8": 5}, {"B8": (5, 5)})
    assert Allocation.objects.get().reason == "swapped"
    assert books() == []


def test_part_of_a_line_may_come_of_another_lot(walk, pump, scan, pick, books):
    lots(pump, A7=20, B8=20)
    walking = walk({pump: 5})
    scan(walking, "A7", 2)

    scan(walking, "B8", 2)

    assert claims() == ({"A7": 3, "B8": 2}, {"A7": (3, 2), "B8": (2, 2)})
    assert books() == []
    pick(walking)
    assert books() == []


def test_another_lot_after_its_own_line_is_full_goes_on_with_the_next(walk, pump, scan, books):
    lots(pump, A7=2, B8=20)
    walking = walk({pump: 5})
    assert claims() == ({"A7": 2, "B8": 3}, {"A7": (2, 0), "B8": (3, 0)})

    scan(walking, "B8", 5)

    assert StockLevel.objects.get(lot__code="A7").allocated == 0
    assert sum(PickLine.objects.values_list("scanned", flat=True)) == 5
    assert books() == []


def test_a_serial_number_is_swapped_for_the_one_in_hand(walk, meter, scan, books):
    lots(meter, S1=1, S2=1, S3=1)
    walking = walk({meter: 2})

    scan(walking, "S3")

    by_level, asked = claims()
    assert by_level["S3"] == 1
    assert asked["S3"] == (1, 1)
    assert sum(by_level.values()) == 2
    assert books() == []


def test_a_serial_number_counts_once(walk, meter, scan):
    lots(meter, S1=1, S2=1, S3=1)
    walking = walk({meter: 2})
    scan(walking, "S1")

    with pytest.raises(services.AlreadyScanned, match="S1 has been counted already"):
        scan(walking, "S1")

    assert claims()[1] == {"S1": (1, 1), "S2": (1, 0)}


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        ({}, "NOPE", "not on PL-"),
        ({}, f"]C101{GTIN}10ZZ", "ZZ of PX-210 is not in the books"),
        ({"blocked_reason": "Recalled by the maker"}, "B8", "Recalled by the maker"),
        ({"expires_on": date(2026, 11, 17)}, "B8", "expired on 17 Nov 2026"),
        ({}, f"]C101{GTIN}17281231\x1d10B8", "the books say 29 Jun 2027"),
        ({}, "(00)340123450000000017", "number of a package"),
    ],
)
def test_refuses_what_may_not_leave(walk, pump, scan, spoil, code, words):
    lots(pump, A7=20, B8=20)
    walking = walk({pump: 3})
    Lot.objects.filter(code="B8").update(**spoil)

    with pytest.raises(InvalidInput, match=words) as refusal:
        scan(walking, code)

    assert refusal.value.field == "code"
    assert claims() == ({"A7": 3, "B8": 0}, {"A7": (3, 0)})


def test_refuses_a_claimed_lot_that_was_recalled_meanwhile(walk, pump, scan):
    lots(pump, A7=20)
    walking = walk({pump: 3})
    Lot.objects.update(blocked_reason="Recalled by the maker")

    with pytest.raises(services.WrongItem, match="Recalled by the maker"):
        scan(walking, "A7")


def test_refuses_a_lot_that_is_promised_to_others(walk, place, pump, scan):
    lots(pump, A7=3, B8=4)
    walking = walk({pump: 3})
    place({pump: 3})

    with pytest.raises(services.TooMany, match="Of B8 only 1 are free"):
        scan(walking, "B8", 2)

    assert claims()[0] == {"A7": 3, "B8": 3}


def test_refuses_a_lot_whose_place_must_be_counted_first(walk, pump, scan, now):
    _old, new = lots(pump, A7=20, B8=20)
    walking = walk({pump: 3})
    CountTask.objects.create(level=new, reason="?", opened_at=now)

    with pytest.raises(services.WrongItem, match="Have it counted"):
        scan(walking, "B8")


def test_refuses_damaged_labels(walk, pump, scan):
    lots(pump, A7=20)

    with pytest.raises(BadBarcode):
        scan(walk({pump: 3}), "(01)04006381333932(10)A7")


def test_a_line_is_counted_by_hand(walk, pump, now, actor):
    lots(pump, A7=20)
    walking = walk({pump: 3})
    line = PickLine.objects.get()
    step = {"at": now, "actor": actor, "line_id": line.pk}

    services.count_line(walking.pk, quantity=Decimal(2), **step)
    with pytest.raises(services.TooMany):
        services.count_line(walking.pk, quantity=Decimal(2), **step)
    with pytest.raises(services.WrongItem):
        services.count_line(
            walking.pk, line_id=line.pk + 1, quantity=Decimal(1), at=now, actor=actor
        )

    assert PickLine.objects.get().scanned == 2


@pytest.mark.parametrize(
    ("entered", "field", "words"),
    [
        ({"code": "NOPE"}, "scan-note", "not on PL-"),
        ({"code": ""}, "scan-note", "Scan or type an item"),
        ({"code": "A7", "quantity": "-1"}, "scan-quantity-note", "have not been counted"),
        ({"code": "A7", "quantity": "many"}, "scan-quantity-note", "Enter a number"),
        ({"code": "A7", "quantity": "NaN"}, "scan-quantity-note", "Enter a number"),
        ({"code": "A7", "quantity": "9"}, "scan-quantity-note", "6 too many"),
        ({"code": "PX-210"}, "scan-note", "scan the lot"),
        ({"code": "(01)0400"}, "scan-note", "cut off"),
    ],
)
def test_page_says_at_the_field_what_is_wrong(picker, walk, pump, now, entered, field, words):
    lots(pump, A7=20)
    with clock.travel(now):
        walking = walk({pump: 3})

        answer = picker.post(reverse("fulfillment:scan-item", args=[walking.number]), entered)

    assert answer.status_code == 422
    note = answer.content.decode().split(f'id="{field}"')[1].split("</div>")[0]
    assert words in note
    assert PickLine.objects.get().scanned == 0


def test_page_says_that_a_list_is_closed(picker, walk, pump, pick, now):
    lots(pump, A7=20)
    with clock.travel(now):
        walking = walk({pump: 3})
        pick(walking)

        answer = picker.post(
            reverse("fulfillment:scan-item", args=[walking.number]), {"code": "A7"}
        )

    assert answer.status_code == 409
    assert "is picked: start it before you scan" in answer.content.decode()


def test_short_pick_notifies_the_sales_rep_once(walk, pump, pick, make_customer):
    lots(pump, A7=20)
    rep = UserFactory.create()
    walking = walk({pump: 3}, by=make_customer(sales_rep=rep))
    pick(walking, found={"PX-210": 1})

    outbox.deliver_due(limit=20)

    notice = Notice.objects.get(user=rep)
    assert "did not find all of PX-210" in notice.text
    assert notice.link.endswith(f"{walking.order.number}/")


def test_a_swap_takes_as_many_statements_for_20_lines_as_for_one(walk, pump, scan, statements):
    lots(pump, A7=1, B8=100)
    short = walk({pump: 1})
    others = ProductFactory.create_batch(19)
    for other in others:
        StockLevelFactory.create(product=other)
    lots(other := ProductFactory.create(sku="PX-9", tracking="lot", expires=True), C1=1, C2=100)
    long = walk({other: 1, **dict.fromkeys(others, 1)})

    assert statements(lambda: scan(short, "B8")) == statements(lambda: scan(long, "C2"))


@pytest.mark.django_db(transaction=True)
class TestTwoPickers:
    """Both have the last free piece of a lot in hand, by the books."""

    @pytest.fixture
    def swaps(self, walk, scan):
        pump = ProductFactory.create(sku="PX-210", tracking="lot")
        lots(pump, A7=2)
        lists = [walk({pump: 1}) for _picker in range(2)]
        StockLevelFactory.create(
            product=pump,
            location=LocationFactory.create(code="A-01-02"),
            lot=LotFactory.create(product=pump, code="B8"),
            on_hand=1,
        )
        return [lambda row=row: scan(row, "B8") for row in lists]

    def test_one_gets_it_and_the_other_is_told(self, swaps, books):
        results = in_line(*swaps)

        assert [type(result) for result in results] == [list, services.TooMany]
        assert StockLevel.objects.get(lot__code="B8").allocated == 1
        assert books() == []

    def test_control_without_locks_only_the_constraint_stops_it(self, swaps, monkeypatch):
        without_locks(monkeypatch)

        results = in_line(*swaps)

        assert [type(result) for result in results] == [list, IntegrityError]
        assert locks.CLAUSE == ""


def test_label_of_a_place_is_told_apart_from_goods(pump, walk, scan):
    [level] = lots(pump, A1=10)
    pick_list = walk({pump: 2})
    LocationFactory.create(code="B-07", warehouse=level.location.warehouse)

    with pytest.raises(services.PlaceScanned) as here:
        scan(pick_list, "a-01-01")
    with pytest.raises(services.PlaceScanned) as elsewhere:
        scan(pick_list, "B-07")

    assert str(here.value) == "That is the place A-01-01, scan the goods."
    assert (here.value.field, here.value.location_id) == ("code", level.location_id)
    assert str(elsewhere.value) == (
        f"That is the place B-07, and nothing of {pick_list} lies there."
    )
    assert PickLine.objects.get().scanned == 0


def test_place_of_another_house_is_no_place_here(pump, walk, scan):
    lots(pump, A1=10)
    pick_list = walk({pump: 2})
    LocationFactory.create(code="Z-09", warehouse__code="EAST")

    with pytest.raises(services.WrongItem, match="Z-09 is not on"):
        scan(pick_list, "Z-09")


def test_page_goes_to_the_lines_of_a_place_that_was_scanned(pump, walk, picker):
    lots(pump, A1=10)
    pick_list = walk({pump: 2})

    page = picker.post(
        reverse("fulfillment:scan-item", args=[pick_list.number]), {"code": "A-01-01"}
    )

    assert page.status_code == 422
    assert "That is the place A-01-01, scan the goods." in page.content.decode()
    assert page.content.decode().count("data-here") == 1
