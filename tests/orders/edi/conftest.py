from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Product
from orders.models import TradingPartner
from tests.factories import (
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    PriceFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.orders.factories import TradingPartnerFactory

SAMPLES = Path(__file__).parent / "samples"


def sample(name):
    """Return one of our own files, as bytes."""
    return (SAMPLES / name).read_bytes()


@pytest.fixture
def books(db):
    """Hollis Water (EUR) with credit: valves at 50.00, pumps at 2.55, plenty of both in stock."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-17850", name="Hollis Water")
    CreditAccountFactory.create(customer=customer, limit=Decimal("1000000"))
    valve = ProductFactory.create(sku="85123A", name="Valve", price__amount=Decimal("50.0000"))
    pump = ProductFactory.create(sku="71053", name="Pump", gtin="4006381333931", price=None)
    PriceFactory.create(product=pump, amount=Decimal("2.5500"))
    for product in (valve, pump):
        StockLevelFactory.create(product=product, on_hand=Decimal(100000))
    return customer


@pytest.fixture
def partners(books) -> dict[str, TradingPartner]:
    """Hollis Water's systems, one for each dialect, with which nothing is sent by itself."""
    return {
        kind: TradingPartnerFactory.create(customer=books, kind=kind, identifier=identifier)
        for kind, identifier in (
            ("x12", "004711815"),
            ("edifact", "4012345000009"),
            ("ubl", "0088:4012345000009"),
        )
    }


@pytest.fixture
def pump(books) -> Product:
    return Product.objects.get(sku="71053")
