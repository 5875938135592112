"""Setting up houses and places, which house serves whom, and when goods run low."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import F, Model, Sum
from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.events import StockReceived
from fulfillment.models import Location, ReorderLevel, SourcingRule, StockLevel, Warehouse
from fulfillment.quantities import is_quantity_or_zero
from fulfillment.services import stock
from fulfillment.services.reallocating import hold_backorders
from fulfillment.services.receiving import is_picked_from
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service

M = TypeVar("M", bound=Model)
COUNTRY_LENGTH = 2


class PlaceInUse(DomainError):
    """Goods lie there, or are claimed there."""

    code = "place_in_use"


@dataclass(frozen=True, kw_only=True)
class House:
    """What is known of a warehouse; `counts_per_day` 0: no cycle counts."""

    code: str
    name: str
    time_zone: str
    country: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    count_every_days: int = 90
    counts_per_day: int = 0


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is known of a location; goods are picked from storage alone."""

    code: str
    kind: str = Location.Kind.STORAGE.value
    zone: str = ""
    walk_order: int = 0
    is_active: bool = True


@service
def add_warehouse(*, house: House, at: datetime, actor: Actor) -> Warehouse:
    """Add a house.

    Raises:
        InvalidInput: the code is another's, or something cannot be right.
    """
    _check_house(house)
    return _insert(Warehouse(**asdict(house)), at=at, actor=actor)


@service
def change_warehouse(warehouse_id: int, *, house: House, at: datetime, actor: Actor) -> Warehouse:
    """Replace what is known of a house.

    Raises:
        Warehouse.DoesNotExist: no such house.
        InvalidInput: the code is another's, or something cannot be right.
    """
    _check_house(house)
    row = Warehouse.objects.get(pk=warehouse_id)
    return _update(row, asdict(house), at=at, actor=actor)


