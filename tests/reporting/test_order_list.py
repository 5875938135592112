"""The list of orders …"""

import csv
import io
from datetime import timedelta
from decimal import Decimal

from credit.models import CreditAccount
from o2c.kernel import roles
from orders import services as orders
from orders.services import NewLine
from reporting.models import ListSetting
from tests.factories import CustomerFactory


def numbers(response) -> list[str]:
    return [row.order.number for row in response.context["listing"].rows]


def test_shows_drafts_newest_first(sales_rep, draft):
    first, second = draft(), draft()

    response = sales_rep.get("/orders/?view=drafts")

    assert numbers(response) == [second.number, first.number]
    assert "119.00" in response.content.decode()


def test_finds_by_number_customer_po_and_sku(sales_rep, draft, product):
    other = CustomerFactory.create(name="Ölwerk", folded_name="olwerk")
    wanted = draft(customer_po="4500-88107")
    draft(customer_id=other.pk)

    for text in (wanted.number, "valve harbor", "4500", product.sku):
        response = sales_rep.get("/orders/", {"view": "all", "q": text})
        assert wanted.number in numbers(response)

    assert len(numbers(sales_rep.get("/orders/?view=all&q=Ölw"))) == 1
    assert numbers(sales_rep.get("/orders/?view=all&q=nothing")) == []


def test_pages_by_cursor_in_every_sort_order(sales_rep, draft, product, monkeypatch):
    monkeypatch.setattr("reporting.views.orders.PAGE_SIZE", 2)
    made = [
        draft(lines=[NewLine(product.pk, Decimal(quantity))]).number for quantity in (3, 1, 2, 3, 1)
    ]
    wanted = {
        "number": made,
        "-number": made[::-1],
        "total": [made[n] for n in (1, 4, 2, 0, 3)],
        "-total": [made[n] for n in (3, 0, 2, 4, 1)],
        "requested": made,
        "customer": made,
        "unknown": made[::-1],
    }

    for sort, order in wanted.items():
        seen, after = [], ""
        while True:
            response = sales_rep.get("/orders/", {"view": "all", "sort": sort, "after": after})
            seen += numbers(response)
            after = response.context["listing"].after
            if not after:
                break
        assert (sort, seen) == (sort, order)


def test_starts_at_the_top_when_the_cursor_is_not_one_of_ours(sales_rep, draft):
    order = draft()

    for cursor in ("nonsense", "WzFd", "WyJ4IiwgMV0"):
        response = sales_rep.get("/orders/", {"view": "all", "after": cursor})
        assert numbers(response) == [order.number]


def test_counts_its_views(sales_rep, draft):
    draft(), draft()

    response = sales_rep.get("/orders/")

    counts = {view.key: view.count for view in response.context["views"]}
    assert counts == {
        "open": 0,
        "mine": 0,
        "drafts": 2,
        "review": 0,
        "hold": 0,
        "late": 0,
        "ready": 0,
        "short": 0,
        "bill": 0,
        "invoiced": 0,
        "over": None,
        "all": None,
    }


def test_exports_what_is_filtered_and_no_formula(sales_rep, draft):
    order = draft(customer_po="=1+1")
    draft(customer_po="4500-1")

    response = sales_rep.get("/orders/export.csv?view=all&q==1")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][:4] == [order.number, "Harbor Pump & Valve", "'=1+1", "Draft"]
    assert rows[1][6:10] == ["1", "100.000", "119.000", "EUR"]


def test_needs_as_many_statements_for_twenty_orders_as_for_one(
    sales_rep, draft, django_assert_num_queries
):
    draft()
    sales_rep.get("/orders/?view=all")
    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/orders/?view=all")
    for _ in range(19):
        draft()

    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/orders/?view=all")


# Session, user, permissions (two), company's day, page, facts, credit checks, how rows are liked,
# view counts, and the frame's:
# roles and company. Saved views come with the person's roles, and filters with who owns orders.
STATEMENTS = 16


def test_says_how_long_an_order_is_in_its_stage_and_what_credit_control_said(
    sales_rep, credit_account, draft, stocked, now, actor, monkeypatch
):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now + timedelta(hours=3, minutes=12))
    waits, goes_on, held = draft(), draft(), draft()
    orders.submit_order(goes_on.pk, at=now + timedelta(hours=1), actor=actor)
    CreditAccount.objects.update(limit=0)
    orders.submit_order(held.pk, at=now + timedelta(hours=2), actor=actor)

    response = sales_rep.get("/orders/?view=all&sort=number")

    rows = response.context["listing"].rows
    assert [(row.order, row.since, row.credit) for row in rows] == [
        (waits, now, ""),
        (goes_on, now + timedelta(hours=1), "allow"),
        (held, now + timedelta(hours=2), "hold"),
    ]
    assert "3 h 12 m" in response.content.decode()
    assert "Credit" in sales_rep.get("/orders/export.csv").content.decode().splitlines()[0]


def test_remembers_how_somebody_likes_rows(sales_rep, browser_of, draft):
    draft()

    answer = sales_rep.post("/orders/rows/", {"rows": "roomy", "back": "view=drafts&q=ö"})
    roomy = sales_rep.get("/orders/?view=drafts").content.decode()
    others = browser_of(roles.CREDIT_ANALYST).get("/orders/?view=drafts").content.decode()
    sales_rep.post("/orders/rows/", {"rows": "dense"})

    assert answer["Location"] == "/orders/?view=drafts&q=%C3%B6"
    assert 'class="table nw"' in roomy
    assert 'class="table tight nw"' in others
    assert 'class="table tight nw"' in sales_rep.get("/orders/?view=drafts").content.decode()


def test_sends_nobody_elsewhere_when_rows_are_set(sales_rep, company):
    answer = sales_rep.post("/orders/rows/", {"rows": "x", "back": "//evil.example/?\r\nX: 1"})

    assert answer["Location"].startswith("/orders/?")
    assert not ListSetting.objects.filter(is_roomy=True).exists()


def test_is_for_our_people_only(visitor, client):
    assert visitor.get("/orders/").status_code == 403
    assert visitor.get("/orders/export.csv").status_code == 403
    assert client.get("/orders/").status_code == 302
