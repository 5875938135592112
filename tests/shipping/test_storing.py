"""Goods that came back go to their places; what cannot be put waits for a person."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from fulfillment.models import Location, StockMove
from o2c.kernel import clock, roles
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import Notice, OutboxMessage
from o2c.kernel.outbox import deliver_due
from shipping import services
from shipping.models import Return, ReturnLine
from shipping.services import Arrived, Coming, NothingStuck, Target, Verdict
from tests.factories import LocationFactory
from tests.invoicing import shipped


@pytest.fixture
def two(customer, schedule, stock, now, actor):
    """A return of two products that was looked at; the place of the first is used no more."""
    sent = shipped.ship(customer, ("2", "50"), ("2", "50"))
    goods = [
        Coming(shipment_line_id=line.pk, quantity=Decimal(1), reason="wrong")
        for line in sent.lines.order_by("pk")
    ]
    row = services.announce_return(customer.pk, goods=goods, at=now, actor=actor)
    first, second = row.lines.order_by("pk")
    came = [Arrived(line_id=line.pk, quantity=Decimal(1)) for line in (first, second)]
    services.receive_return_goods(row.pk, goods=came, at=now, actor=actor)
    closed, used = (
        LocationFactory.create(warehouse=row.warehouse, code=code) for code in ("Z-1", "Z-2")
    )
    verdicts = {
        line.pk: Verdict(disposition="restock", accepted=Decimal(1), location_id=place.pk)
        for line, place in ((first, closed), (second, used))
    }
    services.inspect_return(row.pk, verdicts=verdicts, at=now, actor=actor)
    Location.objects.filter(pk=closed.pk).update(is_active=False)
    return row


@pytest.fixture
def lines(two):
    return list(two.lines.order_by("pk"))


def moves(line):
    found = StockMove.objects.filter(kind="return", source=f"return:{line.pk}")
    return list(found.values_list("level__location__code", "quantity"))


def test_a_line_that_cannot_be_put_away_stops_no_other(two, lines, person, books):
    picker = person(roles.WAREHOUSE)

    deliver_due(limit=50)

    first, second = two.lines.order_by("pk")
    [told] = Notice.objects.filter(user=picker)
    assert (moves(first), moves(second)) == ([], [("Z-2", 1)])
    assert first.problem == "Z-1 is not used any more. Choose another place."
    assert (second.problem, OutboxMessage.objects.filter(delivered_at=None).count()) == ("", 0)
    assert told.text.startswith(f"{two.number}: {first.shipment_line.order_line.sku} is not put")
    assert told.link == reverse("shipping:return", args=[two.number])
    assert books() == []


def test_the_message_that_comes_twice_tells_people_once(two, person, now, actor):
    person(roles.WAREHOUSE)
    deliver_due(limit=50)

    again = services.store_returned(two.pk, at=now, actor=actor)
    deliver_due(limit=50)

    assert (again, Notice.objects.count()) == (0, 1)


def test_it_lies_in_the_place_that_somebody_chooses_then_once(two, lines, now, actor, books):
    deliver_due(limit=50)
    place = Location.objects.get(code="Z-2")
    targets = {lines[0].pk: Target(disposition="restock", location_id=place.pk)}

    services.store_elsewhere(two.pk, targets=targets, at=now, actor=actor)
    deliver_due(limit=50)
    again = services.store_returned(two.pk, at=now, actor=actor)

    first = two.lines.order_by("pk").first()
    assert (again, moves(first), first.problem, first.location) == (0, [("Z-2", 1)], "", place)
    assert books() == []


def test_it_can_be_scrapped_then(two, lines, now, actor, books):
    deliver_due(limit=50)
    targets = {lines[0].pk: Target(disposition="scrap")}

    services.store_elsewhere(two.pk, targets=targets, at=now, actor=actor)
    deliver_due(limit=50)

    first = two.lines.order_by("pk").first()
    assert (moves(first), first.disposition, first.location) == ([], "scrap", None)
    assert (first.problem, first.accepted) == ("", 1)
    assert books() == []


def test_refuses_another_place_of_what_lies_in_its_place(two, now, actor):
    Location.objects.update(is_active=True)
    deliver_due(limit=50)

    with pytest.raises(NothingStuck, match="Nothing of this return waits"):
        services.store_elsewhere(two.pk, targets={}, at=now, actor=actor)

    assert StockMove.objects.filter(kind="return").count() == 2


@pytest.mark.parametrize(
    ("disposition", "said"),
    [("", "Say what becomes of it"), ("restock", "a shelf"), ("quarantine", "a quarantine place")],
)
def test_refuses_a_place_that_cannot_be(two, lines, now, actor, disposition, said):
    deliver_due(limit=50)
    targets = {lines[0].pk: Target(disposition=disposition)}

    with pytest.raises(InvalidInput, match=said) as refusal:
        services.store_elsewhere(two.pk, targets=targets, at=now, actor=actor)

    first = two.lines.order_by("pk").first()
    assert refusal.value.field == f"lines.{first.pk}"
    assert (first.problem[:3], first.location.code) == ("Z-1", "Z-1")


def test_what_is_not_put_away_stands_in_a_view_of_its_own(two, lines, shipper, now):
    deliver_due(limit=50)
    place = Location.objects.get(code="Z-2")
    address = reverse("shipping:return", args=[two.number])
    entered = {f"disposition_{lines[0].pk}": "restock", f"place_{lines[0].pk}": place.pk}

    with clock.travel(now):
        waiting = shipper.get(reverse("shipping:returns"), {"view": "stuck"}).content.decode()
        page = shipper.get(address).content.decode()
        answer = shipper.post(reverse("shipping:return-store", args=[two.number]), entered)
        deliver_due(limit=50)
        done = shipper.get(reverse("shipping:returns"), {"view": "stuck"}).content.decode()

    assert f">{two.number}</a>" in waiting
    assert "Z-1 is not used any more. Choose another place." in page
    assert (answer.status_code, answer.url) == (302, address)
    assert f">{two.number}</a>" not in done
    assert moves(lines[0]) == [("Z-2", 1)]


def test_who_may_not_work_on_returns_puts_nothing_away(two, lines, person):
    deliver_due(limit=50)
    auditor = Client()
    auditor.force_login(person(roles.AUDITOR))

    answer = auditor.post(reverse("shipping:return-store", args=[two.number]), {})

    assert answer.status_code == 403
    assert ReturnLine.objects.exclude(problem="").count() == 1


def test_the_books_show_what_nobody_puts_away_for_an_hour(two, books):
    waiting = OutboxMessage.objects.filter(handler="shipping.handlers.store_returned")
    fresh = books()
    waiting.update(attempts=8)

    found = {broken.name for broken in books()}

    assert (fresh, Return.objects.get().state) == ([], "inspected")
    assert found == {"shipping.what_came_back_lies_where_it_was_put"}


def test_page_takes_as_many_statements_for_20_waiting_lines_as_for_one(
    two, lines, shipper, product, statements, now
):
    deliver_due(limit=50)
    address = reverse("shipping:return", args=[two.number])
    shipper.get(address)
    one = statements(lambda: shipper.get(address))
    first = two.lines.order_by("pk").first()

    for number in range(19):
        lot = product.lots.create(code=f"L-{number}", created_at=now)
        two.lines.create(
            shipment_line=first.shipment_line,
            lot=lot,
            reason="wrong",
            announced=1,
            received=1,
            disposition="restock",
            location=first.location,
            problem=first.problem,
        )

    assert statements(lambda: shipper.get(address)) == one
    assert len(re.findall("name=.place_", shipper.get(address).content.decode())) == 20
