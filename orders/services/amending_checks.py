"""What changes of an order would do, and what speaks against them: all of it at once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Address, CustomerUser, PaymentTerms
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from orders import validation
from orders.amended_lines import Outcome, outcome_of
from orders.amendments import AmendmentChanges, LinePlan, plan_lines
from orders.models import Order, OrderFinding, OrderLine
from orders.rules import Facts, Finding, LineFacts
from orders.services.amending_effects import effects_of
from orders.services.amending_guards import guards, new_findings, placed
from orders.services.facts import Entered, NewLine, facts_of
from orders.services.locking import lines_of
from orders.services.needs import Asked, Need, asked_of, deepest, new_needs

BLOCK = OrderFinding.Severity.BLOCK
APPROVAL = "approval_needed"
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Head:
    """The order's head as it will be."""

    requested_on: date
    ship_to: Address
    payment_terms: PaymentTerms
    customer_po: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Findings that block, warnings, effects (JSON), and the rows as they would be written."""

    blocking: Sequence[Finding]
    warnings: Sequence[Finding]
    effects: dict[str, Any]
    head: Head
    outcome: Outcome
    is_less: bool
    # The approvals that it needs; each is a blocking finding, too.
    needs: Sequence[Need]

    @property
    def wrong(self) -> list[Finding]:
        """What blocks it, apart from approvals that can be asked for."""
        return [found for found in self.blocking if found.rule != APPROVAL]

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(found) for found in (*self.blocking, *self.warnings)]


def check(
    order: Order,
    changes: AmendmentChanges,
    *,
    channel: str = "",
    granted: frozenset[str] = NOBODY,
    at: datetime,
    actor: Actor,
) -> Checked:
    """Lay the changes over the locked order; nothing is written.

    `channel` is by which the customer asks with their own hands, whoever of ours lends theirs;
    `granted` are the permissions of who approves it.

    Raises:
        InvalidInput: the changes are none, or cannot be laid over the order.
        OrderInvalid: they come to what no row could hold.
    """
    plans = plan_lines(order, lines_of(order), changes)
    facts = _facts(order, plans, changes, at=at)
    head = _head_of(order, changes, facts)
    outcome = outcome_of(order, plans, facts, retax=head.ship_to.pk != order.ship_to_id)
    _number(outcome, lines_of(order).values())
    if not (outcome.changed or outcome.added or _changed_head(order, head)):
        raise InvalidInput(_("Nothing would change: change a line, or the head of the order."))
    effects = effects_of(order, outcome, _changed_head(order, head))
    before, after = Decimal(effects["open_before"]), Decimal(effects["open_after"])
    needs = _needs(order, facts, channel=channel, granted=granted, actor=actor)
    found = [*guards(order, plans, head.ship_to), *map(_about_approval, needs)]
    found += new_findings(order, plans, facts, is_more=after > before, at=at)
    return Checked(
        blocking=[finding for finding in found if finding.severity == BLOCK],
        warnings=[finding for finding in found if finding.severity != BLOCK],
        effects=effects,
        head=head,
        outcome=outcome,
        is_less=after < before,
        needs=needs,
    )


def _facts(
    order: Order, plans: Sequence[LinePlan], changes: AmendmentChanges, *, at: datetime
) -> Facts:
    """Gather what the rules look at of the order as it will be: the lines still wanted."""
    po = order.customer_po if changes.customer_po is None else changes.customer_po.strip()
    wanted = [plan for plan in plans if plan.wanted]
    entered = Entered(
        lines=[
            NewLine(
                plan.product_id,
                plan.wanted,
                plan.unit_price,
                plan.requested_on,
                price_reason=plan.price_reason,
            )
            for plan in wanted
        ],
        requested_on=changes.requested_on or order.requested_on,
        ship_to_id=changes.ship_to_id or order.ship_to_id,
        customer_po=po,
    )
    facts = facts_of(order.customer, entered, at=at, order_id=order.pk)
    facts = replace(facts, lines=[_agreed(*pair) for pair in zip(wanted, facts.lines, strict=True)])
    try:
        validation.check_storable(facts)
    except validation.OrderInvalid as refusal:
        found = [Finding(*finding) for finding in refusal.findings]
        raise validation.OrderInvalid([placed(one, wanted) for one in found]) from None
    return facts


def _agreed(plan: LinePlan, facts: LineFacts) -> LineFacts:
    """Measure a price that stays by what was listed when it was agreed on."""
    if plan.line is None or plan.is_new_price or facts.price is None:
        return facts
    return replace(facts, price=replace(facts.price, list_amount=plan.line.list_price))


def _needs(
    order: Order, facts: Facts, *, channel: str, granted: frozenset[str], actor: Actor
) -> list[Need]:
    """An order that grows over a threshold of approval is a new order: nobody has approved it.

    How much they buy is the customer's own to decide, whoever entered the order before.
    """
    prices = ((line.unit_price, line.list_price) for line in lines_of(order).values())
    before = Asked(
        net_amount=order.net_amount, currency=order.currency, discount_rate=deepest(prices)
    )
    after = asked_of(facts, channel=channel)
    needs = new_needs(before, after, facts.house.thresholds)
    if needs and not _is_ours(actor):
        needs = new_needs(before, replace(after, net_amount=None), facts.house.thresholds)
    return [need for need in needs if need.permission not in granted]


def _is_ours(actor: Actor) -> bool:
    """Say whether one of our people acts: no system, and nobody of a customer's."""
    return actor.kind == "user" and not CustomerUser.objects.filter(user=int(actor.id)).exists()


def _about_approval(need: Need) -> Finding:
    message = _("%(reason)s Ask for approval: a second person decides.")
    return Finding(APPROVAL, "lines", message % {"reason": need.reason})


def _head_of(order: Order, changes: AmendmentChanges, facts: Facts) -> Head:
    assert facts.ship_to is not None  # a storable rule says so
    terms = PaymentTerms.objects.filter(pk=changes.payment_terms_id or order.payment_terms_id)
    found = terms.first()
    if found is None:
        raise InvalidInput(_("Choose one of our payment terms."), field="payment_terms")
    return Head(
        requested_on=facts.requested_on,
        ship_to=facts.ship_to,
        payment_terms=found,
        customer_po=facts.customer_po,
    )


def _changed_head(order: Order, head: Head) -> dict[str, tuple[Any, Any]]:
    """Return (before, after) of what changes of the head, for people."""
    pairs = {
        "customer_po": (order.customer_po, head.customer_po),
        "requested_on": (order.requested_on, head.requested_on),
        "ship_to": (order.ship_to, head.ship_to),
        "payment_terms": (order.payment_terms, head.payment_terms),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _number(outcome: Outcome, lines: Iterable[OrderLine]) -> None:
    top = max((line.position for line in lines), default=0)
    for position, line in enumerate(outcome.added, start=top + 1):
        line.position = position
