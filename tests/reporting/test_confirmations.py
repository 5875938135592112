"""The confirmations of the orders chosen in the list, as one PDF."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from o2c.kernel.pdf import joined
from orders.models import Acknowledgement
from reporting.views import papers
from tests.reporting import lives

CHOOSE = "/orders/bulk/confirmations/"
ONE_PDF = "/orders/confirmations.pdf"


@pytest.fixture
def confirmed(draft, credit_account, stocked, now):
    """Make released orders: `confirmed(2)`."""

    def make(count):
        orders = [draft() for _each in range(count)]
        for order in orders:
            lives.submit(order, at=now)
        return orders

    return make


def choose(browser, *orders, **entered):
    return browser.post(CHOOSE, {"ids": [order.pk for order in orders], **entered})


def papers_of(response):
    reader = PdfReader(io.BytesIO(response.content))
    bookmarks = [mark.title for mark in reader.outline if not isinstance(mark, list)]
    return bookmarks, [page.extract_text() for page in reader.pages]


def test_opens_what_confirms_each_order_in_one_file(sales_rep, confirmed):
    first, second = confirmed(2)

    chosen = choose(sales_rep, second, first)
    answer = sales_rep.get(chosen.headers["Location"])

    bookmarks, pages = papers_of(answer)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="confirmations-')
    assert bookmarks == [first.number, second.number]
    assert [first.number in pages[0], second.number in pages[1]] == [True, True]
    assert Acknowledgement.objects.count() == 2


def test_says_which_have_none_and_offers_the_others(sales_rep, confirmed, draft):
    [order] = confirmed(1)
    waiting = draft()

    chosen = choose(sales_rep, order, waiting)

    assert chosen.status_code == 200
    assert [(one.order, one.is_done, one.text) for one in chosen.context["outcomes"]] == [
        (order, True, "Ready to print."),
        (waiting, False, f"{waiting.number} is not confirmed yet: it is draft."),
    ]
    assert papers_of(sales_rep.get(chosen.context["together"]))[0] == [order.number]


def test_offers_nothing_where_none_is_confirmed(sales_rep, draft):
    chosen = choose(sales_rep, draft())

    assert (chosen.status_code, chosen.context["together"]) == (422, "")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (51, "Choose at most 50 orders at once; 51 are chosen."),
        (0, "Choose at least one order in the list."),
    ],
)
def test_refuses_too_many_and_none_in_words(sales_rep, confirmed, chosen, told):
    ids = [order.pk for order in confirmed(1)][:chosen] + list(range(10**6, 10**6 + chosen - 1))

    answer = sales_rep.post(CHOOSE, {"ids": ids, "back": "view=all"}, follow=True)

    assert answer.redirect_chain == [("/orders/?view=all", 302)]
    assert [str(message) for message in answer.context["messages"]] == [told]
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("ids", ["", "order=0", "order=9&order=x", "order={order}&order=0"])
def test_finds_nothing_at_an_address_with_orders_that_have_none(sales_rep, confirmed, ids):
    [order] = confirmed(1)

    answer = sales_rep.get(f"{ONE_PDF}?{ids.format(order=order.pk)}")

    assert answer.status_code == 404


def test_finds_nothing_at_an_address_with_too_many(sales_rep, confirmed, monkeypatch):
    monkeypatch.setattr(papers, "MOST", 1)
    query = "&".join(f"order={order.pk}" for order in confirmed(2))

    assert sales_rep.get(f"{ONE_PDF}?{query}").status_code == 404


def test_a_person_without_orders_sees_none(visitor, confirmed):
    [order] = confirmed(1)

    assert choose(visitor, order).status_code == 403
    assert visitor.get(f"{ONE_PDF}?order={order.pk}").status_code == 403
    assert not Acknowledgement.objects.exists()


def test_asks_no_more_for_twenty_orders_than_for_one(sales_rep, confirmed):
    orders = confirmed(20)
    choose(sales_rep, *orders)

    def statements(*chosen):
        with CaptureQueriesContext(connection) as captured:
            asked = choose(sales_rep, *chosen)
            assert sales_rep.get(asked.headers["Location"]).status_code == 200
        return len(captured)

    assert statements(*orders) == statements(orders[0])


def test_joins_the_pages_of_documents_of_any_length(sales_rep, confirmed):
    [order] = confirmed(1)
    choose(sales_rep, order)
    one = sales_rep.get(f"{ONE_PDF}?order={order.pk}").content

    both = joined([("a", one), ("b", joined([("c", one), ("d", one)]))])

    assert len(PdfReader(io.BytesIO(both)).pages) == 3
