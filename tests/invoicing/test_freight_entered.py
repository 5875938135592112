"""No tariff says what freight costs: the invoice waits until a person says so."""

from decimal import Decimal

import pytest

from invoicing import services
from invoicing.models import Invoice, InvoiceCharge
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry
from shipping.models import Shipment
from tests.factories import AddressFactory
from tests.invoicing.coming_back import send_back
from tests.invoicing.freighted import charged_customer, tariff
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db

WORDS = "Freight is to be charged, and no tariff says how much. Enter it here."


@pytest.fixture
def waiting(company, now, actor):
    """A draft over 154.70 EUR that waits for its freight."""
    shipment = ship(charged_customer(name="Delta Crane"), ("2", "50.00"), ("3", "10.00"))
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    return draft


@pytest.fixture
def enter(now, actor):
    def enter(invoice, amount, reason=""):
        return services.set_freight(
            invoice.pk, amount=Decimal(amount), reason=reason, at=now, actor=actor
        )

    return enter


def stored(invoice):
    invoice.refresh_from_db()
    return (
        invoice.state,
        invoice.freight_amount,
        invoice.gross_amount,
        invoice.freight_is_entered,
        [finding["rule"] for finding in invoice.findings],
        invoice.charges.count(),
    )


UNTOUCHED = ("draft", 0, Decimal("154.70"), False, ["freight"], 0)


def test_waits_and_says_why(waiting, now, actor):
    assert [finding["message"] for finding in waiting.findings] == [WORDS]
    with pytest.raises(services.HasFindings, match="no tariff says how much"):
        services.issue_invoice(waiting.pk, at=now, actor=actor)

    assert stored(waiting) == UNTOUCHED
    assert check_all() == []


def test_waits_where_the_quote_is_in_another_currency(company, now, actor):
    tariff("20")
    shipment = ship(charged_customer(), ("2", "50.00"))
    Shipment.objects.update(freight_currency="USD")

    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert (draft.state, [row["rule"] for row in draft.findings]) == ("draft", ["freight"])


def test_is_issued_with_what_was_entered(waiting, enter, now, actor):
    enter(waiting, "12.50", "As agreed by telephone")

    services.issue_invoice(waiting.pk, at=now, actor=actor)

    assert stored(waiting) == ("issued", Decimal("12.50"), Decimal("169.58"), True, [], 1)
    [charge] = waiting.charges.all()
    assert (charge.net_amount, charge.goods_amount) == (Decimal("12.50"), 130)
    assert waiting.taxes.get().base_amount == Decimal("142.50")
    entry = AuditEntry.objects.get(subject=waiting.label, action="change")
    assert entry.reason == "As agreed by telephone"
    assert entry.changes["freight_amount"] == ["0.000", "12.50"]
    assert check_all() == []


def test_nothing_is_charged_for_a_reason(waiting, enter, now, actor):
    enter(waiting, "0", "Goodwill")

    services.issue_invoice(waiting.pk, at=now, actor=actor)

    assert stored(waiting) == ("issued", 0, Decimal("154.70"), True, [], 0)
    assert "charges" not in waiting.content
    assert check_all() == []


@pytest.mark.parametrize(
    ("amount", "reason", "field", "words"),
    [
        ("-1", "Because", "amount", "zero or more"),
        ("NaN", "Because", "amount", "zero or more"),
        ("Infinity", "Because", "amount", "zero or more"),
        ("1.005", "Because", "amount", "no amount as small as that"),
        ("1000000000", "Because", "amount", "at most 999999999.999"),
        ("0", "  ", "reason", "why no freight"),
        ("5", "x" * 301, "reason", "at most 300"),
    ],
)
def test_refuses_what_is_no_amount(waiting, enter, amount, reason, field, words):
    with pytest.raises(InvalidInput, match=words) as refusal:
        enter(waiting, amount, reason)

    assert refusal.value.field == field
    assert stored(waiting) == UNTOUCHED


def test_refuses_to_change_what_is_issued(company, enter, now, actor):
    tariff("20")
    shipment = ship(charged_customer(), ("2", "50.00"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    with pytest.raises(services.NotADraft, match="no draft any more") as refusal:
        enter(invoice, "5")

    assert refusal.value.field == "amount"
    assert stored(invoice) == ("issued", 20, Decimal("142.80"), False, [], 1)


def draft_with_tariff(now, actor):
    """A draft with 20.00 EUR of freight, because there is no bill-to address."""
    tariff("20")
    customer = charged_customer()
    shipment = ship(customer, ("4", "50.00"))
    customer.addresses.filter(kind="bill_to").delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    return customer, shipment, draft


def test_changes_the_freight_of_any_draft(company, enter, now, actor):
    _customer, _shipment, draft = draft_with_tariff(now, actor)

    enter(draft, "7.00")
    enter(draft, "8.00")

    assert stored(draft) == ("draft", 8, Decimal("247.52"), True, ["bill_to"], 1)
    assert check_all() == []


def test_charges_who_does_not_pay_it_usually_where_a_person_says_so(company, enter, now, actor):
    customer = customer_with_credit()
    shipment = ship(customer, ("2", "50.00"))
    customer.addresses.filter(kind="bill_to").delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    AddressFactory.create(customer=customer, kind="bill_to")

    enter(draft, "5", "Express, as they asked")
    services.issue_invoice(draft.pk, at=now, actor=actor)

    assert stored(draft) == ("issued", 5, Decimal("124.95"), True, [], 1)
    assert check_all() == []


def test_a_draft_billed_again_charges_it_once(company, now, actor):
    customer, _shipment, draft = draft_with_tariff(now, actor)
    AddressFactory.create(customer=customer, kind="bill_to")

    [anew] = services.redraft_invoice(draft.pk, reason="Again", at=now, actor=actor)

    assert (anew.state, anew.freight_amount, draft.charges.count()) == ("issued", 20, 0)
    assert InvoiceCharge.objects.count() == 1
    assert check_all() == []


def test_what_was_entered_stands_when_part_comes_back(company, enter, now, actor):
    customer, shipment, draft = draft_with_tariff(now, actor)
    enter(draft, "0", "Goodwill")
    AddressFactory.create(customer=customer, kind="bill_to")

    services.credit_return(send_back(shipment, "1").pk, at=now, actor=actor)

    anew = Invoice.objects.exclude(pk=draft.pk).get()
    assert stored(anew) == ("issued", 0, Decimal("178.50"), True, [], 0)
    assert anew.freight_reason == "Goodwill"
    assert check_all() == []


def test_a_late_rest_of_the_same_delivery_is_charged_none(company, now, actor):
    tariff("20")
    customer = charged_customer()
    shipment = ship(customer, ("2", "50.00"), ("1", "10.00"))
    customer.addresses.filter(kind="bill_to").delete()
    [first] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    first.lines.filter(position=2).delete()  # as if that part had been found later

    [second] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert (first.freight_amount, second.freight_amount) == (20, 0)
    assert "duplicate" in [finding["rule"] for finding in second.findings]
    with pytest.raises(services.FreightCharged, match="charges the freight"):
        services.set_freight(second.pk, amount=Decimal(5), reason="", at=now, actor=actor)
    assert InvoiceCharge.objects.count() == 1
