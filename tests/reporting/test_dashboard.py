"""The dashboard of receivables …"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from o2c.kernel.clock import travel
from orders.services import NewLine
from reporting.selectors.item_rows import item_rows
from reporting.selectors.receivables import Period, aging, figures, latest_payers
from tests.reporting import lives

# 90 days before: 20 August.
PERIOD = Period(as_of=date(2026, 11, 18), currency="EUR")


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, 0, tzinfo=UTC)


@pytest.fixture
def history(company, credit_account, stocked, draft):
    """Three invoices, each due after 30 days.

    119.00 of 10 August, paid 30 September; 238.00 of 1 October, 100.00 of it paid 10 November;
    119.00 of 10 November.
    """

    def sell(pieces: int, at: datetime):
        order = draft(lines=[NewLine(stocked.pk, Decimal(pieces))], at=at)
        lives.submit(order, at=at)
        return lives.bill(lives.leave(lives.pack(lives.pick(order, at=at), at=at), at=at), at=at)

    first = sell(2, noon(8, 10))
    lives.pay(first, "119.00", at=noon(9, 30), reference="R-1")
    second = sell(4, noon(10, 1))
    third = sell(2, noon(11, 10))
    lives.pay(second, "100.00", at=noon(11, 10), reference="R-2")
    return first, second, third


def test_follows_the_formulas_of_the_glossary(history):
    found = figures(PERIOD)

    assert (found.now.balance, found.now.current, found.now.sales) == (257, 119, 357)
    assert found.beginning.balance == 119
    assert round(found.now.dso, 4) == Decimal("64.7899")  # 257 / 357 × 90
    assert found.now.best_dso == 30  # 119 / 357 × 90
    assert round(found.now.delay, 4) == Decimal("34.7899")
    assert round(found.effectiveness, 6) == Decimal("0.613445")  # (119+357−257) / (119+357−119)
    assert round(found.now.overdue_share, 6) == Decimal("0.536965")  # 138 / 257


def test_draws_a_point_for_each_week(history):
    line = figures(PERIOD).line

    assert [point.day for point in line][:2] == [date(2026, 8, 26), date(2026, 9, 2)]
    assert [int(point.balance) for point in line] == [
        *(119, 119, 119, 119, 119),  # until 23 September
        *(0,),  # 30 September
        *(238, 238, 238, 238, 238),  # 7 October to 4 November
        *(257, 257),
    ]
    assert [int(point.current) for point in line][9:] == [238, 0, 119, 119]


def test_sorts_what_is_owed_by_age(history):
    assert [(bucket.balance, bucket.count) for bucket in aging(PERIOD)] == [
        (119, 1),
        (138, 1),
        (0, 0),
        (0, 0),
        (0, 0),
    ]


def test_shows_a_past_day_as_it_was(history):
    before_the_money = Period(as_of=date(2026, 9, 29), currency="EUR")

    assert [bucket.balance for bucket in aging(before_the_money)] == [0, 119, 0, 0, 0]
    assert figures(before_the_money).now.balance == 119


def test_counts_grace_days_as_not_overdue(history, customer):
    customer.grace_days = 30
    customer.save()

    assert figures(PERIOD).now.current == 257
    assert latest_payers(PERIOD) == []


def test_names_who_is_late(history, customer):
    [account] = latest_payers(PERIOD)

    assert (account.name, account.overdue, account.balance) == (customer.name, 138, 257)
    assert account.ages == (119, 138, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("balance", [1, 2]),
        ("overdue", [1]),
        ("current", [2]),
        ("sales", [1, 2]),
        ("age-0", [2]),
        ("age-1", [1]),
        ("age-4", []),
    ],
)
def test_lists_the_items_behind_each_figure(history, kind, wanted):
    listing = item_rows(PERIOD, kind)

    assert [row.number for row in listing.rows] == [history[index].number for index in wanted]
    assert listing.amount == sum(row.balance for row in listing.rows)
    assert listing.count == len(wanted)


def test_pages_the_items_by_cursor(history, monkeypatch):
    monkeypatch.setattr("reporting.selectors.item_rows.PAGE_SIZE", 1)

    first = item_rows(PERIOD, "balance")
    second = item_rows(PERIOD, "balance", after=first.after)

    assert [row.number for row in (*first.rows, *second.rows)] == [
        history[1].number,
        history[2].number,
    ]
    assert (second.after, item_rows(PERIOD, "balance", after="?").rows) == ("", first.rows)


def test_shows_figures_with_links_to_their_rows(clerk, history, now):
    with travel(now):
        page = clerk.get("/dashboard/")
        rows = clerk.get("/dashboard/rows/overdue/")

    text = page.content.decode()
    assert "64.8" in text
    assert "53.7" in text
    assert 'href="/dashboard/rows/overdue/' in text
    assert history[1].number in rows.content.decode()
    assert "138.00" in rows.content.decode()


def test_is_calm_without_data(clerk):
    text = clerk.get("/dashboard/").content.decode()

    assert "No sales yet" in text
    assert "Nothing is owed" in text
    assert "Nobody is late" in text
    assert "No items" in clerk.get("/dashboard/rows/overdue/").content.decode()


def test_takes_nonsense_for_today(clerk):
    for query in ("as_of=2026-02-31", "as_of=x", "span=x", "as_of=2199-01-01"):
        assert clerk.get(f"/dashboard/?{query}").status_code == 200
    assert clerk.get("/dashboard/rows/nothing/").status_code == 404


def test_needs_as_many_statements_with_data_as_without(clerk, now, request):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured, travel(now):
            clerk.get("/dashboard/")
        return len(captured)

    empty = count()
    request.getfixturevalue("history")

    assert (empty, count()) == (STATEMENTS, STATEMENTS)


# The frame's 7 and three of its own.
STATEMENTS = 10


def test_is_for_those_who_may_see_figures(browser_of, visitor, client):
    for path in ("/dashboard/", "/dashboard/rows/overdue/"):
        assert browser_of(roles.SALES_REP).get(path).status_code == 403
        assert browser_of(roles.CUSTOMER_USER).get(path).status_code == 403
        assert visitor.get(path).status_code == 403
        assert client.get(path).status_code == 302
