"""Adding and changing customers, their addresses, contacts and keys."""

import pytest

from customers import selectors, services
from customers.authentication import hash_of
from customers.models import Address, ApiKey, Customer
from customers.services import Details, Place
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from tests.factories import CustomerFactory, PaymentTermsFactory

QUAY = Place(street="Quay Street 1", city="Hamburg", country="DE")


def details(**changes) -> Details:
    return Details(
        **{"name": "Müller & Söhne", "payment_terms_id": PaymentTermsFactory.create().pk, **changes}
    )


def test_makes_one_address_the_usual_one_for_goods_and_invoices(db, now, actor):
    customer = services.create_customer(
        details=details(), currency="EUR", place=QUAY, at=now, actor=actor
    )

    places = Address.objects.filter(customer=customer).order_by("kind")
    assert [(place.kind, place.is_default) for place in places] == [
        ("bill_to", True),
        ("ship_to", True),
    ]
    assert customer.number.startswith("C-")


@pytest.mark.parametrize("text", ["muller", "SÖHNE mül", "sohne"])
def test_is_found_without_accents_and_in_any_order(db, now, actor, text):
    customer = services.create_customer(details=details(), currency="EUR", at=now, actor=actor)
    CustomerFactory.create(name="Tamarack Paper Mills")

    assert list(selectors.search_customers(text)) == [customer]


def test_is_found_by_number(db):
    customer, _other = CustomerFactory.create_batch(2)
    customer.refresh_from_db()

    assert list(selectors.search_customers(customer.number)) == [customer]


def test_pages_through_equal_names_without_loss(db):
    CustomerFactory.create_batch(5, name="Acme")
    seen, after = [], ""

    while page := list(selectors.search_customers("", after=after, limit=2)):
        seen += [customer.pk for customer in page]
        after = page[-1].number

    assert seen == list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def test_records_what_was_changed(db, now, actor):
    customer = services.create_customer(details=details(), currency="EUR", at=now, actor=actor)

    services.change_customer(
        customer.pk, details=details(name="Mueller", grace_days=5), at=now, actor=actor
    )

    customer.refresh_from_db()
    entry = AuditEntry.objects.latest("pk")
    assert (customer.name, customer.folded_name, customer.grace_days) == ("Mueller", "mueller", 5)
    assert entry.changes["grace_days"] == [0, 5]


def test_refuses_backorders_for_those_who_take_none(db, now, actor):
    with pytest.raises(InvalidInput, match="another policy"):
        services.create_customer(
            details=details(accepts_backorders=False), currency="EUR", at=now, actor=actor
        )

    assert not Customer.objects.exists()


def test_moves_the_usual_address(db, now, actor):
    customer = services.create_customer(
        details=details(), currency="EUR", place=QUAY, at=now, actor=actor
    )

    new = services.add_address(
        customer.pk, kind="ship_to", place=QUAY, is_default=True, at=now, actor=actor
    )

    usual = Address.objects.get(customer=customer, kind="ship_to", is_default=True)
    assert usual == new


def test_keeps_only_the_hash_of_a_key(db, now, actor):
    customer = CustomerFactory.create()

    key, secret = services.create_api_key(
        customer.pk, name="Shop", scopes=["orders:write"], at=now, actor=actor
    )

    stored = ApiKey.objects.get(pk=key.pk)
    assert (stored.secret_hash, secret.startswith(stored.prefix)) == (hash_of(secret), True)
    assert not AuditEntry.objects.filter(changes__icontains=secret).exists()


def test_revokes_a_key_once(db, now, actor):
    key, _secret = services.create_api_key(
        CustomerFactory.create().pk, name="Shop", scopes=[], at=now, actor=actor
    )

    services.revoke_api_key(key.pk, reason="leaked", at=now, actor=actor)
    services.revoke_api_key(key.pk, reason="leaked", at=now, actor=actor)

    assert ApiKey.objects.get(pk=key.pk).revoked_at == now
    assert AuditEntry.objects.filter(action="revoke API key").count() == 1


@pytest.mark.parametrize("priority", [0, 10])
def test_refuses_a_priority_that_is_none(db, now, actor, priority):
    with pytest.raises(InvalidInput) as refused:
        services.create_customer(
            details=details(priority=priority), currency="EUR", at=now, actor=actor
        )

    assert refused.value.field == "priority"
    assert not Customer.objects.exists()
