"""Whatever is sent to a form of fulfilment is answered in words: no fault, never half a change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fulfillment import services
from fulfillment.models import ReorderLevel, SourcingRule
from o2c.kernel import clock
from orders import services as orders
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import (
    TODAY,
    ExpectedReceiptFactory,
    LotFactory,
    ProductFactory,
    StockLevelFactory,
)

AREA = "/fulfillment/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {
    "fulfillment/promises/": "the entry screen asks it all the time: test_entry_stock",
    "fulfillment/promises/keep/": "a button of the entry screen: test_entry_stock",
}


def inventory(stock) -> list[str]:
    """Make goods that are expected, lots good and recalled, a level to watch and a rule."""
    coming, again = ExpectedReceiptFactory.create_batch(2)
    good = LotFactory.create(expires_on=TODAY + timedelta(days=90))
    recalled = LotFactory.create(product=good.product, blocked_reason="Seal leaks")
    house = stock.location.warehouse
    ReorderLevel.objects.create(
        product=stock.product, warehouse=house, minimum=Decimal(500), target=Decimal(900)
    )
    SourcingRule.objects.create(country="DE", warehouse=house, rank=1)
    return [
        *(f"/fulfillment/stock/expected/{row.pk}/" for row in (coming, again)),
        *(f"/fulfillment/stock/lots/{lot.pk}/" for lot in (good, recalled)),
        f"/fulfillment/stock/places/locations/{stock.location_id}/",
    ]


@pytest.fixture
def quoted(customer, now, actor):
    """Send a quote of one piece that is kept back; return the address of what stock says of it."""

    def quoted():
        level = StockLevelFactory.create()
        offered = orders.Offered(
            lines=[orders.NewLine(level.product_id, Decimal(1))],
            valid_until=now.date() + timedelta(days=9),
        )
        draft = orders.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)
        orders.send_quote(draft.pk, at=now, actor=actor)
        services.keep_for_quote(draft.pk, at=now, actor=actor)
        return f"/fulfillment/quotes/{draft.pk}/stock/"

    return quoted


def test_every_form_answers_bad_input_in_words(
    place, release, pick, product, stock, quoted, now, actor
):
    released, started, picked, opened, boxed = (
        release(place({product: 5}))[0] for _each in range(5)
    )
    for pick_list in (opened, boxed):
        pick(pick_list)
    services.start_pick(started.pk, picker_id=None, at=now, actor=actor)
    services.start_pick(picked.pk, picker_id=None, at=now, actor=actor)
    pick(picked)
    for pick_list in (opened, boxed):
        services.put_in(pick_list.pk, code=product.sku, quantity=Decimal(5), at=now, actor=actor)
    box = services.Box(weight_kg=Decimal(2))
    services.close_package(boxed.pk, box=box, at=now, actor=actor)
    pairs = [[release(place({product: 2}))[0].pk for _each in range(2)] for _pair in range(2)]
    waiting, walked = (services.make_batch(pair, at=now, actor=actor) for pair in pairs)
    services.start_batch(walked.pk, picker_id=None, at=now, actor=actor)
    place({product: 5})
    place({product: 500})
    late = ProductFactory.create()
    place({late: 3})
    StockLevelFactory.create(product=late)
    known = inventory(stock)
    client = signed_in()
    starts = [f"/fulfillment/pick-lists/{one.number}/" for one in (released, started, picked)]
    starts += [quoted(), f"/fulfillment/stock/{stock.pk}/", *known]
    coming = SimpleUploadedFile("coming.csv", b"PO;SKU;Qty;ETA\nPO-1;KV-080;5;2026-12-04\n")
    starts += [client.post("/fulfillment/stock/expected/import/", {"file": coming}).url]
    starts += [f"/fulfillment/batches/{one.number}/" for one in (waiting, walked)]
    starts += [f"/fulfillment/pick-lists/{one.number}/station/" for one in (opened, boxed)]
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
