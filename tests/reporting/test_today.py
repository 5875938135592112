"""Today …"""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit.models import CreditApplication, Hold
from customers.models import CustomerUser
from o2c.kernel import roles
from o2c.kernel.clock import travel
from o2c.kernel.models import JobRun
from orders import services as orders
from orders.services import NewLine
from reporting.today.worklists import WORKLISTS
from tests.factories import CreditAccountFactory, ProductFactory, StockLevelFactory


@pytest.fixture
def application(credit_account, now) -> CreditApplication:
    """Referred a day ago, answer due an hour ago, 5,000.00 asked for."""
    return CreditApplication.objects.create(
        customer=credit_account.customer,
        requested_amount=Decimal(5000),
        state="referred",
        reason="No history",
        opened_at=now - timedelta(days=1),
        answer_by=now - timedelta(hours=1),
    )


def tiles(response) -> dict[str, int]:
    return {tile.worklist.key: tile.load.count for tile in response.context["tiles"]}


def test_shows_each_role_its_own_lists(sales_rep, credit_analyst, picker, shipper, clerk):
    assert set(tiles(sales_rep.get("/"))) == {
        *("tasks", "drafts", "quotes", "findings", "intake", "holds", "shortages", "disputes"),
    }
    assert set(tiles(credit_analyst.get("/"))) == {"tasks", "credit", "holds"}
    assert set(tiles(picker.get("/"))) == {"ready", "picking", "shortages", "counts"}
    assert set(tiles(shipper.get("/"))) == {"label", "load", "exceptions"}
    assert set(tiles(clerk.get("/"))) == {
        *("tasks", "billing", "unsent", "reviews", "disputes", "overdue", "cash", "dunning"),
    }


def test_lets_the_auditor_read_every_list_and_do_nothing(auditor):
    response = auditor.get("/")

    assert set(tiles(response)) == {worklist.key for worklist in WORKLISTS}
    assert response.context["tasks"] == []
    assert "Do next" not in response.content.decode()


def test_counts_adds_up_and_ages_what_waits(sales_rep, draft, now):
    draft()
    draft(at=now - timedelta(days=2))
    draft(at=now - timedelta(days=9))

    with travel(now):
        response = sales_rep.get("/")

    tile = response.context["tiles"][0]
    assert (tile.load.count, tile.money) == (3, "357.00\N{NO-BREAK SPACE}EUR")
    assert (tile.load.fresh, tile.load.recent, tile.load.older) == (1, 1, 1)
    assert tile.load.oldest == now - timedelta(days=9)
    assert tile.href == "/orders/?view=drafts"


def test_ranks_by_money_and_time_and_says_why(credit_analyst, application, draft, now, actor):
    other = CreditAccountFactory.create().customer
    Hold.objects.create(
        customer=other, kind="manual", reason="Late", placed_at=now, placed_by="Tomás"
    )
    order = draft(customer_id=other.pk, requested_on=now.date())
    orders.submit_order(order.pk, at=now, actor=actor)

    with travel(now):
        tasks = credit_analyst.get("/").context["tasks"]

    assert [(task.what, str(task.why), task.tone, task.is_late) for task in tasks] == [
        (f"Decide credit {application.number}", "1 h late", "bad", True),
        (f"Clear the hold of {order.number}", "10 h late", "bad", True),
    ]
    assert tasks[1].href == f"/orders/{order.number}/"


def test_offers_the_floor_what_is_allocated_and_not_held(picker, credit_account, draft, now, actor):
    product = StockLevelFactory.create().product
    order = draft(
        lines=[NewLine(product.pk, Decimal(2)), NewLine(ProductFactory.create().pk, Decimal(1))]
    )
    orders.submit_order(order.pk, at=now, actor=actor)

    with travel(now):
        assert tiles(picker.get("/")) == {"ready": 1, "picking": 0, "shortages": 1, "counts": 0}
        Hold.objects.create(
            customer=order.customer, kind="manual", reason="Late", placed_at=now, placed_by="Tomás"
        )
        assert tiles(picker.get("/")) == {"ready": 0, "picking": 0, "shortages": 1, "counts": 0}


def test_offers_the_floor_a_customer_s_order_while_another_one_is_held(
    picker, credit_account, draft, now, actor
):
    product = StockLevelFactory.create().product
    order = draft(lines=[NewLine(product.pk, Decimal(2))])
    orders.submit_order(order.pk, at=now, actor=actor)
    other = draft(lines=[NewLine(product.pk, Decimal(1))])

    with travel(now):
        Hold.objects.create(
            customer=order.customer, order=other, kind="over_limit", reason="Too much",
            placed_at=now, placed_by="Credit control",
        )  # fmt: skip
        assert tiles(picker.get("/"))["ready"] == 1
        Hold.objects.filter(order=other).update(order=order)
        assert tiles(picker.get("/"))["ready"] == 0


def test_answers_htmx_with_its_work_alone(sales_rep):
    response = sales_rep.get("/", headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith('<div class="stack-4" id="work"')


def test_shows_the_history_of_the_demo_until_it_is_finished(sales_rep, now):
    run = JobRun.objects.create(
        name="simulation.history",
        for_date=now.date(),
        started_at=now,
        result={"orders": 120, "of": 1000, "day": "2026-09-12", "days": 18, "of_days": 90},
    )

    text = sales_rep.get("/").content.decode()
    panel = sales_rep.get("/today/history/").content.decode()

    assert "120 of 1,000 orders" in text
    assert "12 Sep 2026</time>, day 18 of 90" in text
    assert "20%" in panel or "20.00%" in panel

    run.finished_at = now
    run.save()

    assert "simulation" not in sales_rep.get("/").content.decode()
    assert sales_rep.get("/today/history/").headers["HX-Refresh"] == "true"


def test_needs_as_many_statements_for_twenty_tasks_as_for_one(
    sales_rep, draft, django_assert_num_queries
):
    draft()
    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/")
    for _ in range(19):
        draft()

    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/")


# The frame's 7, the company's day, tiles, tasks and the demo's history.
STATEMENTS = 10


def test_sends_customers_to_their_portal_and_strangers_away(visitor, client, person, customer):
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)

    assert visitor.get("/").status_code == 403
    assert visitor.get("/today/history/").status_code == 403
    assert client.get("/").status_code == 302
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/portal/"
