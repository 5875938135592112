"""What a change of an order would mean for credit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from credit.horizon import is_beyond
from credit.models import CreditAccount, FarOrder
from credit.selectors.forecasts import Forecast, forecast
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import money_in
from orders.models import Amendment, Order, OrderLine


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a change does to what is owed: `rise` is how much more, tax included; negative: less.

    `is_far`: all of the order is wanted beyond the horizon then; `is_left_out`: it is not counted
    now for that reason.
    """

    rise: Decimal
    is_far: bool
    is_left_out: bool


def change_of(amendment: Amendment, account: CreditAccount, *, today: date) -> Change:
    """Return what a change does to what is owed, in at most one statement.

    What waits for credit is not counted yet, so there is no rise before it is released; what is
    left out because it is wanted late is counted as a whole once the change brings it near.
    """
    effects = amendment.effects
    before, after = Decimal(effects["open_before"]), Decimal(effects["open_after"])
    # A change that was checked by an older version does not name the day.
    wanted = effects.get("wanted_after")
    is_far = is_beyond(date.fromisoformat(wanted), account.policy, today=today) if wanted else False
    if amendment.order.state not in Order.CONFIRMED:
        return Change(rise=ZERO, is_far=is_far, is_left_out=False)
    if FarOrder.objects.filter(pk=amendment.order_id).exists():
        return Change(rise=ZERO if is_far else after, is_far=is_far, is_left_out=True)
    return Change(rise=after - before, is_far=is_far, is_left_out=False)


def forecast_of(
    amendment: Amendment, change: Change, account: CreditAccount, *, today: date
) -> Forecast:
    """Say what credit will do about the change: let it be, let the order wait, or refuse it."""
    rise, after = change.rise, Decimal(amendment.effects["open_after"])
    told: dict[str, Any] = {"today": today, "order_id": amendment.order_id, "is_far": change.is_far}
    if amendment.order.state not in Order.CONFIRMED:
        return forecast(account, after, **told)
    if change.is_left_out and change.is_far:
        return forecast(account, after, **told)
    if rise <= 0:
        freed = money_in(-rise, account.currency)
        room = _("It makes room for %s.") % freed if rise else _("Nothing more is owed with it.")
        return Forecast(outcome="allow", message=room)
    found = forecast(account, after, counted=after - rise, **told)
    if found.outcome == "allow":
        return Forecast(outcome="allow", message=_("It fits the limit: the order goes on."))
    begun = OrderLine.objects.filter(order=amendment.order_id, picking__gt=0).exists()
    if begun or found.outcome == "decline":
        message = _("The change will be refused, picking has begun. %s") % found.message
        return Forecast(outcome="decline", message=message)
    message = _("The whole order will wait, and its stock is free for others. %s")
    return Forecast(outcome=found.outcome, message=message % found.message)
