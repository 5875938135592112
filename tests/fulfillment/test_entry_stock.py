"""The stock panel of the entry screen: asked all the time, answered when something has changed."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from fulfillment.models import Reservation, StockLevel
from o2c.kernel import clock, roles
from tests.factories import (
    NOW,
    CustomerFactory,
    ExpectedReceiptFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
)


@pytest.fixture(autouse=True)
def nine_o_clock(watchful, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def rep(company, person):
    client = Client()
    client.force_login(person(roles.SALES_REP))
    return client


def typed(*lines, **others):
    """What the screen sends of (SKU, quantity) rows."""
    data = {"lines-count": str(len(lines)), "token": "screen", **others}
    for place, (sku, quantity) in enumerate(lines):
        data |= {f"lines-{place}-sku": sku, f"lines-{place}-quantity": quantity}
    return data


def look(client, *lines, **others):
    return client.post("/fulfillment/promises/", typed(*lines, **others))


def seen_in(answer):
    return answer.content.decode().split('"seen": "')[1].split('"')[0]


def test_says_what_can_be_promised_of_each_line(rep, product, stock):
    answer = look(rep, (product.sku, "24"), ("", ""), ("NO-SUCH", "1"), (product.sku, "80"))

    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "100 now" in text
    assert "76 now, rest" in text
    assert "NO-SUCH" not in text


def test_is_silent_while_nothing_changes(rep, product, stock):
    first = look(rep, (product.sku, "24"))

    again = look(rep, (product.sku, "24"), seen=seen_in(first))

    assert (again.status_code, again.content) == (204, b"")


def test_tells_the_rows_too_when_stock_has_changed(rep, place, product, stock):
    first = look(rep, (product.sku, "24"))
    place({product: 90})

    again = look(rep, (product.sku, "24"), ("NO-SUCH", "1"), seen=seen_in(first))
    later = look(rep, (product.sku, "24"), seen=seen_in(first))

    panel, *rows = later.content.decode().split('<span id="line-')
    assert "10 now, rest" in panel
    assert [row[:9] for row in rows] == ['0-stock" ']
    assert "10 now" in rows[0]
    assert "Submit without this line" in rows[0]
    assert '<span id="line-' not in again.content.decode()


def test_asks_the_rows_to_look_again_when_lines_and_stock_have_changed(rep, place, product, stock):
    first = look(rep, (product.sku, "2"))
    place({product: 90})

    again = look(rep, (product.sku, "24"), seen=seen_in(first))

    assert again.headers["HX-Trigger"] == "stock-changed"
    assert '<span id="line-' not in again.content.decode()


def test_does_not_when_only_the_lines_have(rep, product, stock):
    first = look(rep, (product.sku, "24"))

    again = look(rep, (product.sku, "25"), seen=seen_in(first))

    assert again.status_code == 200
    assert "HX-Trigger" not in again.headers
    assert '<span id="line-' not in again.content.decode()


@pytest.mark.parametrize("quantity", ["", "x", "1,5", "-1"])
def test_tells_no_row_that_has_no_place_for_it(rep, place, product, stock, quantity):
    lines = (product.sku, "24"), (product.sku, quantity)
    first = look(rep, *lines)
    place({product: 90})

    again = look(rep, *lines, seen=seen_in(first))

    assert again.content.decode().count('<span id="line-') == 1


@pytest.mark.parametrize("quantity", ["", "x", "-1", "NaN", "1e999999", "9" * 400])
def test_takes_whatever_is_typed(rep, product, stock, quantity):
    assert look(rep, (product.sku, quantity), seen="\0.x").status_code == 200


def test_keeps_goods_back_for_the_customer_on_the_screen(rep, product, stock):
    customer = CustomerFactory.create()
    data = typed((product.sku, "24"), (product.sku, "6"), customer=str(customer.pk))

    answer = rep.post("/fulfillment/promises/keep/", data)

    assert "Kept back until" in answer.content.decode()
    row = Reservation.objects.get()
    assert (row.holder, row.customer, row.quantity) == ("entry:screen", customer, 30)
    assert "100 now" in look(rep, (product.sku, "24")).content.decode()
    assert "70 now" in look(rep, (product.sku, "24"), token="another").content.decode()


@pytest.mark.parametrize(
    "data",
    [
        typed(("VLV-BF-080", "24")),
        typed(("VLV-BF-080", "24"), customer="x"),
        typed(("VLV-BF-080", "24"), customer="9" * 400),
        typed(("NO-SUCH", "24"), customer="1"),
        typed(customer="1"),
        {},
    ],
)
def test_says_what_is_missing_to_keep_goods_back(rep, product, stock, data):
    answer = rep.post("/fulfillment/promises/keep/", data)

    assert answer.status_code == 422
    assert "Choose a customer and enter a line first" in answer.content.decode()
    assert Reservation.objects.count() == 0


@pytest.mark.parametrize("quantity", ["0.0001", "1e9", "9e999999", "1,5", "x"])
def test_keeps_back_no_quantity_that_cannot_be(rep, product, stock, quantity):
    customer = CustomerFactory.create()
    data = typed((product.sku, "6"), (product.sku, quantity), customer=str(customer.pk))

    answer = rep.post("/fulfillment/promises/keep/", data)

    assert answer.status_code == 422
    said = "VLV-BF-080: enter a quantity above zero, with three decimals at most."
    assert said in answer.content.decode()
    assert Reservation.objects.count() == 0


def test_two_rows_of_more_than_anything_are_answered(rep, product, stock):
    answer = look(rep, (product.sku, "9e999999"), (product.sku, "9e999999"))

    assert answer.status_code == 200
    assert "100 now" in answer.content.decode()
    assert "99 now" in answer.content.decode()  # each counts as one: there is no such quantity


def test_takes_as_many_statements_for_one_line_as_for_twenty(rep, statements):
    def measure(count):
        levels = StockLevelFactory.create_batch(count)
        lines = [(level.product.sku, "1") for level in levels]
        return statements(lambda: look(rep, *lines))

    assert measure(1) == measure(20)


def test_row_is_answered_for_its_own_screen(rep, product, stock):
    Reservation.objects.create(
        holder="entry:screen",
        product=product,
        quantity=Decimal(95),
        reserved_at=NOW,
        expires_at=NOW.replace(hour=10),
        actor="Test",
    )
    other = ProductFactory.create()
    address = f"/fulfillment/availability/?sku={product.sku}&quantity=20&line=0"

    own, others = rep.get(address + "&token=screen"), rep.get(address)

    assert "100 now" in own.content.decode()
    assert "5 now, rest" in others.content.decode()
    assert rep.get(f"/fulfillment/availability/?sku={other.sku}").status_code == 200


@pytest.fixture
def spoiling(product):
    """60 of the product leave until 27 November, 40 at any time; none is bought again."""
    lot = LotFactory.create(product=product, expires_on=date(2026, 11, 27))
    StockLevelFactory.create(product=product, lot=lot, on_hand=Decimal(60))
    StockLevelFactory.create(product=product, on_hand=Decimal(40))


def said(answer):
    return " ".join(answer.content.decode().split())


def test_promises_for_a_later_day_only_what_lasts_until_it_leaves(rep, product, spoiling):
    """For the 30th, a Monday, goods leave on Friday, 27 November; for the 1st one day later."""
    row = (product.sku, "50")

    assert "100 now" in said(look(rep, row))
    assert "100 now" in said(look(rep, row, requested_on="2026-11-30"))
    assert "40 now, rest" in said(look(rep, row, requested_on="2026-12-01"))
    assert "40 now, rest" in said(look(rep, row, **{"lines-0-date": "2026-12-01"}))
    own_day = {"requested_on": "2026-12-01", "lines-0-date": "2026-11-30"}
    assert "100 now" in said(look(rep, row, **own_day))


def test_of_several_rows_of_a_product_the_latest_day_counts(rep, product, spoiling):
    """The release claims for both at once what lasts until the last of them leaves."""
    rows = (product.sku, "30"), (product.sku, "30")

    answer = said(look(rep, *rows, **{"lines-0-date": "2026-12-20", "lines-1-date": "2026-11-20"}))

    assert "40 now" in answer
    assert "10 now, rest" in answer


def test_another_day_is_another_question(rep, product, spoiling):
    row = (product.sku, "50")
    seen = seen_in(look(rep, row, requested_on="2026-11-30"))
    own = seen_in(look(rep, row, **{"lines-0-date": "2026-11-30"}))

    same = look(rep, row, requested_on="2026-11-30", seen=seen)
    later = look(rep, row, requested_on="2026-12-01", seen=seen)
    own_later = look(rep, row, seen=own, **{"lines-0-date": "2026-12-01"})

    assert same.status_code == 204
    assert "40 now, rest" in said(later)
    assert "40 now, rest" in said(own_later)


BAD_DAYS = ["x", "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "1.5", "9" * 400, "\0"]


@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_day_that_cannot_be_is_none(rep, product, spoiling, day):
    row = (product.sku, "50")

    assert "100 now" in said(look(rep, row, requested_on=day, **{"lines-0-date": day}))
    late = look(rep, row, requested_on="2026-12-01", **{"lines-0-date": day})
    assert "40 now" in said(late)
    asked = {"sku": product.sku, "quantity": "50", "day": day, "requested_on": "2026-12-01"}
    assert "40 now" in said(rep.get("/fulfillment/availability/", asked))


def test_a_row_is_answered_for_its_own_day_or_its_orders(rep, product, spoiling):
    asked = {"sku": product.sku, "quantity": "50"}

    def answered(**days):
        return said(rep.get("/fulfillment/availability/", asked | days))

    assert "100 now" in answered()
    assert "40 now, rest" in answered(requested_on="2026-12-01")
    assert "40 now, rest" in answered(requested_on="2026-11-20", day="2026-12-01")
    assert "100 now" in answered(requested_on="2026-12-01", day="2026-11-20")


def test_goods_that_come_before_it_leaves_are_not_there_now(rep, product, spoiling):
    """60 spoil and 60 come: 40 are there now for December, and the rest is here on the 1st."""
    ExpectedReceiptFactory.create(
        product=product,
        warehouse=StockLevel.objects.first().location.warehouse,
        quantity=Decimal(60),
        expected_on=date(2026, 12, 1),
    )

    answer = said(look(rep, (product.sku, "50"), requested_on="2026-12-20"))

    assert "40 now, rest" in answer
    assert 'datetime="2026-12-03"' in answer


def test_keeps_back_nothing_that_expires_before_it_leaves(rep, product, spoiling):
    customer = CustomerFactory.create()
    data = typed((product.sku, "50"), customer=str(customer.pk), requested_on="2026-12-01")

    rep.post("/fulfillment/promises/keep/", data)

    assert Reservation.objects.get().quantity == 40


def test_a_day_of_the_next_year_is_written_with_it_while_it_is_next_year(rep, product, monkeypatch):
    StockLevelFactory.create(product=product, on_hand=Decimal(1))
    ExpectedReceiptFactory.create(
        product=product,
        warehouse=StockLevel.objects.get().location.warehouse,
        quantity=Decimal(60),
        expected_on=date(2027, 1, 12),
    )
    before = said(look(rep, (product.sku, "50")))
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 4, 9, tzinfo=NOW.tzinfo))

    after = said(look(rep, (product.sku, "50")))

    assert "14 Jan 2027" in before
    assert "14 Jan" in after
    assert "2027<" not in after
