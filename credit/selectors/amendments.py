"""What a change of an order would mean for credit."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import CreditAccount
from credit.selectors.forecasts import Forecast, forecast
from o2c.kernel.ui.figures import money_in
from orders.models import Amendment, Order, OrderLine


def rise_of(amendment: Amendment) -> Decimal:
    """Return how much more is owed with the change, tax included; negative: less.

    What waits for credit is not counted yet, so there is no rise before it is released.
    """
    if amendment.order.state not in Order.CONFIRMED:
        return Decimal(0)
    effects = amendment.effects
    return Decimal(effects["open_after"]) - Decimal(effects["open_before"])


def forecast_of(amendment: Amendment, account: CreditAccount, *, today: date) -> Forecast:
    """Say what credit will do about the change: let it be, let the order wait, or refuse it."""
    rise, after = rise_of(amendment), Decimal(amendment.effects["open_after"])
    if amendment.order.state not in Order.CONFIRMED:
        return forecast(account, after, today=today, order_id=amendment.order_id)
    if rise <= 0:
        freed = money_in(-rise, account.currency)
        return Forecast(outcome="allow", message=_("It makes room for %s.") % freed)
    found = forecast(account, after, today=today, counted=after - rise, order_id=amendment.order_id)
    if found.outcome == "allow":
        return Forecast(outcome="allow", message=_("It fits the limit: the order goes on."))
    begun = OrderLine.objects.filter(order=amendment.order_id, picking__gt=0).exists()
    if begun or found.outcome == "decline":
        message = _("The change will be refused, picking has begun. %s") % found.message
        return Forecast(outcome="decline", message=message)
    message = _("The whole order will wait, and its stock is free for others. %s")
    return Forecast(outcome=found.outcome, message=message % found.message)
