"""Whatever is sent to a form of customers is answered in words: no fault, never half a change."""

from django.core.files.uploadedfile import SimpleUploadedFile

from customers import services
from customers.services import Happening
from tests.bad_input import (
    faults_at,
    faults_of,
    forms_below,
    forms_on,
    page_of,
    signed_in,
    unreached,
)
from tests.customers.test_importing import HEAD, PUMP
from tests.factories import (
    NOW,
    AddressFactory,
    ContactFactory,
    CustomerFactory,
    PaymentTermsFactory,
    UserFactory,
)

AREA = "/customers/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}
FILES = {
    "/customers/import/": f"{HEAD}\n{PUMP}\n",
    "/customers/contacts/import/": "Customer;Contact;Contact e-mail\nC-1;Ellis;ellis@x.example\n",
}


def test_every_form_answers_bad_input_in_words(company, actor):
    customer = CustomerFactory.create(number="C-1")
    for is_active in (True, False):
        ContactFactory.create(customer=customer, is_active=is_active)
        AddressFactory.create(customer=customer, is_active=is_active)
    PaymentTermsFactory.create()
    user = UserFactory.create()
    task = {"due_on": NOW.date(), "assignee_id": user.pk}
    for kind, more in (("note", {}), ("task", task)):
        happening = Happening(kind=kind, text="Rang", **more)
        services.add_activity(customer.pk, happening=happening, at=NOW, actor=actor)
    client = signed_in(user)

    forms = forms_below(client, AREA, "/customers/C-1/", "/customers/import/")
    for address, text in FILES.items():
        looked = client.post(address, {"file": SimpleUploadedFile("x.csv", text.encode())})
        forms += forms_on(page_of(looked), address)

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == sorted(UNREACHED)
    assert faults_at(client, AREA) == []
