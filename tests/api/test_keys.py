"""`manage.py create_api_key` and what its key does."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from customers.models import ApiKey


def test_makes_a_key_that_works_at_once_and_notes_when_it_was_used(customer, capsys):
    call_command("create_api_key", "C-17850", name="ERP")
    secret = capsys.readouterr().out.strip()

    response = Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {secret}"})

    key = ApiKey.objects.get()
    assert response.status_code == 200
    assert (key.customer, key.name) == (customer, "ERP")
    assert key.last_used_on is not None
    assert secret not in (key.prefix, key.secret_hash)


@pytest.mark.parametrize(
    ("customer_number", "scope"), [("C-99", "orders:read"), ("C-17850", "everything")]
)
def test_makes_no_key_for_nobody_or_for_nothing(customer, customer_number, scope):
    with pytest.raises(CommandError):
        call_command("create_api_key", customer_number, "--scope", scope)

    assert not ApiKey.objects.exists()
