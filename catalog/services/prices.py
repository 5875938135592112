"""Everything that changes for how much we sell."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Price, PriceList, Product
from catalog.timeline import put
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service


@service
def set_price(
    product_id: int,
    *,
    price_list: PriceList,
    amount: Decimal,
    min_quantity: Decimal = ZERO,
    valid_from: date | None = None,
    valid_until: date | None = None,
    at: datetime,
    actor: Actor,
) -> Price:
    """Set what one unit costs on a list from a quantity on; orders keep the price they have.

    A price that began on the same day is changed; one that began before ends the day before.

    Raises:
        Product.DoesNotExist: no such product.
        InvalidInput: an amount or quantity below zero, or a last day before the first.
        OverlappingPrice: a later price is set already for some of these days.
    """
    check_price(amount, min_quantity, valid_from, valid_until)
    lock(Product, product_id)
    held = list(
        Price.objects.filter(product=product_id, price_list=price_list, min_quantity=min_quantity)
    )
    wanted = Price(
        product_id=product_id,
        price_list=price_list,
        min_quantity=min_quantity,
        amount=amount,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    touches = [f"product:{product_id}"]
    for price in put(held, wanted):
        if price.pk is None:
            return audit.create(price, at=at, actor=actor, touches=touches)
        audit.save(price, at=at, actor=actor, touches=touches)
    return price


@service
def end_price(price_id: int, *, valid_until: date, at: datetime, actor: Actor) -> Price:
    """Let a price hold until a day, included, and no longer.

    Raises:
        Price.DoesNotExist: no such price.
        InvalidInput: the day is before the price begins, or after it ends already.
    """
    product_id = Price.objects.values_list("product_id", flat=True).get(pk=price_id)
    lock(Product, product_id)
    price = Price.objects.get(pk=price_id)
    if price.valid_from is not None and valid_until < price.valid_from:
        raise InvalidInput(
            _("The price begins on %(day)s: choose that day or a later one.")
            % {"day": date_format(price.valid_from)},
            field="valid_until",
        )
    if price.valid_until is not None and valid_until > price.valid_until:
        raise InvalidInput(
            _("The price ends on %(day)s already. Set a new one to go on.")
            % {"day": date_format(price.valid_until)},
            field="valid_until",
        )
    price.valid_until = valid_until
    return audit.save(price, at=at, actor=actor, touches=[f"product:{product_id}"])


def check_price(
    amount: Decimal, min_quantity: Decimal, valid_from: date | None, valid_until: date | None
) -> None:
    """Refuse a price that cannot be right, whatever else is set.

    Raises:
        InvalidInput: an amount or quantity below zero, or a last day before the first.
    """
    if not (amount.is_finite() and amount >= 0):
        raise InvalidInput(_("Enter a price of zero or more."), field="amount")
    if not (min_quantity.is_finite() and min_quantity >= 0):
        raise InvalidInput(_("Enter a quantity of zero or more."), field="min_quantity")
    if valid_from and valid_until and valid_until < valid_from:
        raise InvalidInput(_("The last day is before the first."), field="valid_until")
