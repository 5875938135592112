"""The page of an order …"""

from decimal import Decimal

import pytest

from credit.models import Hold
from fulfillment import services as floor
from o2c.kernel import roles
from orders import services as orders
from orders.models import Quote
from orders.services import Agreed, AgreedLine, NewLine, Offered
from shipping import services as shipping
from tests.factories import ProductFactory, StockLevelFactory
from tests.invoicing.coming_back import send_back
from tests.reporting import lives
from tests.reporting.conftest import WEDNESDAY


def steps(response) -> list[str]:
    return [step.state for step in response.context["steps"]]


def test_shows_a_draft_with_its_lines_and_first_step(sales_rep, draft, product):
    order = draft(customer_po="4500-1")

    response = sales_rep.get(f"/orders/{order.number}/")

    text = response.content.decode()
    assert steps(response) == ["current", "", "", "", "", "", "", ""]
    assert all(word in text for word in (order.number, product.sku, "4500-1", "119.00", "Draft"))


def test_is_not_found_by_an_unknown_number(sales_rep, company):
    assert sales_rep.get("/orders/SO-99999/").status_code == 404


def test_names_who_placed_the_hold_and_what_ends_it(sales_rep, credit_account, draft, now, actor):
    order = draft()
    Hold.objects.create(
        customer=order.customer,
        kind="manual",
        reason="Cheque bounced",
        placed_at=now,
        placed_by="Tomás Rey",
    )
    orders.submit_order(order.pk, at=now, actor=actor)

    response = sales_rep.get(f"/orders/{order.number}/")

    block = response.context["blocks"][0]
    assert steps(response)[:3] == ["done", "block", ""]
    assert (block.tone, block.title) == ("bad", "On credit hold")
    assert "“Cheque bounced”, placed by Tomás Rey" in block.remedy


def test_follows_an_approved_order_to_the_floor(picker, credit_account, draft, now, actor):
    missing = ProductFactory.create()
    order = draft(
        lines=[
            NewLine(StockLevelFactory.create().product_id, Decimal(2)),
            NewLine(missing.pk, Decimal(3)),
        ]
    )
    orders.submit_order(order.pk, at=now, actor=actor)

    response = picker.get(f"/orders/{order.number}/")

    assert steps(response)[:4] == ["done", "done", "done", "current"]
    assert response.context["file"].progress.condition == "backordered"
    assert [block.title for block in response.context["blocks"]] == ["1 line waits for stock"]
    assert f"3 × {missing.sku}" in response.context["blocks"][0].text
    assert [action.key for action in response.context["actions"]][:1] == ["release"]

    floor.release_pick_lists(order.pk, at=now, actor=actor)

    response = picker.get(f"/orders/{order.number}/")
    assert steps(response)[:4] == ["done", "done", "done", "current"]
    assert "release" not in [action.key for action in response.context["actions"]]
    assert [document.icon for document in response.context["documents"]][:2] == [
        "check",
        "box",
    ]


def test_offers_only_what_the_person_may_do(sales_rep, auditor, draft):
    order = draft()

    may = sales_rep.get(f"/orders/{order.number}/").context["actions"]
    may_not = auditor.get(f"/orders/{order.number}/").context["actions"]

    assert "submit" in [action.key for action in may]
    assert may_not == []


def test_tells_what_changed_in_words(sales_rep, credit_account, draft, now, actor):
    order = draft()
    orders.submit_order(order.pk, at=now, actor=actor)

    changes = sales_rep.get(f"/orders/{order.number}/").context["changes"]

    told = [(change.what, change.before, change.after) for change in changes]
    assert ("Order, state", "Draft", "Entered") in told
    assert ("Order, state", "Entered", "Approved") in told
    assert told[-1] == ("Order created", "—", "—")


