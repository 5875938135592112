"""Who is written to: the contact who is asked about it, else the house."""

import pytest

from customers.models import Contact
from customers.selectors import email_of
from tests.factories import ContactFactory, CustomerFactory

Role = Contact.Role


@pytest.fixture
def customer(db):
    return CustomerFactory.create(email="house@pump.example")


def test_writes_to_the_house_where_no_contact_has_an_address(customer):
    ContactFactory.create(customer=customer, role=Role.BUYER, email="")

    assert email_of(customer, Role.BUYER, Role.DISPATCH) == "house@pump.example"


def test_writes_to_the_first_role_that_has_an_address(customer):
    ContactFactory.create(customer=customer, role=Role.PAYABLES, email="payables@pump.example")
    ContactFactory.create(customer=customer, role=Role.BUYER, email="buyer@pump.example")
    ContactFactory.create(customer=customer, role=Role.BUYER, email="second@pump.example")

    assert email_of(customer, Role.DISPATCH, Role.BUYER) == "buyer@pump.example"
    assert email_of(customer, Role.PAYABLES, Role.BUYER) == "payables@pump.example"
