"""Contacts in and out: vCards 3.0 and 4.0, CSV, and the folder of a CRM."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers import services
from customers.crm.adapter import the_adapter
from customers.exchange.contacts import import_contacts
from customers.exchange.vcards import read_cards, uid_of, write_cards
from customers.models import Contact
from customers.services import Details, Person
from o2c.kernel.models import OutboxMessage
from o2c.kernel.outbox import deliver_due
from o2c.kernel.sheets import Unreadable
from tests.factories import ContactFactory, CustomerFactory

CARD = (
    "BEGIN:VCARD\r\nVERSION:{version}\r\nUID:urn:uuid:4fbe\r\nFN:Zoë Grant\\, Dr.\r\n"
    "N:Grant;Zoë;;;\r\nORG:Harbor Pump;Buying\r\nEMAIL;TYPE=work:zoe@pump.example\r\n"
    "TEL;TYPE=work:+49 40 555\r\nTITLE:Head of buying\r\n{more}END:VCARD\r\n"
)


@pytest.fixture
def customer(db):
    customer = CustomerFactory.create(name="Harbor Pump", folded_name="harbor pump")
    customer.refresh_from_db()
    return customer


@pytest.fixture
def take(now, actor):
    def run(content, *, name="x.vcf", commit=True, customer=None):
        if isinstance(content, str):
            content = content.encode()
        return import_contacts(content, name, customer=customer, commit=commit, at=now, actor=actor)

    return run


def told(table):
    return [(row.status.value, [field for field, _message in row.problems]) for row in table.rows]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_takes_a_card_in_once_by_its_organization(customer, take, version):
    card = CARD.format(version=version, more="PHOTO;ENCODING=b:!!!\r\n !!!\r\n")

    first, second = told(take(card)), told(take(card))

    assert (first, second) == ([("new", [])], [("same", [])])
    contact = Contact.objects.get()
    assert (contact.name, contact.email, contact.phone, contact.title) == (
        "Zoë Grant, Dr.",
        "zoe@pump.example",
        "+49 40 555",
        "Head of buying",
    )
    assert (contact.customer, contact.uid, contact.role) == (customer, "urn:uuid:4fbe", "other")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_we_write_is_found_again(customer, take, version):
    contact = ContactFactory.create(customer=customer, name="A; b, c", phone="1", title="T\\x")
    cards = write_cards(Contact.objects.select_related("customer"), version=version)

    assert told(take(cards)) == [("same", [])]
    changed = take(cards.replace("rosa@", "rosa.l@"))

    contact.refresh_from_db()
    assert changed.rows[0].changes == {
        "email": ("rosa@customer.example", "rosa.l@customer.example")
    }
    assert (contact.email, contact.name, contact.title) == (
        "rosa.l@customer.example",
        "A; b, c",
        "T\\x",
    )


def test_one_broken_card_does_not_disturb_the_others(customer, take):
    good = CARD.format(version="4.0", more="")
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN;X\nEND:VCARD\n"
    nobody = "BEGIN:VCARD\nVERSION:3.0\nFN:X\nORG:Unknown Ltd\nEMAIL:no mail\nEND:VCARD\n"

    table = take(broken + good + nobody)

    assert told(table) == [
        ("rejected", ["card"]),
        ("new", []),
        ("rejected", ["email", "customer"]),
    ]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"BEGIN:VCARD\nFN:x\n", "no_cards"),
        (b"BEGIN:VCARD\n" * 3000, "no_cards"),
        (b"BEGIN:VCARD\x00\nEND:VCARD\n", "binary"),
        (b"BEGIN:VCARD\nFN:x\nEND:VCARD\n" * 5001, "too_many_cards"),
    ],
)
def test_refuses_a_file_that_is_no_address_book(customer, take, content, rule):
    with pytest.raises(Unreadable) as refusal:
        take(content)

    assert refusal.value.rule == rule
    assert not Contact.objects.exists()


def test_refuses_a_giant_card(customer, take):
    table = take("BEGIN:VCARD\nFN:" + "a" * 200_000 + "\nEND:VCARD\n")

    assert told(table) == [("rejected", ["card"])]


lines = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                "VERSION:4.0",
                "FN:x",
                "N:;;",
                "ORG:",
                "EMAIL;TYPE=:a",
                "BEGIN:VCARD",
                "TEL;ENCODING=b:@",
            ]
        ),
    ),
    max_size=8,
)


@hypothesis_settings(max_examples=200, deadline=None)
@given(lines)
def test_never_breaks_on_what_a_stranger_calls_a_card(body):
    content = "\n".join(["BEGIN:VCARD", *body, "END:VCARD"]).encode(errors="replace")

    try:
        table = read_cards(content)
    except Unreadable:
        return

    assert all(row.problems or row.cells for row in table.rows)


def test_takes_contacts_from_a_table_with_every_rows_problems(customer, take):
    text = (
        "Customer;Name;Role;E-mail\n"
        f"{customer.number};Ida;buyer;ida@x.example\nC-0;;boss;nomail\n;Max;buyer;\n"
    )

    rehearsed = take(text, name="x.csv", commit=False)
    assert not Contact.objects.exists()
    table = take(text, name="x.csv")

    assert told(table) == told(rehearsed)
    assert told(table) == [
        ("new", []),
        ("rejected", ["name", "email", "role", "customer"]),
        ("rejected", ["customer"]),
    ]
    assert Contact.objects.get().name == "Ida"


def test_writes_no_formula_into_a_spreadsheet(customer, sales_rep):
    contact = ContactFactory.create(customer=customer, name='=HYPERLINK("x")', phone="+49 40")

    text = sales_rep.get("/customers/contacts.csv").content.decode("utf-8-sig")

    [row] = list(csv.DictReader(io.StringIO(text)))
    assert (row["Name"], row["Phone"]) == ('\'=HYPERLINK("x")', "'+49 40")
    assert row["UID"] == uid_of(contact)


def test_hands_out_cards_of_one_customer(customer, sales_rep, picker):
    ContactFactory.create(customer=customer)
    ContactFactory.create(name="Somebody Else")
    address = f"/customers/contacts.vcf?customer={customer.number}"

    plain = sales_rep.get(address).content.decode()
    older = sales_rep.get(f"{address}&version=3.0").content.decode()

    assert ("VERSION:4.0" in plain, "VERSION:3.0" in older) == (True, True)
    assert plain.count("BEGIN:VCARD") == 1
    assert picker.get(address).status_code == 403


def test_the_page_takes_cards_in(customer, sales_rep):
    file = SimpleUploadedFile("x.vcf", CARD.format(version="4.0", more="").encode())

    looked = sales_rep.post("/customers/contacts/import/", {"file": file})
    assert not Contact.objects.exists()
    address = f"/customers/contacts/import/{looked.context['file'].seal}/"
    sales_rep.post(address, {"form_token": "one"})

    assert Contact.objects.get().name == "Zoë Grant, Dr."


@pytest.fixture
def crm(settings, tmp_path):
    settings.CRM_ADAPTER = "customers.crm.folder.FolderAdapter"
    settings.CRM_FOLDER = str(tmp_path)
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_tells_the_crm_what_changed_through_the_outbox(crm, now, actor):
    customer = CustomerFactory.create(name="Harbor Pump")
    customer.refresh_from_db()

    contact = services.add_contact(
        customer.pk, person=Person(role="buyer", name="Ida Holm"), at=now, actor=actor
    )
    services.change_customer(
        customer.pk,
        details=Details(name="Harbor Valve", payment_terms_id=customer.payment_terms_id),
        at=now,
        actor=actor,
    )
    assert not (crm / "out").exists()
    deliver_due(limit=10)

    told_of = json.loads((crm / f"out/customers/{customer.number}.json").read_text())
    card = (crm / f"out/contacts/o2c-contact-{contact.pk}.vcf").read_text()
    assert (told_of["name"], len(told_of["addresses"])) == ("Harbor Valve", 2)
    assert "FN:Ida Holm" in card


def test_writes_nothing_to_the_outbox_without_a_crm(customer, now, actor):
    services.add_contact(customer.pk, person=Person(role="buyer", name="Ida"), at=now, actor=actor)

    assert the_adapter() is None
    assert not OutboxMessage.objects.exists()


def test_pulls_what_the_crm_has_and_settles_it_once(crm, customer, company, capsys):
    (crm / "in").mkdir()
    (crm / "in/a.vcf").write_text(CARD.format(version="4.0", more=""))
    (crm / "in/b.csv").write_bytes(b"\x00")
    (crm / "in/ignored.txt").write_text("x")

    call_command("pull_crm")
    call_command("pull_crm")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["file"], line["status"]) for line in lines] == [
        ("a.vcf", "new"),
        ("b.csv", "rejected"),
    ]
    assert Contact.objects.count() == 1
    assert sorted(path.name for path in (crm / "in/done").iterdir()) == [
        *("a.vcf", "a.vcf.jsonl", "b.csv", "b.csv.jsonl"),
    ]


def test_a_key_never_leaves_its_folder(crm):
    the_adapter().push_contact("../../etc/passwd", "x")

    assert [path.name for path in (crm / "out/contacts").iterdir()] == [
        "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.vcf"
    ]


def test_pulling_without_a_crm_says_so(db):
    with pytest.raises(CommandError, match="CRM_ADAPTER"):
        call_command("pull_crm")
