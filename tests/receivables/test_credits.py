"""What a credit memo gives beyond its invoice pays others, once and never more than it gives."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditAccount
from invoicing import services as invoicing
from o2c.kernel.invariants import check_all
from orders.models import Order
from receivables import memos, services
from receivables.models import Application, OpenItem
from tests.invoicing.coming_back import send_back
from tests.invoicing.shipped import ACTOR, customer_with_credit, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(owe):
    """35.70 EUR, 20 days overdue."""
    return owe("30.00", days_ago=50)


@pytest.fixture
def memo(owe, pay, now):
    """CM-00001 over 119.00 EUR for an invoice that was paid before."""
    item = owe("100.00")
    pay(item, "119.00")
    [memo] = invoicing.credit_return(send_back(item.invoice.shipment, "1").pk, at=now, actor=ACTOR)
    return memo


def test_pays_what_is_due_first_and_of_the_next_what_is_left(late, memo, owe, now, customer):
    later = owe("80.00")

    services.apply_credit(memo.pk, at=now, actor=ACTOR)

    late.refresh_from_db()
    later.refresh_from_db()
    assert (late.state, later.applied) == ("settled", Decimal("83.300"))
    assert memos.left_of(memo) == 0
    assert CreditAccount.objects.get(customer=customer).exposure == later.balance
    assert check_all() == []


def test_credit_for_a_paid_invoice_lets_an_order_go_that_waits_for_credit(company, owe, pay, now):
    customer = customer_with_credit(limit="150")
    item = owe("100.00", customer=customer)
    pay(item, "119.00")
    waiting, too_dear = place(customer, ("1", "200.00")), place(customer, ("1", "300.00"))
    before = (waiting.state, too_dear.state)

    invoicing.credit_return(send_back(item.invoice.shipment, "1").pk, at=now, actor=ACTOR)

    waiting.refresh_from_db()
    too_dear.refresh_from_db()
    assert before == (Order.State.ON_HOLD, Order.State.ON_HOLD)
    assert (waiting.state, too_dear.state) == (Order.State.RELEASED, Order.State.ON_HOLD)
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("119.000")
    assert check_all() == []


def test_leaves_alone_what_is_disputed(late, memo, now):
    services.open_dispute(
        late.pk, amount=Decimal(5), reason="price", note="Too dear", at=now, actor=ACTOR
    )

    with pytest.raises(services.NothingToApply):
        services.apply_credit(memo.pk, at=now, actor=ACTOR)

    late.refresh_from_db()
    assert (late.applied, memos.left_of(memo)) == (0, Decimal("119.000"))


def test_refuses_when_nothing_is_left(memo, owe, now):
    owe("100.00")
    services.apply_credit(memo.pk, at=now, actor=ACTOR)
    owe("10.00")

    with pytest.raises(services.NothingToApply, match="Nothing of CM-00001 is left"):
        services.apply_credit(memo.pk, at=now, actor=ACTOR)

    assert Application.objects.filter(source=memo.label).count() == 1


def test_names_what_is_left_on_the_customers_account(memo, clerk, customer):
    page = clerk.get("/receivables/panels/customer/", {"customer": customer.number})

    text = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Credit on account, CM-00001" in text
    assert "119.00 EUR" in text


def test_the_button_applies_it(memo, owe, clerk):
    owe("100.00")
    panel = clerk.get(f"/receivables/panels/credit/{memo.pk}/").content.decode()

    answer = clerk.post(f"/receivables/credits/{memo.pk}/apply/")

    assert "Apply to open invoices" in panel
    assert answer.status_code == 302
    assert memos.left_of(memo) == 0
    after = clerk.get(f"/receivables/panels/credit/{memo.pk}/").content.decode()
    assert "All of it is applied" in after
    assert "INV-00002" in after


def test_who_may_only_read_applies_nothing(memo, owe, auditor):
    owe("100.00")

    answer = auditor.post(f"/receivables/credits/{memo.pk}/apply/")

    assert answer.status_code == 403
    assert memos.left_of(memo) == Decimal("119.000")


def test_an_invoice_is_no_credit_memo(memo, clerk):
    invoice = OpenItem.objects.first().invoice

    assert clerk.get(f"/receivables/panels/credit/{invoice.pk}/").status_code == 404
    assert clerk.post(f"/receivables/credits/{invoice.pk}/apply/").status_code == 404


def test_the_panel_takes_as_many_statements_for_twenty_as_for_one(memo, owe, clerk):
    address = f"/receivables/panels/credit/{memo.pk}/"
    counts = []
    for items in (1, 19):
        for _item in range(items):
            owe("2.00")
        services.apply_credit(memo.pk, at=memo.created_at, actor=ACTOR)
        clerk.get(address)
        with CaptureQueriesContext(connection) as asked:
            clerk.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert Application.objects.filter(source=memo.label).count() == 20
