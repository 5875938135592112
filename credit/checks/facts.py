"""What the rules of a credit check see, and what each of them says."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from credit.models import CreditAccount, CreditCheck
from credit.policy import NO_POLICY, Policy
from o2c.kernel.money import ZERO

Outcome = CreditCheck.Outcome


@dataclass(frozen=True, kw_only=True)
class HoldFacts:
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """A person's permission for this order, still valid on the day of the check."""

    amount: Decimal
    expires_on: str


@dataclass(frozen=True, kw_only=True)
class ApplicationFacts:
    number: str
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class GroupFacts:
    """The limit of all members together, and what they owe without this order."""

    parent: int
    limit: Decimal
    exposure: Decimal


@dataclass(frozen=True, kw_only=True)
class BehaviourFacts:
    """How the customer pays, on the day of the check."""

    risk_class: str = ""
    open_amount: Decimal = ZERO
    days_overdue: int = 0
    share_overdue: Decimal = ZERO
    dunning_level: int = 0
    broken_promises: int = 0
    # Since the last payment, or since the oldest invoice was due; 0 when nothing is open.
    days_without_payment: int = 0


@dataclass(frozen=True, kw_only=True)
class CheckFacts:
    """What the rules see. Amounts include tax and are in `currency`.

    `limit` is what was decided, `backing` what guarantees add to it on this day; `amount` is what
    the order has still open, `whole` all of it, shipped goods too.
    """

    standing: str
    application: ApplicationFacts | None
    holds: Sequence[HoldFacts]
    exposure: Decimal
    limit: Decimal
    amount: Decimal
    currency: str
    release: ReleaseFacts | None
    backing: Decimal = ZERO
    whole: Decimal = ZERO
    prepaid: Decimal = ZERO
    order_maximum: Decimal | None = None
    group: GroupFacts | None = None
    behaviour: BehaviourFacts = BehaviourFacts()
    # Wanted later than the horizon: neither counted nor compared with a limit yet.
    is_far: bool = False
    # The company's currency, in which the policy's amounts are.
    house_currency: str = ""
    policy: Policy = NO_POLICY

    @property
    def over_limit(self) -> Decimal:
        return self.exposure + self.amount - self.limit - self.backing

    @property
    def over_group_limit(self) -> Decimal:
        return ZERO if self.group is None else self.group.exposure + self.amount - self.group.limit

    @property
    def is_prepaid(self) -> bool:
        """All of it was paid in advance, so that nothing of it is bought on credit."""
        return self.prepaid > 0 and self.prepaid >= max(self.amount, self.whole)

    @property
    def is_permitted(self) -> bool:
        """A person has permitted the order beyond the rules, and so much of it."""
        return self.release is not None and self.release.amount >= max(self.amount, self.whole)

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON types; with the policy of that version the check replays."""
        told = {name: _plain(getattr(self, name)) for name in PLAIN}
        return {**told, "policy": self.policy.version}


PLAIN = [field.name for field in fields(CheckFacts) if field.name != "policy"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What one rule said; `warns`: it lets the order go on, but somebody should know."""

    rule: str
    outcome: str
    message: str
    warns: bool = False

    def as_json(self) -> dict[str, Any]:
        told = {"rule": self.rule, "outcome": str(self.outcome), "message": self.message}
        return {**told, "warn": True} if self.warns else told


def facts_about(
    account: CreditAccount,
    holds: Sequence[HoldFacts],
    *,
    amount: Decimal,
    counted: Decimal,
    today: date,
    house_currency: str,
) -> CheckFacts:
    """Return what the rules see of an amount, from an account that was read with all about it.

    Pure: orders that are placed, orders in a batch and orders that somebody only thinks of are
    judged by the same facts. `counted`: what the exposure holds of the order already.
    """
    exposure = account.exposure - counted
    return CheckFacts(
        standing=account.standing(today),
        application=None,
        holds=holds,
        exposure=exposure,
        limit=account.limit,
        backing=account.backing,
        amount=amount,
        whole=amount,
        currency=account.currency,
        release=None,
        order_maximum=account.order_maximum,
        group=group_of(account, counted=counted),
        behaviour=behaviour_of(account, today=today),
        house_currency=house_currency,
        policy=account.policy,
    )


def behaviour_of(account: CreditAccount, *, today: date) -> BehaviourFacts:
    """Return how the customer pays, of an account that was read with its behaviour."""
    paying = account.paying
    if paying is None:
        return BehaviourFacts(risk_class=account.risk_class)
    waiting_since = paying.last_paid_on or paying.oldest_due_on
    return BehaviourFacts(
        risk_class=account.risk_class,
        open_amount=paying.open_amount,
        days_overdue=paying.days_overdue(today),
        share_overdue=paying.share_overdue,
        dunning_level=paying.dunning_level,
        broken_promises=paying.broken_promises,
        days_without_payment=max((today - waiting_since).days, 0)
        if paying.open_amount > 0 and waiting_since
        else 0,
    )


def group_of(account: CreditAccount, *, counted: Decimal) -> GroupFacts | None:
    """Return the group's limit and what its members owe without what is `counted` of the order.

    A group of another currency says nothing about the account: nothing is converted.
    """
    group = account.group
    if group is None or group.currency != account.currency:
        return None
    return GroupFacts(parent=group.pk, limit=group.limit, exposure=group.exposure - counted)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
