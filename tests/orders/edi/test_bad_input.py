"""Whatever is sent to a form about trading partners is answered in words."""

from o2c.kernel.outbox import deliver_due
from orders.intake.services import take_in
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import NOW
from tests.orders.edi.conftest import sample

AREA = "/orders/partners/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(partners, actor):
    list(take_in("o.edi", sample("order.850.edi"), commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)
    client = signed_in()

    forms = forms_below(client, AREA)

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == sorted(UNREACHED)
    assert faults_at(client, AREA) == []
