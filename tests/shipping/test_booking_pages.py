"""The queue of bookings to mend, and what the shipment's page says and does about them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from o2c.kernel import clock
from o2c.kernel.models import User
from shipping import services
from shipping.models import Booking, Shipment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def failed(fake, shipment, now, actor, work):
    fake(usual="refuse")
    services.label_shipment(shipment.pk, at=now, actor=actor)
    work()
    return Booking.objects.get()


def url(name, *args):
    return reverse(f"shipping:{name}", args=args)


def body(response):
    return response.content.decode()


def test_queue_says_what_is_wrong_whose_it_is_and_what_comes_next(shipper, failed):
    page = body(shipper.get(url("bookings")))

    assert "1 booking waits for a person" in page
    assert failed.shipment.number in page
    assert "does not go to this postal code" in page
    assert "or book by hand" in page
    assert "Try again" in page


def test_queue_answers_other_pages_with_its_panel(shipper, failed):
    page = body(shipper.get(url("bookings"), headers={"HX-Request": "true"}))

    assert failed.shipment.number in page
    assert "<html" not in page


def test_empty_queue_says_so(shipper):
    assert "Every booking stands" in body(shipper.get(url("bookings")))


def test_board_and_deliveries_name_what_is_to_be_mended(shipper, failed):
    assert "1 booking to mend" in body(shipper.get(url("board")))
    assert "1 booking to mend" in body(shipper.get(url("cases")))


def test_unanswered_booking_is_shown_after_ten_minutes(shipper, fake, shipment, now, actor):
    fake()
    services.label_shipment(shipment.pk, at=now, actor=actor)

    early = body(shipper.get(url("bookings")))
    with clock.travel(now + timedelta(minutes=11)):
        late = body(shipper.get(url("bookings")))

    assert "Every booking stands" in early
    assert "No answer yet" in late


def test_try_again_asks_the_carrier_once_more(shipper, failed, fake, work):
    fake()

    answer = shipper.post(url("booking-retry", failed.pk), {"back": "list"})
    work()

    assert answer.url == url("bookings")
    assert Booking.objects.get().state == "booked"
    assert Shipment.objects.get().state == "labelled"


def test_booking_is_taken(shipper, failed):
    shipper.post(url("booking-take", failed.pk))

    failed.refresh_from_db()
    assert failed.owner == User.objects.latest("pk")


def test_booked_by_hand_with_a_number(shipper, failed):
    there = url("book-by-hand", failed.shipment.number)

    wrong = shipper.post(there, {"tracking_number": ""})
    right = shipper.post(there, {"tracking_number": "HAND-7", "reference": "Tel. 4711"})

    page = body(shipper.get(right.url))
    assert wrong.status_code == 422
    assert "HAND-7" in page
    assert "Tel. 4711" in page
    assert Shipment.objects.get().tracking_number == "HAND-7"


def test_what_is_settled_is_told(shipper, failed, now, actor):
    services.book_by_hand(failed.shipment_id, tracking_number="HAND-7", at=now, actor=actor)

    answer = shipper.post(url("booking-retry", failed.pk), follow=True)

    assert "This booking is booked already." in body(answer)
    assert Booking.objects.get().state == "booked"


def test_stuck_booking_is_noted_as_cancelled(shipper, failed):
    Booking.objects.update(state="stuck", problem_text="409")

    shipper.post(url("booking-cancelled", failed.pk))

    assert Booking.objects.get().state == "withdrawn"


def test_who_may_not_plan_mends_nothing(picker, failed):
    for there in (
        url("booking-retry", failed.pk),
        url("booking-take", failed.pk),
        url("booking-cancelled", failed.pk),
        url("book-by-hand", failed.shipment.number),
    ):
        assert picker.post(there, {"tracking_number": "X"}).status_code == 403

    failed.refresh_from_db()
    assert (failed.state, failed.owner) == ("failed", None)


def test_queue_takes_as_many_statements_for_20_as_for_one(shipper, failed, statements):
    shipper.get(url("bookings"))
    one = statements(lambda: shipper.get(url("bookings")))
    names = ("customer_id", "ship_to_id", "warehouse_id", "carrier_id", "created_at")
    known = {name: getattr(failed.shipment, name) for name in names}
    for number in range(19):
        shipment = Shipment.objects.create(public_id=f"shp_{number}", **known)
        failed.pk, failed.shipment, failed.key = None, shipment, f"key-{number}"
        failed.save(force_insert=True)

    assert statements(lambda: shipper.get(url("bookings"))) == one
    assert "20 bookings wait" in body(shipper.get(url("bookings")))


def test_shipment_page_takes_as_many_statements_for_ten_bookings_as_for_one(
    shipper, failed, statements
):
    there = url("shipment", failed.shipment.number)
    shipper.get(there)
    one = statements(lambda: shipper.get(there))
    for number in range(9):
        failed.pk, failed.state, failed.key = None, "stuck", f"key-{number}"
        failed.save(force_insert=True)

    assert statements(lambda: shipper.get(there)) == one


def test_page_is_left_alone_until_the_carrier_answers(
    shipper, fake, shipment, now, actor, work, statements
):
    fake()
    services.label_shipment(shipment.pk, at=now, actor=actor)
    there = url("answer", shipment.number) + "?attempts=0"
    page = body(shipper.get(url("shipment", shipment.number)))
    early = shipper.get(there)
    taken = statements(lambda: shipper.get(there))

    work()
    late = body(shipper.get(there))

    assert (early.status_code, early.content) == (204, b"")
    assert taken == 5
    assert f'hx-get="{there}"' in page
    assert url("answer", shipment.number) not in late
    assert Shipment.objects.get().tracking_number in late


def test_answer_leaves_the_form_that_can_still_be_sent(shipper, failed):
    answer = body(shipper.get(url("answer", failed.shipment.number)))

    assert "does not go to this postal code" in answer
    assert 'id="by-hand"' not in answer
    assert 'id="by-hand"' in body(shipper.get(url("shipment", failed.shipment.number)))


def test_who_may_not_see_shipments_gets_no_answer(client, failed):
    assert client.get(url("answer", failed.shipment.number)).status_code == 302
