"""Which approvals an order needs: by its amount, and by what it costs less than listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.money import ZERO, round_money
from o2c.kernel.ui.figures import money_in, percent
from orders.models import ApprovalRule, Channel
from orders.rules import Facts, Threshold

# The customer's own people or systems placed it: the amount is theirs to decide, and credit's.
PLACED_BY_THE_CUSTOMER = frozenset({Channel.API, Channel.PORTAL, Channel.SHOP, Channel.EDI})


@dataclass(frozen=True, kw_only=True)
class Need:
    """Why an order needs approval, for people; and the permission of who gives it."""

    reason: str
    permission: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an order asks for: its net amount, and its deepest discount as a fraction.

    `net_amount` None: how much is bought is not ours to decide.
    """

    net_amount: Decimal | None
    currency: str
    discount_rate: Decimal = ZERO


def needs_of(asked: Asked, thresholds: Sequence[Threshold]) -> list[Need]:
    """Return the approvals that an order needs; of several thresholds passed the highest counts.

    What is exactly at a threshold needs none.
    """
    net_amount = asked.net_amount or ZERO
    amount = _highest(ApprovalRule.Kind.AMOUNT, asked.currency, net_amount, thresholds)
    discount = _highest(ApprovalRule.Kind.DISCOUNT, "", asked.discount_rate, thresholds)
    needs = []
    if amount is not None:
        names = {
            "amount": money_in(round_money(net_amount, asked.currency), asked.currency),
            "threshold": money_in(round_money(amount.threshold, asked.currency), asked.currency),
        }
        reason = _("%(amount)s net is more than %(threshold)s.") % names
        needs.append(Need(reason=reason, permission=amount.approver))
    if discount is not None:
        names = {
            "discount": percent(asked.discount_rate),
            "threshold": percent(discount.threshold),
        }
        reason = _("A discount of %(discount)s is more than %(threshold)s.") % names
        needs.append(Need(reason=reason, permission=discount.approver))
    return needs


def new_needs(before: Asked, after: Asked, thresholds: Sequence[Threshold]) -> list[Need]:
    """Return the approvals that an order needs only because it asks for more than before."""
    net_amount, was = after.net_amount or ZERO, before.net_amount or ZERO
    more = Asked(
        net_amount=net_amount if net_amount > was else None,
        currency=after.currency,
        discount_rate=after.discount_rate if after.discount_rate > before.discount_rate else ZERO,
    )
    return needs_of(more, thresholds)


def asked_of(facts: Facts, *, channel: str = "") -> Asked:
    """Return what an order asks for that came by a channel; without one, our people decide."""
    return Asked(
        net_amount=None if channel in PLACED_BY_THE_CUSTOMER else facts.net_amount,
        currency=facts.customer.currency,
        discount_rate=deepest(
            (line.price.amount, line.price.list_amount)
            for line in facts.lines
            if line.price and not line.is_agreed
        ),
    )


def discount_rate(price: Decimal, listed: Decimal | None) -> Decimal:
    """Return how much less than listed a price is, as a fraction; 0 when it is no less."""
    if not listed or price >= listed:
        return ZERO
    return (1 - price / listed).quantize(Decimal("0.00001"))


def deepest(prices: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal:
    """Return the largest discount of lines, each (price, listed price)."""
    return max((discount_rate(price, listed) for price, listed in prices), default=ZERO)


def waiver_limit(currency: str, thresholds: Sequence[Threshold]) -> Decimal:
    """Return up to which net amount who entered an order may waive its findings; 0: never."""
    kind = ApprovalRule.Kind.WAIVER
    fitting = [one.threshold for one in thresholds if (one.kind, one.currency) == (kind, currency)]
    return max(fitting, default=ZERO)


def _highest(
    kind: str, currency: str, value: Decimal, thresholds: Sequence[Threshold]
) -> Threshold | None:
    passed = [
        one
        for one in thresholds
        if (one.kind, one.currency) == (kind, currency) and value > one.threshold
    ]
    return max(passed, key=lambda one: one.threshold, default=None)
