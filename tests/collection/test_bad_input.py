"""Whatever is sent to a form of collections is answered in words: no fault, never half a change."""

from datetime import date
from decimal import Decimal

from collection import services
from o2c.kernel import clock
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import CreditAccountFactory
from tests.invoicing.shipped import place as place_stocked

AREA = "/collections/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(customer, owe, pay, now, actor):
    late = owe(customer, "119.00", due_on=date(2026, 10, 1))
    partly = owe(customer, "238.00", due_on=date(2026, 12, 1))
    receipts = [pay(customer, "500.00", "KNOWN", {partly.pk: "38.00"}), pay(None, "7.00", "WHO")]
    services.run_dunning(now.date(), at=now, actor=actor)
    poor = CreditAccountFactory.create(limit=Decimal(10)).customer
    waiting = place_stocked(poor, ("1", "100.00"))
    receipts += [pay(poor, "50.00", "FREE"), pay(poor, "20.00", "KEPT")]
    services.reserve_receipt(receipts[-1].pk, order_id=waiting.pk, at=now, actor=actor)
    client = signed_in()
    starts = [f"/collections/receipts/{receipt.number}/" for receipt in receipts]
    starts += [f"/collections/receipts/new/?customer={customer.pk}"]
    assert late.balance == 119
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
