"""Pages: what people see, what they may do, and where a refusal stands."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse

from collection import services
from collection.models import DunningNotice, Receipt
from o2c.kernel.models import IdempotencyKey
from receivables.models import Application, OpenItem
from tests.factories import ContactFactory

YESTERDAY = date(2026, 11, 17)


@pytest.fixture(autouse=True)
def at_the_time(now, monkeypatch):
    """Let the pages' clock stand at `now`."""
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)


@pytest.fixture
def entries(customer):
    """What a clerk types for 119.00 from the customer."""
    return {
        "token": str(uuid4()),
        "customer_name": customer.number,
        "amount": "119.00",
        "received_on": "2026-11-18",
        "method": "transfer",
        "reference": "E2E-77",
    }


def ticked(item, amount=""):
    return {f"use_{item.pk}": "on", f"amount_{item.pk}": amount}


NEW = "/collections/receipts/new/"


def test_records_and_applies_without_scripts(clerk, customer, owe, entries):
    item = owe(customer, "119.00", due_on=YESTERDAY)

    response = clerk.post(NEW, entries | ticked(item, "119.00"))

    receipt = Receipt.objects.get()
    assert response.status_code == 302
    assert response.url == f"/collections/receipts/{receipt.number}/"
    assert (receipt.customer, receipt.state) == (customer, "applied")


def test_a_tick_without_an_amount_pays_all_that_is_open(clerk, customer, owe, entries):
    item = owe(customer, "70.00", due_on=YESTERDAY)

    clerk.post(NEW, entries | ticked(item))

    assert Application.objects.get().amount == 70
    assert Receipt.objects.get().unapplied == 49


def test_suggests_what_the_text_names_then_the_oldest(clerk, customer, owe):
    oldest = owe(customer, "30.00", due_on=date(2026, 11, 1))
    named = owe(customer, "80.00", due_on=date(2026, 11, 9))
    owe(customer, "60.00", due_on=date(2026, 11, 5))

    response = clerk.get(
        NEW, {"customer": customer.pk, "amount": "119.00", "reference": "inv 00002 thanks"}
    )

    shown = [(s.item.pk, s.amount, str(s.why)) for s in response.context["allocation"].suggestions]
    assert shown[:2] == [(named.pk, 80, "number in text"), (oldest.pk, 30, "oldest due")]
    assert shown[2][1:] == (9, "oldest due")
    assert response.context["totals"].left == 0


def test_a_form_sent_twice_records_once(clerk, customer, entries):
    first = clerk.post(NEW, entries)

    second = clerk.post(NEW, entries)

    assert (first.url, Receipt.objects.count()) == (second.url, 1)


def test_the_same_money_typed_again_is_refused_at_the_reference(clerk, entries):
    clerk.post(NEW, entries)

    response = clerk.post(NEW, entries | {"token": str(uuid4())})

    number = Receipt.objects.get().number
    assert response.status_code == 422
    assert response.context["form"].errors["reference"] == [
        f"This money is recorded already: {number} of Delta Crane, entered on 18 Nov 2026."
    ]


def test_a_used_form_with_other_entries_is_refused(clerk, entries):
    clerk.post(NEW, entries)

    response = clerk.post(NEW, entries | {"amount": "120.00"})

    assert response.status_code == 422
    assert "sent before, with other entries" in response.content.decode()
    assert Receipt.objects.get().amount == 119


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"amount": "-1"}, "amount", "Enter an amount above zero."),
        ({"amount": "1.005"}, "amount", "EUR has no amount as small as that: round it."),
        ({"received_on": "2026-11-19"}, "received_on", "Money cannot have come in the future."),
        ({"currency": "usd"}, "currency", "account is in EUR, this money is in USD."),
        ({"customer_name": "Nobody"}, "customer_name", "No customer, or more than one, fits."),
        ({"reference": ""}, "reference", "This field is required."),
    ],
)
def test_refuses_at_the_field(clerk, entries, change, field, message):
    response = clerk.post(NEW, entries | change)

    assert response.status_code == 422
    assert message in response.context["form"].errors[field][0]
    assert "<title>Error:" in response.content.decode()
    assert not Receipt.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_refuses_too_much_at_the_item(clerk, customer, owe, entries):
    item = owe(customer, "70.00", due_on=YESTERDAY)

    response = clerk.post(NEW, entries | ticked(item, "70.01"))

    assert response.status_code == 422
    assert response.context["allocation"].errors[f"amount_{item.pk}"] == [
        "Only 70.00\xa0EUR of INV-00001 is open."
    ]
    assert not Receipt.objects.exists()


