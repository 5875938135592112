"""Credit control decides by keys, on a desktop and on a phone."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from credit import services
from credit.models import CreditDocument, CreditProposal
from o2c.kernel import notices, roles
from o2c.kernel.actors import Actor
from orders import services as orders
from orders.models import Order
from tests.browser.sizes import assert_fits
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cases(page, sign_in, person):
    """A referred application, an order over its limit and one on hold."""
    CompanyFactory.create()
    actor = Actor.importer("Orders of others")
    product = ProductFactory.create()

    def place(customer, net):
        line = orders.NewLine(
            product_id=product.pk,
            quantity=Decimal(1),
            unit_price=Decimal(net),
            price_reason="agreed",
        )
        return orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=NOW.date(),
            at=NOW,
            actor=actor,
        )

    approved = CreditAccountFactory.create(
        customer=CustomerFactory.create(name="Tamarack Paper Mills", folded_name="tamarack")
    ).customer
    place(approved, 5000)
    over = place(approved, 8000)
    new = CustomerFactory.create(name="Redwater Mining Supply", folded_name="redwater")
    referred = place(new, 10000)
    late = CreditAccountFactory.create().customer
    services.place_hold(late.pk, kind="manual", reason="Cheque bounced", at=NOW, actor=actor)
    held = place(late, 10)
    sign_in(person(roles.CREDIT_ANALYST))
    return referred, over, held


def test_decides_by_keys_and_goes_on_to_the_next_case(page, cases, accessibility_faults):
    referred, _over, _held = cases
    application = referred.customer.credit_applications.get()
    page.goto(f"/credit/?case={application}")
    faults = accessibility_faults()

    page.keyboard.press("a")
    page.get_by_role("textbox", name="Reason").fill("Accounts of 2025 are sound")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text(f"{application} is decided.")).to_be_visible()
    expect(page.get_by_role("link", name="Waiting 2")).to_be_visible()
    assert faults == []
    assert Order.objects.get(pk=referred.pk).state == Order.State.RELEASED


def test_refusal_stays_in_the_panel(page, cases):
    _referred, over, _held = cases
    page.goto(f"/credit/?case={over}")

    page.keyboard.press("l")
    page.locator("#id_limit").fill("-5")
    page.get_by_role("textbox", name="Reason").fill("Season")
    page.get_by_role("button", name="Send decision").click()

    expect(page.get_by_role("alert").get_by_text("Enter a limit of zero or more.")).to_be_visible()
    assert Order.objects.get(pk=over.pk).state == Order.State.ON_HOLD


def test_a_paper_that_came_to_us_is_kept_with_its_case(page, cases, shot, accessibility_faults):
    referred, _over, _held = cases
    application = referred.customer.credit_applications.get()
    page.goto(f"/credit/?case={application}")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Add a paper").set_input_files(
        [{"name": "run.exe", "mimeType": "application/pdf", "buffer": b"MZ"}]
    )
    page.get_by_role("button", name="Keep with the case").click()
    expect(page.get_by_role("alert")).to_contain_text("run.exe")
    shot("credit-papers-refused")
    assert accessibility_faults() == []
    page.wait_for_load_state("networkidle")
    assert not CreditDocument.objects.exists()

    page.get_by_label("Add a paper").set_input_files(
        [{"name": "accounts.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 accounts"}]
    )
    page.get_by_role("button", name="Keep with the case").click()

    expect(page.get_by_role("link", name="accounts.pdf")).to_be_visible()
    shot("credit-papers")
    assert_fits(page)
    assert accessibility_faults() == []
    assert CreditDocument.objects.get().name == "accounts.pdf"


def test_fits_a_phone(page, cases, shot):
    page.goto("/credit/")
    shot("credit-queue-desktop")
    page.set_viewport_size(PHONE)
    page.goto("/credit/")
    shot("credit-queue-phone")

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= PHONE["width"]


def test_account_shows_limit_and_history(page, cases, shot, accessibility_faults):
    _referred, over, _held = cases
    page.goto("/credit/accounts/")
    shot("credit-accounts-desktop")
    faults = accessibility_faults()

    page.get_by_role("link", name="Tamarack Paper Mills").click()
    expect(page.get_by_role("heading", name="Exposure")).to_be_visible()
    shot("credit-account-desktop")

    assert faults + accessibility_faults() == []
    expect(
        page.get_by_role("link", name=over.number).or_(page.get_by_text(over.number)).first
    ).to_be_visible()


def test_shows_the_fields_of_what_is_chosen_only(page, cases):
    _referred, over, _held = cases
    page.goto(f"/credit/?case={over}")
    expect(page.get_by_label("Release now, up to")).to_be_hidden()

    page.keyboard.press("p")

    expect(page.get_by_label("Release now, up to")).to_be_visible()
    expect(page.locator("#id_limit")).to_be_hidden()


def test_comment_is_added_beside_the_case(page, cases):
    _referred, over, _held = cases
    page.goto(f"/credit/?case={over}")

    page.get_by_role("textbox", name="Comment").fill("Their buyer calls back at three")
    page.get_by_role("button", name="Add").click()

    expect(page.locator("#comments li")).to_contain_text("Their buyer calls back at three")


def test_second_signature_is_given_from_the_bell(
    page, sign_in, person, cases, accessibility_faults, shot
):
    _referred, over, _held = cases
    services.set_limit(
        over.customer_id,
        limit=Decimal(150000),
        valid_until=NOW.date().replace(year=2027),
        reason="New plant",
        at=NOW,
        actor=Actor.user(person(roles.CREDIT_ANALYST)),
    )
    manager = person(roles.CREDIT_MANAGER)
    proposal = CreditProposal.objects.get()
    notices.tell(
        [manager.pk], key="p", text="Sign", link=f"/credit/proposals/{proposal.pk}/", at=NOW
    )
    sign_in(manager)
    page.goto("/credit/")
    expect(page.locator(".bell .badge")).to_have_text("1")

    page.locator(".bell").click()
    faults = accessibility_faults()
    page.get_by_role("link", name="Sign").click()
    expect(page.get_by_role("heading", name="Second signature")).to_be_visible()
    shot("credit-proposal-desktop")
    faults += accessibility_faults()
    page.keyboard.press("a")
    page.get_by_role("button", name="Send answer").click()

    expect(page.get_by_text("Signed: it is done.")).to_be_visible()
    expect(page.locator(".bell .badge")).to_have_count(0)
    assert faults == []
    assert Order.objects.get(pk=over.pk).state == Order.State.RELEASED


def test_policy_page_is_accessible_and_fits_a_phone(
    page, sign_in, person, cases, accessibility_faults
):
    sign_in(person(roles.CREDIT_MANAGER))
    page.goto("/credit/policy/")
    faults = accessibility_faults()
    page.set_viewport_size(PHONE)

    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
