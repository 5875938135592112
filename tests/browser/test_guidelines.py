"""Credit control writes guidelines in the browser, and a manager puts them in force."""

import pytest
from playwright.sync_api import expect

from credit.models import GuidelineTable
from o2c.kernel import roles
from tests.factories import CompanyFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def analyst(page, sign_in, person):
    CompanyFactory.create()
    user = person(roles.CREDIT_ANALYST)
    sign_in(user)
    return user


@pytest.fixture
def draft(page, analyst):
    """Open a fresh draft, copied from what is in force."""
    page.goto("/credit/guidelines/")
    page.get_by_role("button", name="New draft").click()
    expect(page.get_by_role("heading", name="Guidelines v2")).to_be_visible()


def rule(page, name):
    return page.locator("[data-rule]").filter(has=page.locator(f"input[value='{name}']"))


def names(page):
    return page.locator("[data-rule] > header input").evaluate_all("all => all.map(x => x.value)")


def test_draft_is_written_tested_and_put_in_force(
    page, draft, shot, accessibility_faults, sign_in, person
):
    faults = accessibility_faults()
    page.get_by_role("button", name="Add a rule").click()
    new = page.locator("[data-rule]").last
    expect(new.get_by_label("Name of the rule")).to_be_focused()
    page.keyboard.type("foreign_money")
    new.get_by_role("button", name="Condition", exact=True).click()
    new.get_by_label("Fact", exact=True).select_option("currency")
    new.get_by_label("Comparison").select_option("in")
    new.get_by_label("Value", exact=True).fill("usd gbp")
    expect(new.get_by_text("it gives no reason")).to_be_visible()
    new.get_by_label("Reason").fill("Exchange rates move.")

    findings = page.locator("#findings")
    expect(findings).to_contain_text("Never reached: rules before them speak first foreign_money")
    new.get_by_label("Reason").press("Alt+ArrowUp")
    expect(findings).to_contain_text("No gaps; every rule can speak.")
    shot("guideline-editor-desktop")
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_text("v2 is tested.")).to_be_visible()
    faults += accessibility_faults()

    sign_in(person(roles.CREDIT_MANAGER))
    page.goto("/credit/guidelines/2/")
    for box in page.locator("input[name=accept]").all():
        box.check()
    page.get_by_role("button", name="Put v2 in force").click()

    expect(page.get_by_text("v2 is in force.")).to_be_visible()
    table = GuidelineTable.objects.get(status="active")
    assert table.version == 2
    assert table.rules[-2] == {
        "name": "foreign_money",
        "when": [["currency", "in", ["USD", "GBP"]]],
        "then": "refer",
        "reason": "Exchange rates move.",
    }
    assert faults == []


def test_rules_are_moved_copied_and_removed_in_place(page, draft):
    before = names(page)

    rule(page, "small").get_by_role("button", name="Move up").click()
    rule(page, "large").get_by_role("button", name="Remove the rule").click()
    rule(page, "renewal").get_by_role("button", name="Copy").click()
    expect(page.locator("input[value='renewal']")).to_have_count(1)

    moved = names(page)
    assert moved.index("small") == before.index("small") - 1
    assert "large" not in moved
    assert moved[moved.index("renewal") + 1] == "renewal_copy"
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("v2 is saved.")).to_be_visible()
    assert [one["name"] for one in GuidelineTable.objects.get(version=2).rules] == moved
    copied = {one["name"]: one for one in GuidelineTable.objects.get(version=2).rules}
    assert copied["renewal_copy"]["when"] == copied["renewal"]["when"]


def test_only_fitting_comparisons_are_offered(page, draft):
    condition = rule(page, "small").locator("[data-condition]").first

    condition.get_by_label("Fact", exact=True).select_option("risk_class")

    offered = condition.get_by_label("Comparison").locator("option:not([disabled])")
    expect(offered).to_have_text(["is", "is not", "is one of", "is none of"])
    value = condition.get_by_label("Value", exact=True)
    expect(value).to_have_attribute("list", "values-risk_class")


def test_versions_and_their_differences_fit_a_phone(page, draft, shot, accessibility_faults):
    rule(page, "small").get_by_label("Amount or factor").fill("4,000")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("v2 is saved.")).to_be_visible()
    page.set_viewport_size(PHONE)
    widths, faults = [], []
    for address in ("", "1/", "2/", "2/diff/", "import/"):
        page.goto(f"/credit/guidelines/{address}")
        shot(f"guidelines-phone-{address.replace('/', '-') or 'list'}")
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
        faults += accessibility_faults()

    assert max(widths) <= PHONE["width"]
    assert faults == []
    page.goto("/credit/guidelines/2/diff/")
    expect(page.get_by_role("row", name="small Changed")).to_contain_text("4000")


def test_editor_works_without_scripts(browser, live_server, analyst, context):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto("/credit/guidelines/")
    page.get_by_role("button", name="New draft").click()

    page.get_by_role("button", name="Move up").nth(1).click()
    page.get_by_role("button", name="Save the draft").click()

    expect(page.get_by_text("v2 is saved.")).to_be_visible()
    rules = GuidelineTable.objects.get(version=2).rules
    assert [one["name"] for one in rules][:2] == ["very_large", "refused_country"]
    plain.close()
