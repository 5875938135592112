"""The pack station: contents, SSCC, slip; and all that is refused."""

import io
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse
from pypdf import PdfReader
from stdnum import ean

from fulfillment import services
from fulfillment.models import Package, PackageLine, PickList
from fulfillment.papers import draw_packing_slip
from fulfillment.standard_form import with_content
from o2c.kernel.errors import InvalidInput
from shipping.models import Shipment
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory
from tests.race import in_line, without_locks

PREFIX = "4012345"


@pytest.fixture
def prefixed(company):
    company.gs1_prefix = PREFIX
    company.save(update_fields=["gs1_prefix"])


@pytest.fixture
def picked(place, release, pick, product, stock):
    """Five valves and two hoses, picked."""
    hose = ProductFactory.create(sku="HOS-1")
    StockLevelFactory.create(product=hose, location=LocationFactory.create(code="B-01"))
    [pick_list] = release(place({product: 5, hose: 2}))
    pick(pick_list)
    return PickList.objects.get(pk=pick_list.pk)


@pytest.fixture
def put_in(now, actor):
    def put_in(pick_list, code, quantity=1):
        return services.put_in(
            pick_list.pk, code=code, quantity=Decimal(quantity), at=now, actor=actor
        )

    return put_in


@pytest.fixture
def close(now, actor):
    def close(pick_list, weight="2.5", **fields):
        box = services.Box(weight_kg=Decimal(weight), **fields)
        return services.close_package(pick_list.pk, box=box, at=now, actor=actor)

    return close


def contents():
    rows = PackageLine.objects.order_by("package__number", "pick_line__position")
    return [
        (number, sku, quantity)
        for number, sku, quantity in rows.values_list(
            "package__number", "pick_line__order_line__product__sku", "quantity"
        )
    ]


def test_items_go_into_packages_with_sscc_and_sides(
    prefixed, picked, put_in, close, now, actor, books
):
    put_in(picked, "VLV-BF-080", 3)
    first = close(picked, length_cm=40, width_cm=30, height_cm=20)
    put_in(picked, "VLV-BF-080", 2)
    put_in(picked, "HOS-1", 2)
    second = close(picked, "7", kind="pallet")
    services.pack(picked.pk, at=now, actor=actor)

    assert contents() == [
        (1, "VLV-BF-080", 3),
        (2, "VLV-BF-080", 2),
        (2, "HOS-1", 2),
    ]
    for package in (first, second):
        assert (len(package.sscc), package.sscc[:8]) == (18, f"0{PREFIX}")
        assert package.sscc[-1] == ean.calc_check_digit(package.sscc[:-1])
    assert first.sscc != second.sscc
    shipment = Shipment.objects.get()
    assert (shipment.package_count, shipment.weight_kg) == (2, Decimal("9.5"))
    assert books() == []


def test_what_was_put_in_by_mistake_comes_out(picked, put_in):
    put_in(picked, "VLV-BF-080", 3)

    put_in(picked, "VLV-BF-080", -1)
    assert contents() == [(1, "VLV-BF-080", 2)]
    put_in(picked, "VLV-BF-080", -2)
    assert contents() == []


@pytest.mark.parametrize(
    ("code", "quantity", "refusal", "words"),
    [
        ("NOPE", 1, services.WrongItem, "not on PL-"),
        ("VLV-BF-080", 6, services.TooMany, "1 more than was picked"),
        ("VLV-BF-080", -1, services.TooMany, "not in the open package"),
        ("VLV-BF-080", 0, InvalidInput, "at least one"),
        ("VLV-BF-080", "NaN", InvalidInput, "at least one"),
    ],
)
def test_station_refuses_what_cannot_be(picked, put_in, code, quantity, refusal, words):
    with pytest.raises(refusal, match=words):
        put_in(picked, code, quantity)

    assert contents() == []
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("weight", "sides", "field"),
    [
        ("0", {}, "weight_kg"),
        ("NaN", {}, "weight_kg"),
        ("1e8", {}, "weight_kg"),
        ("2", {"length_cm": 3}, "length_cm"),
    ],
)
def test_package_is_not_closed_with_what_no_package_is(picked, put_in, close, weight, sides, field):
    put_in(picked, "VLV-BF-080")

    with pytest.raises(InvalidInput) as refusal:
        close(picked, weight, **sides)

    assert refusal.value.field == field
    assert Package.objects.get().weight_kg == 0


