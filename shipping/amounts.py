"""What carriers ask for: amounts in a currency, as they quote and as they charge them."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import minor_unit

MOST = Decimal("999999999.999")


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a carrier says that a shipment will cost, excluding tax."""

    amount: Decimal
    currency: str


def check_amount(amount: Decimal, currency: str) -> None:
    """Refuse what nobody can ask for in a currency that there is.

    Raises:
        InvalidInput: there is no such amount of it.
    """
    if not (amount.is_finite() and amount >= 0):
        raise InvalidInput(_("Enter an amount of zero or more."), field="amount")
    if amount > MOST:
        message = _("Enter an amount of at most %(most)s.") % {"most": MOST}
        raise InvalidInput(message, field="amount")
    if amount != amount.quantize(minor_unit(currency)):
        message = _("Enter %(currency)s with the decimals that it has.")
        raise InvalidInput(message % {"currency": currency}, field="amount")
