"""The rules that the credit policy sets: how large one order may be, and how the customer pays."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit.checks.facts import CheckFacts, Outcome, Reason
from credit.checks.rules import paid_in_advance
from credit.policy import MEASURES, Action, Setting
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import money_in, percent

OUTCOME = {Action.WARN: Outcome.ALLOW, Action.REFER: Outcome.REFER, Action.HOLD: Outcome.HOLD}
# From the mildest to the gravest.
GRAVITY = (Action.WARN, Action.HOLD, Action.REFER)


# An account's own maximum counts even where the policy names no rule about it.
OWN_MAXIMUM = Setting(rule="order_maximum", threshold=ZERO, action=Action.REFER)


def check_settings(facts: CheckFacts) -> list[Reason]:
    """Return what the policy's rules have to say: only those that are broken speak.

    Of several settings of one rule that are broken, the gravest is heard.
    """
    risk_class = facts.behaviour.risk_class
    settings = {name: facts.policy.settings_for(name, risk_class) for name in MEASURES}
    if facts.order_maximum is not None and not settings["order_maximum"]:
        settings["order_maximum"] = [OWN_MAXIMUM]
    spoken = (_ask(name, found, facts) for name, found in settings.items())
    return [reason for reason in spoken if reason is not None]


def _ask(rule: str, settings: list[Setting], facts: CheckFacts) -> Reason | None:
    broken = {}
    for setting in settings:
        message = MEASURE[rule](facts, setting.threshold)
        if message is not None:
            broken[setting.action] = message
    if not broken:
        return None
    action = max(broken, key=GRAVITY.index)
    if action == Action.WARN:
        return Reason(rule=rule, outcome=Outcome.ALLOW, message=broken[action], warns=True)
    if facts.is_prepaid:
        return paid_in_advance(rule)
    if facts.is_permitted:
        told = _("%(message)s Permitted for this order by credit control.")
        told %= {"message": broken[action]}
        return Reason(rule=rule, outcome=Outcome.ALLOW, message=told)
    return Reason(rule=rule, outcome=OUTCOME[action], message=broken[action])


def _order_maximum(facts: CheckFacts, threshold: Decimal) -> str | None:
    """The account's own maximum goes before the policy's, which is in the company's currency."""
    usual = threshold if threshold and facts.currency == facts.house_currency else None
    most = facts.order_maximum if facts.order_maximum is not None else usual
    amount = max(facts.amount, facts.whole)
    if most is None or amount <= most:
        return None
    names = {"amount": money_in(amount, facts.currency), "most": money_in(most, facts.currency)}
    return _("%(amount)s is more than one order may come to: %(most)s.") % names


def _oldest_overdue_days(facts: CheckFacts, threshold: Decimal) -> str | None:
    days = facts.behaviour.days_overdue
    if days <= threshold:
        return None
    return ngettext(
        "The oldest open invoice is overdue for %(days)s day.",
        "The oldest open invoice is overdue for %(days)s days.",
        days,
    ) % {"days": days}


def _share_overdue(facts: CheckFacts, threshold: Decimal) -> str | None:
    share = facts.behaviour.share_overdue
    if share <= threshold:
        return None
    return _("%(share)s of what is open is overdue.") % {"share": percent(share, 0)}


def _dunning_level(facts: CheckFacts, threshold: Decimal) -> str | None:
    level = facts.behaviour.dunning_level
    if level < threshold:
        return None
    return _("The customer has been reminded up to level %(level)s.") % {"level": level}


def _broken_promises(facts: CheckFacts, threshold: Decimal) -> str | None:
    count = facts.behaviour.broken_promises
    if count < threshold:
        return None
    return ngettext(
        "%(count)s promise to pay was broken.", "%(count)s promises to pay were broken.", count
    ) % {"count": count}


def _days_without_payment(facts: CheckFacts, threshold: Decimal) -> str | None:
    days = facts.behaviour.days_without_payment
    if days <= threshold:
        return None
    return ngettext(
        "Invoices are open, and nothing was paid for %(days)s day.",
        "Invoices are open, and nothing was paid for %(days)s days.",
        days,
    ) % {"days": days}


# What each rule says when its threshold is broken; None when it is not.
MEASURE: dict[str, Callable[[CheckFacts, Decimal], str | None]] = {
    "order_maximum": _order_maximum,
    "oldest_overdue_days": _oldest_overdue_days,
    "share_overdue": _share_overdue,
    "dunning_level": _dunning_level,
    "broken_promises": _broken_promises,
    "days_without_payment": _days_without_payment,
}