def test_shows_older_entries_of_the_trail_on_demand(
    sales_rep, credit_account, draft, now, actor, monkeypatch
):
    monkeypatch.setattr("reporting.selectors.order_page.TRAIL_SIZE", 1)
    order = draft()
    orders.submit_order(order.pk, at=now, actor=actor)

    page = sales_rep.get(f"/orders/{order.number}/")
    more = sales_rep.get(page.context["more_url"], headers={"HX-Request": "true"})

    assert len(page.context["changes"]) >= 1
    assert more.status_code == 200
    assert more.content.decode().lstrip().startswith("<tr>")


def test_shows_the_whole_way_of_a_paid_order(clerk, invoice, now):
    lives.pay(invoice, "119.00", at=now)
    order = invoice.order

    response = clerk.get(f"/orders/{order.number}/")

    documents = {document.icon: document for document in response.context["documents"]}
    assert steps(response) == ["done"] * 8
    assert response.context["blocks"] == []
    assert set(documents) == {"check", "box", "truck", "invoice", "bank"}
    assert documents["invoice"].href == f"/invoices/{invoice.number}/"
    assert documents["invoice"].pdf == f"/invoices/{invoice.number}/pdf/"
    assert "Paid" in documents["invoice"].note
    titles = [event.title for event in response.context["events"]]
    assert titles[-1] == "Order taken in, by sales rep"
    assert f"{invoice.number} issued" in titles
    touched = {change.what.partition(",")[0] for change in response.context["changes"]}
    assert {"Open item", "Receipt"} <= touched


@pytest.fixture
def gone(stocked, credit_account, draft, now):
    """A shipment of one line that has left."""
    order = draft()
    lives.submit(order, at=now)
    return lives.leave(lives.pack(lives.pick(order, at=now), at=now), at=now)


def line_states(browser, shipment) -> list[str]:
    order = shipment.lines.get().order
    return [state for _line, state in browser.get(f"/orders/{order.number}/").context["lines"]]


def test_tells_that_a_line_is_lost_once_that_is_settled(sales_rep, gone, now, actor):
    shipping.report_exception(gone.pk, kind="lost", note="", at=now, actor=actor)
    before = line_states(sales_rep, gone)
    shipping.settle_as_lost(gone.cases.get().pk, at=now, actor=actor)

    assert (before, line_states(sales_rep, gone)) == (["shipped"], ["lost"])


def test_tells_that_a_line_came_back_before_it_arrived(sales_rep, gone, now, actor):
    shipping.report_exception(gone.pk, kind="refused", note="", at=now, actor=actor)
    row = send_back(gone, "1", settle=False)
    before = line_states(sales_rep, gone)
    shipping.settle_return(row.pk, answer="Agreed.", at=now, actor=actor)
    send_back(gone, "1")

    assert (before, line_states(sales_rep, gone)) == (["shipped"], ["returned"])


def test_what_arrived_and_came_back_was_delivered(sales_rep, gone, now, actor):
    news = {"event_id": "1", "code": "delivered", "note": "", "happened_at": now}
    shipping.record_tracking(gone.pk, **news, at=now, actor=actor)
    send_back(gone, "2")

    assert line_states(sales_rep, gone) == ["delivered"]


def test_gives_no_address_that_the_person_may_not_open(picker, invoice, now):
    response = picker.get(f"/orders/{invoice.order.number}/")

    documents = {document.icon: document for document in response.context["documents"]}
    assert (documents["invoice"].href, documents["invoice"].pdf) == ("", "")
    assert documents["box"].href != ""


def test_cancels_what_waits_for_stock(sales_rep, credit_account, draft, now, actor):
    order = draft()
    orders.submit_order(order.pk, at=now, actor=actor)
    line = order.lines.get()
    page = sales_rep.get(f"/orders/{order.number}/").content.decode()

    sales_rep.post(
        f"/orders/{order.number}/lines/{line.pk}/cancel/",
        {"reason": "out_of_stock", "quantity": "2.000"},
    )

    assert f'action="/orders/{order.number}/lines/{line.pk}/cancel/"' in page
    order.refresh_from_db()
    assert order.state == "cancelled"
    response = sales_rep.get(f"/orders/{order.number}/")
    assert steps(response) == ["done", "", "", "", "", "", "", ""]
    assert [action.key for action in response.context["actions"]] == ["again", "quote"]