@service
def add_location(warehouse_id: int, *, place: Place, at: datetime, actor: Actor) -> Location:
    """Add a place to a house.

    Raises:
        Warehouse.DoesNotExist: no such house.
        InvalidInput: the code is another place's of this house, or something cannot be right.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    _check_place(place)
    return _insert(Location(warehouse=warehouse, **asdict(place)), at=at, actor=actor)


@service
def change_location(location_id: int, *, place: Place, at: datetime, actor: Actor) -> Location:
    """Replace what is known of a place; where goods can be picked now, orders that wait are served.

    Raises:
        Location.DoesNotExist: no such place.
        InvalidInput: the code is another place's of this house, or something cannot be right.
        PlaceInUse: orders claim what lies there, or goods lie in what is to be used no more.
    """
    _check_place(place)
    row = Location.objects.get(pk=location_id)
    was_picked_from = is_picked_from(row)
    opens = not was_picked_from and place.is_active and place.kind in Location.PICKED_FROM
    lying = StockLevel.objects.filter(location=row, on_hand__gt=0)
    free = lying.order_by().values("product").annotate(free=Sum(F("on_hand") - F("allocated")))
    there = dict(free.values_list("product", "free")) if opens else {}
    order_ids = hold_backorders(there) if there else []
    here = StockLevel.objects.filter(location=row).values_list("product_id", flat=True)
    held = stock.hold_levels(set(here)).values()
    _ensure_may_change([level for level in held if level.location_id == row.pk], row, place)
    _update(row, asdict(place), at=at, actor=actor)
    if there:
        ids = sorted(there)
        publish(StockReceived(product_ids=ids, order_ids=order_ids, at=at, actor=actor))
    return row


@service
def set_sourcing(
    *, country: str, warehouse_id: int, rank: int, at: datetime, actor: Actor
) -> SourcingRule:
    """Say when a house is asked for a country (empty: for all others); the lower rank first.

    Raises:
        Warehouse.DoesNotExist: no such house.
        InvalidInput: it is no country.
    """
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    country = country.strip().upper()
    if country:
        _check_country(country)
    if not 0 <= rank <= 32767:  # noqa: PLR2004  what the column holds
        raise InvalidInput(_("Enter a rank from 0 to 32767."), field="rank")
    before = SourcingRule.objects.filter(country=country, warehouse=warehouse).first()
    rule, _made = SourcingRule.objects.update_or_create(
        country=country, warehouse=warehouse, defaults={"rank": rank}
    )
    changes = {f"sourcing {country or '*'}": (before.rank if before else None, rank)}
    audit.record(f"warehouse:{warehouse.pk}", "change", at=at, actor=actor, changes=changes)
    return rule


@service
def drop_sourcing(rule_id: int, *, at: datetime, actor: Actor) -> None:
    """Forget a rule.

    Raises:
        SourcingRule.DoesNotExist: no such rule.
    """
    rule = SourcingRule.objects.get(pk=rule_id)
    SourcingRule.objects.filter(pk=rule_id).delete()
    changes = {f"sourcing {rule.country or '*'}": (rule.rank, None)}
    audit.record(f"warehouse:{rule.warehouse_id}", "change", at=at, actor=actor, changes=changes)


@service
def set_reorder(
    *,
    product_id: int,
    warehouse_id: int,
    minimum: Decimal,
    target: Decimal,
    at: datetime,
    actor: Actor,
) -> ReorderLevel:
    """Say below what a product is low in a house, and up to what it is filled.

    Raises:
        Product.DoesNotExist, Warehouse.DoesNotExist: there is none.
        InvalidInput: a quantity cannot be, or the target is below the minimum.
    """
    product = Product.objects.get(pk=product_id)
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    for field, quantity in (("minimum", minimum), ("target", target)):
        if not is_quantity_or_zero(quantity):
            message = _("Enter a quantity of zero or more, with three decimals at most.")
            raise InvalidInput(message, field=field)
    if target < minimum:
        raise InvalidInput(_("Fill it up to the minimum at least."), field="target")
    before = ReorderLevel.objects.filter(product=product, warehouse=warehouse).first()
    level, _made = ReorderLevel.objects.update_or_create(
        product=product, warehouse=warehouse, defaults={"minimum": minimum, "target": target}
    )
    said = f"{before.minimum:f} / {before.target:f}" if before else None
    changes = {f"reorder at {warehouse.code}": (said, f"{minimum:f} / {target:f}")}
    audit.record(product.label, "change", at=at, actor=actor, changes=changes)
    return level


@service
def drop_reorder(level_id: int, *, at: datetime, actor: Actor) -> None:
    """Watch a product in a house no more.

    Raises:
        ReorderLevel.DoesNotExist: it is not watched.
    """
    level = ReorderLevel.objects.select_related("warehouse").get(pk=level_id)
    ReorderLevel.objects.filter(pk=level_id).delete()
    changes = {f"reorder at {level.warehouse.code}": (f"{level.minimum:f}", None)}
    audit.record(f"product:{level.product_id}", "change", at=at, actor=actor, changes=changes)


def _ensure_may_change(levels: list[StockLevel], row: Location, place: Place) -> None:
    claimed = sum((level.allocated for level in levels), ZERO)
    lying = sum((level.on_hand for level in levels), ZERO)
    if claimed and (place.kind not in Location.PICKED_FROM or not place.is_active):
        raise PlaceInUse(
            _("Orders claim goods at %(place)s. Pick them, or stop their lists first.")
            % {"place": row.code}
        )
    if lying and not place.is_active:
        raise PlaceInUse(
            _("Goods lie at %(place)s. Move them to another place first.") % {"place": row.code}
        )


def _check_house(house: House) -> None:
    _check_text(house.code, field="code", longest=12, message=_("Enter a code."))
    _check_text(house.name, field="name", longest=100, message=_("Enter a name."))
    _check_country(house.country)
    _check_address(house)
    if house.time_zone not in available_timezones():
        raise InvalidInput(_("There is no such time zone. Write Europe/Berlin."), field="time_zone")
    for field in ("count_every_days", "counts_per_day"):
        if not 0 <= getattr(house, field) <= 32767:  # noqa: PLR2004  what the column holds
            raise InvalidInput(_("Enter a number from 0 to 32767."), field=field)


def _check_address(house: House) -> None:
    """Refuse half an address: carriers would come to our office with the other half."""
    for field, longest in (("street", 200), ("postal_code", 20), ("city", 100), ("region", 100)):
        if len(getattr(house, field)) > longest:
            message = _("Enter %(longest)s characters at most.") % {"longest": longest}
            raise InvalidInput(message, field=field)
    if (house.city or house.postal_code or house.region) and not house.street:
        raise InvalidInput(_("Enter street and city, or leave the address empty."), field="street")
    if house.street and not house.city:
        raise InvalidInput(_("Enter street and city, or leave the address empty."), field="city")


def _check_place(place: Place) -> None:
    _check_text(place.code, field="code", longest=20, message=_("Enter a code."))
    if place.kind not in Location.Kind.values:
        raise InvalidInput(_("Choose what the place is for."), field="kind")
    if len(place.zone) > 10:  # noqa: PLR2004  what the column holds
        raise InvalidInput(_("A zone has at most 10 characters."), field="zone")
    if not 0 <= place.walk_order <= 2147483647:  # noqa: PLR2004  what the column holds
        raise InvalidInput(_("Enter a number of zero or more."), field="walk_order")


def _check_text(text: str, *, field: str, longest: int, message: str) -> None:
    if not text.strip() or len(text) > longest:
        said = _("Enter %(longest)s characters at most.") % {"longest": longest}
        raise InvalidInput(said if text.strip() else message, field=field)


def _check_country(country: str) -> None:
    if len(country) != COUNTRY_LENGTH or not (country.isascii() and country.isalpha()):
        raise InvalidInput(_("Enter the country's two letters, such as DE."), field="country")


def _insert(row: M, *, at: datetime, actor: Actor) -> M:
    _write(row)
    audit.record(f"{row._meta.model_name}:{row.pk}", "create", at=at, actor=actor)
    return row


def _update(row: M, values: Mapping[str, Any], *, at: datetime, actor: Actor) -> M:
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    changes = {
        name: (before[name], value) for name, value in values.items() if before[name] != value
    }
    if changes:
        _write(row)
        label = f"{row._meta.model_name}:{row.pk}"
        audit.record(label, "change", at=at, actor=actor, changes=changes)
    return row


def _write(row: Model) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise InvalidInput(_("Another one has this code."), field="code") from None
