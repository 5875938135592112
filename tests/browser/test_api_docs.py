"""The API's own page in a browser …"""

from playwright.sync_api import expect


def test_lists_the_endpoints_and_lets_one_be_opened(page):
    page.goto("/api/v1/docs/")

    page.get_by_role("button", name="GET /api/v1/orders", exact=True).click()

    expect(page.get_by_text("List the orders, newest first.").first).to_be_visible()
