"""The screens of delivery cases and of carriers' reports."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from fulfillment.services import pack
from o2c.kernel import clock, roles
from o2c.kernel.models import User
from shipping import services
from shipping.models import Carrier, CarrierSecrets, DeliveryCase, Shipment, StrayEvent
from shipping.reports.access import hash_of
from tests.factories import ProductFactory, StockLevelFactory


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now + timedelta(days=1)):
        yield


@pytest.fixture
def fail_one(schedule, place, release, pick, make_customer, now, actor):
    """Send a shipment and have it damaged."""

    def fail_one():
        product = ProductFactory.create()
        StockLevelFactory.create(product=product)
        [pick_list] = release(place({product: 1}, by=make_customer()))
        pick(pick_list)
        pack(pick_list.pk, weights=[Decimal(1)], at=now, actor=actor)
        shipment = Shipment.objects.latest("pk")
        services.label_shipment(shipment.pk, at=now, actor=actor)
        services.dispatch_shipment(shipment.pk, at=now, actor=actor)
        services.report_exception(shipment.pk, kind="damaged", note="Wet", at=now, actor=actor)
        return DeliveryCase.objects.latest("pk")

    return fail_one


@pytest.fixture
def case(fail_one):
    return fail_one()


@pytest.fixture
def add_stray(db, schedule, now):
    def add_stray():
        return StrayEvent.objects.create(
            carrier=Carrier.objects.get(),
            tracking_number="ELSE-1",
            event_id=str(StrayEvent.objects.count()),
            code="delivered",
            channel="webhook",
            happened_at=now + timedelta(hours=3),
            recorded_at=now + timedelta(hours=4),
        )

    return add_stray


def url(name, *args):
    return reverse(f"shipping:{name}", args=args)


def body(response):
    return response.content.decode()


def test_list_takes_as_many_statements_for_20_cases_as_for_one(shipper, fail_one, statements):
    fail_one()
    shipper.get(url("cases"))
    one = statements(lambda: shipper.get(url("cases")))

    for _case in range(19):
        fail_one()

    assert statements(lambda: shipper.get(url("cases"))) == one


def test_panel_of_the_exceptions_page_takes_as_many_statements_for_20_cases_as_for_one(
    shipper, fail_one, statements
):
    def panel():
        return shipper.get(url("cases"), headers={"HX-Request": "true"})

    fail_one()
    panel()
    one = statements(panel)

    for _case in range(19):
        fail_one()

    assert (one, statements(panel)) == (8, 8)
    assert body(panel()).count("Claim from the carrier") == 20


def test_exceptions_page_asks_for_the_panel_whatever_is_in_trouble(shipper, fail_one, statements):
    def page():
        return shipper.get(reverse("fulfillment:shortages"))

    page()
    none = statements(page)
    case = fail_one()

    assert statements(page) == none
    assert f'hx-get="{url("cases")}"' in body(page())
    assert case.shipment.number not in body(page())


def test_reports_take_as_many_statements_for_20_as_for_one(shipper, add_stray, statements):
    add_stray()
    shipper.get(url("strays"))
    one = statements(lambda: shipper.get(url("strays")))

    for _stray in range(19):
        add_stray()

    assert statements(lambda: shipper.get(url("strays"))) == one


def test_list_shows_what_where_and_what_comes_next(shipper, case):
    page = body(shipper.get(url("cases")))

    assert case.shipment.number in page
    assert case.shipment.customer.name in page
    assert "Claim from the carrier" in page
    assert "1 case is open" in page


def test_list_answers_other_pages_with_its_panel(shipper, case):
    page = body(shipper.get(url("cases"), headers={"HX-Request": "true"}))

    assert case.shipment.number in page
    assert "<html" not in page


def test_empty_list_says_so(shipper):
    assert "Nothing is in trouble" in body(shipper.get(url("cases")))


def test_case_is_taken_worked_on_and_resolved(shipper, case):
    shipper.post(url("case-take", case.pk), {"back": "list"})
    case.refresh_from_db()
    owner = case.owner

    mine = body(shipper.get(url("cases") + "?view=mine"))
    shipper.post(
        url("case-work", case.pk),
        {"owner": owner.pk, "next_step": "send_again", "due_on": "2026-11-23", "note": "New box"},
    )
    shipper.post(url("case-resolve", case.pk), {"resolution": "A new box has arrived"})

    case.refresh_from_db()
    page = body(shipper.get(url("cases") + "?view=resolved"))
    assert isinstance(owner, User)
    assert case.shipment.number in mine
    assert (case.next_step, case.due_at.isoformat()) == (
        "send_again",
        "2026-11-23T17:00:00+00:00",
    )
    assert (case.state, case.resolution) == ("resolved", "A new box has arrived")
    assert "A new box has arrived" in page


@pytest.mark.parametrize(
    ("name", "entered", "words"),
    [
        ("case-resolve", {"resolution": ""}, "This field is required."),
        ("case-work", {"next_step": "sing"}, "Choose one of the list."),
        ("case-work", {"next_step": "wait", "due_on": "2026-11-01"}, "This has passed already"),
        ("case-work", {"next_step": "wait", "owner": "0"}, "Choose one of the list."),
    ],
)
def test_wrong_entries_are_told_at_their_field(name, entered, words, shipper, case):
    response = shipper.post(url(name, case.pk), entered)

    case.refresh_from_db()
    assert (response.status_code, case.state, case.next_step) == (422, "open", "claim")
    assert words in body(response)


def test_a_resolved_case_is_refused_in_words(shipper, case):
    shipper.post(url("case-resolve", case.pk), {"resolution": "Done"})

    response = shipper.post(url("case-take", case.pk))

    assert response.status_code == 409
    assert "This case is resolved: “Done”." in body(response)


def test_a_report_is_placed_at_its_shipment(shipper, case, add_stray):
    stray = add_stray()

    response = shipper.post(url("stray-place", stray.pk), {"shipment": case.shipment.number})

    stray.refresh_from_db()
    assert response.url == url("strays")
    assert (stray.state, stray.shipment) == ("placed", case.shipment)
    assert Shipment.objects.get().state == "delivered"


def test_a_report_is_not_placed_nowhere(shipper, add_stray):
    stray = add_stray()

    response = shipper.post(url("stray-place", stray.pk), {"shipment": "SH-0"})

    assert response.status_code == 422
    assert "No shipment has this number." in body(response)


def test_a_report_is_dismissed_with_a_reason(shipper, add_stray):
    stray = add_stray()
    refused = shipper.post(url("stray-dismiss", stray.pk), {"reason": ""})

    shipper.post(url("stray-dismiss", stray.pk), {"reason": "Of another house"})

    stray.refresh_from_db()
    assert refused.status_code == 422
    assert (stray.state, stray.resolution) == ("dismissed", "Of another house")
    assert "Of another house" in body(shipper.get(url("stray", stray.pk)))


def send_file(shipper, content, name="events.csv"):
    entered = {
        "carrier": Carrier.objects.get().pk,
        "file": SimpleUploadedFile(name, content),
    }
    return shipper.post(url("tracking-file"), entered)


def test_a_file_is_taken_in_and_each_row_told(shipper, case):
    number = case.shipment.tracking_number
    header = "Tracking number,Time,Code,Note\n"
    rows = f"{number},2026-11-18 18:00,delivered,Jo\nELSE-2,2026-11-18 18:00,late,\n,,,x\n"

    page = body(send_file(shipper, (header + rows).encode()))

    assert "1 recorded, 0 known before, 1 waiting for a person, 1 not read" in page
    assert "No shipment has this number" in page
    assert Shipment.objects.get().received_by == "Jo"


@pytest.mark.parametrize("content", [b"SKU,Quantity\nA,1\n", b"\x00\x01", b"PK\x03\x04broken"])
def test_a_file_of_something_else_is_refused_at_its_field(content, shipper, case):
    response = send_file(shipper, content)

    assert response.status_code == 422
    assert Shipment.objects.get().state == "exception"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_file_is_for_the_command(kind, shipper, case):
    rows = [["Tracking number", "Time", "Code"]]
    rows += [[f"ELSE-{number}", "2026-11-18 18:00", "late"] for number in range(2_001)]
    content = "\n".join(map(",".join, rows)).encode()
    if kind == "xlsx":
        book, stream = Workbook(), BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(stream)
        content = stream.getvalue()

    response = send_file(shipper, content, name=f"events.{kind}")

    assert response.status_code == 422
    assert "manage.py import_tracking" in body(response)
    assert not StrayEvent.objects.exists()


def test_a_carriers_secret_codes_and_token_are_set(shipper, schedule):
    secret = "sixteen-characters-or-more"

    shipper.post(url("feed", "NWF"), {"signing_secret": secret, "codes": "DLV = delivered"})
    page = body(shipper.post(url("feed-token", "NWF")))
    after = body(shipper.get(url("feed", "NWF")))

    [token] = [word for word in page.replace("<", " ").replace(">", " ").split() if "o2ct_" in word]
    assert CarrierSecrets.objects.get().access_hash == hash_of(token)
    assert Carrier.objects.get().settings == {"codes": {"DLV": "delivered"}}
    assert token not in after
    assert secret not in after
    assert "http://testserver/carriers/NWF/webhook" in after


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"codes": "DLV = eaten"}, "Line 1 is not"),
        ({"codes": "a\n= late"}, "Line 2 is not"),
        ({"signing_secret": "short"}, "at least 16 characters"),
    ],
)
def test_what_cannot_prove_or_mean_anything_is_refused(entered, words, shipper, schedule):
    response = shipper.post(url("feed", "NWF"), entered)

    assert response.status_code == 422
    assert words in body(response)
    assert Carrier.objects.get().settings == {}


DENIED = [
    ("case-take", {}),
    ("case-work", {"next_step": "wait"}),
    ("case-resolve", {"resolution": "x"}),
]


@pytest.mark.parametrize(("name", "data"), DENIED)
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.SALES_REP])
def test_changes_are_denied_to_others(name, data, role, browser_of, case):
    response = browser_of(role).post(url(name, case.pk), data)

    case.refresh_from_db()
    assert (response.status_code, case.state, case.owner) == (403, "open", None)


def test_secrets_are_not_for_everybody(sales_rep, schedule):
    pages = [url("feeds"), url("feed", "NWF"), url("tracking-file")]

    assert [sales_rep.get(page).status_code for page in pages] == [403, 403, 403]
