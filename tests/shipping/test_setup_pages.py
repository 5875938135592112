"""The screens on which carriers are set up: what is entered is there, what cannot be is told."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.urls import reverse

from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from o2c.kernel.sealing import unseal
from shipping import tariffs
from shipping.freight import Goods
from shipping.models import (
    Booking,
    Carrier,
    CarrierSecrets,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
)
from shipping.services import carrier_parts
from tests.factories import CarrierFactory, PickupScheduleFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
MANY = 20


@pytest.fixture
def carrier(company):
    return CarrierFactory.create(code="NWF")


@pytest.fixture
def rated(carrier, actor, now):
    """A service to Germany at 5.00 and 0.40 per kg."""
    service = CarrierService.objects.create(carrier=carrier, code="STD", name="Standard")
    zone = FreightZone.objects.create(carrier=carrier, code="DE", countries=["DE"])
    return FreightRate.objects.create(
        service=service,
        zone=zone,
        currency="EUR",
        amount=5,
        per_kg=Decimal("0.40"),
        valid_from=date(2026, 1, 1),
    )


def url(name, *args):
    return reverse(f"shipping:{name}", args=args)


def body(response):
    return response.content.decode()


def test_carrier_is_added_and_changed(shipper, company):
    added = shipper.post(
        url("carrier-new"), {"code": "BRL", "name": "Brightline", "is_active": "on"}
    )
    shipper.post(
        url("carrier", "BRL"),
        {"name": "Brightline Parcel", "tracking_url": "https://b.example/?n={number}"},
    )

    carrier = Carrier.objects.get()
    assert added.status_code == 302
    assert (carrier.code, carrier.name, carrier.is_active) == ("BRL", "Brightline Parcel", False)
    assert carrier.adapter == "manual"
    assert "Brightline Parcel" in body(shipper.get(url("carriers")))


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"code": "brl", "name": "B"}, "code"),
        ({"code": "B-L", "name": "B"}, "code"),
        ({"code": "NWF", "name": "B"}, "code"),
        ({"code": "BRL", "name": ""}, "name"),
        ({"code": "BRL", "name": "B", "tracking_url": "https://b.example"}, "tracking_url"),
        ({"code": "BRL", "name": "B", "tracking_url": "javascript:{number}"}, "tracking_url"),
    ],
)
def test_carrier_that_cannot_be_is_not_added(shipper, carrier, entered, field):
    answer = shipper.post(url("carrier-new"), entered)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Carrier.objects.count() == 1


def test_tariff_by_weight_zone_and_percentage_is_entered_and_quoted(shipper, carrier, now):
    shipper.post(
        url("carrier-parts", "NWF", "services"),
        {"code": "STD", "name": "Standard", "transit_days": "2", "is_active": "on"},
    )
    shipper.post(
        url("carrier-parts", "NWF", "zones"),
        {"code": "NORTH", "countries": "de, dk", "postal_prefixes": "2"},
    )
    answer = shipper.post(
        url("carrier-parts", "NWF", "rates"),
        {
            "service": CarrierService.objects.get().pk,
            "zone": FreightZone.objects.get().pk,
            "from_weight_kg": "0",
            "currency": "eur",
            "amount": "5.00",
            "per_kg": "0.40",
            "percent": "1.5",
            "minimum": "8",
            "valid_from": "2026-01-01",
        },
    )

    known = tariffs.tariffs_of([carrier.pk], at=now)
    goods = Goods("DE", "20457", Decimal(10), Decimal(200), "EUR")
    [quote] = known.quotes(carrier.pk, None, goods)
    assert answer.status_code == 302
    assert FreightZone.objects.get().countries == ["DE", "DK"]
    assert FreightRate.objects.get().value_rate == Decimal("0.015")
    assert quote.amount == Decimal("12.00")
    page = body(shipper.get(url("carrier-parts", "NWF", "rates")))
    assert "STD · NORTH" in page
    assert "1.5" in page


def test_pickups_of_a_week_are_entered_at_once(shipper, carrier):
    warehouse = WarehouseFactory.create()

    shipper.post(
        url("carrier-parts", "NWF", "pickups"),
        {
            "warehouse": warehouse.pk,
            "weekdays": ["0", "1", "4"],
            "cut_off": "15:30",
            "transit_days": "2",
            "capacity_packages": "40",
        },
    )

    pickups = PickupSchedule.objects.order_by("weekday")
    assert [row.weekday for row in pickups] == [0, 1, 4]
    assert {(row.cut_off, row.capacity_packages) for row in pickups} == {(time(15, 30), 40)}


def test_week_with_one_pickup_that_is_there_already_adds_none(shipper, carrier):
    there = PickupScheduleFactory.create(carrier=carrier)

    answer = shipper.post(
        url("carrier-parts", "NWF", "pickups"),
        {
            "warehouse": there.warehouse_id,
            "weekdays": ["1", "2"],
            "cut_off": "15:30",
            "transit_days": "1",
        },
    )

    assert answer.status_code == 422
    assert "There is one like this already." in body(answer)
    assert PickupSchedule.objects.count() == 1


def test_closure_is_entered_changed_and_removed(shipper, carrier):
    shipper.post(
        url("carrier-parts", "NWF", "closures"), {"day": "2026-12-24", "reason": "Christmas"}
    )
    closure = PickupClosure.objects.get()
    there = url("carrier-part", "NWF", "closures", closure.pk)
    shipper.post(there, {"day": "2026-12-31", "reason": "New Year"})
    closure.refresh_from_db()

    gone = shipper.post(url("carrier-part-remove", "NWF", "closures", closure.pk))

    assert (closure.day, closure.reason) == (date(2026, 12, 31), "New Year")
    assert gone.status_code == 302
    assert PickupClosure.objects.count() == 0
    actions = AuditEntry.objects.filter(subject=f"carrier:{carrier.pk}").order_by("pk")
    told = [entry.action for entry in actions]
    assert told == ["add closures", "change closures", "remove closures"]


@pytest.mark.parametrize(
    ("kind", "entered", "field"),
    [
        ("services", {"code": "", "name": "x", "transit_days": "1"}, "code"),
        ("services", {"code": "STD", "name": "x", "transit_days": "1"}, None),
        ("services", {"code": "X", "name": "x", "transit_days": "-1"}, "transit_days"),
        ("zones", {"code": "X", "countries": "Germany"}, "countries"),
        ("zones", {"code": "X", "countries": ""}, "countries"),
        ("pickups", {"weekdays": [], "cut_off": "15:30", "transit_days": "1"}, "warehouse"),
        ("pickups", {"weekdays": ["9"], "cut_off": "25:00", "transit_days": "1"}, "warehouse"),
        ("closures", {"day": "2026-02-30"}, "day"),
        ("rates", {"service": "999999", "amount": "NaN"}, "service"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(shipper, rated, kind, entered, field):
    counted = [model.objects.count() for model, _path in carrier_parts.PARTS.values()]

    answer = shipper.post(url("carrier-parts", "NWF", kind), entered)

    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert (field in errors) if field else errors
    assert [model.objects.count() for model, _path in carrier_parts.PARTS.values()] == counted


def test_rate_that_ends_before_it_begins_is_refused(shipper, rated):
    entered = {
        "service": rated.service_id,
        "zone": rated.zone_id,
        "from_weight_kg": "0",
        "currency": "EUR",
        "amount": "5",
        "per_kg": "0",
        "percent": "0",
        "minimum": "0",
        "valid_from": "2026-02-01",
        "valid_until": "2026-01-01",
    }

    answer = shipper.post(url("carrier-part", "NWF", "rates", rated.pk), entered)

    rated.refresh_from_db()
    assert list(answer.context["form"].errors) == ["valid_until"]
    assert rated.valid_from == date(2026, 1, 1)


def test_part_of_another_carrier_is_not_found(shipper, rated):
    CarrierFactory.create(code="BRL")

    for name in ("carrier-part", "carrier-part-remove"):
        answer = shipper.post(url(name, "BRL", "rates", rated.pk), {"amount": "1"})
        assert answer.status_code == 404

    assert FreightRate.objects.get().amount == 5


def test_service_and_zone_of_another_carrier_make_no_rate(rated, actor, now):
    other = CarrierFactory.create(code="BRL")
    values = {"service": rated.service, "zone": rated.zone, "currency": "EUR"}
    values["valid_from"] = date(2027, 1, 1)

    with pytest.raises(InvalidInput):
        carrier_parts.add_parts(other.pk, "rates", rows=[values], at=now, actor=actor)

    assert FreightRate.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "words"), [("services", "Pickups or tariffs"), ("zones", "Tariffs")]
)
def test_what_a_tariff_rests_on_is_not_removed(shipper, rated, kind, words):
    key = rated.service_id if kind == "services" else rated.zone_id

    answer = shipper.post(url("carrier-part-remove", "NWF", kind, key))

    assert answer.status_code == 409
    assert words in body(answer)
    assert FreightRate.objects.count() == 1


def test_token_is_stored_sealed_and_never_shown(shipper, carrier):
    entered = {"adapter": "http", "base_url": "https://api.nwf.example/v1/", "api_token": "hush-77"}
    shipper.post(url("carrier-connection", "NWF"), entered)
    shipper.post(url("carrier-connection", "NWF"), {**entered, "api_token": ""})

    carrier.refresh_from_db()
    sealed = CarrierSecrets.objects.get().api_token
    pages = body(shipper.get(url("carrier-connection", "NWF"))) + body(
        shipper.get(url("carrier", "NWF"))
    )
    assert (carrier.adapter, carrier.settings) == (
        "http",
        {"base_url": "https://api.nwf.example/v1"},
    )
    assert unseal(sealed) == "hush-77"
    assert "hush-77" not in sealed + pages
    assert "stored" in pages
    assert not AuditEntry.objects.filter(changes__icontains="hush-77").exists()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/v1", "http://api.nwf.example/v1", "https://api.nwf.example:8443"],
)
def test_stored_token_goes_to_no_other_system(shipper, carrier, elsewhere):
    entered = {"adapter": "http", "base_url": "https://api.nwf.example/v1", "api_token": "hush-77"}
    shipper.post(url("carrier-connection", "NWF"), entered)

    refused = shipper.post(
        url("carrier-connection", "NWF"), {"adapter": "http", "base_url": elsewhere}
    )
    emptied = shipper.post(url("carrier-connection", "NWF"), {"adapter": "manual"})
    again = shipper.post(
        url("carrier-connection", "NWF"), {"adapter": "http", "base_url": elsewhere}
    )

    carrier.refresh_from_db()
    assert (refused.status_code, emptied.status_code, again.status_code) == (422, 302, 422)
    assert "enter the token for this one" in body(refused)
    assert (carrier.adapter, carrier.settings["base_url"]) == ("manual", "")


def test_connection_keeps_the_settings_that_it_does_not_show(shipper, carrier):
    carrier.settings = {"codes": {"DLV": "delivered"}, "fake": {"shipments": {"SH-1": "late"}}}
    carrier.save()

    shipper.post(url("carrier-connection", "NWF"), {"adapter": "fake", "usual": "lost"})

    carrier.refresh_from_db()
    assert carrier.settings["codes"] == {"DLV": "delivered"}
    assert carrier.settings["fake"] == {"shipments": {"SH-1": "late"}, "usual": "lost"}


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"adapter": "pigeon"}, "adapter"),
        ({"adapter": "http"}, "base_url"),
        ({"adapter": "http", "base_url": "ftp://x"}, "base_url"),
        ({"adapter": "fake", "usual": "explode"}, "usual"),
    ],
)
def test_connection_that_cannot_be_changes_nothing(shipper, carrier, entered, field):
    answer = shipper.post(url("carrier-connection", "NWF"), entered)

    carrier.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (carrier.adapter, carrier.settings) == ("manual", {})


def test_connection_is_tested(shipper, connected, far_side):
    works = shipper.post(url("carrier-test", "NWF"), follow=True)
    far_side.errs["GET /status"] = 500
    fails = shipper.post(url("carrier-test", "NWF"))

    assert "Northway API" in body(works)
    assert fails.status_code == 409
    assert "is busy (500)" in body(fails)
    assert Booking.objects.count() == 0


def test_nobody_else_sets_carriers_up(clerk, carrier):
    answer = clerk.post(url("carrier-new"), {"code": "BRL", "name": "B"})

    assert answer.status_code == 403
    assert Carrier.objects.count() == 1


def test_unknown_kind_and_carrier_are_not_found(shipper, carrier):
    assert shipper.get(url("carrier-parts", "NWF", "wings")).status_code == 404
    assert shipper.get(url("carrier-parts", "NOBODY", "zones")).status_code == 404


@pytest.mark.parametrize("kind", ["services", "zones", "rates", "pickups", "closures"])
def test_lists_take_as_many_statements_for_20_as_for_one(shipper, rated, statements, kind):
    _add(rated, kind, 1)
    there = url("carrier-parts", "NWF", kind)
    shipper.get(there)
    one = statements(lambda: shipper.get(there))

    for number in range(2, MANY + 1):
        _add(rated, kind, number)

    assert statements(lambda: shipper.get(there)) == one


def test_list_of_carriers_takes_as_many_statements_for_20_as_for_one(shipper, rated, statements):
    shipper.get(url("carriers"))
    one = statements(lambda: shipper.get(url("carriers")))

    for number in range(MANY):
        CarrierFactory.create(code=f"C{number}", name=f"Carrier {number}")

    assert statements(lambda: shipper.get(url("carriers"))) == one


def _add(rate, kind, number):
    carrier = rate.service.carrier
    if kind == "services":
        CarrierService.objects.create(carrier=carrier, code=f"S{number}", name="S")
    elif kind == "zones":
        FreightZone.objects.create(carrier=carrier, code=f"Z{number}", countries=["DE"])
    elif kind == "rates":
        rate.pk, rate.from_weight_kg = None, number
        rate.save()
    elif kind == "pickups":
        PickupScheduleFactory.create(carrier=carrier, cut_off=time(1, number))
    else:
        PickupClosure.objects.create(carrier=carrier, day=date(2026, 12, number))
