"""What a carrier says that it will charge: kept with the booking, beside what its tariff says."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from shipping import services
from shipping.models import Booking, Shipment

pytestmark = pytest.mark.django_db

UNREADABLE = "gives a price that we cannot read"


@pytest.fixture
def book(far_side, connected, shipment, work, now, actor):
    """Let the carrier answer with this price."""

    def book(price) -> Booking:
        answer = {"reference": "R-1", "tracking_number": "TN000001", "price": price}
        far_side.once["POST /bookings"] = json.dumps(answer).encode()
        services.label_shipment(shipment.pk, at=now, actor=actor)
        work()
        return Booking.objects.get()

    return book


@pytest.fixture
def priced(fake, shipment, work, now, actor):
    """A shipment of which the carrier asks for 12.00 EUR, and 0.50 a kilogram."""
    fake(price={"amount": "12.00", "per_kg": "0.50", "currency": "EUR"})
    Shipment.objects.update(weight_kg=5)
    services.label_shipment(shipment.pk, at=now, actor=actor)
    work()
    return Shipment.objects.get()


def facts(browser, shipment) -> str:
    return browser.get(reverse("shipping:shipment", args=[shipment.number])).content.decode()


@pytest.mark.parametrize("amount", ["12.30", 12.3])
def test_is_kept_with_the_booking(book, amount):
    booking = book({"amount": amount, "currency": "EUR"})

    assert (booking.state, booking.problem_text) == ("booked", "")
    assert (booking.price_amount, booking.price_currency) == (Decimal("12.3"), "EUR")


def test_need_not_be_given(book):
    booking = book(None)

    assert (booking.state, booking.problem_text) == ("booked", "")
    assert (booking.price_amount, booking.price_currency) == (None, "")


@pytest.mark.parametrize(
    "price",
    [
        "12.30 EUR",
        12.3,
        [],
        {},
        {"amount": "12.30"},
        {"amount": "12.30", "currency": "EURO"},
        {"amount": "12.30", "currency": 978},
        {"amount": "12.345", "currency": "EUR"},
        {"amount": "12.30", "currency": "JPY"},
        {"amount": "-1", "currency": "EUR"},
        {"amount": "NaN", "currency": "EUR"},
        {"amount": True, "currency": "EUR"},
        {"amount": "1e5", "currency": "EUR"},
        {"amount": "9" * 12, "currency": "EUR"},
        {"amount": "١٢", "currency": "EUR"},
    ],
)
def test_that_cannot_be_read_stops_no_booking_and_is_told(book, price, books):
    booking = book(price)

    assert (booking.state, booking.reference) == ("booked", "R-1")
    assert UNREADABLE in booking.problem_text
    assert (booking.price_amount, booking.price_currency) == (None, "")
    assert Shipment.objects.get().tracking_number == "TN000001"
    assert books() == []


@pytest.mark.parametrize(
    ("cost", "currency", "told"),
    [
        ("11.00", "EUR", "3.50\xa0EUR above its tariff"),
        ("14.50", "EUR", ""),
        ("20.00", "EUR", ""),
        ("11.00", "USD", ""),
        (None, "", ""),
    ],
)
def test_stands_on_the_page_with_what_it_is_above_the_tariff(shipper, priced, cost, currency, told):
    Shipment.objects.update(freight_cost=cost, freight_currency=currency)

    page = facts(shipper, priced)

    assert "14.50\xa0EUR" in page
    assert told in page
    assert ("above its tariff" in page) == bool(told)


def test_has_a_currency(priced):
    with pytest.raises(IntegrityError, match="shipping_booking_price_has_currency"):
        Booking.objects.update(price_currency="")
