"""What a person corrects once, the customer's next document is read with."""

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import CustomerPartNumber
from o2c.kernel import roles
from o2c.kernel.models import AuditEntry
from orders.models import IntakeCorrection, IntakeDocument, Order
from tests.orders.intake.conftest import rules
from tests.orders.intake.test_pages import address

HEAD = "Customer,PO,SKU,Qty,Unit,Price\n"
ODD = "Their thing;How many;Remark\n85123A;6;urgent\n71053;2;\n"


def correction(**changes):
    return {
        "customer": "C-17850",
        "po_number": "1",
        "requested_on": "2099-12-01",
        "ship_to": "",
        "note": "",
        "remember": "on",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-sku": "85123A",
        "lines-0-quantity": "6",
        "lines-0-unit_price": "",
    } | changes


def review(intake, sales_rep, content, **changes):
    """Take a doubtful file in and correct it as somebody would."""
    intake(content, "--commit", "--customer", "C-17850")
    document = IntakeDocument.objects.get(state="in_review")
    response = sales_rep.post(address("intake-document", document), correction(**changes))
    assert response.status_code == 302, response.content.decode()
    return Order.objects.get()


def test_a_part_number_is_known_the_next_time(books, intake, sales_rep):
    review(intake, sales_rep, HEAD + "C-17850,1,HW-80,6,,\n")

    (result,) = intake(HEAD + "C-17850,2,hw-80,7,,\n", "--commit")

    assert (result["status"], result["findings"]) == ("accepted", [])
    assert CustomerPartNumber.objects.get().number == "HW-80"


def test_nothing_is_remembered_when_somebody_says_so(books, intake, sales_rep):
    review(intake, sales_rep, HEAD + "C-17850,1,HW-80,6,,\n", remember="")

    assert not CustomerPartNumber.objects.exists()


def test_a_number_of_ours_keeps_its_meaning(books, intake, sales_rep):
    content = HEAD + "C-17850,1,71053,6,,9.99\n"
    review(intake, sales_rep, content, **{"lines-0-unit_price": ""})

    assert not CustomerPartNumber.objects.exists()


def test_a_unit_is_known_the_next_time(books, intake, sales_rep):
    order = review(
        intake,
        sales_rep,
        HEAD + "C-17850,1,85123A,2,Karton,500.00\n",
        **{
            "lines-0-quantity": "2",
            "lines-0-unit_price": "500.00",
            "lines-0-factor": "10",
        },
    )
    assert order.lines.get().ordered == 20
    assert order.net_amount == 1000
    learned = IntakeCorrection.objects.get()
    assert (learned.word, learned.shown, learned.factor) == ("karton", "Karton", Decimal(10))

    (result,) = intake(HEAD + "C-17850,2,85123A,3,KARTON,500.00\n", "--commit")

    assert (result["status"], result["findings"]) == ("accepted", [])
    assert Order.objects.get(customer_po="2").lines.get().ordered == 30


def test_a_sheet_in_words_of_their_own_waits_until_somebody_explains_them(books, intake, sales_rep):
    (first,) = intake(ODD, "--commit", "--customer", "C-17850")
    assert (first["status"], rules(first)[0]) == ("review", ("no_header", "columns"))
    document = IntakeDocument.objects.get()
    for word, meaning in (("Their thing", "sku"), ("How many", "quantity")):
        response = sales_rep.post(
            address("intake-teach", document), {"word": word, "meaning": meaning}
        )
        assert response.status_code == 302

    document.refresh_from_db()
    assert [line["sku"] for line in document.content["lines"]] == ["85123A", "71053"]
    assert document.state == "in_review"
    (result,) = intake(ODD.replace(";6;", ";8;"), "--commit", "--customer", "C-17850")
    assert (result["status"], result["lines"]) == ("accepted", 2)


def test_what_was_learned_is_forgotten_on_demand(books, intake, sales_rep):
    intake(ODD, "--commit", "--customer", "C-17850")
    document = IntakeDocument.objects.get()
    sales_rep.post(address("intake-teach", document), {"word": "How many", "meaning": "quantity"})
    learned = IntakeCorrection.objects.get()
    assert "How many" in sales_rep.get(reverse("orders:intake-learned")).content.decode()

    sales_rep.post(reverse("orders:intake-revoke", args=[learned.pk]))

    learned.refresh_from_db()
    assert learned.revoked_at is not None
    assert "How many" not in sales_rep.get(reverse("orders:intake-learned")).content.decode()
    assert AuditEntry.objects.filter(subject=learned.label).count() == 2


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"word": " ", "meaning": "sku"}, "Enter the word as the document writes it."),
        ({"word": "Thing", "meaning": "customer"}, "Choose what the word means."),
        ({"word": "x" * 101, "meaning": "sku"}, "Enter the word as the document writes it."),
    ],
)
def test_refuses_to_learn_what_says_nothing(books, intake, sales_rep, said, message):
    intake(ODD, "--commit", "--customer", "C-17850")

    response = sales_rep.post(address("intake-teach", IntakeDocument.objects.get()), said)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not IntakeCorrection.objects.exists()


def test_visitor_teaches_and_revokes_nothing(books, intake, sales_rep, visitor):
    intake(ODD, "--commit", "--customer", "C-17850")
    document = IntakeDocument.objects.get()
    said = {"word": "How many", "meaning": "quantity"}
    assert visitor.post(address("intake-teach", document), said).status_code == 403
    assert not IntakeCorrection.objects.exists()
    sales_rep.post(address("intake-teach", document), said)
    learned = IntakeCorrection.objects.get()

    response = visitor.post(reverse("orders:intake-revoke", args=[learned.pk]))

    learned.refresh_from_db()
    assert (response.status_code, learned.revoked_at) == (403, None)


def test_list_asks_as_many_questions_for_twenty_words_as_for_one(
    books, intake, sales_rep, django_assert_num_queries
):
    intake(ODD, "--commit", "--customer", "C-17850")
    document = IntakeDocument.objects.get()
    page = reverse("orders:intake-learned")

    def teach(word):
        sales_rep.post(address("intake-teach", document), {"word": word, "meaning": "note"})

    teach("Word")
    with django_assert_num_queries(10, exact=False) as counted:
        sales_rep.get(page)
    asked = len(counted)
    for number in range(19):
        teach(f"Word {number}")

    with django_assert_num_queries(asked):
        response = sales_rep.get(page)

    assert len(response.context["rows"]) == 20


def test_review_is_for_sales_and_administrators(browser_of, company):
    assert browser_of(roles.WAREHOUSE).get(reverse("orders:intake-learned")).status_code == 403
