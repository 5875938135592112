"""Customers from a file: every problem told, good ones written, and none made twice."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from customers.importing.services import import_customers
from customers.models import Address, Contact, Customer
from customers.selectors import search_customers
from o2c.kernel.models import AuditEntry
from tests.factories import CustomerFactory, PaymentTermsFactory, UserFactory
from tests.orders.intake.workbooks import tampered, workbook

HEAD = (
    "Number;Name;VAT number;Payment terms;Currency;E-mail;Street;Postal code;City;Country;"
    "Place code;Contact;Contact e-mail;Contact role;Parent"
)
PUMP = (
    "K-17;Harbor Pump;DE 136695976;N30;EUR;pump@x.example;Quay 1;20457;Hamburg;DE;WE-1;"
    "Ellis Grant;ellis@x.example;buyer;"
)
DOCK = ";;;;;;Quay 2;20457;Hamburg;DE;WE-2;Rosa;rosa@x.example;payables;"
MILL = "K-18;Old Mill;;N30;;;Lane 1;10115;Berlin;DE;;;;;K-17"


@pytest.fixture
def take(company, now, actor):
    PaymentTermsFactory.create()

    def run(*rows, commit=True, head=HEAD):
        content = "\n".join([head, *rows]).encode()
        return import_customers(content, "x.csv", commit=commit, at=now, actor=actor)

    return run


def told(table):
    return [
        (row.number, row.status.value, [field for field, _m in row.problems]) for row in table.rows
    ]


def test_makes_customers_with_places_contacts_and_parents(take):
    table = take(PUMP, "K-17" + DOCK, MILL)

    assert told(table) == [(2, "new", []), (3, "new", []), (4, "new", [])]
    pump, mill = Customer.objects.order_by("pk")
    assert (pump.number, pump.vat_number, pump.currency, mill.parent) == (
        "K-17",
        "DE136695976",
        "EUR",
        pump,
    )
    places = Address.objects.filter(customer=pump).order_by("pk").values_list("kind", "code")
    assert list(places) == [("bill_to", "WE-1"), ("ship_to", "WE-1"), ("ship_to", "WE-2")]
    assert list(pump.contacts.order_by("pk").values_list("name", "role")) == [
        ("Ellis Grant", "buyer"),
        ("Rosa", "payables"),
    ]


def test_again_makes_nothing_and_changes_nothing(take):
    take(PUMP, "K-17" + DOCK, MILL)
    before = (Address.objects.count(), Contact.objects.count(), AuditEntry.objects.count())

    table = take(PUMP, "K-17" + DOCK, MILL)

    assert {row.status.value for row in table.rows} == {"same"}
    assert Customer.objects.count() == 2
    assert (Address.objects.count(), Contact.objects.count(), AuditEntry.objects.count()) == before


def test_shows_and_writes_what_changed(take):
    take(PUMP)
    changed = PUMP.replace("Harbor Pump", "Harbor Valve").replace("Quay 1", "Pier 9")

    rehearsed = take(changed, commit=False)
    assert Customer.objects.get().name == "Harbor Pump"
    table = take(changed)

    assert rehearsed.rows[0].changes == table.rows[0].changes
    assert table.rows[0].changes["name"] == ("Harbor Pump", "Harbor Valve")
    assert [str(row) for row in search_customers("valve")] == ["Harbor Valve"]
    assert set(Address.objects.values_list("street", flat=True)) == {"Pier 9"}


def test_leaves_what_the_file_does_not_say(take):
    take(PUMP)
    Customer.objects.update(grace_days=7)

    take("K-17;Harbor Pump", head="Number;Name")

    customer = Customer.objects.get()
    assert (customer.grace_days, customer.vat_number) == (7, "DE136695976")


def test_finds_a_customer_by_vat_number(take):
    known = CustomerFactory.create(name="Pump AG", vat_number="DE136695976")

    table = take(PUMP.removeprefix("K-17"))

    assert told(table) == [(2, "changed", [])]
    assert Customer.objects.get().pk == known.pk


def test_refuses_a_known_vat_number_under_another_number_unless_it_is_a_branch(take):
    take(PUMP)

    table = take(PUMP.replace("K-17", "K-99", 1))
    assert told(table) == [(2, "rejected", ["vat_number"])]
    table = take(PUMP.replace("K-17", "K-99", 1) + "K-17")

    assert told(table) == [(2, "new", [])]
    assert Customer.objects.get(number="K-99").parent.number == "K-17"


def test_refuses_a_name_that_means_several(take):
    CustomerFactory.create_batch(2, name="Acme", folded_name="acme")

    table = take(";Acme;;N30")

    assert told(table) == [(2, "rejected", ["number"])]
    assert Customer.objects.count() == 2


def test_a_new_number_of_our_own_kind_is_not_given_again(take):
    take("C-70000;Harbor;;N30")

    take(";Another;;N30")

    assert Customer.objects.get(name="Another").number == "C-70001"


def test_tells_every_problem_of_every_row_and_writes_the_others(take):
    UserFactory.create(email="maya@x.example")
    head = (
        "Number;Name;VAT;EORI;GLN;Terms;Currency;Email;Language;Time zone;Sales rep;Grace days;"
        "Backorders;Complete delivery;Priority;Incoterm;Tax;Street;PLZ;City;Country;Place GLN;"
        "Contact email;Contact role;Parent"
    )
    bad = (
        "K 1!;Bad;DE1;??;1;N99;EUX;no mail;xx;Mars;maya@x.example;9999;maybe;often;12;DDX;free;"
        "Lane;1;Berlin;UK;;no mail;boss;K-0"
    )

    table = take(bad, "K-2;Good;;;;N30", head=head)

    assert [(row.number, row.status.value) for row in table.rows] == [(2, "rejected"), (3, "new")]
    assert [field for field, _message in table.rows[0].problems] == [
        *("country", "contact_email", "contact_name", "contact_role", "email", "vat_number"),
        *("eori", "gln", "tax_status", "accepts_backorders", "ships_complete", "language"),
        *(
            "time_zone",
            "grace_days",
            "priority",
            "incoterm",
            "payment_terms",
            "sales_rep",
            "parent",
            "number",
            "currency",
        ),
    ]
    assert [customer.name for customer in Customer.objects.all()] == ["Good"]


def test_reads_who_pays_the_freight(take):
    head = "Number;Name;Terms;Freight terms"

    take("K-1;Pumps;N30;charged", "K-2;Mill;N30;", head=head)
    table = take("K-3;Bad;N30;perhaps", head=head)

    terms = dict(Customer.objects.values_list("number", "freight_terms"))
    assert terms == {"K-1": "charged", "K-2": "borne"}
    assert [field for field, _message in table.rows[0].problems] == ["freight_terms"]


def test_one_bad_row_keeps_its_customers_other_rows_back(take):
    table = take(PUMP, "K-17;Other name;;;;;;;;UK", MILL.replace("K-17", ""))

    assert told(table) == [
        (2, "rejected", ["number"]),
        (3, "rejected", ["street", "city", "name"]),
        (4, "new", []),
    ]
    assert [customer.name for customer in Customer.objects.all()] == ["Old Mill"]


def test_a_rehearsal_writes_nothing(take):
    table = take(PUMP, MILL, commit=False)

    assert [row.status.value for row in table.rows] == ["new", "new"]
    assert not Customer.objects.exists()
    assert not AuditEntry.objects.exists()


def test_reads_a_formula_as_text(take):
    take("K-1;=HYPERLINK(1);;N30")

    assert Customer.objects.get().name == "=HYPERLINK(1)"


def test_the_command_prints_a_json_line_per_row(company, tmp_path, capsys):
    PaymentTermsFactory.create()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.xlsx"
    good.write_text("\n".join([HEAD, PUMP, ";;"]))
    book = workbook([["Number", "Name"], ["K-1", "Acme"]])
    bad.write_bytes(tampered(book, add=[("../../x", b"x")]))

    call_command("import_customers", str(good), str(bad), "--commit")

    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["row"], first["status"], first["customer"]) == (2, "new", "K-17")
    assert (second["status"], second["findings"][0]["rule"]) == ("rejected", "path_name")
    assert Customer.objects.count() == 1


def test_the_command_exits_2_for_a_path_that_cannot_be_read(company, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        call_command("import_customers", str(tmp_path / "none.csv"))

    assert stopped.value.code == 2


def test_the_page_shows_first_and_writes_once(sales_rep):
    PaymentTermsFactory.create()
    file = SimpleUploadedFile("x.csv", "\n".join([HEAD, PUMP, MILL + "0"]).encode())

    looked = sales_rep.post("/customers/import/", {"file": file})

    assert not Customer.objects.exists()
    assert (looked.context["counts"]["new"], looked.context["counts"]["rejected"]) == (1, 1)
    address = f"/customers/import/{looked.context['file'].seal}/"
    for _ in range(2):
        sales_rep.post(address, {"form_token": "one"})
    assert [customer.number for customer in Customer.objects.all()] == ["K-17"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"Dear Maya", b"Number;Name\n" + b"K-1;A\n" * 2001]
)
def test_the_page_says_why_a_file_cannot_be_read(sales_rep, content):
    response = sales_rep.post("/customers/import/", {"file": SimpleUploadedFile("x.csv", content)})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["file"]
    assert not Customer.objects.exists()


def test_auditor_imports_nothing(auditor):
    file = SimpleUploadedFile("x.csv", HEAD.encode())

    assert auditor.post("/customers/import/", {"file": file}).status_code == 403