def test_reads_a_billed_order_of_twenty_lines_as_fast_as_of_one(
    clerk, credit_account, stocked, draft, now, django_assert_num_queries
):
    others = [StockLevelFactory.create().product for _ in range(20)]

    def billed(products) -> str:
        order = draft(lines=[NewLine(product.pk, Decimal(1)) for product in products])
        lives.submit(order, at=now)
        shipment = lives.leave(lives.pack(lives.pick(order, at=now), at=now), at=now)
        lives.bill(shipment, at=now)
        return f"/orders/{order.number}/"

    short, long = billed([stocked]), billed(others)
    clerk.get(short)

    for path in (short, long):
        with django_assert_num_queries(STATEMENTS + 4):  # lines of pick lists, items, mails …
            clerk.get(path)


def test_needs_as_many_statements_for_twenty_lines_as_for_one(
    sales_rep, draft, django_assert_num_queries
):
    short = draft()
    long = draft(lines=[NewLine(p.pk, Decimal(1)) for p in ProductFactory.create_batch(20)])
    sales_rep.get(f"/orders/{short.number}/")

    with django_assert_num_queries(STATEMENTS):
        sales_rep.get(f"/orders/{short.number}/")
    with django_assert_num_queries(STATEMENTS):
        sales_rep.get(f"/orders/{long.number}/")


def test_links_the_quote_and_the_blanket_order_that_it_came_of(
    sales_rep, customer, product, draft, now, actor, django_assert_num_queries
):
    from_quote, called = draft(), draft()
    offered = Offered(lines=[NewLine(product.pk, Decimal(2))], valid_until=WEDNESDAY)
    quote = orders.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)
    Quote.objects.update(state="accepted", order=from_quote, sent_at=now)
    agreed = Agreed(
        lines=[AgreedLine(product.pk, Decimal(100), Decimal(40))],
        valid_from=WEDNESDAY,
        valid_until=WEDNESDAY,
    )
    blanket = orders.create_blanket(customer_id=customer.pk, agreed=agreed, at=now, actor=actor)
    called.lines.update(blanket_line=blanket.lines.get())
    sales_rep.get("/orders/")

    with django_assert_num_queries(STATEMENTS):
        first = sales_rep.get(f"/orders/{from_quote.number}/").content.decode()
    with django_assert_num_queries(STATEMENTS):
        second = sales_rep.get(f"/orders/{called.number}/").content.decode()

    assert f'<a href="/orders/quotes/{quote.number}/">Quote {quote.number}</a>' in first
    href = f"/orders/blankets/{blanket.number}/"
    assert f'<a href="{href}">Blanket order {blanket.number}</a>' in second


# The frame's 7, the order, its facts, lines and nine kinds of documents and notes.
STATEMENTS = 21


def test_is_for_our_people_only(visitor, client, draft, browser_of):
    order = draft()

    for path in (f"/orders/{order.number}/", f"/orders/{order.number}/trail/"):
        assert visitor.get(path).status_code == 403
        assert browser_of(roles.CUSTOMER_USER).get(path).status_code == 403
        assert client.get(path).status_code == 302


def test_links_the_confirmation_once_there_is_one(sales_rep, credit_account, draft, now, actor):
    order = draft()
    path = f"/orders/{order.number}/confirmation/"
    as_draft = sales_rep.get(f"/orders/{order.number}/").content.decode()
    refused = sales_rep.get(path, follow=True).content.decode()
    orders.submit_order(order.pk, at=now, actor=actor)

    page = sales_rep.get(f"/orders/{order.number}/").content.decode()

    assert path not in as_draft
    assert "is not confirmed yet: it is draft." in refused
    assert path in page
    assert sales_rep.get(path).headers["Content-Type"] == "application/pdf"
