"""The proof on screen, in the portal and by REST: whom it is for, and what it may hold."""

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import CustomerUser
from customers.services import create_api_key
from o2c.kernel import clock, roles
from o2c.kernel.models import StoredFile
from orders.models import OrderLine
from shipping import services
from shipping.models import ProofOfDelivery, Shipment
from shipping.reports.feeds import renew_token
from tests.factories import CarrierFactory, CustomerFactory

PDF = b"%PDF-1.7 signed by Jo"


@pytest.fixture(autouse=True)
def tomorrow(now):
    with clock.travel(now + timedelta(hours=30)):
        yield


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def buyer_of(person):
    def buyer_of(customer):
        user = person(roles.CUSTOMER_USER)
        CustomerUser.objects.create(user=user, customer=customer)
        client = Client()
        client.force_login(user)
        return client

    return buyer_of


@pytest.fixture
def enter(shipper, on_its_way):
    line = on_its_way.lines.get()

    def enter(*, refused="", reason="", received_at="2026-11-19T10:15", **more):
        entered = {"received_by": "Jo", "received_at": received_at} | more
        entered |= {f"refused_{line.pk}": refused, f"reason_{line.pk}": reason}
        return shipper.post(reverse("shipping:proof", args=[on_its_way.number]), entered)

    return enter


def body(response):
    return response.content.decode()


def test_proof_is_entered_in_the_warehouses_time_and_shown(enter, shipper, on_its_way):
    response = enter(refused="2", reason="Box wet", file=SimpleUploadedFile("pod.exe", PDF))

    page = body(shipper.get(response.url))
    paper = shipper.get(reverse("shipping:proof-file", args=[on_its_way.number]))
    proof = ProofOfDelivery.objects.get()
    assert proof.received_at.isoformat() == "2026-11-19T09:15:00+00:00"
    assert "2, Box wet" in page
    assert "Take back" in page
    assert (paper["Content-Type"], paper.content) == ("application/pdf", PDF)
    assert 'filename="pod.pdf"' in paper["Content-Disposition"]


def test_letters_for_a_quantity_reach_us_as_they_were_typed(shipper, on_its_way):
    """A number field sends nothing for what it cannot read, and nothing means: all was taken."""
    page = body(shipper.get(reverse("shipping:proof", args=[on_its_way.number])))

    name = f'name="refused_{on_its_way.lines.get().pk}"'
    [field] = [tag for tag in page.split("<") if name in tag]
    assert 'type="text"' in field
    assert 'inputmode="decimal"' in field


def test_a_recorded_proof_is_there_to_be_corrected(enter, shipper, on_its_way):
    enter(refused="2", reason="Box wet", file=SimpleUploadedFile("pod.pdf", PDF))

    page = body(shipper.get(reverse("shipping:proof", args=[on_its_way.number])))
    enter(refused="1", reason="Box wet")

    assert 'value="Box wet"' in page
    assert 'value="2026-11-19T10:15"' in page
    assert OrderLine.objects.get().delivered == 4
    assert ProofOfDelivery.objects.get().file is not None


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"refused": "6", "reason": "wet"}, "Only 5 were sent."),
        ({"refused": "1"}, "Say why it was refused."),
        ({"refused": "-1", "reason": "wet"}, "Enter 0 or more."),
        ({"refused": "many", "reason": "wet"}, "Enter a number."),
        ({"received_at": "2026-11-21T10:00"}, "This lies in the future."),
        ({"received_at": "2026-11-01T10:00"}, "This is before the shipment left."),
        ({"received_at": "9999-12-31T23:59"}, "This lies in the future."),
        ({"received_at": "0001-01-01T00:00"}, ""),
        ({"received_by": ""}, "This field is required."),
        ({"file": SimpleUploadedFile("a.pdf", b"MZ\x90")}, "Send a PDF, PNG or JPEG."),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "empty"),
    ],
)
def test_wrong_entries_are_told_at_their_field(entered, words, enter):
    response = enter(**entered)

    assert response.status_code == 422
    assert words in body(response)
    assert not ProofOfDelivery.objects.exists()
    assert OrderLine.objects.get().delivered == 0


def test_a_file_that_is_too_large_is_refused(enter, monkeypatch):
    monkeypatch.setattr("shipping.proofs.papers.MOST_BYTES", 10)

    response = enter(file=SimpleUploadedFile("pod.pdf", PDF))

    assert response.status_code == 422
    assert not StoredFile.objects.filter(media_type="application/pdf", size=len(PDF)).exists()


def test_others_may_not_enter_a_proof(sales_rep, on_its_way):
    response = sales_rep.post(reverse("shipping:proof", args=[on_its_way.number]), {})

    assert response.status_code == 403
    assert not ProofOfDelivery.objects.exists()


def test_page_of_a_shipment_takes_as_many_statements_for_20_events(
    enter, shipper, on_its_way, now, actor, statements
):
    enter(refused="1", reason="wet")
    address = reverse("shipping:shipment", args=[on_its_way.number])
    one = statements(lambda: shipper.get(address))
    for event in range(20):
        services.record_tracking(
            on_its_way.pk,
            event_id=str(event),
            code="SORTED",
            note="",
            happened_at=now,
            at=now,
            actor=actor,
        )

    assert statements(lambda: shipper.get(address)) == one


def test_portal_shows_the_customer_its_delivery(enter, buyer_of, customer, on_its_way):
    enter(refused="2", reason="Box wet", file=SimpleUploadedFile("pod.pdf", PDF))
    buyer = buyer_of(customer)

    home = body(buyer.get("/portal/"))
    page = body(buyer.get(f"/portal/shipments/{on_its_way.number}/"))
    paper = buyer.get(f"/portal/shipments/{on_its_way.number}/proof/")

    assert f"/portal/shipments/{on_its_way.number}/" in home
    assert on_its_way.tracking_number in page
    assert "2, Box wet" in page
    assert paper.content == PDF


