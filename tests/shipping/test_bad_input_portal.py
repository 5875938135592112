"""Whatever a customer sends about deliveries and returns is answered in words."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import CustomerUser
from o2c.kernel import clock, roles
from shipping import services
from shipping.models import ProofOfDelivery, Return
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


@pytest.fixture
def sent(company):
    """A shipment that has arrived, with a return that is announced."""
    shipment = ship(customer_with_credit(name="Delta Crane"), ("5", "50"))
    services.deliver_shipment(shipment.pk, received_by="Kim", at=NOW, actor=ACTOR)
    line = shipment.lines.get().pk
    goods = [services.Coming(shipment_line_id=line, quantity=Decimal(1), reason="wrong")]
    services.announce_return(shipment.customer_id, goods=goods, at=NOW, actor=ACTOR)
    return shipment


@pytest.fixture
def buyer(sent, person):
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=sent.customer)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("area", ["/portal/returns/", "/portal/shipments/"])
def test_every_form_answers_bad_input_in_words(area, sent, buyer):
    starts = ["/portal/returns/new/", f"/portal/shipments/{sent.number}/"]
    with clock.travel(NOW):
        forms = forms_below(buyer, area, *[one for one in starts if one.startswith(area)])

        assert faults_of(buyer, forms) == []
        assert unreached(forms, area) == sorted(UNREACHED)
        assert faults_at(buyer, area) == []


@pytest.mark.parametrize("field", ["quantity", "reason"])
@pytest.mark.parametrize("text", ["a\x00b", "x" * 10_000, "-1e999", "9" * 5_000, "NaN", "²"])
def test_a_return_of_the_impossible_is_refused_at_its_field(field, text, sent, buyer):
    line = sent.lines.get().pk
    entered = {f"quantity_{line}": "1", f"reason_{line}": "wrong"} | {f"{field}_{line}": text}

    answer = buyer.post("/portal/returns/new/", entered)

    assert answer.status_code == 422
    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a\x00b.pdf", b"%PDF-1.7"),
        ("x" * 5_000 + ".pdf", b"%PDF-1.7"),
        ("../../etc/passwd", b"%PDF-1.7"),
        ("pod.pdf", b"\x00" * 50),
        ("pod.pdf", b"<html><script>alert(1)</script>"),
        ("pod.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("pod.pdf", b"GIF89a"),
    ],
)
def test_whatever_file_comes_with_a_proof_is_kept_as_what_it_is_or_refused(name, content, sent):
    data = {
        "received_by": "Kim",
        "received_at": "2026-11-18T10:00",
        "file": SimpleUploadedFile(name, content),
    }
    with clock.travel(NOW):
        answer = signed_in().post(f"/shipping/{sent.number}/proof/", data)

    kept = ProofOfDelivery.objects.get().file
    is_paper = content.startswith(b"%PDF")
    assert answer.status_code == (302 if is_paper and kept else 422)
    if kept is not None:
        assert kept.media_type == "application/pdf"
        assert kept.name.endswith(".pdf")
        assert "/" not in kept.name
