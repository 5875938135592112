"""Everything that changes what we sell."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum import ean

from catalog.events import TrackingChosen
from catalog.models import Product, ProductUnit, TaxCategory, UnitOfMeasure
from catalog.models.taxes import OF_PRODUCTS
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
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
    successor_id: int | None = None
    lead_time_days: int = 0
    origin_country: str = ""
    commodity_code: str = ""
    tracking: str = Product.Tracking.NONE.value
    expires: bool = False


class ChangedMeanwhile(DomainError):
    """Somebody else has changed the product since it was shown."""

    code = "changed_meanwhile"


@service
def create_product(*, details: ProductDetails, at: datetime, actor: Actor) -> Product:
    """Add a product; it can be ordered once it has a price.

    Raises:
        InvalidInput: the SKU or the GTIN is another product's, or something cannot be right.
    """
    _check(details, product_id=None)
    product = Product(**asdict(details), folded_text=folded_text(details), created_at=at)
    return audit.create(product, at=at, actor=actor)


@service
def change_product(
    product_id: int,
    *,
    details: ProductDetails,
    revision: int | None = None,
    at: datetime,
    actor: Actor,
) -> Product:
    """Replace what is known of a product; orders keep what they were written with.

    `revision` is the one that the changes were made to, when somebody has looked at it.

    Raises:
        Product.DoesNotExist: no such product.
        ChangedMeanwhile: there is a newer revision.
        InvalidInput: the SKU or the GTIN is another product's, or something cannot be right.
        DomainError: it is to be told apart in another way, and some of it is in stock.
    """
    product = lock(Product, product_id)
    if revision is not None and product.revision != revision:
        raise ChangedMeanwhile(
            _("Somebody else has changed %(sku)s meanwhile. Open it again, then change it.")
            % {"sku": product.sku}
        )
    _check(details, product_id=product_id)
    for name, value in asdict(details).items():
        setattr(product, name, value)
    product.folded_text = folded_text(details)
    changes = product.changes()
    if changes:
        product.revision += 1
    audit.save(product, at=at, actor=actor)
    if "tracking" in changes:
        publish(TrackingChosen(product_id=product_id, at=at, actor=actor))
    return product


@service
def discontinue_product(
    product_id: int, *, successor_id: int | None, at: datetime, actor: Actor
) -> Product:
    """Sell a product no more; `successor_id` is what to order instead.

    Raises:
        Product.DoesNotExist: no such product.
        InvalidInput: the successor is the product itself, or is discontinued too.
    """
    product = lock(Product, product_id)
    _check_successor(product_id, successor_id)
    product.status = Product.Status.DISCONTINUED
    product.successor_id = successor_id
    product.revision += 1
    return audit.save(product, at=at, actor=actor)


@service
def set_pack_unit(
    product_id: int, *, unit_id: str, factor: Decimal, gtin: str = "", at: datetime, actor: Actor
) -> ProductUnit:
    """Say how many of a product's own unit a pack holds: a carton of 12, with its own GTIN.

    Raises:
        Product.DoesNotExist: no such product.
        InvalidInput: the factor is not above zero, the unit is the product's own, or the GTIN is
            wrong or another's.
    """
    product = lock(Product, product_id)
    if not (factor.is_finite() and factor > 0):
        raise InvalidInput(_("Enter a quantity above zero."), field="factor")
    if unit_id == product.unit_id:
        raise InvalidInput(_("This is the unit that the product is sold in."), field="unit")
    _check_gtin(gtin, product_id=product_id)
    values = {"factor": factor, "gtin": gtin}
    before = ProductUnit.objects.filter(product=product_id, unit=unit_id).first()
    pack, _made = ProductUnit.objects.update_or_create(
        product_id=product_id, unit_id=unit_id, defaults=values
    )
    said = f"{factor.normalize():f} {gtin}".strip()
    _record_pack(product, unit_id, before, said, at=at, actor=actor)
    return pack


@service
def remove_pack_unit(product_id: int, *, unit_id: str, at: datetime, actor: Actor) -> None:
    """Let a product be sold in a pack unit no more; orders are kept in its own unit anyway.

    Raises:
        Product.DoesNotExist: no such product.
        ProductUnit.DoesNotExist: it is not sold in such a unit.
    """
    product = lock(Product, product_id)
    pack = ProductUnit.objects.get(product=product_id, unit=unit_id)
    ProductUnit.objects.filter(pk=pack.pk).delete()
    _record_pack(product, unit_id, pack, "", at=at, actor=actor)


def folded_text(details: ProductDetails) -> str:
    """Return the text that the product is found by."""
    return fold(f"{details.sku} {details.name} {details.gtin}")


def problems_of(details: ProductDetails) -> list[tuple[str, str]]:
    """Return what cannot be right about a product, whatever else we sell: (field, message)."""
    found = []
    if not details.sku.strip() or details.sku != details.sku.strip():
        found.append(("sku", _("Enter a SKU, without spaces around it.")))
    if not details.name.strip():
        found.append(("name", _("Enter a name.")))
    if details.gtin and not ean.is_valid(details.gtin):
        found.append(("gtin", _("This is no GTIN: its check digit is wrong, or a digit.")))
    found += [
        (field, _("Enter a quantity above zero."))
        for field in ("pack_multiple", "minimum_quantity")
        if not _is_above_zero(getattr(details, field))
    ]
    if not (details.weight_kg.is_finite() and details.weight_kg >= 0):
        found.append(("weight_kg", _("Enter a weight of zero or more.")))
    if details.tax_category not in OF_PRODUCTS:
        found.append(("tax_category", _("Choose one of S, Z, E, AE and O.")))
    if details.expires and details.tracking == Product.Tracking.NONE:
        found.append(("expires", _("Lots expire: say that it is tracked by lot or serial number.")))
    return found


def _is_above_zero(value: Decimal) -> bool:
    return value.is_finite() and value > 0


def _check(details: ProductDetails, *, product_id: int | None) -> None:
    for field, message in problems_of(details):
        raise InvalidInput(message, field=field)
    others = Product.objects.exclude(pk=product_id or 0)
    if others.filter(sku=details.sku).exists():
        raise InvalidInput(
            _("%(sku)s is another product's SKU.") % {"sku": details.sku}, field="sku"
        )
    if not UnitOfMeasure.objects.filter(pk=details.unit_id).exists():
        raise InvalidInput(_("There is no such unit."), field="unit")
    _check_gtin(details.gtin, product_id=product_id)
    _check_successor(product_id, details.successor_id)


def _check_gtin(gtin: str, *, product_id: int | None) -> None:
    if not gtin:
        return
    if not ean.is_valid(gtin):
        raise InvalidInput(
            _("This is no GTIN: its check digit is wrong, or a digit."), field="gtin"
        )
    product = Product.objects.filter(gtin=gtin).exclude(pk=product_id or 0).first()
    pack = ProductUnit.objects.filter(gtin=gtin).exclude(product=product_id).first()
    owner = product or (pack.product if pack else None)
    if owner is not None:
        raise InvalidInput(
            _("This GTIN belongs to %(sku)s already.") % {"sku": owner.sku}, field="gtin"
        )


def _check_successor(product_id: int | None, successor_id: int | None) -> None:
    if successor_id is None:
        return
    successor = Product.objects.filter(pk=successor_id).first()
    if successor is None or successor.pk == product_id:
        raise InvalidInput(_("Choose another product to be sold instead."), field="successor")
    if successor.status == Product.Status.DISCONTINUED:
        raise InvalidInput(
            _("%(sku)s is discontinued itself. Choose another product.") % {"sku": successor.sku},
            field="successor",
        )


def _record_pack(
    product: Product,
    unit_id: str,
    before: ProductUnit | None,
    after: str,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    said = f"{before.factor.normalize():f} {before.gtin}".strip() if before else ""
    if said != after:
        audit.record(
            product.label, "change", at=at, actor=actor, changes={f"unit {unit_id}": (said, after)}
        )
