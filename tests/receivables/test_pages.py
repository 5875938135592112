"""Pages about what is owed: what people see, and who may do what."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from receivables import services
from receivables.models import Dispute, InvoiceReview
from tests.factories import NOW, TODAY
from tests.invoicing.shipped import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def item(owe):
    """119.00 EUR, 10 days overdue."""
    return owe("100.00", days_ago=40)


@pytest.fixture
def review(owe, now):
    owe("100.00", days_ago=15)
    services.flag_due_soon(TODAY, at=now, actor=ACTOR)
    return InvoiceReview.objects.get()


@pytest.fixture
def dispute(item, now):
    return services.open_dispute(
        item.pk, amount=item.amount, reason="price", note="Too dear", at=now, actor=ACTOR
    )


def entered(**fields):
    return {"token": str(uuid.uuid4()), **fields}


def text_of(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_lists_items_with_their_age(clerk, item):
    page = clerk.get("/receivables/")

    assert page.status_code == 200
    for expected in (item.invoice.number, "Delta Crane", "Overdue", "119.00 EUR", ">10<"):
        assert expected in text_of(page)


def test_shows_a_past_day_as_it_was(clerk, item, pay):
    pay(item, "119.00", days_ago=3)

    assert "119.00 EUR" not in text_of(clerk.get("/receivables/"))
    past = clerk.get("/receivables/", {"as_of": str(TODAY - timedelta(days=4))})
    assert "119.00 EUR" in text_of(past)


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ({"bucket": "1"}, True),
        ({"bucket": "0"}, False),
        ({"q": "delta"}, True),
        ({"q": "inv-0"}, True),
        ({"q": "nobody"}, False),
        ({"bucket": "9"}, True),  # no such bucket: the whole list
    ],
)
def test_filters_by_age_and_words(clerk, item, wanted, is_found):
    assert (item.invoice.number in text_of(clerk.get("/receivables/", wanted))) is is_found


def test_shows_the_next_page_where_the_last_one_ended(clerk, owe, monkeypatch):
    first, second = owe("10.00", days_ago=50), owe("10.00", days_ago=40)

    after = f"{first.due_on}:{first.pk}"
    page = text_of(clerk.get("/receivables/", {"after": after}, HTTP_HX_REQUEST="true"))

    assert first.invoice.number not in page
    assert second.invoice.number in page
    assert "<html" not in page


def test_needs_the_same_statements_for_twenty_items_as_for_one(clerk, owe):
    owe("10.00")
    clerk.get("/receivables/")
    with CaptureQueriesContext(connection) as one:
        clerk.get("/receivables/")
    for _number in range(19):
        owe("10.00")

    with CaptureQueriesContext(connection) as twenty:
        clerk.get("/receivables/")

    assert len(twenty) == len(one)


@pytest.mark.parametrize(
    "path", ["summary/", "customer/?customer={customer}", "invoice/{invoice}/"]
)
def test_panels_show_the_balance(clerk, item, path):
    address = path.format(customer=item.customer.number, invoice=item.invoice_id)

    response = clerk.get(f"/receivables/panels/{address}")

    assert response.status_code == 200
    assert "119.00 EUR" in text_of(response)
    assert "<html" not in text_of(response)


def test_the_invoice_panel_lists_what_was_paid(clerk, item, pay):
    pay(item, "19.00")

    page = text_of(clerk.get(f"/receivables/panels/invoice/{item.invoice_id}/"))

    assert "Open 100.00 EUR" in page
    assert "19.00 EUR" in page
    assert "10 days overdue" in page


def test_queues_reviews_and_closes_one_in_the_row(clerk, review):
    assert review.item.invoice.number in text_of(clerk.get("/receivables/reviews/"))

    response = clerk.post(f"/receivables/reviews/{review.pk}/", {"outcome": "fine"})

    review.refresh_from_db()
    assert (response.status_code, review.state) == (302, InvoiceReview.State.FINE)
    assert review.item.invoice.number not in text_of(clerk.get("/receivables/reviews/")).replace(
        f"{review.item.invoice.number} is reviewed", ""
    )


def test_says_that_a_review_is_closed_already(clerk, review):
    clerk.post(f"/receivables/reviews/{review.pk}/", {"outcome": "fine"})

    response = clerk.post(f"/receivables/reviews/{review.pk}/", {"outcome": "asked"})

    assert response.status_code == 409
    review.refresh_from_db()
    assert review.state == InvoiceReview.State.FINE


def test_opens_a_dispute_once_however_often_the_form_is_sent(clerk, item):
    form = entered(amount="19.00", reason="price", note="Too dear")

    answers = [clerk.post(f"/receivables/items/{item.pk}/dispute/", form) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Dispute.objects.count() == 1


def test_shows_at_the_field_what_is_wrong_with_a_dispute(clerk, item):
    form = entered(amount="500.00", reason="price", note="Too dear")

    response = clerk.post(f"/receivables/items/{item.pk}/dispute/", form)

    assert response.status_code == 422
    assert "Enter an amount up to the balance" in text_of(response)
    assert not Dispute.objects.exists()


def test_takes_and_closes_a_dispute(clerk, dispute):
    assert "Too dear" in text_of(clerk.get("/receivables/disputes/"))

    clerk.post(f"/receivables/disputes/{dispute.pk}/investigate/")
    clerk.post(
        f"/receivables/disputes/{dispute.pk}/close/",
        {"outcome": "rejected", "resolution": "Price was agreed"},
    )

    dispute.refresh_from_db()
    assert (dispute.state, dispute.resolution) == ("rejected", "Price was agreed")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "reviews/",
        "reviews/{review}/",
        "disputes/",
        "disputes/{dispute}/close/",
        "items/{item}/dispute/",
        "panels/summary/",
        "panels/customer/?customer=1",
        "panels/invoice/1/",
    ],
)
def test_visitor_sees_nothing(visitor, item, review, dispute, path):
    address = path.format(review=review.pk, dispute=dispute.pk, item=item.pk)

    assert visitor.get(f"/receivables/{address}").status_code == 403


def test_auditor_looks_and_changes_nothing(auditor, item, review, dispute):
    for path in ("", "reviews/", "disputes/"):
        assert auditor.get(f"/receivables/{path}").status_code == 200

    changes = (
        (f"reviews/{review.pk}/", {"outcome": "fine"}),
        (f"disputes/{dispute.pk}/investigate/", {}),
        (f"disputes/{dispute.pk}/close/", {"outcome": "rejected", "resolution": "x"}),
        (f"items/{item.pk}/dispute/", entered(amount="1.00", reason="price", note="x")),
    )
    for path, form in changes:
        assert auditor.post(f"/receivables/{path}", form).status_code == 403

    review.refresh_from_db()
    dispute.refresh_from_db()
    assert (review.state, dispute.state, Dispute.objects.count()) == ("open", "open", 1)


def test_sales_opens_disputes_but_works_no_reviews(browser_of, item, review):
    sales = browser_of(roles.SALES_REP)

    assert sales.get(f"/receivables/items/{item.pk}/dispute/").status_code == 200
    assert sales.post(f"/receivables/reviews/{review.pk}/", {"outcome": "fine"}).status_code == 403
    review.refresh_from_db()
    assert review.state == InvoiceReview.State.OPEN
