"""Search …"""

import pytest

from o2c.kernel import roles
from tests.factories import CustomerFactory, ProductFactory


def found(response) -> dict[str, list[str]]:
    return {group.key: [hit.title for hit in group.hits] for group in response.context["groups"]}


def test_goes_straight_to_the_document_of_a_full_number(sales_rep, draft):
    order = draft()
    draft()

    response = sales_rep.get("/search/", {"q": order.number.lower()})

    assert response.headers["Location"] == f"/orders/{order.number}/"


def test_groups_what_fits_by_kind(sales_rep, draft, customer):
    order = draft(customer_po="Harbor-7")
    harbor = ProductFactory.create(name="Harbor ladder", folded_text="lad-1 harbor ladder")

    response = sales_rep.get("/search/?q=harbor")

    assert found(response) == {
        "orders": [order.number],
        "customers": [customer.number],
        "products": [harbor.sku],
    }


def test_finds_whole_words_without_accents_or_case(sales_rep):
    wanted = CustomerFactory.create(name="Ölwerk Süd", folded_name="olwerk sud")

    assert found(sales_rep.get("/search/?q=SÜD+öl")) == {"customers": [wanted.number]}


@pytest.mark.parametrize("text", ["", "x", "nothing at all"])
def test_says_that_there_is_nothing(sales_rep, draft, text):
    draft()

    response = sales_rep.get("/search/", {"q": text})

    assert response.status_code == 200
    assert found(response) == {}


def test_shows_at_most_six_of_a_kind(sales_rep):
    CustomerFactory.create_batch(9, name="Same Name", folded_name="same name")

    assert len(found(sales_rep.get("/search/?q=same"))["customers"]) == 6


def test_keeps_what_the_person_may_not_see(browser_of, company, invoice):
    sees = browser_of(roles.AR_CLERK).get("/search/?q=INV-")
    sees_not = browser_of(roles.WAREHOUSE).get("/search/?q=INV-")

    assert found(sees) == {"invoices": [invoice.number]}
    assert found(sees_not) == {}


def test_needs_as_many_statements_for_twenty_hits_as_for_one(sales_rep, django_assert_num_queries):
    CustomerFactory.create(name="Same", folded_name="same")
    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/search/?q=sa")
    CustomerFactory.create_batch(19, name="Same", folded_name="same")

    with django_assert_num_queries(STATEMENTS):
        sales_rep.get("/search/?q=sa")


# The frame's 6, and one for each of the six kinds that a sales rep may see.
STATEMENTS = 12


def test_is_for_our_people_only(visitor, client):
    assert visitor.get("/search/?q=a").status_code == 403
    assert client.get("/search/?q=a").status_code == 302
