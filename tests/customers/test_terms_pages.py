"""The editor of payment terms: what is entered, what it would mean, and who may."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import PaymentTerms
from o2c.kernel import roles
from o2c.kernel.models import AuditEntry
from tests.factories import PaymentTermsFactory


@pytest.fixture
def administrator(browser_of, company):
    return browser_of(roles.ADMINISTRATOR)


def entered(discounts=(), instalments=(), **changes):
    values = {"code": "n60", "name": "60 days net", "basis": "net", "net_days": "60", **changes}
    for prefix, pairs in (("discounts", discounts), ("instalments", instalments)):
        values |= {f"{prefix}-TOTAL_FORMS": len(pairs) + 1, f"{prefix}-INITIAL_FORMS": 0}
        for number, (percent, days) in enumerate(pairs):
            values |= {f"{prefix}-{number}-percent": percent, f"{prefix}-{number}-days": days}
    return values


def test_adds_terms_with_discount_and_instalments(administrator):
    response = administrator.post(
        "/customers/terms/new/",
        entered([("2.5", "10")], [("30", "14"), ("33.3333", "30"), ("36.6667", "60")]),
    )

    terms = PaymentTerms.objects.get()
    assert response.status_code == 302
    assert (terms.code, terms.net_days) == ("N60", 60)
    assert (terms.discount_days, terms.discount_rates) == ([10], [Decimal("0.025")])
    assert terms.instalment_days == [14, 30, 60]
    assert sum(terms.instalment_shares) == 1
    assert AuditEntry.objects.latest("pk").action == "create"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (entered(instalments=[("50", "0"), ("40", "30")]), "90 %, not to 100 %"),
        (entered([("2", "10"), ("2", "20")]), "Who pays later must get less"),
        (entered([("0", "10")]), "more than 0 %"),
        (entered([("2", "")]), "Enter both, or neither"),
        (entered(basis="day_of_month"), "from 1 to 31"),
        (entered([("2", "10")], basis="prepayment"), "neither instalments nor a discount"),
        (entered(code="N30"), "is taken"),
        (entered(net_days="400"), "Enter 365 or less."),
    ],
)
def test_shows_what_is_wrong_and_saves_nothing(administrator, values, message):
    PaymentTermsFactory.create(code="N30")

    response = administrator.post("/customers/terms/new/", values)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert PaymentTerms.objects.count() == 1


def test_shows_what_an_invoice_of_today_would_ask_for(administrator):
    values = entered([("2", "10")], [("30", "0"), ("70", "30")])

    panel = administrator.post("/customers/terms/preview/", values).content.decode()
    page = administrator.post("/customers/terms/new/", {**values, "preview": "1"})

    for shown in (panel, page.content.decode()):
        assert "300.00" in shown
        assert "700.00" in shown
        assert "20.00" in shown
    assert "<html" not in panel
    assert not PaymentTerms.objects.exists()


def test_changes_terms_and_gives_them_no_more(administrator):
    terms = PaymentTermsFactory.create(code="N30")
    page = f"/customers/terms/{terms.pk}/"
    assert "1,000.00" in administrator.get(page).content.decode()

    administrator.post(page, entered(code="N30", net_days="45"))
    administrator.post(f"{page}stop/")

    terms.refresh_from_db()
    assert (terms.net_days, terms.is_active) == (45, False)
    administrator.post(f"{page}again/")
    terms.refresh_from_db()
    assert terms.is_active


def test_lists_twenty_as_cheaply_as_one(administrator):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get("/customers/terms/").status_code == 200
        return len(captured)

    PaymentTermsFactory.create(code="N0")
    one = statements()
    for number in range(1, 20):
        PaymentTermsFactory.create(code=f"N{number}")

    assert statements() == one


def test_a_sales_rep_changes_no_terms(sales_rep):
    terms = PaymentTermsFactory.create()

    assert sales_rep.get("/customers/terms/").status_code == 403
    for page in ("new/", f"{terms.pk}/", f"{terms.pk}/stop/", "preview/"):
        assert sales_rep.post(f"/customers/terms/{page}", entered()).status_code == 403
    assert list(PaymentTerms.objects.values_list("net_days", flat=True)) == [30]