def test_an_item_paid_meanwhile_is_refused_and_not_dropped(clerk, customer, owe, pay, entries):
    item = owe(customer, "70.00", due_on=YESTERDAY)
    pay(customer, "70.00", apply_to={item.pk: "70.00"})

    response = clerk.post(NEW, entries | ticked(item, "70.00"))

    assert response.status_code == 422
    assert "Only 0.00\xa0EUR of INV-00001 is open." in response.content.decode()
    assert Receipt.objects.count() == 1


def test_an_amount_without_a_tick_is_refused(clerk, customer, owe, entries):
    item = owe(customer, "70.00", due_on=YESTERDAY)

    response = clerk.post(NEW, entries | {f"amount_{item.pk}": "70.00"})

    assert response.status_code == 422
    assert "Tick the item to pay it" in response.content.decode()
    assert not Receipt.objects.exists()


def test_applies_what_is_left_and_takes_it_back(clerk, customer, owe, pay):
    item = owe(customer, "70.00", due_on=YESTERDAY)
    receipt = pay(customer, "70.00")
    page = f"/collections/receipts/{receipt.number}/"

    applied = clerk.post(f"{page}apply/", {"token": str(uuid4())} | ticked(item, "70.00"))
    receipt.refresh_from_db()
    state_applied = receipt.state
    key = Application.objects.get().pk
    back = clerk.post(f"/collections/applications/{key}/take-back/", {"reason": "Wrong one"})

    receipt.refresh_from_db()
    assert (applied.status_code, state_applied) == (302, "applied")
    assert (back.status_code, receipt.state) == (302, "identified")


def test_is_taken_back_with_a_reason_and_once(clerk, customer, owe, pay):
    item = owe(customer, "70.00", due_on=YESTERDAY)
    pay(customer, "70.00", apply_to={item.pk: "70.00"})
    address = f"/collections/applications/{Application.objects.get().pk}/take-back/"

    without = clerk.post(address, {"reason": ""})
    clerk.post(address, {"reason": "Wrong one"})
    again = clerk.post(address, {"reason": "Wrong one"})

    assert (without.status_code, again.status_code) == (422, 409)
    assert Application.objects.count() == 2


def test_says_who_paid(clerk, customer, pay):
    receipt = pay(None, "70.00")
    address = f"/collections/receipts/{receipt.number}/identify/"

    nobody = clerk.post(address, {"token": str(uuid4()), "customer_name": ""})
    somebody = clerk.post(address, {"token": str(uuid4()), "customer_name": "delta"})

    receipt.refresh_from_db()
    assert (nobody.status_code, somebody.status_code) == (422, 302)
    assert receipt.customer == customer


def test_shows_the_worklist_most_money_for_most_days_first(
    debtor, clerk, customer, owe, now, actor
):
    ContactFactory.create(customer=customer, phone="+1 555 0142")
    owe(customer, "100.00", due_on=date(2026, 11, 8))  # 10 days: 1,000
    owe(customer, "50.00", due_on=date(2026, 12, 8))
    other = debtor("Old Mill")
    owe(other, "40.00", due_on=date(2026, 10, 14))  # 35 days: 1,400
    services.hold_overdue(now.date(), at=now, actor=actor)

    response = clerk.get("/collections/")

    rows = response.context["worklist"].accounts
    assert [(row.name, row.overdue, row.oldest_days) for row in rows] == [
        ("Old Mill", 40, 35),
        ("Delta Crane", 100, 10),
    ]
    assert rows[1].buckets == [50, 100, 0, 0, 0]
    assert rows[1].is_held
    assert [part.amount for part in response.context["aging"]] == [50, 100, 40, 0, 0]
    assert response.context["account"].customer == other


def test_shows_the_chosen_account_as_a_panel(clerk, customer, owe, pay):
    ContactFactory.create(customer=customer, phone="+1 555 0142")
    owe(customer, "100.00", due_on=YESTERDAY)
    pay(customer, "30.00")

    response = clerk.get(
        "/collections/",
        {"customer": customer.pk},
        headers={"HX-Request": "true", "HX-Target": "acct"},
    )

    text = response.content.decode()
    assert "<html" not in text
    assert "tel:+15550142" in text
    assert "30.00\xa0EUR came in and is not matched yet." in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"q": "delta"}, 1), ({"q": "nobody"}, 0), ({"bucket": "1"}, 1), ({"bucket": "3"}, 0)],
)
def test_filters_the_worklist(clerk, customer, owe, asked, found):
    owe(customer, "100.00", due_on=YESTERDAY)

    response = clerk.get("/collections/", asked)

    assert len(response.context["worklist"].accounts) == found


