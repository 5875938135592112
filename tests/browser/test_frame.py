"""The frame in a browser …"""

import pytest
from playwright.sync_api import expect

from o2c.kernel.models import User
from tests.browser.frame_urls import SENT

pytestmark = pytest.mark.urls("tests.browser.frame_urls")


@pytest.fixture
def trial(page, sign_in, live_server):
    """The page with every behaviour, signed in."""
    sign_in(User.objects.create_user("maya@kestrelflow.example", is_superuser=True))
    SENT.clear()
    page.goto("/try/")
    page.evaluate("document.activeElement.blur()")
    return page


def swap(page, address, how, before=""):
    """Bring a part as htmx does, and wait until it is settled: the bell settles in between."""
    page.evaluate(
        f"""() => new Promise((settled) => {{
            {before};
            document.addEventListener("htmx:afterSettle", (event) => {{
                if (event.detail.pathInfo.requestPath === "{address}") settled();
            }});
            htmx.ajax("GET", "{address}", {how});
        }})"""
    )


def current_row(page):
    return page.locator("tr[aria-current=true] a").inner_text()


def test_moves_selects_and_opens_rows_by_keys(trial):
    trial.keyboard.press("j")
    trial.keyboard.press("j")
    assert current_row(trial) == "b"

    trial.keyboard.press("x")
    trial.keyboard.press("j")
    trial.keyboard.press("j")
    trial.keyboard.press("Shift+X")
    assert trial.locator("tbody :checked").count() == 3
    assert trial.locator("[data-selected-count]").inner_text() == "3"

    trial.keyboard.press("Enter")
    trial.wait_for_url("**/try/?row=d")


def test_selects_all_and_clears(trial):
    trial.get_by_label("All", exact=True).check()
    assert trial.locator("[data-selected-count]").inner_text() == "4"

    trial.evaluate("document.activeElement.blur()")
    trial.keyboard.press("Escape")
    assert trial.locator("tbody :checked").count() == 0


def test_lists_its_keys_and_lets_them_be_switched_off(trial):
    trial.keyboard.press("?")
    trial.get_by_label("Single keys act on the page").uncheck()
    trial.keyboard.press("Escape")
    trial.evaluate("document.activeElement.blur()")
    trial.keyboard.press("j")
    assert trial.locator("tr[aria-current=true]").count() == 0

    trial.reload()
    trial.keyboard.press("j")
    assert trial.locator("tr[aria-current=true]").count() == 0


def test_goes_to_a_page_and_to_the_filter_by_keys(trial):
    trial.keyboard.press("f")
    assert trial.evaluate("document.activeElement.type") == "search"

    trial.keyboard.press("Escape")
    trial.keyboard.press("g")
    trial.keyboard.press("o")
    trial.wait_for_url("**/orders/")


def test_chooses_an_item_and_sends_the_form_once(trial):
    trial.locator("#sku").fill("brg")
    trial.get_by_role("option", name="BRG-6205").wait_for()
    trial.keyboard.press("ArrowDown")
    assert trial.locator("#sku").get_attribute("aria-activedescendant") == "skus-1"

    trial.keyboard.press("Enter")
    assert trial.locator("#sku").input_value() == "BRG-6205"
    assert trial.locator("#skus").is_hidden()

    trial.evaluate(
        "() => { const form = document.getElementById('order');"
        " form.requestSubmit(); form.requestSubmit(); }"
    )
    trial.get_by_text("Order entered").wait_for()
    assert SENT == ["2"]
    assert trial.locator("#order [aria-busy=true]").count() == 0


def test_a_late_reply_does_not_ask_again_for_what_is_chosen(trial):
    trial.locator("#sku").fill("brg")
    trial.get_by_role("option", name="BRG-6205").wait_for()
    trial.keyboard.press("Enter")
    swap(trial, "/try/skus/", "'#skus'")
    expect(trial.locator("#skus")).to_be_hidden()
    assert trial.locator("#sku").input_value() == "BRG-6204"

    trial.locator("#sku").fill("brg-")
    expect(trial.get_by_role("option", name="BRG-6205")).to_be_visible()


def test_undoes_from_the_toast(trial):
    trial.locator("#sku").focus()
    trial.keyboard.press("Control+Enter")
    trial.get_by_role("button", name="Undo").click()

    expect(trial.locator("#main")).to_have_text("undone")
    assert SENT == [""]


def test_takes_one_code_after_the_other(trial):
    field = trial.get_by_label("Code")
    field.focus()
    trial.keyboard.type("PK-5521")
    trial.keyboard.press("Enter")
    trial.get_by_text("scanned PK-5521").wait_for()

    assert field.input_value() == ""
    assert trial.evaluate("document.activeElement.name") == "code"


def test_a_part_that_comes_by_itself_takes_no_focus(trial):
    swap(trial, "/try/skus/", "'#answer'")
    assert trial.evaluate("document.activeElement === document.body")

    trial.get_by_label("Filter").focus()
    leave = "document.addEventListener('htmx:afterSwap', () => document.activeElement.blur())"
    swap(trial, "/try/skus/", "'#answer'", before=leave)
    assert trial.evaluate("document.activeElement === document.body")


def test_who_was_in_what_is_swapped_away_finds_the_focus_in_the_scan_field(trial):
    trial.get_by_label("Code").focus()
    swap(trial, "/try/", "{target: '#scan', select: '#scan', swap: 'outerHTML'}")
    expect(trial.get_by_label("Code")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390, 320])
@pytest.mark.parametrize("address", ["/account/login/", "/components/", "/nowhere/"])
def test_can_be_read_by_everybody_at_every_width(
    page, sign_in, accessibility_faults, complaints, width, address
):
    if not address.startswith("/account"):
        sign_in(User.objects.create_user("maya@kestrelflow.example", is_superuser=True))
    page.set_viewport_size({"width": width, "height": 844})

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert accessibility_faults() == []
    if address == "/nowhere/":
        complaints.clear()


LEAVE_BEFORE_SHOWN = """addEventListener("pagereveal", (event) => {
  window.fades = Boolean(event.viewTransition);
  event.viewTransition?.skipTransition();
})"""

# Waited for by the page itself: Playwright would ask by code that our own policy forbids.
WHEN_REVEALED = """() => new Promise((told) => {
  const look = () => (window.fades === undefined ? setTimeout(look, 10) : told(window.fades));
  look();
})"""


@pytest.mark.parametrize(("motion", "fades"), [("no-preference", True), ("reduce", False)])
def test_a_page_left_before_it_has_faded_in_is_no_fault(trial, complaints, motion, fades):
    trial.emulate_media(reduced_motion=motion)
    trial.add_init_script(LEAVE_BEFORE_SHOWN)
    trial.goto("/try/?row=a")

    trial.get_by_role("link", name="b", exact=True).click()
    trial.wait_for_url("**/try/?row=b")

    assert trial.evaluate(WHEN_REVEALED) is fades
    assert complaints == []
