"""What carriers have charged: entered for one shipment or as a file, beside what was quoted."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from o2c.kernel import clock, roles
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from o2c.kernel.numbering import public_id
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Status
from shipping import audits, services
from shipping.charges_file import import_charges
from shipping.models import Shipment


@pytest.fixture
def sent(gone):
    """A shipment that has left, quoted at 10 euros."""
    Shipment.objects.update(freight_cost=10, freight_currency="EUR")
    return Shipment.objects.get()


@pytest.fixture
def record(sent, now, actor):
    def record(amount, currency=""):
        return services.record_charge(
            sent.pk, amount=Decimal(amount), currency=currency, at=now, actor=actor
        )

    return record


@pytest.fixture
def run(sent, now, actor):
    def run(text, *, commit=False):
        return import_charges(text.encode(), "bill.csv", commit=commit, at=now, actor=actor)

    return run


def charged():
    return list(Shipment.objects.order_by("pk").values_list("charged_cost", "freight_currency"))


def test_notes_what_was_charged_and_corrects_it_in_the_trail(record, sent):
    record("11.5")
    record("12", "eur")

    assert charged() == [(12, "EUR")]
    entries = AuditEntry.objects.filter(subject=sent.label, changes__has_key="charged_cost")
    changes = entries.order_by("pk")
    assert [Decimal(one.changes["charged_cost"][1]) for one in changes] == [Decimal("11.5"), 12]


def test_the_audit_of_the_month_shows_the_variance(record, sent, now):
    record("12.50")

    [figures] = audits.figures_of(now.date().replace(day=1)).values()

    assert audits.variance(figures) == {"EUR": Decimal("0.25")}


@pytest.mark.parametrize(
    ("amount", "currency", "field", "words"),
    [
        ("11", "USD", "currency", "Its freight was quoted in EUR"),
        ("11", "E1", "currency", "three letters"),
        ("-1", "EUR", "amount", "zero or more"),
        ("NaN", "EUR", "amount", "zero or more"),
        ("1e12", "EUR", "amount", "zero or more"),
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
    record("11", "USD")

    assert charged() == [(11, "USD")]


def test_a_file_is_looked_at_first_and_written_then(run, sent):
    text = f"Tracking number;Amount;Currency\n{sent.tracking_number};12.40;EUR\n"

    looked = [row.status for row in run(text).rows]
    before = charged()
    done = [row.status for row in run(text, commit=True).rows]

    assert (looked, before, done) == ([Status.NEW], [(None, "EUR")], [Status.NEW])
    assert charged() == [(Decimal("12.4"), "EUR")]
    assert [row.status for row in run(text, commit=True).rows] == [Status.SAME]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("NONE;;1;EUR", "shipment"),
        (";NONE;1;EUR", "shipment"),
        (";;1;EUR", "shipment"),
        ("{number};NONE;1;EUR", "shipment"),
        ("{number};;;EUR", "amount"),
        ("{number};;x;EUR", "amount"),
        ("{number};;-1;EUR", "amount"),
        ("{number};;1;USD", "currency"),
    ],
)
def test_a_row_that_cannot_be_is_told_at_its_field_and_stops_no_other(run, sent, line, field):
    twin = _copy(sent)
    text = "Shipment;Tracking number;Amount;Currency\n"
    text += line.format(number=sent.number) + f"\n{twin.number};;7;EUR\n"

    bad, good = run(text, commit=True).rows

    assert ([name for name, _words in bad.problems], good.status) == ([field], Status.NEW)
    assert charged() == [(None, "EUR"), (7, "EUR")]


def test_a_shipment_that_is_in_a_file_twice_is_refused_the_second_time(run, sent):
    table = run(f"Shipment;Amount\n{sent.number};7\n{sent.number};9\n", commit=True)

    assert [bool(row.problems) for row in table.rows] == [False, True]
    assert charged() == [(7, "EUR")]


def test_a_file_without_shipments_is_refused_as_a_whole(run):
    with pytest.raises(Unreadable, match="shipments or of tracking numbers"):
        run("Amount\n7\n", commit=True)

    assert charged() == [(None, "EUR")]


def test_a_file_of_20_takes_as_many_statements_as_one_of_one(run, sent, statements):
    rows = [_copy(sent).number for _row in range(20)]
    head = "Shipment;Amount\n"
    run(f"{head}{sent.number};5\n", commit=True)
    one = statements(lambda: run(f"{head}{sent.number};6\n", commit=True))
    many = head + "".join(f"{number};7\n" for number in rows)

    assert statements(lambda: run(many, commit=True)) == one


def test_the_page_takes_a_charge_and_shows_it(shipper, sent, now):
    with clock.travel(now):
        answer = shipper.post(reverse("shipping:charge", args=[sent.number]), {"amount": "11.90"})
        page = shipper.get(reverse("shipping:shipment", args=[sent.number])).content.decode()

    assert answer.status_code == 302
    assert charged() == [(Decimal("11.9"), "EUR")]
    assert "Charged" in page
    assert "11.90" in page


def test_the_page_says_at_the_field_that_the_quote_is_in_another_currency(shipper, sent, now):
    entered = {"amount": "11.90", "currency": "USD"}
    with clock.travel(now):
        answer = shipper.post(reverse("shipping:charge", args=[sent.number]), entered)

    assert answer.status_code == 422
    assert "Its freight was quoted in EUR" in answer.content.decode()
    assert charged() == [(None, "EUR")]


def test_a_file_is_brought_looked_at_and_written_on_its_pages(shipper, sent, now):
    content = f"Shipment;Amount\n{sent.number};13\n".encode()
    bill = SimpleUploadedFile("bill.csv", content)
    with clock.travel(now):
        stored = shipper.post(reverse("shipping:import-charges"), {"file": bill})
        looked = shipper.get(stored.url).content.decode()
        before = charged()
        done = shipper.post(stored.url)

    assert sent.number in looked
    assert before == [(None, "EUR")]
    assert (done.url, charged()) == (reverse("shipping:audits"), [(13, "EUR")])


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE])
def test_others_enter_no_charges(browser_of, sent, role):
    answer = browser_of(role).post(
        reverse("shipping:charge", args=[sent.number]), {"amount": "11.90"}
    )

    assert answer.status_code == 403
    assert charged() == [(None, "EUR")]


def _copy(shipment):
    copy = Shipment.objects.get(pk=shipment.pk)
    copy.pk, copy.public_id = None, public_id("shp")
    copy.number = f"SH-C{Shipment.objects.count()}"
    copy.tracking_number = f"T{Shipment.objects.count()}"
    Shipment.objects.bulk_create([copy])
    return copy
