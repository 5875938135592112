"""Lots and serial numbers: told apart when goods come in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.models import Lot, StockLevel
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.ui.dates import day_text

CODE_LENGTH = 40


class LotExpired(InvalidInput):
    """The lot may not leave any more: it is received when who receives it says so once more."""

    code = "lot_expired"

    def __init__(self, message: str, *, expired_on: date) -> None:
        super().__init__(message, field="expires_on")
        self.expired_on = expired_on


ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Goods:
    """Part of a delivery: so much of one lot, or one piece with its serial number."""

    quantity: Decimal
    lot_code: str = ""
    # The last day on which it may leave the house; asked for when a lot is new and expires.
    expires_on: date | None = None


def lots_of(
    product: Product, goods: Sequence[Goods], *, at: datetime, actor: Actor
) -> list[int | None]:
    """Return the key of the lot of each of the goods, made where it is new.

    Who makes the same lot at this moment is waited for.

    Raises:
        InvalidInput: a lot is missing or twice, is none of such a product, has no day on which it
            expires, or another one than it had.
    """
    if product.tracking == Product.Tracking.NONE:
        _ensure_untracked(product, goods)
        return [None for _one in goods]
    wanted = {one.lot_code.strip(): one for one in goods}
    _check_codes(product, goods, wanted)
    known = _known(product, wanted)
    fresh = [code for code in sorted(wanted) if code not in known]
    if fresh:
        _make(product, [wanted[code] for code in fresh], at=at, actor=actor)
        known = _known(product, wanted)
    for code, lot in known.items():
        _check_known(lot, wanted[code])
    return [known[one.lot_code.strip()].pk for one in goods]


def ensure_fresh(lot_ids: Iterable[int | None], *, on: date, known: date | None) -> None:
    """Refuse lots that have expired by a day, unless the first of these days is `known`.

    One statement, none when there are no lots.

    Raises:
        LotExpired: it names the one that expired first.
    """
    wanted = [lot_id for lot_id in lot_ids if lot_id is not None]
    if not wanted:
        return
    old = (
        Lot.objects.filter(pk__in=wanted, expires_on__lt=on).order_by("expires_on", "code").first()
    )
    if old is not None and old.expires_on is not None and old.expires_on != known:
        message = _(
            "Lot %(lot)s expired on %(day)s: none of it can leave. Receive it all the same?"
        )
        shown = {"lot": old.code, "day": day_text(old.expires_on)}
        raise LotExpired(message % shown, expired_on=old.expires_on)


def ensure_away(lot_ids: Sequence[int | None], *, held: Iterable[StockLevel]) -> None:
    """Refuse pieces that are in the house; all places of their product are locked.

    Raises:
        InvalidInput: a serial number is on a shelf.
    """
    wanted = {lot_id for lot_id in lot_ids if lot_id is not None}
    here = {level.lot_id for level in held if level.on_hand > 0}
    for lot in Lot.objects.filter(pk__in=wanted & here, is_serial=True).order_by("code")[:1]:
        raise InvalidInput(
            _("Serial number %(code)s is in stock already. Look it up before you go on.")
            % {"code": lot.code},
            field="lot",
        )


def _ensure_untracked(product: Product, goods: Sequence[Goods]) -> None:
    if any(one.lot_code.strip() or one.expires_on for one in goods):
        raise InvalidInput(
            _("%(sku)s is not kept by lot. Leave lot and expiry empty.") % {"sku": product.sku},
            field="lot",
        )
    if len(goods) > 1:
        raise InvalidInput(_("Enter one quantity."), field="quantity")


def _check_codes(product: Product, goods: Sequence[Goods], wanted: dict[str, Goods]) -> None:
    is_serial = product.tracking == Product.Tracking.SERIAL
    if "" in wanted:
        message = (
            _("%(sku)s is kept by serial number: enter or scan each.")
            if is_serial
            else _("%(sku)s is kept by lot: enter or scan the lot.")
        )
        raise InvalidInput(message % {"sku": product.sku}, field="lot")
    if any(len(code) > CODE_LENGTH for code in wanted):
        message = _("A lot has at most %(longest)s characters.") % {"longest": CODE_LENGTH}
        raise InvalidInput(message, field="lot")
    if len(wanted) < len(goods):
        raise InvalidInput(_("The same lot is entered twice."), field="lot")
    if is_serial and any(one.quantity != ONE for one in goods):
        raise InvalidInput(_("A serial number stands for one piece."), field="quantity")


def _known(product: Product, wanted: Iterable[str]) -> dict[str, Lot]:
    found = Lot.objects.filter(product=product, code__in=list(wanted))
    return {lot.code: lot for lot in found}


def _make(product: Product, goods: Sequence[Goods], *, at: datetime, actor: Actor) -> None:
    is_serial = product.tracking == Product.Tracking.SERIAL
    for one in goods:
        if product.expires and one.expires_on is None:
            raise InvalidInput(
                _("%(sku)s expires: enter the last day on which lot %(lot)s may leave.")
                % {"sku": product.sku, "lot": one.lot_code.strip()},
                field="expires_on",
            )
    Lot.objects.bulk_create(
        (
            Lot(
                product=product,
                code=one.lot_code.strip(),
                is_serial=is_serial,
                expires_on=one.expires_on,
                created_at=at,
            )
            for one in goods
        ),
        ignore_conflicts=True,
    )
    audit.record(
        product.label,
        "new lots",
        at=at,
        actor=actor,
        changes={one.lot_code.strip(): (None, one.expires_on) for one in goods},
    )


def _check_known(lot: Lot, goods: Goods) -> None:
    if goods.expires_on is not None and goods.expires_on != lot.expires_on:
        raise InvalidInput(
            _("Lot %(lot)s expires on %(day)s in the books. Mend the lot first if that is wrong.")
            % {"lot": lot.code, "day": day_text(lot.expires_on)},
            field="expires_on",
        )
