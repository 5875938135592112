"""Whatever is sent to a form of fulfilment is answered in words: no fault, never half a change."""

from decimal import Decimal

from fulfillment import services
from o2c.kernel import clock
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import ProductFactory, StockLevelFactory

AREA = "/fulfillment/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {
    "fulfillment/promises/": "the entry screen asks it every second: test_entry_stock",
    "fulfillment/promises/keep/": "a button of the entry screen: test_entry_stock",
}


def test_every_form_answers_bad_input_in_words(place, release, pick, product, stock, now, actor):
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
    place({product: 5})
    place({product: 500})
    late = ProductFactory.create()
    place({late: 3})
    StockLevelFactory.create(product=late)
    client = signed_in()
    starts = [f"/fulfillment/pick-lists/{one.number}/" for one in (released, started, picked)]
    starts += [f"/fulfillment/stock/{stock.pk}/"]
    starts += [f"/fulfillment/pick-lists/{one.number}/station/" for one in (opened, boxed)]
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
