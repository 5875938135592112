"""Everything that changes what customers call our products."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import CustomerPartNumber, Product
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.text import fold
from o2c.kernel.transactions import service

NUMBER_LENGTH = 60
DESCRIPTION_LENGTH = 200


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
    number = " ".join(number.split())
    folded = fold(number)
    if not folded or len(number) > NUMBER_LENGTH or len(folded) > NUMBER_LENGTH:
        raise InvalidInput(_("A part number has 1 to 60 characters."), field="number")
    if not (factor.is_finite() and factor > 0):
        raise InvalidInput(_("Enter a quantity above zero."), field="factor")
    product = Product.objects.get(pk=product_id)
    said = {
        "number": number,
        "product_id": product.pk,
        "description": description[:DESCRIPTION_LENGTH],
        "unit_id": unit_id,
        "factor": factor,
    }
    # Two people may say it at once: the second is given what the first has written.
    part, is_new = CustomerPartNumber.objects.get_or_create(
        customer_id=customer_id, folded_number=folded, defaults={**said, "created_at": at}
    )
    touches = [f"customer:{customer_id}", product.label]
    if is_new:
        audit.record(part.label, "create", at=at, actor=actor, touches=touches)
        return part
    for name, value in said.items():
        setattr(part, name, value)
    return audit.save(part, at=at, actor=actor, touches=touches)


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
