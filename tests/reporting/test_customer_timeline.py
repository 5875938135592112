"""A customer's timeline: everything of all stages, in one statement, as far as one may see it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection.models import Receipt
from credit.models import Hold
from customers import services as customers
from customers.services import Happening
from o2c.kernel import roles
from o2c.kernel.clock import travel
from receivables import services as receivables
from reporting.customer.timeline import timeline_of
from tests.factories import CustomerFactory, UserFactory
from tests.reporting import lives

HX = {"HTTP_HX_REQUEST": "true"}


def note(customer, text, *, at, actor, **more):
    happening = Happening(**{"kind": "note", "text": text, **more})
    return customers.add_activity(customer.pk, happening=happening, at=at, actor=actor)


def everything(_permission):
    return True


def test_tells_everything_newest_first(invoice, customer, now, actor):
    lives.pay(invoice, "19.00", at=now + timedelta(hours=1))
    receivables.open_dispute(
        invoice.open_items.get().pk,
        amount=50,
        reason="price",
        note="Too dear",
        at=now + timedelta(hours=2),
        actor=actor,
    )
    Hold.objects.create(
        customer=customer,
        kind="manual",
        reason="Late",
        placed_at=now + timedelta(hours=3),
        placed_by="Tomás",
    )
    note(customer, "Called about the price", at=now + timedelta(hours=4), actor=actor)
    note(
        customer,
        "Send a credit note",
        at=now + timedelta(hours=5),
        actor=actor,
        kind="task",
        due_on=now.date(),
        assignee_id=UserFactory.create().pk,
    )

    events = timeline_of(customer, may=everything).events

    assert [event.title for event in events[:5]] == [
        "Task",
        "Note",
        "Put on hold",
        f"Dispute of invoice {invoice.number}",
        f"Payment {Receipt.objects.get().number}",
    ]
    assert {event.title for event in events[5:]} == {
        f"Order {invoice.order.number}",
        f"Delivery {invoice.shipment.number} left",
        f"Invoice {invoice.number}",
    }
    assert list(events[0].facts) == ["due 18 Nov 2026", "Maya Brandt"]
    assert list(events[3].facts) == ["50.00\N{NO-BREAK SPACE}EUR", "New"]


def test_shows_each_reader_what_they_may_see(invoice, customer, now, actor, picker, auditor):
    note(customer, "Prefers mornings", at=now, actor=actor)
    customer.refresh_from_db()
    address = f"/customers/{customer.number}/timeline/"

    floor = picker.get(address).content.decode()
    all_of_it = auditor.get(address).content.decode()

    assert "Prefers mornings" in floor
    assert f"Invoice {invoice.number}" not in floor
    assert f"Invoice {invoice.number}" in all_of_it


def test_pages_without_loss_and_by_kind(customer, now, actor):
    for number in range(7):
        note(customer, f"Note {number}", at=now, actor=actor)
    note(customer, "A call", at=now, actor=actor, kind="call")
    seen, after = [], ""

    while True:
        page = timeline_of(customer, after=after, may=everything, size=3)
        seen += [event.text for event in page.events]
        after = page.after
        if not after:
            break

    assert seen == [f"Note {number}" for number in range(6, -1, -1)] + ["A call"]
    calls = timeline_of(customer, only="call", may=everything).events
    assert [event.text for event in calls] == ["A call"]


@pytest.mark.parametrize(
    "after", ["x", "bnVsbA", "W10", "%%%", "WyIyMDI2IiwgIm5vdGUiLCAx", "\N{BUG}"]
)
def test_a_cursor_that_is_not_ours_begins_at_the_top(customer, now, actor, after):
    note(customer, "Only one", at=now, actor=actor)

    [event] = timeline_of(customer, after=after, may=everything).events

    assert event.text == "Only one"


def test_is_one_statement_whatever_happened(customer, now, actor):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            timeline_of(customer, may=everything)
        return len(captured)

    note(customer, "One", at=now, actor=actor)
    assert statements() == 1
    for number in range(19):
        note(customer, f"Note {number}", at=now, actor=actor)
    assert statements() == 1


def test_answers_htmx_with_the_panel_or_the_next_events(customer, now, actor, sales_rep):
    for number in range(30):
        note(customer, f"Note {number}", at=now, actor=actor)
    customer.refresh_from_db()
    address = f"/customers/{customer.number}/timeline/"

    panel = sales_rep.get(address, **HX)
    after = re.search(r"after=([\w-]+)", panel.content.decode())[1]
    more = sales_rep.get(address, {"after": after}, **HX)

    assert "<html" not in panel.content.decode()
    assert "<section" not in more.content.decode()
    assert "Note 4<" in more.content.decode()


def test_says_when_nothing_happened_yet(sales_rep):
    customer = CustomerFactory.create()
    customer.refresh_from_db()

    page = sales_rep.get(f"/customers/{customer.number}/timeline/").content.decode()

    assert "Nothing yet" in page


def test_my_tasks_due_come_to_today_and_nobody_elses(customer, browser_of, company, now, actor):
    rep = browser_of(roles.SALES_REP)
    me = rep.session["_auth_user_id"]
    for text, days, assignee in (
        ("Due today", 0, me),
        ("Long due", -3, me),
        ("Next week", 7, me),
        ("Not mine", 0, UserFactory.create().pk),
    ):
        note(
            customer,
            text,
            at=now,
            actor=actor,
            kind="task",
            due_on=now.date() + timedelta(days=days),
            assignee_id=int(assignee),
        )
    customer.refresh_from_db()

    with travel(now):
        response = rep.get("/")

    tile = next(tile for tile in response.context["tiles"] if tile.worklist.key == "tasks")
    tasks = response.context["tasks"]
    assert (tile.load.count, tile.load.late) == (2, 1)
    assert [(task.what, task.is_late) for task in tasks] == [
        ("Long due", True),
        ("Due today", False),
    ]
    assert tasks[0].href == f"/customers/{customer.number}/"
