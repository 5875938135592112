"""The one list of rules: what each is called, how severe it is, who works it, who may waive it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from orders.models import OrderFinding
from orders.rules.looking import Answers, Facts, Found

Ask = Callable[[Facts], Answers]

BLOCK = OrderFinding.Severity.BLOCK
WARN = OrderFinding.Severity.WARN
Owner = OrderFinding.Owner


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A named rule. `waived_by` is the permission to waive it; empty: it must be mended.

    `is_storable` rules say what even a draft must keep to, because no row could hold it
    otherwise. With `needs_second` who entered an order over the house's threshold may not waive it.
    """

    name: str
    title: Text
    severity: str
    owner: str
    ask: Ask
    is_storable: bool = False
    waived_by: str = ""
    needs_second: bool = False


@dataclass(frozen=True)
class Finding:
    """What a rule found, the input it is about (`lines.0.quantity`), and what to do about it.

    `message` is for our people, `buyer_message` for the customer (empty: the same words);
    `fingerprint` tells the fact apart that it was found about.
    """

    rule: str
    field: str
    message: str
    severity: str = BLOCK.value
    buyer_message: str = ""
    owner: str = Owner.SALES.value
    fingerprint: str = ""

    @property
    def is_blocking(self) -> bool:
        return self.severity == BLOCK


# Filled as the modules of this package are imported; `orders.rules.RULES` puts them in order.
REGISTERED: dict[str, Rule] = {}
# Who works the findings of an owner, and may waive those that can be.
WORKED_BY = {
    Owner.SALES: "orders.waive_sales",
    Owner.PRICING: "orders.waive_pricing",
    Owner.CREDIT: "orders.waive_credit",
    Owner.MASTER_DATA: "orders.waive_master_data",
}


def storable(title: Text, *, owner: str = Owner.SALES) -> Callable[[Ask], Ask]:
    """Name a rule that even a draft must keep to; it is never waived."""
    return _register(title, severity=BLOCK, owner=owner, is_storable=True)


def blocking(
    title: Text, *, owner: str = Owner.SALES, is_waivable: bool = False, needs_second: bool = False
) -> Callable[[Ask], Ask]:
    """Name a rule that keeps an order from being submitted until it is mended or waived."""
    return _register(
        title,
        severity=BLOCK,
        owner=owner,
        waived_by=WORKED_BY[Owner(owner)] if is_waivable else "",
        needs_second=needs_second,
    )


def warning(title: Text, *, owner: str = Owner.SALES) -> Callable[[Ask], Ask]:
    """Name a rule whose findings are kept on the order and shown, and stop nothing."""
    return _register(title, severity=WARN, owner=owner, waived_by=WORKED_BY[Owner(owner)])


def _register(title: Text, **settings: object) -> Callable[[Ask], Ask]:
    def register(ask: Ask) -> Ask:
        name = ask.__name__
        REGISTERED[name] = Rule(name=name, title=title, ask=ask, **settings)  # type: ignore[arg-type]
        return ask

    return register


def ask_rule(rule: Rule, facts: Facts) -> list[Finding]:
    """Ask one rule."""
    return [_finding(rule, found) for found in rule.ask(facts)]


def _finding(rule: Rule, found: Found) -> Finding:
    about = f"{rule.name}\n{found.about or found.field}"
    return Finding(
        rule=rule.name,
        field=found.field,
        message=found.staff,
        buyer_message=found.buyer,
        severity=rule.severity,
        owner=rule.owner,
        fingerprint=hashlib.sha256(about.encode()).hexdigest(),
    )


OWNER_NAMES: dict[str, Text] = {
    Owner.SALES: _("sales"),
    Owner.PRICING: _("pricing"),
    Owner.CREDIT: _("credit"),
    Owner.MASTER_DATA: _("master data"),
}
