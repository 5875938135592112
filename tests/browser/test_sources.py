"""Where orders are fetched from: what is wrong there is read, mended and tried again."""

import pytest
from playwright.sync_api import expect

from o2c.kernel import roles
from orders import polls
from tests.browser.sizes import assert_fits
from tests.factories import NOW, CompanyFactory
from tests.orders.factories import TradingPartnerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
expect.set_options(timeout=15_000)


def test_what_is_wrong_is_read_mended_and_tried_again(
    page, sign_in, person, settings, tmp_path, shot, accessibility_faults
):
    CompanyFactory.create()
    sign_in(person(roles.SALES_REP))
    page.goto("/orders/sources/")
    expect(page.get_by_role("main")).to_contain_text("Nothing is watched")
    shot("sources-none")
    assert_fits(page)
    assert accessibility_faults() == []
    settings.INTAKE_MAILBOX_URL = "imap://kim:secret@127.0.0.1:1/INBOX"
    settings.EDI_FOLDER = str(tmp_path)
    TradingPartnerFactory.create(transport="folder", address="acme", customer__name="Acme")
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/in").write_text("no folder")
    for source in polls.sources():
        polls.try_now(source, at=NOW)

    page.reload()
    mailbox = page.get_by_role("row", name="Mailbox for orders")
    expect(mailbox).to_contain_text("nothing listens there")
    expect(page.get_by_role("main")).to_contain_text("the folder acme/in cannot be read")
    page.set_viewport_size({"width": 1440, "height": 900})
    shot("sources-failed")
    assert_fits(page)
    shot("sources-failed-phone")
    assert accessibility_faults() == []
    (tmp_path / "acme/in").unlink()
    page.get_by_role("row", name="folder").get_by_role("button", name="Try again now").click()

    expect(page.locator("#toasts")).to_contain_text("It works. Nothing waits there.")
    expect(page.get_by_role("main")).not_to_contain_text("the folder acme/in cannot be read")
