import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories import (
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    PriceFactory,
    ProductFactory,
    StockLevelFactory,
)


@pytest.fixture
def books(db):
    """Customer C-17850 (Hollis Water, EUR) with credit; valves at 50.00 and pumps at 2.55."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-17850", name="Hollis Water")
    CreditAccountFactory.create(customer=customer, limit=Decimal("1000000"))
    valve = ProductFactory.create(sku="85123A", name="Valve", price__amount=Decimal("50.0000"))
    pump = ProductFactory.create(sku="71053", name="Pump", price=None)
    PriceFactory.create(product=pump, amount=Decimal("2.5500"))
    for product in (valve, pump):
        StockLevelFactory.create(product=product, on_hand=Decimal(100000))
    return customer


@pytest.fixture
def intake(tmp_path, capsys):
    """Run the command on one file of this content; return its JSON lines."""

    def run(content, *options, name="orders.csv"):
        path = Path(tmp_path) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        call_command("intake", str(path), *options)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def rules(result):
    """Return what was found, as (rule, field)."""
    return [(finding["rule"], finding["field"]) for finding in result["findings"]]
