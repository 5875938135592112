"""Everything that changes what we sell."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import Product, TaxCategory
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.text import fold
from o2c.kernel.transactions import service


@dataclass(frozen=True, kw_only=True)
class ProductDetails:
    """What is known of a product. `unit_id` is a code of UN/ECE Recommendation 20."""

    sku: str
    name: str
    unit_id: str
    gtin: str = ""
    group: str = ""
    pack_multiple: Decimal = Decimal(1)
    minimum_quantity: Decimal = Decimal(1)
    weight_kg: Decimal = Decimal(0)
    tax_category: str = TaxCategory.STANDARD.value
    status: str = Product.Status.ACTIVE.value


@service
def create_product(*, details: ProductDetails, at: datetime, actor: Actor) -> Product:
    """Add a product; it can be ordered once it has a price."""
    product = Product(**asdict(details), folded_text=_folded(details), created_at=at)
    return audit.create(product, at=at, actor=actor)


@service
def change_product(
    product_id: int, *, details: ProductDetails, at: datetime, actor: Actor
) -> Product:
    """Replace what is known of a product; orders keep what they were written with.

    Raises:
        Product.DoesNotExist: no such product.
    """
    product = lock(Product, product_id)
    for name, value in asdict(details).items():
        setattr(product, name, value)
    product.folded_text = _folded(details)
    return audit.save(product, at=at, actor=actor)


def _folded(details: ProductDetails) -> str:
    return fold(f"{details.sku} {details.name} {details.gtin}")
