"""Whatever is sent to a form about orders is answered in words: no fault, never half a change."""

from decimal import Decimal

import pytest

from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from orders import services
from orders.models import ApprovalRule
from orders.services import AmendmentChanges, LineChange, NewLine
from tests.bad_input import (
    Form,
    faults_at,
    faults_of,
    forms_below,
    forms_on,
    opened,
    signed_in,
    unreached,
)
from tests.factories import TODAY, CreditAccountFactory, CustomerFactory, ProductFactory
from tests.invoicing.shipped import place

AREA = "/orders/"
TYPED = "/orders/typed/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


@pytest.fixture
def rep(person, company):
    return Actor.user(person(roles.SALES_REP))


@pytest.fixture
def customer(company):
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(100_000))
    return customer


@pytest.fixture
def write(customer, now, rep):
    """Write a draft of so many of a product that is sold in fives, on two lines."""
    product = ProductFactory.create(pack_multiple=Decimal(5))

    def write(quantity):
        return services.create_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(quantity)), NewLine(product.pk, Decimal(5))],
            channel="rep",
            requested_on=TODAY,
            at=now,
            actor=rep,
        )

    return write


@pytest.fixture
def change(customer, now, rep):
    """Write down a change of an order of 10 at 50.00 to another quantity."""

    def change(quantity):
        order = place(customer, ("10", "50"), in_stock="50")
        line = LineChange(line_id=order.lines.get().pk, quantity=Decimal(quantity))
        changes = AmendmentChanges(lines=[line])
        return services.draft_amendment(
            order.pk, changes=changes, reason="They called", at=now, actor=rep
        )

    return change


def test_every_form_answers_bad_input_in_words(
    customer, write, change, rep, now, settings, tmp_path
):
    settings.EDI_FOLDER = str(tmp_path)
    checked = change("6")
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=800)
    to_ask, asked = change("20"), change("30")
    services.ask_for_change(asked.pk, at=now, actor=rep)
    short = place(customer, ("10", "50"), in_stock="4")
    blocked, waiting, gone = write("7"), write("20"), write("5")
    services.submit_order(waiting.pk, at=now, actor=rep)
    client = signed_in()
    saved = client.post("/orders/views/save/", {"name": "Ours", "query": "view=drafts"})
    typed = [
        Form(TYPED, values=form.values | {"typed": "1"})
        for form in forms_on(opened(client, "/orders/new/"), "/orders/new/")
        if "lines-count" in form.values
    ][:1]
    for token in ("kept", "away"):
        client.post(TYPED, typed[0].values | {"token": token, "note": "By noon"})
    # What was put away can be brought back by a button of the message on the next page.
    client.post(f"{TYPED}discard/", {"screen": "away"})
    client.post(f"/orders/{gone.number}/discard/")
    starts = [f"/orders/{one.number}/" for one in (checked.order, short, blocked, waiting, gone)]
    starts += [f"/orders/amendments/{one.number}/" for one in (checked, to_ask, asked)]
    starts += [
        saved["Location"],
        "/orders/findings/",
        "/orders/approvals/",
        "/orders/sources/",
        "/orders/rules/",
    ]
    with clock.travel(now):
        forms = [*typed, *forms_below(client, AREA, "/orders/new/", *starts)]

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