def test_portal_says_that_we_look_into_it_as_long_as_we_do(
    buyer_of, customer, on_its_way, now, actor
):
    services.report_exception(on_its_way.pk, kind="lost", note="", at=now, actor=actor)
    address = f"/portal/shipments/{on_its_way.number}/"
    buyer = buyer_of(customer)
    before = body(buyer.get(address))

    services.resolve_case(
        on_its_way.cases.get().pk, resolution="The carrier pays", at=now, actor=actor
    )

    words = "We are looking into it and come back to you."
    after = body(buyer.get(address))
    assert (words in before, words in after, "Lost" in after) == (True, False, True)


def test_portal_shows_it_to_nobody_else(enter, buyer_of, on_its_way, sales_rep):
    enter(file=SimpleUploadedFile("pod.pdf", PDF))
    stranger = buyer_of(CustomerFactory.create())
    addresses = [f"/portal/shipments/{on_its_way.number}/{part}" for part in ("", "proof/")]

    assert [stranger.get(address).status_code for address in addresses] == [404, 404]
    assert [sales_rep.get(address).status_code for address in addresses] == [403, 403]


def test_portal_hides_what_has_not_left(buyer_of, customer, shipment):
    page = buyer_of(customer).get(f"/portal/shipments/{shipment.number}/")

    assert page.status_code == 404


def key_of(customer, now, actor):
    _key, secret = create_api_key(
        customer.pk, name="ERP", scopes=["shipments:read"], at=now, actor=actor
    )
    return {"Authorization": f"Bearer {secret}"}


def test_rest_shows_the_customer_its_proof(enter, customer, on_its_way, now, actor):
    enter(refused="2", reason="Box wet", file=SimpleUploadedFile("pod.pdf", PDF))
    headers = key_of(customer, now, actor)
    address = f"/api/v1/shipments/{on_its_way.public_id}"

    shown = Client().get(address, headers=headers).json()["proof"]
    paper = Client().get(f"{address}/proof", headers=headers)

    order = OrderLine.objects.get().order
    assert shown == {
        "received_by": "Jo",
        "received_at": "2026-11-19T09:15:00Z",
        "note": "",
        "has_file": True,
        "lines": [
            {
                "order": order.public_id,
                "position": 1,
                "accepted": "3",
                "refused": "2",
                "reason": "Box wet",
            }
        ],
    }
    assert paper.content == PDF


def test_rest_shows_it_to_nobody_else(enter, on_its_way, now, actor):
    enter(file=SimpleUploadedFile("pod.pdf", PDF))
    headers = key_of(CustomerFactory.create(), now, actor)

    for part in ("", "/proof"):
        address = f"/api/v1/shipments/{on_its_way.public_id}{part}"
        assert Client().get(address, headers=headers).status_code == 404


class TestFromTheCarrier:
    @pytest.fixture
    def post(self, on_its_way, now, actor):
        token = renew_token(on_its_way.carrier_id, at=now, actor=actor)

        def post(key="k1", *, token=token, **more):
            sent = {
                "tracking_number": on_its_way.tracking_number,
                "received_by": "Jo",
                "received_at": "2026-11-19T10:15:00+01:00",
            }
            return Client().post(
                "/api/v1/tracking/proofs",
                sent | more,
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
            )

        return post

    def test_proves_with_what_was_refused_and_the_paper(self, post, on_its_way):
        number = OrderLine.objects.get().order.number
        refused = {"order": number, "position": 1, "quantity": "2", "reason": "Box wet"}
        paper = {"name": "pod.pdf", "content": base64.b64encode(PDF).decode()}

        response = post(refused=[refused], file=paper)

        assert response.json() == {"shipment": on_its_way.number, "state": "delivered"}
        assert OrderLine.objects.get().delivered == 3
        assert ProofOfDelivery.objects.get().file.media_type == "application/pdf"

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"tracking_number": "ELSE"}, "/tracking_number"),
            ({"received_at": "2026-12-24T00:00:00Z"}, "/received_at"),
            ({"received_at": "9999-12-31T23:59:59-09:00"}, "/received_at"),
            ({"file": {"name": "a.pdf", "content": "%%%"}}, "/file/content"),
            ({"file": {"name": "a.pdf", "content": "TVqQ"}}, "/file"),
            (
                {"refused": [{"order": "SO-0", "position": 1, "quantity": "1", "reason": "wet"}]},
                "/refused/0",
            ),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(self, wrong, pointer, post):
        response = post(**wrong)

        assert response.status_code in {400, 422}
        assert response.json()["errors"][0]["pointer"] == pointer
        assert not ProofOfDelivery.objects.exists()

    def test_takes_a_paper_of_ten_megabytes_and_no_more(self, post):
        whole = PDF + b" " * (10 * 1024 * 1024 - len(PDF))
        papers = [
            {"name": "pod.pdf", "content": base64.b64encode(content).decode()}
            for content in (whole, whole + b" ", whole + b" " * 1024 * 1024)
        ]

        answers = [post(f"k{place}", file=paper) for place, paper in enumerate(papers)]

        assert [answer.status_code for answer in answers] == [200, 422, 413]
        assert answers[1].json()["errors"][0]["pointer"] == "/file"
        assert ProofOfDelivery.objects.get().file.size == len(whole)

    def test_another_carrier_proves_nothing(self, post, now, actor):
        other = CarrierFactory.create(code="BRI", name="Brightline")

        response = post(token=renew_token(other.pk, at=now, actor=actor))

        assert response.status_code == 422
        assert Shipment.objects.get().state == "dispatched"