def test_packing_does_not_end_before_all_is_in_closed_packages(picked, put_in, close, now, actor):
    put_in(picked, "VLV-BF-080", 4)
    with pytest.raises(services.NotPacking, match="Close the open package"):
        services.pack(picked.pk, at=now, actor=actor)
    close(picked)

    with pytest.raises(services.NotPacking, match="1 × VLV-BF-080, 2 × HOS-1"):
        services.pack(picked.pk, at=now, actor=actor)
    with pytest.raises(services.NotPacking, match="No package is open"):
        close(picked)

    assert PickList.objects.get().state == "picked"
    assert not Shipment.objects.exists()


def test_packed_list_takes_nothing_more(packed, put_in):
    with pytest.raises(services.NotPacking, match="only what is picked is packed"):
        put_in(packed, "VLV-BF-080")


def test_one_weighed_package_holds_all_that_was_found(packed, books):
    assert contents() == [(1, "VLV-BF-080", 5)]
    assert Package.objects.get().sscc == ""
    assert books() == []


def test_stopping_empties_the_packages(picked, put_in, now, actor, books):
    put_in(picked, "VLV-BF-080", 4)

    services.stop_pick(picked.pk, reason="Customer called", at=now, actor=actor)

    assert not Package.objects.exists()
    assert books() == []


def test_books_find_what_was_packed_and_never_picked(packed, books):
    PackageLine.objects.update(quantity=6)

    assert "fulfillment.no_more_is_packed_than_was_picked" in str(books())


def test_slip_shows_each_package_with_its_sscc_and_contents(prefixed, picked, put_in, close):
    put_in(picked, "VLV-BF-080", 5)
    package = close(picked)

    drawn = PdfReader(io.BytesIO(draw_packing_slip(with_content().get(pk=picked.pk))))

    text = " ".join(page.extract_text() for page in drawn.pages)
    for said in (picked.number, f"(00) {package.sscc}", "VLV-BF-080", "Package 1 of 1"):
        assert said in text


def test_station_page_packs_and_says_when_the_prefix_is_missing(picker, picked):
    def url(name):
        return reverse(f"fulfillment:{name}", args=[picked.number])

    page = picker.get(url("station")).content.decode()
    wrong = picker.post(url("pack-item"), {"code": "NOPE"})
    many = picker.post(url("pack-item"), {"code": "HOS-1", "quantity": "many"})
    picker.post(url("pack-item"), {"code": "VLV-BF-080", "quantity": "5"})
    picker.post(url("pack-item"), {"code": "HOS-1", "quantity": "2"})
    bad = picker.post(url("close-package"), {"weight_kg": "0", "kind": "parcel"})
    picker.post(url("close-package"), {"weight_kg": "4", "kind": "parcel"})
    slip = picker.get(url("slip"))
    picker.post(url("end-packing"))

    assert "our company has no GS1 company prefix" in page
    assert [answer.status_code for answer in (wrong, many, bad)] == [422, 422, 422]
    assert "not on PL-" in wrong.content.decode().split('id="scan-note"')[1].split("</span>")[0]
    assert "Enter a number" in many.content.decode()
    assert "above zero" in bad.content.decode()
    assert slip.headers["Content-Type"] == "application/pdf"
    picked.refresh_from_db()
    assert (picked.state, Package.objects.get().weight_kg) == ("packed", 4)


def test_station_says_that_nothing_is_picked_yet(picker, place, release, product, stock):
    [released] = release(place({product: 5}))

    page = picker.get(reverse("fulfillment:station", args=[released.number])).content.decode()

    assert "Nothing is picked yet." in page
    assert f"Open {released.number}" in page


def test_station_takes_as_many_statements_for_20_lines_and_packages_as_for_one(
    picker, place, release, pick, put_in, close, statements
):
    def station(count):
        products = ProductFactory.create_batch(count)
        for each in products:
            StockLevelFactory.create(product=each)
        [pick_list] = release(place(dict.fromkeys(products, 1)))
        pick(pick_list)
        for each in products:
            put_in(pick_list, each.sku)
            close(pick_list)
        return reverse("fulfillment:station", args=[pick_list.number])

    short, long = station(1), station(20)
    picker.get(short)  # what is asked once a process

    assert statements(lambda: picker.get(short)) == 11
    assert statements(lambda: picker.get(long)) == 11


@pytest.mark.django_db(transaction=True)
class TestTwoPackers:
    """Both put the same five pieces in."""

    def both(self, picked, put_in):
        scans = [lambda: put_in(picked, "VLV-BF-080", 5)] * 2
        return [type(result) for result in in_line(*scans)]

    def test_one_is_told(self, picked, put_in, books):
        assert self.both(picked, put_in) == [list, services.TooMany]
        assert books() == []

    def test_control_without_locks_only_the_constraint_stops_it(self, picked, put_in, monkeypatch):
        put_in(picked, "HOS-1", 1)
        without_locks(monkeypatch)

        assert self.both(picked, put_in) == [list, IntegrityError]
