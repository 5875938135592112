"""What is typed on the entry screen is kept until it is handed in or put away."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from o2c.kernel import clock, roles
from orders.models import ApprovalRule, EntryDraft, Order
from orders.services import entries
from tests.factories import CustomerFactory, ProductFactory
from tests.orders.test_entry_page import NEW, screen

AUTOSAVE = "/orders/typed/"


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def customer(db):
    return CustomerFactory.create(name="Harbor Pump & Valve", folded_name="harbor pump & valve")


@pytest.fixture
def valve(db):
    return ProductFactory.create(sku="VLV-1")


def half(customer, **changes):
    """A screen of which nothing is right yet."""
    return screen(customer, ("half a", "x"), requested_on="", typed="1", token="t-1") | changes


def test_keeps_what_is_typed_however_wrong(sales_rep, customer):
    answer = sales_rep.post(AUTOSAVE, half(customer, note="By noon"))

    assert answer.json() == {"saved": "saved 09:00", "others": ""}
    kept = EntryDraft.objects.get()
    assert (kept.content["lines-0-sku"], kept.content["note"]) == ("half a", "By noon")
    assert not Order.objects.exists()


def test_a_screen_that_was_only_opened_is_nothing(sales_rep, customer):
    answer = sales_rep.post(AUTOSAVE, half(customer, typed=""))

    assert answer.json() == {"saved": "", "others": ""}
    assert not EntryDraft.objects.exists()


def test_offers_it_again_and_shows_it_as_it_was(sales_rep, customer):
    sales_rep.post(AUTOSAVE, half(customer, note="By noon"))

    offered = sales_rep.get(NEW).content.decode()
    page = sales_rep.get(f"{NEW}?screen=t-1")

    assert "You began an order for Harbor Pump &amp; Valve" in offered
    assert page.context["form"]["note"].value() == "By noon"
    assert [(row.sku, row.quantity_text) for row in page.context["sheet"].filled] == [
        ("half a", "x")
    ]


def test_two_orders_begun_are_kept_apart(sales_rep, customer):
    sales_rep.post(AUTOSAVE, half(customer))
    sales_rep.post(AUTOSAVE, half(customer, token="t-2"))

    assert len(sales_rep.get(NEW).context["unfinished"]) == 2


def test_nobody_sees_what_another_has_typed(sales_rep, browser_of, customer):
    sales_rep.post(AUTOSAVE, half(customer))
    other = browser_of(roles.SALES_REP)

    assert other.get(NEW).context["unfinished"] == []
    assert other.get(f"{NEW}?screen=t-1").context["sheet"].filled == []


def test_is_forgotten_when_it_is_handed_in(sales_rep, customer, valve):
    entered = screen(customer, ("VLV-1", "2"), typed="1")
    sales_rep.post(AUTOSAVE, entered)

    sales_rep.post(NEW, entered)
    late = sales_rep.post(AUTOSAVE, entered)

    assert Order.objects.count() == 1
    assert late.json()["saved"] == ""
    assert not EntryDraft.objects.exists()


def test_is_kept_when_it_is_sent_back(sales_rep, customer):
    sales_rep.post(NEW, half(customer))

    assert EntryDraft.objects.get().content["lines-0-sku"] == "half a"


def test_is_put_away_and_taken_back(sales_rep, customer):
    sales_rep.post(AUTOSAVE, half(customer))

    away = sales_rep.post("/orders/typed/discard/", {"screen": "t-1"})
    undo = [message.extra_tags for message in get_messages(away.wsgi_request)]
    nothing = sales_rep.get(NEW).context["unfinished"]
    back = sales_rep.post(undo[0])

    assert (undo, nothing) == (["/orders/typed/t-1/restore/"], [])
    assert back.headers["Location"] == "/orders/new/?screen=t-1"
    assert sales_rep.get(back.headers["Location"]).context["sheet"].filled[0].sku == "half a"


def test_says_who_else_has_the_order_open(sales_rep, browser_of, draft, now):
    other = browser_of(roles.SALES_REP)
    opened = {"draft_of": draft.number, "token": "x"}
    sales_rep.post(AUTOSAVE, opened)

    theirs = other.post(AUTOSAVE, opened).json()["others"]
    mine = sales_rep.post(AUTOSAVE, opened).json()["others"]
    page = other.get(f"/orders/{draft.number}/edit/")

    assert theirs.endswith("has this order open too, since 09:00.")
    assert mine.endswith("has this order open too, since 09:00.")
    assert len(page.context["others"]) == 1


def test_who_has_left_is_not_named(sales_rep, browser_of, draft, now, monkeypatch):
    opened = {"draft_of": draft.number, "token": "x"}
    browser_of(roles.SALES_REP).post(AUTOSAVE, opened)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=31))

    assert sales_rep.post(AUTOSAVE, opened).json()["others"] == ""


def test_shows_what_two_have_changed_and_keeps_both(sales_rep, browser_of, draft):
    edit, first = f"/orders/{draft.number}/edit/", draft.lines.order_by("pk").first()
    sku = first.product.sku
    mine = screen(draft.customer, (sku, "9"), do="draft", revision=draft.revision, typed="1")
    theirs = screen(draft.customer, (sku, "8"), do="draft", revision=draft.revision)
    browser_of(roles.SALES_REP).post(edit, theirs)

    refused = sales_rep.post(edit, mine)
    told = [(one.what, one.theirs, one.mine) for one in refused.context["screen"].differences]
    revision = refused.context["form"]["revision"].value()
    again = sales_rep.post(edit, mine | {"revision": revision})

    assert refused.status_code == 409
    assert ("Line 1", f"8 × {sku}", f"9 × {sku}") in told
    assert again.status_code == 302
    assert draft.lines.get().ordered == 9


def test_another_price_needs_the_permission(browser_of, company, customer, valve):
    browser = browser_of(roles.SALES_REP)
    prices = {"lines-0-price": "45", "lines-0-reason": "Fair"}
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))

    refused = browser.post(NEW, screen(customer, ("VLV-1", "2"), **prices))

    assert refused.status_code == 422
    assert "You may not change prices." in refused.content.decode()
    assert not Order.objects.exists()


def test_keeps_another_price_with_its_reason(sales_rep, customer, valve):
    prices = {"lines-0-price": "45", "lines-0-reason": "Fair", "lines-0-date": "2030-12-02"}

    sales_rep.post(NEW, screen(customer, ("VLV-1", "2"), **prices))

    line = Order.objects.get().lines.get()
    assert (line.unit_price, line.list_price, line.price_reason) == (45, 50, "Fair")
    assert line.requested_on == date(2030, 12, 2)


def test_forgets_after_months(sales_rep, customer, now):
    sales_rep.post(AUTOSAVE, half(customer))

    kept = entries.forget_entries(before=now)
    gone = entries.forget_entries(before=now + timedelta(seconds=1))

    assert (kept, gone) == (0, 1)


def test_strangers_keep_nothing(customer):
    answer = Client().post(AUTOSAVE, half(customer))

    assert answer.status_code == 302
    assert not EntryDraft.objects.exists()


def test_a_draft_with_findings_says_how_many(sales_rep, customer):
    ProductFactory.create(sku="PMP-5", pack_multiple=Decimal(5))

    saved = sales_rep.post(NEW, screen(customer, ("PMP-5", "7"), do="draft"), follow=True)

    assert "is saved as a draft. 1 finding waits." in saved.content.decode()


def test_an_order_over_the_threshold_says_that_it_waits(sales_rep, customer, valve):
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=50)

    done = sales_rep.post(NEW, screen(customer, ("VLV-1", "2")), follow=True)

    assert "waits for a second person" in done.content.decode()
    assert Order.objects.get().state == "draft"


def test_twenty_lines_are_kept_as_cheaply_as_one(sales_rep, customer, valve):
    def statements(*lines):
        with CaptureQueriesContext(connection) as captured:
            sales_rep.post(AUTOSAVE, screen(customer, *lines, typed="1"))
        return len(captured)

    assert statements(*([("VLV-1", "1")] * 20)) == statements(("VLV-1", "1"))
