"""Whatever is sent to a form about incoming orders is answered in words."""

from orders.models import IntakeDocument
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.orders.intake.test_learning import ODD

AREA = "/orders/intake/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(books, intake):
    client = signed_in()
    intake(ODD, "--commit", "--customer", "C-17850")
    document = IntakeDocument.objects.get()
    page = f"/orders/intake/{document.pk}/"
    client.post(f"{page}teach/", {"word": "How many", "meaning": "quantity"})

    forms = forms_below(client, AREA, page, "/orders/intake/learned/")

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == sorted(UNREACHED)
    assert faults_at(client, AREA) == []
