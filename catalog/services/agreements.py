"""Everything that changes what is agreed with customers: lists, discounts, certificates."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import Discount, PriceList, TaxExemption
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.transactions import service


class Overlapping(DomainError):
    """Two agreements of one kind would hold on the same day."""

    code = "overlapping"


@service
def create_price_list(
    *,
    code: str,
    name: str,
    currency: str,
    customer_id: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    at: datetime,
    actor: Actor,
) -> PriceList:
    """Add a list of prices: everybody's, or with a customer their contract.

    Raises:
        InvalidInput: the code is another list's, or the last day is before the first.
    """
    _check_days(valid_from, valid_until)
    if PriceList.objects.filter(code=code).exists():
        raise InvalidInput(_("%(code)s is another list's code.") % {"code": code}, field="code")
    price_list = PriceList(
        code=code,
        name=name,
        currency=currency,
        customer_id=customer_id,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    touches = [f"customer:{customer_id}"] if customer_id else []
    return audit.create(price_list, at=at, actor=actor, touches=touches)


@service
def grant_discount(
    *,
    rate: Decimal,
    customer_id: int | None = None,
    product_id: int | None = None,
    group: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    at: datetime,
    actor: Actor,
) -> Discount:
    """Take a share off everybody's list price; `rate` is a fraction: 0.05 is 5 %.

    Raises:
        InvalidInput: the rate is no fraction, it is for nobody and nothing, or for a product and a
            group at once, or the last day is before the first.
        Overlapping: the same is agreed for some of these days already.
    """
    discount = Discount(
        rate=rate,
        customer_id=customer_id,
        product_id=product_id,
        group=group,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    _check_grant(discount)
    touches = [
        f"{kind}:{key}" for kind, key in (("customer", customer_id), ("product", product_id)) if key
    ]
    try:
        with transaction.atomic():
            return audit.create(discount, at=at, actor=actor, touches=touches)
    except IntegrityError as error:
        raise _overlap(error) from error


def _check_grant(discount: Discount) -> None:
    if not (discount.rate.is_finite() and 0 < discount.rate <= 1):
        raise InvalidInput(_("Enter a percentage above 0, up to 100."), field="rate")
    if not (discount.customer_id or discount.product_id or discount.group):
        raise InvalidInput(_("Choose a customer, a product or a product group."), field="customer")
    if discount.product_id and discount.group:
        raise InvalidInput(_("Choose a product or a group, not both."), field="group")
    _check_days(discount.valid_from, discount.valid_until)


@service
def end_discount(discount_id: int, *, valid_until: date, at: datetime, actor: Actor) -> Discount:
    """Let a discount hold until a day, included, and no longer.

    Raises:
        Discount.DoesNotExist: no such discount.
        InvalidInput: the day is before the first.
    """
    discount = Discount.objects.get(pk=discount_id)
    _check_days(discount.valid_from, valid_until)
    discount.valid_until = valid_until
    return audit.save(discount, at=at, actor=actor)


@service
def record_exemption(
    customer_id: int,
    *,
    certificate: str,
    country: str,
    region: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    at: datetime,
    actor: Actor,
) -> TaxExemption:
    """Keep a customer's certificate that spares them tax where goods are delivered.

    Raises:
        InvalidInput: no certificate, or the last day is before the first.
        Overlapping: another certificate holds there for some of these days.
    """
    if not certificate.strip():
        raise InvalidInput(_("Enter the certificate's number."), field="certificate")
    _check_days(valid_from, valid_until)
    exemption = TaxExemption(
        customer_id=customer_id,
        certificate=certificate.strip(),
        country=country,
        region=region,
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=at,
    )
    try:
        with transaction.atomic():
            return audit.create(exemption, at=at, actor=actor, touches=[f"customer:{customer_id}"])
    except IntegrityError as error:
        raise _overlap(error) from error


def _check_days(valid_from: date | None, valid_until: date | None) -> None:
    if valid_from and valid_until and valid_until < valid_from:
        raise InvalidInput(_("The last day is before the first."), field="valid_until")


def _overlap(error: IntegrityError) -> DomainError:
    """Say it when the database refuses two of a kind on one day; whatever else it says, raise."""
    if "_once_a_day" not in str(error):
        raise error
    return Overlapping(
        _("The same is agreed for some of these days already. Let that one end first."),
        field="valid_from",
    )