def test_sends_and_holds_back_letters(clerk, customer, owe, now, actor):
    for due_on in (date(2026, 10, 30), date(2026, 10, 1)):
        owe(customer, "100.00", due_on=due_on)
        services.run_dunning(now.date() + timedelta(days=due_on.day), at=now, actor=actor)
    first, second = DunningNotice.objects.order_by("pk")

    sent = clerk.post("/collections/dunning/send/", {"notice": [first.pk]})
    unexplained = clerk.post(f"/collections/dunning/{second.pk}/withhold/", {"reason": ""})
    held = clerk.post(f"/collections/dunning/{second.pk}/withhold/", {"reason": "Called"})
    too_late = clerk.post("/collections/dunning/send/", {"notice": [second.pk]})

    assert [r.status_code for r in (sent, unexplained, held, too_late)] == [302, 422, 302, 409]
    states = DunningNotice.objects.order_by("pk").values_list("state", "reason")
    assert list(states) == [("sending", ""), ("withheld", "Called")]


def test_shows_the_letter_as_it_would_leave(clerk, customer, owe, now, actor):
    owe(customer, "100.00", due_on=date(2026, 10, 1))
    services.run_dunning(now.date(), at=now, actor=actor)

    text = clerk.get("/collections/dunning/").content.decode()

    assert "Final notice before further steps" in text
    assert "INV-00001" in text
    assert "Waiting for you" in text


PAGES = ["/collections/", "/collections/receipts/", "/collections/dunning/"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_empty_before_anything_happens(clerk, address):
    assert clerk.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_costs_the_same_queries_for_one_row_and_for_twenty(
    debtor, clerk, owe, pay, now, actor, address, django_assert_num_queries
):
    def more(count):
        for _ in range(count):
            late = debtor()
            owe(late, "100.00", due_on=date(2026, 10, 1))
            pay(late, "1.00", reference=str(uuid4()))

    more(1)
    services.run_dunning(now.date(), at=now, actor=actor)
    clerk.get(address)
    with django_assert_num_queries(QUERIES[address]):
        clerk.get(address)
    more(19)
    services.run_dunning(now.date() + timedelta(days=1), at=now, actor=actor)
    with django_assert_num_queries(QUERIES[address]):
        clerk.get(address)


QUERIES = {"/collections/": 18, "/collections/receipts/": 11, "/collections/dunning/": 14}


@pytest.fixture
def things(customer, owe, pay, now, actor):
    """A receipt with an application, an unknown payer's receipt, and a waiting letter."""
    item = owe(customer, "100.00", due_on=date(2026, 10, 1))
    services.run_dunning(now.date(), at=now, actor=actor)
    receipt = pay(customer, "60.00", "REF-1", {item.pk: "50.00"})
    unknown = pay(None, "10.00", "REF-2")
    return {
        "receipt": receipt.number,
        "unknown": unknown.number,
        "application": Application.objects.get().pk,
        "notice": DunningNotice.objects.get().pk,
        "item": item,
    }


ACTIONS = [
    ("/collections/receipts/new/", {}),
    ("/collections/receipts/{receipt}/apply/", {}),
    ("/collections/receipts/{unknown}/identify/", {"customer_name": "delta"}),
    ("/collections/applications/{application}/take-back/", {"reason": "x"}),
    ("/collections/dunning/send/", {"notice": "{notice}"}),
    ("/collections/dunning/{notice}/withhold/", {"reason": "x"}),
]


@pytest.mark.parametrize(("address", "values"), ACTIONS)
@pytest.mark.parametrize("who", ["visitor", "sales_rep", "auditor"])
def test_who_may_not_act_is_refused_and_nothing_changes(
    request, things, entries, address, values, who
):
    browser = request.getfixturevalue(who)
    sent = {name: value.format(**things) for name, value in values.items()}
    item = things["item"]

    response = browser.post(address.format(**things), entries | ticked(item, "10.00") | sent)

    assert response.status_code == 403
    assert list(Receipt.objects.order_by("pk").values_list("state", "applied")) == [
        ("identified", 50),
        ("unidentified", 0),
    ]
    assert Application.objects.count() == 1
    assert OpenItem.objects.get().applied == 50
    assert DunningNotice.objects.get().state == "proposed"
    assert mail.outbox == []


@pytest.mark.parametrize("address", [*PAGES, NEW])
def test_pages_are_for_those_who_may_see_them(visitor, client, address):
    assert visitor.get(address).status_code == 403
    assert client.get(address).status_code == 302


def test_the_menu_finds_the_pages():
    assert [reverse(f"collections:{name}") for name in ("overdue", "receipts", "dunning")] == PAGES
