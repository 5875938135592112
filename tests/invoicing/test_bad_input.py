"""Whatever is sent to a form of invoicing is answered in words: no fault, never half a change."""

from customers.models import Address
from invoicing import services
from o2c.kernel import clock
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.invoicing.shipped import place, ship

AREA = "/invoices/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(customer, invoice, poor, asked, now, actor):
    shipment = ship(customer, ("1", "70.00"))
    Address.objects.filter(customer=customer, kind="bill_to").delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    unasked = place(poor, ("1", "70.00"))
    client = signed_in()
    starts = [f"/invoices/{one.pk}/" for one in (invoice, draft)]
    starts += [f"/invoices/pro-forma/{asked.number}/", f"/invoices/pro-forma/ask/{unasked.number}/"]
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
