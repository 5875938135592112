"""Everything that changes what customers call our products."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import CustomerPartNumber, Product
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.text import fold
from o2c.kernel.transactions import service

NUMBER_LENGTH = 60
DESCRIPTION_LENGTH = 200
STEP = Decimal("0.001")
MOST_HELD = Decimal(10) ** 9


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a customer's number stands for; `factor` is how many of our unit one of theirs holds."""

    number: str
    product_id: int
    description: str = ""
    unit_id: str | None = None
    factor: Decimal = Decimal(1)


@service
def remember_part_number(
    customer_id: int,
    *,
    number: str,
    product_id: int,
    description: str = "",
    unit_id: str | None = None,
    factor: Decimal = Decimal(1),
    at: datetime,
    actor: Actor,
) -> CustomerPartNumber:
    """Remember what a customer calls a product; the last one to say it is right.

    Said again, nothing changes. `factor` is how many of our unit one of theirs holds.

    Raises:
        InvalidInput: no number, one too long, or a factor that is not above zero.
        Product.DoesNotExist: no such product.
    """
    meaning = Meaning(
        number=number,
        product_id=product_id,
        description=description,
        unit_id=unit_id,
        factor=factor,
    )
    said = _columns_of(meaning)
    folded = said.pop("folded_number")
    product_label = Product(pk=said["product_id"]).label
    # Two people may say it at once: the second is given what the first has written.
    part, is_new = CustomerPartNumber.objects.get_or_create(
        customer_id=customer_id, folded_number=folded, defaults={**said, "created_at": at}
    )
    touches = [f"customer:{customer_id}", product_label]
    if is_new:
        audit.record(part.label, "create", at=at, actor=actor, touches=touches)
        return part
    for name, value in said.items():
        setattr(part, name, value)
    return audit.save(part, at=at, actor=actor, touches=touches)


@service
def change_part_number(
    part_id: int,
    *,
    meaning: Meaning,
    seen: str = "",
    at: datetime,
    actor: Actor,
) -> CustomerPartNumber:
    """Put right what a customer calls a product, or in which unit they count it.

    `seen` is the mark of the number that the writer has looked at.

    Raises:
        CustomerPartNumber.DoesNotExist: no such number; Product.DoesNotExist: no such product.
        ChangedMeanwhile: somebody else has changed it since.
        InvalidInput: the number is wrong or means another product, or the factor cannot be.
    """
    part = lock(CustomerPartNumber, part_id)
    refuse_if_changed(part, seen=seen)
    said = _columns_of(meaning)
    products = {part.product_id, said["product_id"]}
    for name, value in said.items():
        setattr(part, name, value)
    touches = [f"customer:{part.customer_id}", *(Product(pk=key).label for key in sorted(products))]
    try:
        with transaction.atomic():
            return audit.save(part, at=at, actor=actor, touches=touches)
    except IntegrityError as error:
        if "catalog_customerpartnumber_once" not in str(error):
            raise
        message = _("This customer calls something else “%(number)s” already. Change that first.")
        raise InvalidInput(message % {"number": part.number}, field="number") from error


def _columns_of(meaning: Meaning) -> dict[str, Any]:
    """Return a meaning as the table holds it.

    Raises:
        InvalidInput: no number, one too long, or a factor that cannot be.
        Product.DoesNotExist: no such product.
    """
    number, factor = " ".join(meaning.number.split()), meaning.factor
    folded = fold(number)
    if not folded or len(number) > NUMBER_LENGTH or len(folded) > NUMBER_LENGTH:
        raise InvalidInput(_("A part number has 1 to 60 characters."), field="number")
    if not (factor.is_finite() and factor > 0):
        raise InvalidInput(_("Enter a quantity above zero."), field="factor")
    if factor >= MOST_HELD or factor % STEP:
        message = _("Enter a quantity below a thousand million, with three decimals at most.")
        raise InvalidInput(message, field="factor")
    return {
        "number": number,
        "folded_number": folded,
        "product_id": Product.objects.values_list("pk", flat=True).get(pk=meaning.product_id),
        "description": meaning.description[:DESCRIPTION_LENGTH],
        "unit_id": meaning.unit_id,
        "factor": factor,
    }


@service
def forget_part_number(part_id: int, *, at: datetime, actor: Actor) -> None:
    """Forget what a customer calls a product.

    Raises:
        CustomerPartNumber.DoesNotExist: no such number.
    """
    part = CustomerPartNumber.objects.select_related("product").get(pk=part_id)
    audit.record(
        part.label,
        "remove",
        at=at,
        actor=actor,
        changes={"number": (part.number, ""), "product": (part.product.sku, "")},
        touches=[f"customer:{part.customer_id}", part.product.label],
    )
    CustomerPartNumber.objects.filter(pk=part_id).delete()
