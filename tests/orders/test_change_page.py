"""The pages on which an order is changed: enter, see what it does, make it or withdraw it."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from orders import services
from orders.models import Amendment, Order
from orders.services import AmendmentChanges, LineChange
from tests.factories import CreditAccountFactory, CustomerFactory, ProductFactory
from tests.invoicing import shipped


@pytest.fixture
def order(company) -> Order:
    """10 and 4 at 50.00 EUR, of a customer who may owe 2,000.00; 20 of each are in stock."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(2000))
    return shipped.place(customer, ("10", "50"), ("4", "50"), in_stock="20")


@pytest.fixture
def rep(browser_of, company):
    """Somebody who enters orders and sees stock, shipments and invoices."""
    return browser_of(roles.SALES_REP, roles.AUDITOR)


def entries(order, **changes):
    """What the browser sends for the order as it is, with these changes."""
    sent = {
        "token": str(uuid4()),
        "revision": order.revision,
        "customer_po": order.customer_po,
        "requested_on": order.requested_on.isoformat(),
        "ship_to": order.ship_to_id,
        "payment_terms": order.payment_terms_id,
        "reason": "They called",
    }
    for line in order.lines.all():
        sent[f"line-{line.pk}-quantity"] = str(line.ordered)
        sent[f"line-{line.pk}-unit_price"] = str(line.unit_price)
        sent[f"line-{line.pk}-requested_on"] = line.requested_on.isoformat()
    return {**sent, **changes}


def first(order):
    return order.lines.get(position=1)


def asked(order, quantity):
    return entries(order, **{f"line-{first(order).pk}-quantity": quantity})


def statements(browser, path):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def test_shows_the_order_as_it_is(rep, order):
    page = rep.get(f"/orders/{order.number}/change/").content.decode()

    assert f"Change {order.number}" in page
    assert 'value="10"' in page
    assert "See what it does" in page


def test_shows_what_a_change_does_before_it_is_made(rep, order):
    response = rep.post(f"/orders/{order.number}/change/", asked(order, "6"), follow=True)

    made = Amendment.objects.get()
    page = response.content.decode()
    assert response.request["PATH_INFO"] == f"/orders/amendments/{made.number}/"
    assert "<del>10</del> <ins>6</ins>" in page
    assert ("833.00" in page, "595.00" in page) == (True, True)
    assert (made.state, first(order).ordered) == ("checked", 10)


def test_makes_the_change(rep, order):
    rep.post(f"/orders/{order.number}/change/", asked(order, "6"))

    response = rep.post(f"/orders/amendments/{order.number}-A1/apply/")

    assert response.headers["Location"] == f"/orders/{order.number}/"
    assert first(order).ordered == 6


def test_withdraws_the_change(rep, order):
    rep.post(f"/orders/{order.number}/change/", asked(order, "6"))

    rep.post(f"/orders/amendments/{order.number}-A1/withdraw/")

    assert (Amendment.objects.get().state, first(order).ordered) == ("withdrawn", 10)


def test_keeps_one_amendment_of_two_clicks(rep, order):
    sent = asked(order, "6")

    rep.post(f"/orders/{order.number}/change/", sent)
    rep.post(f"/orders/{order.number}/change/", sent)

    assert Amendment.objects.count() == 1


def test_adds_a_line_by_sku(rep, order):
    new = ProductFactory.create(sku="VLV-9")

    rep.post(
        f"/orders/{order.number}/change/",
        entries(order, **{"new-0-sku": "VLV-9", "new-0-quantity": "3"}),
    )
    rep.post(f"/orders/amendments/{order.number}-A1/apply/")

    third = order.lines.get(position=3)
    assert (third.product, third.ordered, third.unit_price) == (new, 3, 50)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("new-0-sku", "NOPE", "We do not sell this product"),
        ("line-quantity", "-1", "Enter 0 or more."),
        ("line-quantity", "many", "Enter a number"),
        ("reason", "", "This field is required"),
        ("requested_on", "soon", "Enter a valid date"),
        ("ship_to", "0", "Choose one of the list."),
    ],
)
def test_says_what_is_wrong_and_where(rep, order, field, value, message):
    name = field.replace("line-", f"line-{first(order).pk}-")
    sent = {**asked(order, "6"), name: value}

    response = rep.post(f"/orders/{order.number}/change/", sent)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Amendment.objects.exists()


def test_refuses_entries_that_change_nothing(rep, order):
    response = rep.post(f"/orders/{order.number}/change/", entries(order))

    assert response.status_code == 422
    assert "Nothing would change" in response.content.decode()


def test_says_what_differs_when_somebody_was_quicker(rep, order, now, actor):
    sent = asked(order, "12")
    services.amend_order(
        order.pk,
        changes=AmendmentChanges(lines=[LineChange(line_id=first(order).pk, quantity=Decimal(6))]),
        reason="Me first",
        at=now,
        actor=actor,
    )

    response = rep.post(f"/orders/{order.number}/change/", sent)

    assert response.status_code == 422
    assert "has been changed since" in response.content.decode()
    assert first(order).ordered == 6


