"""Whatever is sent to a form of receivables is answered in words: no fault, never half a change."""

from datetime import timedelta
from decimal import Decimal

from invoicing import services as invoicing
from o2c.kernel import clock
from receivables import services
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import TODAY
from tests.invoicing.coming_back import send_back

AREA = "/receivables/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(customer, owe, pay, now, actor):
    owe()
    services.flag_due_soon(TODAY + timedelta(days=15), at=now, actor=actor)
    disputes = [
        services.open_dispute(
            owe().pk, amount=Decimal(19), reason="price", note="Too dear", at=now, actor=actor
        )
        for _each in range(2)
    ]
    services.investigate_dispute(disputes[0].pk, at=now, actor=actor)
    item = owe()
    paid = owe()
    pay(paid, "119.00")
    back = send_back(paid.invoice.shipment, "1")
    [memo] = invoicing.credit_return(back.pk, at=now, actor=actor)
    client = signed_in()
    starts = [
        f"/receivables/panels/customer/?customer={customer.pk}",
        f"/receivables/panels/invoice/{item.invoice_id}/",
        f"/receivables/panels/credit/{memo.pk}/",
        f"/receivables/panels/payment-history/?customer={customer.pk}",
        "/receivables/panels/summary/",
    ]
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
