"""What carriers have charged, from a file: rows of a shipment add up, all of them or none."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from o2c.kernel import clock
from o2c.kernel.numbering import public_id
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Status
from shipping.charges_file import import_charges
from shipping.models import Shipment
from tests.factories import CarrierFactory
from tests.shipping.charges import charged


@pytest.fixture
def run(quoted, now, actor):
    def run(text, *, commit=False):
        return import_charges(text.encode(), "bill.csv", commit=commit, at=now, actor=actor)

    return run


def test_a_file_is_looked_at_first_and_written_then(run, quoted):
    text = f"Tracking number;Amount;Currency\n{quoted.tracking_number};12.40;EUR\n"

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
        ("{number};;1;EUE", "currency"),
    ],
)
def test_a_row_that_cannot_be_is_told_at_its_field_and_stops_no_other(run, quoted, line, field):
    twin = _copy(quoted)
    text = "Shipment;Tracking number;Amount;Currency\n"
    text += line.format(number=quoted.number) + f"\n{twin.number};;7;EUR\n"

    bad, good = run(text, commit=True).rows

    assert ([name for name, _words in bad.problems], good.status) == ([field], Status.NEW)
    assert charged() == [(None, "EUR"), (7, "EUR")]


def test_rows_of_one_shipment_add_up_however_often_they_are_imported(run, quoted):
    text = "Shipment;Tracking number;Amount;Currency\n"
    text += f"{quoted.number};;7;EUR\n;{quoted.tracking_number};2.40;\n"

    first, again = (run(text, commit=True).rows for _each in range(2))

    assert [(row.status, row.changes) for row in first] == [
        (Status.NEW, {"charge": ("—", "9.40\N{NO-BREAK SPACE}EUR")})
    ] * 2
    assert [(row.status, row.changes) for row in again] == [(Status.SAME, {})] * 2
    assert charged() == [(Decimal("9.4"), "EUR")]


def test_a_rebate_takes_off(run, quoted):
    text = "Shipment;Amount;Currency\n"
    text += f"{quoted.number};7;EUR\n{quoted.number};-2.50;EUR\n"

    table = run(text, commit=True)

    assert [row.status for row in table.rows] == [Status.NEW] * 2
    assert charged() == [(Decimal("4.5"), "EUR")]


def test_rebates_never_take_off_more_than_was_charged(run, quoted):
    text = "Shipment;Amount;Currency\n"
    text += f"{quoted.number};7;EUR\n{quoted.number};-7.01;EUR\n"

    table = run(text, commit=True)

    words = "The rows of this shipment come to less than zero."
    assert [row.problems for row in table.rows] == [[("amount", words)]] * 2
    assert charged() == [(None, "EUR")]


@pytest.mark.parametrize(
    "line",
    ["{number};;x;EUR", "{number};;-0.001;EUR", "{number};;1;USD", "{number};NONE;1;EUR"],
)
def test_a_row_with_problems_keeps_the_others_of_its_shipment_back(run, quoted, line):
    text = "Shipment;Tracking number;Amount;Currency\n"
    text += f"{quoted.number};;7;EUR\n{line.format(number=quoted.number)}\n"

    good, bad = run(text, commit=True).rows

    assert good.problems == [("shipment", "Row 3 of the same shipment has problems.")]
    assert (good.status, len(bad.problems)) == (Status.REJECTED, 1)
    assert charged() == [(None, "EUR")]


def test_a_number_of_several_carriers_keeps_back_what_it_may_belong_to(run, quoted):
    twin = _copy(quoted)
    Shipment.objects.filter(pk=twin.pk).update(
        tracking_number=quoted.tracking_number, carrier=CarrierFactory.create(code="BRL")
    )
    text = "Shipment;Tracking number;Amount\n"
    text += f"{quoted.number};{quoted.tracking_number};7\n;{quoted.tracking_number};2\n"

    clear, unclear = run(text, commit=True).rows

    assert clear.problems == [("shipment", "Row 3 of the same shipment has problems.")]
    assert "Several carriers have" in unclear.problems[0][1]
    assert charged() == [(None, "EUR"), (None, "EUR")]


def test_rows_of_one_shipment_in_several_currencies_are_all_refused(run, quoted):
    Shipment.objects.update(freight_cost=None, freight_currency="")
    text = f"Shipment;Amount;Currency\n{quoted.number};7;USD\n{quoted.number};2;EUR\n"

    table = run(text, commit=True)

    words = "The rows of this shipment are in several currencies: EUR, USD."
    assert [row.problems for row in table.rows] == [[("currency", words)]] * 2
    assert charged() == [(None, "")]


def test_a_change_of_currency_alone_is_shown(run, quoted):
    Shipment.objects.update(freight_cost=None, charged_cost=10, freight_currency="USD")

    [row] = run(f"Shipment;Amount;Currency\n{quoted.number};10;EUR\n", commit=True).rows

    assert (row.status, row.changes["charge"]) == (
        Status.CHANGED,
        ("10.00\N{NO-BREAK SPACE}USD", "10.00\N{NO-BREAK SPACE}EUR"),
    )
    assert charged() == [(10, "EUR")]


def test_a_file_of_twice_as_many_rows_looks_twice_as_often_at_shipments(run, quoted, monkeypatch):
    numbers = [_copy(quoted).number for _row in range(40)]
    looks = []
    for name in ("number", "tracking_number"):
        monkeypatch.setattr(Shipment, name, _counted(name, looks))

    def looks_for(count):
        looks.clear()
        run("Shipment;Amount\n" + "".join(f"{one};7\n" for one in numbers[:count]))
        return len(looks)

    assert looks_for(40) == 2 * looks_for(20) > 0


def test_a_file_without_shipments_is_refused_as_a_whole(run):
    with pytest.raises(Unreadable, match="shipments or of tracking numbers"):
        run("Amount\n7\n", commit=True)

    assert charged() == [(None, "EUR")]


def test_a_file_of_20_takes_as_many_statements_as_one_of_one(run, quoted, statements):
    rows = [_copy(quoted).number for _row in range(20)]
    head = "Shipment;Amount\n"
    run(f"{head}{quoted.number};5\n", commit=True)
    one = statements(lambda: run(f"{head}{quoted.number};6\n", commit=True))
    many = head + "".join(f"{number};7\n" for number in rows)

    assert statements(lambda: run(many, commit=True)) == one


def test_the_command_says_which_shipment_a_row_is(quoted, now, tmp_path, capsys):
    file = tmp_path / "bill.csv"
    number, tracking = quoted.number, quoted.tracking_number
    file.write_text(f"Shipment;Tracking number;Amount\n{number};;7\n;{tracking};2\n;NONE;1\n")

    with clock.travel(now):
        call_command("import_charges", str(file), "--commit")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    finding = {"field": "shipment", "message": "We have sent nothing under “NONE”."}
    assert lines == [
        {"row": 2, "shipment": number, "tracking": "", "status": "new", "findings": []},
        {"row": 3, "shipment": "", "tracking": tracking, "status": "new", "findings": []},
        {"row": 4, "shipment": "", "tracking": "NONE", "status": "rejected", "findings": [finding]},
    ]
    assert charged() == [(9, "EUR")]


def test_a_file_is_brought_looked_at_and_written_on_its_pages(shipper, quoted, now):
    content = f"Shipment;Amount\n{quoted.number};1014.5\n{quoted.number};-1001.50\n".encode()
    bill = SimpleUploadedFile("bill.csv", content)
    with clock.travel(now):
        stored = shipper.post(reverse("shipping:import-charges"), {"file": bill})
        looked = shipper.get(stored.url).content.decode()
        before = charged()
        done = shipper.post(stored.url)

    assert quoted.number in looked
    assert "— → 13.00\N{NO-BREAK SPACE}EUR" in looked
    assert [f"</span>{figure} " in looked for figure in ("1,014.50", "−1,001.50")] == [True, True]
    assert before == [(None, "EUR")]
    assert (done.url, charged()) == (reverse("shipping:audits"), [(13, "EUR")])


def _counted(name, looks):
    """A field that notes each look at it."""

    def look(shipment):
        looks.append(name)
        return shipment.__dict__[name]

    return property(look, lambda shipment, value: shipment.__dict__.update({name: value}))


def _copy(shipment):
    copy = Shipment.objects.get(pk=shipment.pk)
    copy.pk, copy.public_id = None, public_id("shp")
    copy.number = f"SH-C{Shipment.objects.count()}"
    copy.tracking_number = f"T{Shipment.objects.count()}"
    Shipment.objects.bulk_create([copy])
    return copy


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{number};{twin};1", "“{number}” and “{twin}” name two different shipments."),
        ("{number};NONE;1", "We have sent nothing under “NONE”."),
        ("{number};;1000000000", "Enter an amount of at most 999999999.999."),
    ],
)
def test_a_row_is_told_what_is_wrong_with_it(run, quoted, line, words):
    said = {"number": quoted.number, "twin": _copy(quoted).tracking_number}

    [row] = run("Shipment;Tracking number;Amount\n" + line.format(**said)).rows

    assert [message for _name, message in row.problems] == [words.format(**said)]


def test_a_file_of_headings_is_told_that_it_has_no_rows(run):
    with pytest.raises(Unreadable, match="no rows"):
        run("Shipment;Amount\n")


def test_the_page_says_how_many_rows_were_taken_and_how_many_were_not(shipper, quoted, now):
    number = quoted.number
    content = f"Shipment;Amount\n{number};13\n{number};2\nNONE;1\n".encode()
    bill = SimpleUploadedFile("bill.csv", content)
    with clock.travel(now):
        stored = shipper.post(reverse("shipping:import-charges"), {"file": bill})
        done = shipper.post(stored.url, follow=True).content.decode()

    assert "The file is imported. Rows taken: 2. Rows left out: 1." in done
    assert charged() == [(15, "EUR")]