def test_keeps_what_cannot_be_yet_as_a_draft_that_is_mended(rep, order):
    odd = first(order).product
    odd.pack_multiple = Decimal(5)
    odd.save()
    page = rep.post(f"/orders/{order.number}/change/", asked(order, "12"), follow=True)
    assert "multiples of 5" in page.content.decode()
    assert "Make the change" not in page.content.decode()
    mended = f"/orders/{order.number}/change/?like={order.number}-A1"
    assert 'value="12"' in rep.get(mended).content.decode()

    rep.post(mended, asked(order, "15"))

    states = [row.state for row in Amendment.objects.order_by("serial")]
    assert states == ["withdrawn", "checked"]


def test_shows_two_revisions_side_by_side(rep, order, now, actor):
    for quantity in (6, 8):
        line = LineChange(line_id=first(order).pk, quantity=Decimal(quantity))
        services.amend_order(
            order.pk,
            changes=AmendmentChanges(lines=[line], customer_po=f"PO {quantity}"),
            reason=f"They want {quantity}",
            at=now,
            actor=actor,
        )
    oldest = order.revisions.order_by("number").first()

    page = rep.get(f"/orders/{order.number}/revisions/?older={oldest.number}").content.decode()

    assert "2 differences" in page
    assert '<del>10</del></td><td class="m4"><ins>8</ins>' in page
    assert "They want 8" in page


def test_revisions_take_as_many_statements_for_twenty_as_for_one(rep, order, now, actor):
    page, counted = f"/orders/{order.number}/revisions/", []
    for changes in (1, 19):
        for _each in range(changes):
            line = LineChange(
                line_id=first(order).pk, quantity=Decimal(9 if first(order).ordered == 8 else 8)
            )
            services.amend_order(
                order.pk,
                changes=AmendmentChanges(lines=[line]),
                reason="They called",
                at=now,
                actor=actor,
            )
        rep.get(page)
        counted.append(statements(rep, page))

    assert order.revisions.count() > 19
    assert counted[0] == counted[1]


def test_says_that_an_order_was_never_changed(rep, order):
    assert "never changed" in rep.get(f"/orders/{order.number}/revisions/").content.decode()


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        ("credit", "Owed then"),
        ("fulfillment", "Nothing of the order is on a pick list"),
        ("shipping", "Nothing has been shipped"),
        ("invoicing", "Nothing is invoiced yet"),
    ],
)
def test_each_later_stage_shows_its_part(browser_of, order, rep, stage, text):
    rep.post(f"/orders/{order.number}/change/", asked(order, "12"))

    response = rep.get(f"/{URLS[stage]}/amendments/{order.number}-A1/")

    assert response.status_code == 200
    assert text in response.content.decode()


URLS = {
    "credit": "credit",
    "fulfillment": "fulfillment",
    "shipping": "shipping",
    "invoicing": "invoices",
}


def test_credit_says_that_the_order_would_wait(rep, order):
    rep.post(f"/orders/{order.number}/change/", asked(order, "40"))

    page = rep.get(f"/credit/amendments/{order.number}-A1/").content.decode()

    assert "The whole order will wait" in page


def test_credit_says_that_the_change_would_be_refused(rep, order):
    rep.post(f"/orders/{order.number}/change/", asked(order, "40"))
    shipped.fulfillment.release_pick_lists(order.pk, at=shipped.NOW, actor=shipped.ACTOR)

    page = rep.get(f"/credit/amendments/{order.number}-A1/").content.decode()

    assert "will be refused, picking has begun" in page


def test_fulfillment_names_the_pick_lists(rep, order):
    rep.post(f"/orders/{order.number}/change/", asked(order, "40"))
    [picks] = shipped.fulfillment.release_pick_lists(order.pk, at=shipped.NOW, actor=shipped.ACTOR)

    page = rep.get(f"/fulfillment/amendments/{order.number}-A1/").content.decode()

    assert picks.number in page
    assert "Part now, rest dated" in page


def test_takes_as_many_statements_with_twenty_lines_as_with_one(rep, company, now, actor):
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(2000))
    counted = []
    for lines in (1, 20):
        order = shipped.place(customer, *[("2", "1")] * lines)
        services.draft_amendment(
            order.pk,
            changes=AmendmentChanges(
                lines=[LineChange(line_id=row.pk, quantity=Decimal(1)) for row in order.lines.all()]
            ),
            reason="Less",
            at=now,
            actor=actor,
        )
        number = f"{order.number}-A1"
        paths = [f"/orders/{order.number}/change/", f"/orders/amendments/{number}/"]
        paths += [f"/{prefix}/amendments/{number}/" for prefix in URLS.values()]
        rep.get(paths[0])
        counted.append([statements(rep, path) for path in paths])

    assert counted[0] == counted[1]


@pytest.mark.parametrize("where", ["line", "new"])
def test_another_price_needs_the_permission(rep, order, where):
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))
    added = {"new-0-sku": first(order).product.sku, "new-0-quantity": "1"}
    wish = {
        "line": {f"line-{first(order).pk}-unit_price": "1"},
        "new": {**added, "new-0-unit_price": "1"},
    }
    path = f"/orders/{order.number}/change/"

    refused = rep.post(path, entries(order, **wish[where]))
    without = rep.post(path, entries(order, **added))

    assert refused.status_code == 422
    assert "You may not change prices." in refused.content.decode()
    assert without.status_code == 302
    assert Amendment.objects.count() == 1
