"""What carriers have charged: entered for one shipment, beside what was quoted."""

from decimal import Decimal

import pytest
from django.urls import reverse

from o2c.kernel import clock, roles
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from shipping import audits, services
from shipping.models import Shipment
from tests.shipping.charges import charged


@pytest.fixture
def record(quoted, now, actor):
    def record(amount, currency=""):
        return services.record_charge(
            quoted.pk, amount=Decimal(amount), currency=currency, at=now, actor=actor
        )

    return record


def test_notes_what_was_charged_and_corrects_it_in_the_trail(record, quoted):
    record("11.5")
    record("12", "eur")

    assert charged() == [(12, "EUR")]
    entries = AuditEntry.objects.filter(subject=quoted.label, changes__has_key="charged_cost")
    changes = entries.order_by("pk")
    assert [Decimal(one.changes["charged_cost"][1]) for one in changes] == [Decimal("11.5"), 12]


def test_the_audit_of_the_month_shows_the_variance(record, quoted, now):
    record("12.50")

    [figures] = audits.figures_of(now.date().replace(day=1)).values()

    assert audits.variance(figures) == {"EUR": Decimal("0.25")}


@pytest.mark.parametrize(
    ("amount", "currency", "field", "words"),
    [
        ("11", "USD", "currency", "Its freight was quoted in EUR"),
        ("11", "E1", "currency", "“E1” is no currency of ISO 4217."),
        ("11", "euros", "currency", "“EUROS” is no currency of ISO 4217."),
        ("-1", "EUR", "amount", "zero or more"),
        ("NaN", "EUR", "amount", "zero or more"),
        ("1e12", "EUR", "amount", "at most 999999999.999"),
        ("11.005", "EUR", "amount", "decimals"),
    ],
)
def test_a_charge_that_cannot_be_changes_nothing(record, amount, currency, field, words):
    with pytest.raises(InvalidInput) as refused:
        record(amount, currency)

    assert (refused.value.field, words in str(refused.value)) == (field, True)
    assert charged() == [(None, "EUR")]


def test_nothing_was_charged_for_what_has_not_left(shipment, now, actor):
    with pytest.raises(InvalidInput, match="has not left"):
        services.record_charge(shipment.pk, amount=Decimal(1), currency="EUR", at=now, actor=actor)

    assert Shipment.objects.get().charged_cost is None


def test_without_a_quote_the_currency_is_to_be_said(record):
    Shipment.objects.update(freight_cost=None, freight_currency="")

    with pytest.raises(InvalidInput, match="three letters"):
        record("11")
    with pytest.raises(InvalidInput, match="“EUE” is no currency of ISO 4217"):
        record("11", "EUE")
    assert charged() == [(None, "")]
    record("11", "USD")

    assert charged() == [(11, "USD")]


def test_the_page_takes_a_charge_and_shows_it(shipper, quoted, now):
    with clock.travel(now):
        answer = shipper.post(reverse("shipping:charge", args=[quoted.number]), {"amount": "11.90"})
        page = shipper.get(reverse("shipping:shipment", args=[quoted.number])).content.decode()

    assert answer.status_code == 302
    assert charged() == [(Decimal("11.9"), "EUR")]
    assert "Charged" in page
    assert "11.90" in page


@pytest.mark.parametrize(
    ("currency", "words"),
    [
        ("USD", "Its freight was quoted in EUR"),
        ("EUE", "“EUE” is no currency of ISO 4217."),
        ("euros", "“EUROS” is no currency of ISO 4217."),
    ],
)
def test_the_page_says_at_the_field_what_is_wrong_with_the_currency(
    shipper, quoted, now, currency, words
):
    entered = {"amount": "11.90", "currency": currency}
    with clock.travel(now):
        answer = shipper.post(reverse("shipping:charge", args=[quoted.number]), entered)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert charged() == [(None, "EUR")]


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE])
def test_others_enter_no_charges(browser_of, quoted, role):
    answer = browser_of(role).post(
        reverse("shipping:charge", args=[quoted.number]), {"amount": "11.90"}
    )

    assert answer.status_code == 403
    assert charged() == [(None, "EUR")]
