"""Cash, worklist and letters in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from collection import services
from o2c.kernel import roles
from tests.collection.conftest import clerk_actor, customer, debtor, owe, pay  # noqa: F401
from tests.factories import ContactFactory

PAGES = {
    "overdue": "/collections/",
    "cash": "/collections/receipts/",
    "record": "/collections/receipts/new/",
    "dunning": "/collections/dunning/",
}
NAMES = ("Tamarack Paper Mills", "Fairhaven Shipyard Services", "Copperline Process Systems")


@pytest.fixture(autouse=True)
def at_the_time(now, monkeypatch):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)


@pytest.fixture
def books(customer, debtor, owe, pay, person, sign_in, now, actor):  # noqa: F811
    """Four late customers, letters of three levels, and money that wants work."""
    late = [debtor(name) for name in NAMES]
    for number, payer in enumerate([customer, *late]):
        ContactFactory.create(customer=payer, phone=f"+1 555 014{number}")
        for age in (-20, 4, 20 + number, 40 * number):
            due_on = now.date() - timedelta(days=age)
            owe(payer, f"{1190 + 83 * (number + 1) * max(age, 1)}.40", due_on=due_on)
    services.hold_overdue(now.date(), at=now, actor=actor)
    services.run_dunning(now.date(), at=now, actor=actor)
    pay(late[0], "980.00", "TAMARACK PPR MLS INV 00005")
    pay(None, "4000.00", "TRANSFER REF 55871 J MARLOWE")
    sign_in(person(roles.AR_CLERK))


@pytest.mark.parametrize("name", PAGES)
def test_pages_break_no_rule_of_accessibility(page, books, shot, accessibility_faults, name):
    page.goto(PAGES[name])

    shot(f"collections-{name}")
    page.set_viewport_size({"width": 390, "height": 844})
    shot(f"collections-{name}-phone")
    assert accessibility_faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_clerk_records_money_and_it_finds_its_invoice(page, books):
    page.goto(PAGES["record"])

    page.get_by_role("combobox", name="Payer").press_sequentially("Delta")
    page.locator("#payers [role=option]").first.click()
    page.get_by_label("Amount").fill("1,273.40")
    page.get_by_label("Reference").fill("E2E-99")
    page.get_by_label("Payer's text").fill("inv 00002")
    page.get_by_label("Payer's text").blur()
    expect(page.get_by_label("Use INV-00002")).to_be_checked()
    left = page.locator("#balance dd").nth(2)
    page.get_by_label("Apply to INV-00002").fill("1000")
    page.get_by_label("Apply to INV-00002").blur()
    expect(left).to_have_text("273.40")
    page.get_by_role("button", name="Post").click()

    page.wait_for_url("**/receipts/RC-*/")
    assert "is recorded" in page.locator("body").inner_text()
    paid = page.get_by_role("table", name="Applications of this receipt")
    assert "1,000.00" in paid.get_by_role("row", name="INV-00002").inner_text()


def test_a_collector_looks_at_the_next_account(page, books):
    page.goto(PAGES["overdue"])

    page.get_by_role("link", name="Delta Crane").click()

    expect(page.locator("#acct h2")).to_have_text("Delta Crane")
    assert "customer=" in page.url


def test_a_clerk_reads_and_sends_a_letter(page, books):
    page.goto(PAGES["dunning"])

    page.get_by_role("button", name="Send this letter").click()

    page.wait_for_load_state()
    assert "1 letter leaves." in page.locator("body").inner_text()
