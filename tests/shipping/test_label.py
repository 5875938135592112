import pytest

from o2c.kernel import files
from shipping import labels, services
from shipping.labels import check_digit, tracking_number
from shipping.models import Shipment
from shipping.services import NoPickup


@pytest.mark.parametrize(
    # The first is the example of the GS1 General Specifications, section 7.9.
    ("digits", "check"),
    [("37610425002123456", 9), ("629104150021", 3), ("000000001", 7), ("000000000", 0)],
)
def test_check_digit_follows_gs1(digits, check):
    assert check_digit(digits) == check


def test_check_digit_finds_every_single_wrong_digit():
    right = "000012345"
    wrong = {
        right[:place] + digit + right[place + 1 :]
        for place in range(len(right))
        for digit in "0123456789"
        if digit != right[place]
    }

    assert all(check_digit(number) != check_digit(right) for number in wrong)


def test_tracking_number_names_the_carrier():
    assert tracking_number("NWF", 17) == "NWF0000000178"


def test_labelling_gives_the_tracking_number(shipment, now, actor):
    labelled = services.label_shipment(shipment.pk, at=now, actor=actor)

    assert labelled.state == "labelled"
    assert labelled.tracking_number == tracking_number("NWF", shipment.pk)
    assert labelled.label_file is None


def test_labelling_needs_a_carrier(packed, now, actor):
    shipment = Shipment.objects.get()

    with pytest.raises(NoPickup):
        services.label_shipment(shipment.pk, at=now, actor=actor)

    shipment.refresh_from_db()
    assert (shipment.state, shipment.tracking_number) == ("planned", "")


def test_label_is_drawn_once_and_kept(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)

    first = services.label_of(shipment.pk, at=now, actor=actor)
    second = services.label_of(shipment.pk, at=now, actor=actor)

    assert first == second
    assert files.read(first).startswith(b"%PDF")
    assert (first.name, first.media_type) == (f"{shipment.number}.pdf", "application/pdf")


def test_there_is_no_label_before_it_is_made(shipment, now, actor):
    with pytest.raises(NoPickup):
        services.label_of(shipment.pk, at=now, actor=actor)


def test_a_label_drawn_for_a_pickup_that_was_left_is_not_kept(shipment, monkeypatch, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    draw = labels.draw

    def draw_slowly(row, packages):
        Shipment.objects.filter(pk=row.pk).update(tracking_number="ELSE-1")
        return draw(row, packages)

    monkeypatch.setattr(labels, "draw", draw_slowly)

    with pytest.raises(NoPickup) as refused:
        services.label_of(shipment.pk, at=now, actor=actor)

    assert "has moved meanwhile" in str(refused.value)
    assert Shipment.objects.get().label_file is None
    monkeypatch.setattr(labels, "draw", draw)
    assert services.label_of(shipment.pk, at=now, actor=actor)
