"""What open entry screens are told between two full answers: soon, cheaply, and nobody else."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from decimal import Decimal
from time import monotonic

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client

from fulfillment import board, middleware
from fulfillment.board import Board
from fulfillment.models import Reservation, StockLevel
from o2c.kernel import clock, roles
from tests.factories import NOW, StockLevelFactory

PATH = "/fulfillment/promises/"


@pytest.fixture(autouse=True)
def time(watchful, monkeypatch):
    """What time it is: to be set."""
    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


@pytest.fixture
def user(company, person):
    return person(roles.SALES_REP)


@pytest.fixture
def rep(user):
    client = Client()
    client.force_login(user)
    return client


def typed(*products, **others):
    data = {"lines-count": str(len(products)), "token": "screen", **others}
    for place, product in enumerate(products):
        data |= {f"lines-{place}-sku": product.sku, f"lines-{place}-quantity": "24"}
    return data


def told(client, *products):
    """Return what a screen of these products has been told."""
    return seen_in(client.post(PATH, typed(*products)))


def seen_in(answer):
    return answer.content.decode().split('"seen": "')[1].split('"')[0]


def sell(quantity):
    StockLevel.objects.update(on_hand=F("on_hand") - quantity)


def test_tells_a_change_without_the_view(rep, product, stock, monkeypatch):
    seen = told(rep, product)
    monkeypatch.setattr("fulfillment.views.promising.draw", None)  # the view would fail

    before = rep.post(PATH, typed(product, seen=seen))
    sell(90)
    after = rep.post(PATH, typed(product, seen=seen))
    again = rep.post(PATH, typed(product, seen=seen_in(after)))

    assert (before.status_code, before.content) == (204, b"")
    assert "10 now" in after.content.decode()
    assert (again.status_code, again.content) == (204, b"")


def test_screen_carries_no_proof_of_its_session(rep, user, product, stock):
    signed = told(rep, product).rpartition(":")[0]
    said = json.loads(urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))

    assert said[0][0] == user.pk
    assert len(said[0][1]) == 64
    assert user.get_session_auth_hash() not in json.dumps(said)


def test_reads_nothing_between_two_looks(rep, product, stock, statements, monkeypatch):
    monkeypatch.setattr(board, "EVERY", 60)
    seen = told(rep, product)
    rep.post(PATH, typed(product, seen=seen))

    assert statements(lambda: rep.post(PATH, typed(product, seen=seen))) == 0


@pytest.mark.parametrize("count", [1, 20])
def test_a_change_takes_as_many_statements_for_one_line_as_for_twenty(rep, statements, count):
    products = [level.product for level in StockLevelFactory.create_batch(count)]
    seen = told(rep, *products)
    rep.post(PATH, typed(*products, seen=seen))
    sell(90)

    # When, company, our day, promises, what is kept back; and may this person still know.
    assert statements(lambda: rep.post(PATH, typed(*products, seen=seen))) == 6


def test_a_token_is_good_for_its_own_session_only(rep, person, product, stock):
    seen = told(rep, product)
    other, visitor, stranger = Client(), Client(), Client()
    other.force_login(person(roles.SALES_REP))
    visitor.force_login(person(roles.CUSTOMER_USER))

    answers = [
        client.post(PATH, typed(product, seen=seen)) for client in (other, visitor, stranger)
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 302]
    assert "100 now" in answers[0].content.decode()
    assert "100 now" not in answers[1].content.decode()
    assert answers[2]["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "change", [lambda text: text + "x", lambda text: "x" + text[1:], str.upper]
)
def test_a_forged_token_is_refused_as_none_at_all(rep, product, stock, change):
    seen = change(told(rep, product))
    answer = rep.post(PATH, typed(product, seen=seen))
    rep.cookies.clear()

    assert answer.status_code == 200
    assert "100 now" in answer.content.decode()
    assert rep.post(PATH, typed(product, seen=seen)).status_code == 302


def leave(user):
    Session.objects.all().delete()


def be_locked(user):
    user.is_active = False
    user.save()


def lose_the_right(user):
    user.groups.clear()


def change_the_password(user):
    user.set_password("another-one-2026")
    user.save()


def let_it_end(user):
    Session.objects.update(expire_date=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("lose", "status"),
    [
        (leave, 302),
        (be_locked, 302),
        (change_the_password, 302),
        (let_it_end, 302),
        (lose_the_right, 403),
    ],
)
def test_who_may_know_no_more_hears_nothing_of_stock(rep, user, product, stock, lose, status):
    seen = told(rep, product)
    lose(user)

    silent = rep.post(PATH, typed(product, seen=seen))
    sell(90)
    refused = rep.post(PATH, typed(product, seen=seen))

    assert (silent.status_code, silent.content) == (204, b"")
    assert refused.status_code == status
    assert "now" not in refused.content.decode().split()


def test_asks_for_rights_each_minute_though_nothing_changes(rep, user, product, stock, time):
    seen = told(rep, product)
    time[0] = NOW + timedelta(minutes=1)

    renewed = rep.post(PATH, typed(product, seen=seen))
    silent = rep.post(PATH, typed(product, seen=seen_in(renewed)))
    user.groups.clear()
    time[0] += timedelta(minutes=1)
    refused = rep.post(PATH, typed(product, seen=seen_in(renewed)))

    assert (renewed.status_code, renewed["HX-Retarget"]) == (200, "#stock-again")
    assert "100 now" not in renewed.content.decode()
    assert silent.status_code == 204
    assert refused.status_code == 403


def test_a_change_makes_no_token_last_longer(rep, product, stock, time):
    seen = told(rep, product)
    time[0] = NOW + timedelta(seconds=59)
    sell(90)
    changed = seen_in(rep.post(PATH, typed(product, seen=seen)))
    time[0] = NOW + timedelta(seconds=61)

    assert rep.post(PATH, typed(product, seen=changed)).status_code == 200


def test_what_nobody_shows_changes_only_what_is_known(rep, place, product, stock):
    seen = told(rep, product)
    Reservation.objects.create(
        holder="entry:screen",
        product=product,
        quantity=Decimal(5),
        reserved_at=NOW - timedelta(hours=2),
        expires_at=NOW - timedelta(hours=1),
        actor="Test",
    )
    StockLevelFactory.create()  # of another product
    silent = rep.post(PATH, typed(product, seen=seen))
    product.lead_time_days = 3
    product.save()

    renewed = rep.post(PATH, typed(product, seen=seen))

    assert silent.status_code == 204
    assert renewed["HX-Retarget"] == "#stock-again"
    assert rep.post(PATH, typed(product, seen=seen_in(renewed))).status_code == 204


def test_hears_of_what_time_changes(rep, product, stock, time, monkeypatch):
    Reservation.objects.create(
        holder="quote:1",
        product=product,
        quantity=Decimal(90),
        reserved_at=NOW,
        expires_at=NOW + timedelta(seconds=30),
        actor="Test",
    )
    seen = told(rep, product)
    time[0] = NOW + timedelta(seconds=29)
    before = rep.post(PATH, typed(product, seen=seen))
    time[0] = NOW + timedelta(seconds=30)
    after = rep.post(PATH, typed(product, seen=seen))

    assert before.status_code == 204
    assert "100 now" in after.content.decode()


def test_a_process_that_has_looked_earlier_takes_nothing_back(rep, product, stock, monkeypatch):
    monkeypatch.setattr(board, "EVERY", 60)
    seen = told(rep, product)
    rep.post(PATH, typed(product, seen=seen))  # that was its look of this minute
    sell(90)
    monkeypatch.setattr("fulfillment.views.promising.THE_BOARD", Board())
    newer = seen_in(rep.post(PATH, typed(product)))

    assert rep.post(PATH, typed(product, seen=newer)).status_code == 204


def test_another_line_or_quantity_is_the_views(rep, product, stock):
    seen = told(rep, product)
    other = StockLevelFactory.create().product

    assert rep.post(PATH, typed(product, other, seen=seen)).status_code == 200
    assert rep.post(PATH, typed(product, seen=seen, token="x")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_looks_at_stock_only_when_somebody_has_written(rep, product, stock, statements):
    seen = told(rep, product)
    rep.post(PATH, typed(product, seen=seen))

    quiet = statements(lambda: rep.post(PATH, typed(product, seen=seen)))
    sell(90)
    answer = rep.post(PATH, typed(product, seen=seen))

    assert quiet == 1  # what is visible by now
    assert "10 now" in answer.content.decode()


def test_nobody_waits_while_somebody_else_looks_and_nobody_misses_a_change(
    rep, product, stock, statements, monkeypatch
):
    monkeypatch.setattr(board, "PATIENCE", 0.01)
    seen = told(rep, product)
    sell(90)
    silent = []

    with middleware.THE_BOARD._lock:
        quiet = statements(lambda: silent.append(rep.post(PATH, typed(product, seen=seen))))
    [answer] = silent
    after = rep.post(PATH, typed(product, seen=seen))

    assert (answer.status_code, quiet) == (204, 0)
    assert "10 now" in after.content.decode()


def test_what_a_process_does_not_know_waits_for_its_next_look(
    rep, product, stock, statements, monkeypatch
):
    """Only the view reads at once what no page of this process has asked for."""
    other = StockLevelFactory.create().product
    seen_here, seen = told(rep, product), told(rep, other)
    own = Board()
    monkeypatch.setattr(middleware, "THE_BOARD", own)
    rep.post(PATH, typed(product, seen=seen_here))
    sell(90)
    own._due = monotonic() + 60

    early = []
    assert statements(lambda: early.append(rep.post(PATH, typed(other, seen=seen)))) == 0
    own._due = 0
    after = rep.post(PATH, typed(other, seen=seen))

    assert early[0].status_code == 204
    assert "10 now" in after.content.decode()
