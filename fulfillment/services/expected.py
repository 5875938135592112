"""Goods that suppliers have promised: announced, changed, arrived, and given up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.units import broken_pieces, is_part
from fulfillment.models import ExpectedReceipt, Warehouse
from fulfillment.quantities import is_quantity
from fulfillment.selectors import HORIZON, today_of
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service

REFERENCE_LENGTH = 60
SUPPLIER_LENGTH = 200


class NotExpected(DomainError):
    """These goods are expected no more."""

    code = "not_expected"


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a supplier has promised of one product, for a day."""

    reference: str
    warehouse_id: int
    product_id: int
    quantity: Decimal
    expected_on: date
    supplier: str = ""


@service
def expect_receipt(*, expectation: Expectation, at: datetime, actor: Actor) -> ExpectedReceipt:
    """Note goods that will come; they can be promised from their day on.

    Raises:
        InvalidInput: something cannot be right, or the reference has this product here already.
    """
    for field, message in problems_of(
        expectation, whole=broken_in([expectation]), today=today_of(at)
    ):
        raise InvalidInput(message, field=field)
    _ensure_known(expectation)
    row = ExpectedReceipt(**vars(expectation), created_at=at)
    try:
        with transaction.atomic():
            return audit.create(row, at=at, actor=actor, touches=[f"product:{row.product_id}"])
    except IntegrityError:
        raise _twin(expectation) from None


@service
def change_expected(
    expected_id: int,
    *,
    quantity: Decimal,
    expected_on: date,
    supplier: str,
    at: datetime,
    actor: Actor,
) -> ExpectedReceipt:
    """Note another day or quantity; one of which all has come already closes it.

    Raises:
        ExpectedReceipt.DoesNotExist: no such expected receipt.
        NotExpected: it is closed.
        InvalidInput: something cannot be right, or more than that has come already.
    """
    row = lock(ExpectedReceipt, expected_id)
    _ensure_open(row)
    changed = Expectation(
        reference=row.reference,
        warehouse_id=row.warehouse_id,
        product_id=row.product_id,
        quantity=quantity,
        expected_on=expected_on,
        supplier=supplier,
    )
    for field, message in problems_of(changed, whole=broken_in([changed]), today=today_of(at)):
        raise InvalidInput(message, field=field)
    if quantity < row.received:
        raise InvalidInput(
            _("%(received)s of it have come already. Close it when no more will come.")
            % {"received": f"{row.received.normalize():f}"},
            field="quantity",
        )
    row.quantity, row.expected_on, row.supplier = quantity, expected_on, supplier
    close_when_all_came(row)
    return audit.save(row, at=at, actor=actor, touches=[f"product:{row.product_id}"])


@service
def close_expected(expected_id: int, *, reason: str, at: datetime, actor: Actor) -> ExpectedReceipt:
    """Wait for it no more, for a reason.

    Raises:
        ExpectedReceipt.DoesNotExist: no such expected receipt.
        NotExpected: it is closed already.
        InvalidInput: no reason is given.
    """
    row = lock(ExpectedReceipt, expected_id)
    _ensure_open(row)
    if not reason.strip():
        raise InvalidInput(_("Say why no more will come."), field="reason")
    row.state = ExpectedReceipt.State.CLOSED
    touches = [f"product:{row.product_id}"]
    return audit.save(row, at=at, actor=actor, reason=reason, touches=touches)


def note_arrival(
    expected_id: int,
    *,
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    at: datetime,
    actor: Actor,
) -> ExpectedReceipt:
    """Count goods that have come towards what was expected; all of it closes it.

    Raises:
        ExpectedReceipt.DoesNotExist: no such expected receipt.
        NotExpected: it is closed.
        InvalidInput: it is for another product or warehouse.
    """
    row = lock(ExpectedReceipt, expected_id)
    _ensure_open(row)
    if row.product_id != product_id:
        raise InvalidInput(
            _("%(reference)s is for another product.") % {"reference": row.reference}, field="sku"
        )
    if row.warehouse_id != warehouse_id:
        raise InvalidInput(
            _("%(reference)s is for another warehouse.") % {"reference": row.reference},
            field="location",
        )
    row.received += quantity
    close_when_all_came(row)
    return audit.save(row, at=at, actor=actor, touches=[f"product:{product_id}"])


def close_when_all_came(row: ExpectedReceipt) -> None:
    """Wait no more for a locked row of which the whole has come; the caller writes it."""
    if row.received >= row.quantity:
        row.state = ExpectedReceipt.State.CLOSED


def broken_in(expectations: Iterable[Expectation]) -> dict[int, str]:
    """Return what to say of products that come whole and of which parts are to come; see
    `broken_pieces`.
    """
    return broken_pieces((one.product_id, one.quantity) for one in expectations)


def problems_of(
    expectation: Expectation, *, whole: Mapping[int, str], today: date
) -> list[tuple[str, str]]:
    """Return what cannot be right about goods that will come: (field, message).

    `whole`: what `broken_in` says of them.
    """
    found = []
    reference = expectation.reference
    if not reference.strip() or len(reference) > REFERENCE_LENGTH:
        found.append(("reference", _("Enter the purchase order, 60 characters at most.")))
    if len(expectation.supplier) > SUPPLIER_LENGTH:
        found.append(("supplier", _("Enter 200 characters at most.")))
    if not is_quantity(expectation.quantity):
        found.append(("quantity", _("Enter a quantity above zero, with three decimals at most.")))
    elif is_part(expectation.quantity) and expectation.product_id in whole:
        found.append(("quantity", whole[expectation.product_id]))
    if abs(expectation.expected_on - today) > HORIZON:
        found.append(("expected_on", _("Enter a day within five years from today.")))
    return found


def _ensure_open(row: ExpectedReceipt) -> None:
    if row.state != ExpectedReceipt.State.OPEN:
        raise NotExpected(
            _("%(reference)s is closed. Receive without it, or announce it anew.")
            % {"reference": row.reference}
        )


def _ensure_known(expectation: Expectation) -> None:
    if not Product.objects.filter(pk=expectation.product_id).exists():
        raise InvalidInput(_("There is no such SKU."), field="sku")
    if not Warehouse.objects.filter(pk=expectation.warehouse_id).exists():
        raise InvalidInput(_("There is no such warehouse."), field="warehouse")
    same = ExpectedReceipt.objects.filter(
        reference=expectation.reference,
        warehouse=expectation.warehouse_id,
        product=expectation.product_id,
    )
    if same.exists():
        raise _twin(expectation)


def _twin(expectation: Expectation) -> InvalidInput:
    return InvalidInput(
        _("%(reference)s has this product for this warehouse already: change it there.")
        % {"reference": expectation.reference},
        field="reference",
    )
