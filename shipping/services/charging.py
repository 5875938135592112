"""What carriers have charged in the end, beside what their tariffs said."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.money import check_currency
from o2c.kernel.transactions import service
from shipping.amounts import check_amount
from shipping.models import Shipment

# An amount with its currency.
Charge = tuple[Decimal, str]


@service
def record_charge(
    shipment_id: int, *, amount: Decimal, currency: str, at: datetime, actor: Actor
) -> Shipment:
    """Note what a carrier has charged for a shipment, excluding tax; once more, it is corrected.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        InvalidInput: it has not left, there is no such amount, or it is in another currency than
            the quote: then the two cannot be compared.
    """
    held = record_charges({shipment_id: (amount, currency)}, at=at, actor=actor)
    if not held:
        raise Shipment.DoesNotExist(f"There is no shipment {shipment_id}.")
    return held[0]


@service
def record_charges(charges: Mapping[int, Charge], *, at: datetime, actor: Actor) -> list[Shipment]:
    """Note what was charged for many shipments, by their keys: all of it, or nothing.

    The number of statements does not depend on the number of shipments.

    Raises:
        InvalidInput: as for one.
    """
    held = lock_many(Shipment, charges)
    for key, shipment in held.items():
        amount, currency = charges[key]
        currency = currency_of(shipment, currency)
        check_charge(shipment, amount, currency)
        shipment.charged_cost, shipment.freight_currency = amount, currency
    audit.save_many(dict.fromkeys(held.values(), ()), at=at, actor=actor)
    return list(held.values())


def currency_of(shipment: Shipment, currency: str) -> str:
    """Return the currency that is meant: the quote's, where none is said."""
    return currency.strip().upper() or shipment.freight_currency


def check_charge(shipment: Shipment, amount: Decimal, currency: str) -> None:
    """Refuse what cannot have been charged.

    Raises:
        InvalidInput: as for `record_charge`.
    """
    if shipment.state not in Shipment.GONE:
        message = _("%(shipment)s has not left: nothing was charged for it yet.")
        raise InvalidInput(message % {"shipment": shipment}, field="shipment")
    if not currency:
        raise InvalidInput(_("Enter the currency's three letters, such as EUR."), field="currency")
    check_currency(currency)
    if shipment.freight_cost is not None and currency != shipment.freight_currency:
        message = _("Its freight was quoted in %(currency)s: enter what was charged in that.")
        raise InvalidInput(message % {"currency": shipment.freight_currency}, field="currency")
    check_amount(amount, currency)
