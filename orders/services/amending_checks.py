"""What changes of an order would do, and what speaks against them: all of it at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Address, PaymentTerms
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from orders import validation
from orders.amendments import AmendmentChanges, LinePlan, Outcome, outcome_of, plan_lines
from orders.models import Order, OrderFinding, OrderLine
from orders.rules import Facts, Finding, LineFacts
from orders.selectors import open_gross, totals_of
from orders.services.facts import Entered, NewLine, facts_of, facts_of_draft
from orders.services.locking import lines_of
from orders.services.needs import Asked, asked_of, deepest, new_needs

BLOCK = OrderFinding.Severity.BLOCK
# Rules that a larger order must keep even where it broke them before.
NEVER_OLD = ("customer_inactive",)


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

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(found) for found in (*self.blocking, *self.warnings)]


def check(order: Order, changes: AmendmentChanges, *, at: datetime) -> Checked:
    """Lay the changes over the locked order; nothing is written.

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
    effects = _effects(order, outcome, head)
    is_more = Decimal(effects["open_after"]) > Decimal(effects["open_before"])
    found = [
        *_guards(order, plans, head),
        *_approval(order, facts),
        *_new_findings(order, plans, facts, is_more=is_more, at=at),
    ]
    return Checked(
        blocking=[finding for finding in found if finding.severity == BLOCK],
        warnings=[finding for finding in found if finding.severity != BLOCK],
        effects=effects,
        head=head,
        outcome=outcome,
        is_less=Decimal(effects["open_after"]) < Decimal(effects["open_before"]),
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
        raise validation.OrderInvalid([_placed(one, wanted) for one in found]) from None
    return facts


def _agreed(plan: LinePlan, facts: LineFacts) -> LineFacts:
    """Measure a price that stays by what was listed when it was agreed on."""
    if plan.line is None or plan.is_new_price or facts.price is None:
        return facts
    return replace(facts, price=replace(facts.price, list_amount=plan.line.list_price))


def _approval(order: Order, facts: Facts) -> Iterator[Finding]:
    """An order that grows over a threshold of approval is a new order: nobody has approved it."""
    prices = ((line.unit_price, line.list_price) for line in lines_of(order).values())
    before = Asked(
        net_amount=order.net_amount, currency=order.currency, discount_rate=deepest(prices)
    )
    after = asked_of(facts, channel=order.channel)
    for need in new_needs(before, after, facts.house.thresholds):
        message = _(
            "%(reason)s Enter what is added as a new order, for a second person to approve."
        )
        yield Finding("approval_needed", "lines", message % {"reason": need.reason})


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


def _guards(order: Order, plans: Sequence[LinePlan], head: Head) -> Iterator[Finding]:
    """What has left or is being picked cannot be changed any more."""
    for plan in plans:
        if plan.line is not None:
            yield from _guard(plan, plan.line)
    if not any(plan.wanted > (plan.line.shipped if plan.line else ZERO) for plan in plans) and (
        not any(plan.line and plan.line.shipped for plan in plans)
    ):
        message = _("Nothing would be left of the order. Cancel it instead.")
        yield Finding("nothing_left", "lines", message)
    is_moving = any(plan.line and plan.line.picking > plan.line.shipped for plan in plans)
    if is_moving and head.ship_to != order.ship_to:
        message = _(
            "Goods for the old address are on a pick list. Stop the list first, or wait until"
            " they have left."
        )
        yield Finding("address_on_the_floor", "ship_to", message)


def _guard(plan: LinePlan, line: OrderLine) -> Iterator[Finding]:
    values = {
        "position": line.position,
        "shipped": f"{line.shipped.normalize():f}",
        "kept": f"{plan.kept.normalize():f}",
    }
    where = f"lines.{plan.place}" if plan.place is not None else "lines"
    if plan.wanted < line.shipped:
        message = _(
            "Line %(position)s: %(shipped)s have been shipped. Ask for at least that; what is too"
            " much comes back as a return."
        )
        yield Finding("below_shipped", f"{where}.quantity", message % values)
    elif plan.wanted < line.picking:
        message = _(
            "Line %(position)s: %(kept)s are shipped or on a pick list. Stop the pick list first,"
            " or ask for at least that."
        )
        yield Finding("below_picked", f"{where}.quantity", message % values)
    if line.blanket_line_id and plan.is_new_price:
        message = _("Line %(position)s calls off a blanket order: its price is agreed there.")
        yield Finding("call_off", f"{where}.unit_price", message % values)
    if plan.is_new_price and line.shipped and plan.wanted <= plan.kept:
        message = _(
            "Line %(position)s: all of it is shipped or on a pick list at the old price. What is"
            " invoiced is corrected by a credit memo."
        )
        yield Finding("price_of_shipped", f"{where}.unit_price", message % values)


def _new_findings(
    order: Order, plans: Sequence[LinePlan], facts: Facts, *, is_more: bool, at: datetime
) -> Iterator[Finding]:
    """What the rules find that they did not find before, or that a larger line must not have."""
    wanted = [plan for plan in plans if plan.wanted]
    before = list(lines_of(order))
    old = {_key(found, before) for found in validation.findings_of(facts_of_draft(order, at=at))}
    raised = {plan.line.pk for plan in wanted if plan.line and plan.wanted > plan.before}
    keys = [plan.line.pk if plan.line else None for plan in wanted]
    for found in validation.findings_of(facts):
        rule, line_id, _tail = key = _key(found, keys)
        is_old = key in old and line_id not in raised and not (is_more and rule in NEVER_OLD)
        if not is_old:
            yield _placed(found, wanted)


def _key(found: Finding, line_ids: Sequence[int | None]) -> tuple[str, int | None, str]:
    """Name a finding by its rule, the line that it is about, and what of it."""
    name, _dot, rest = found.field.partition(".")
    place, _dot, tail = rest.partition(".")
    if name == "lines" and place.isdecimal() and int(place) < len(line_ids):
        return found.rule, line_ids[int(place)], tail
    return found.rule, None, found.field


def _placed(found: Finding, wanted: Sequence[LinePlan]) -> Finding:
    """Say where a finding belongs in the changes as they were asked for."""
    name, _dot, rest = found.field.partition(".")
    place, _dot, tail = rest.partition(".")
    if name != "lines" or not place.isdecimal() or int(place) >= len(wanted):
        return found
    plan = wanted[int(place)]
    if plan.place is not None:
        return replace(found, field=f"lines.{plan.place}.{tail}")
    position = plan.line.position if plan.line else "?"
    message = _("Line %(position)s: %(message)s")
    return replace(
        found, field="lines", message=message % {"position": position, "message": found.message}
    )


def _effects(order: Order, outcome: Outcome, head: Head) -> dict[str, Any]:
    """Return what would change, as JSON: amounts as text, in the order's currency.

    `open` amounts are what is still to be shipped, tax included: what credit counts.
    """
    lines = lines_of(order)
    after = {**lines, **{new.pk: new for _old, new in outcome.changed}}
    after |= {-place: line for place, line in enumerate(outcome.added, start=1)}
    sums = totals_of(after.values(), order.currency)
    return {
        "net_before": str(order.net_amount),
        "net_after": str(sums.net_amount),
        "gross_before": str(order.gross_amount),
        "gross_after": str(sums.gross_amount),
        "open_before": str(open_gross(order, lines)),
        "open_after": str(open_gross(order, after)),
        "head": [
            {"field": name, "before": str(was), "after": str(will)}
            for name, (was, will) in _changed_head(order, head).items()
        ],
        "lines": [_line_effect(old, new) for old, new in outcome.changed]
        + [_line_effect(None, new) for new in outcome.added],
    }


def _line_effect(old: OrderLine | None, new: OrderLine) -> dict[str, Any]:
    return {
        "line": new.pk,
        "position": new.position,
        "product": new.product_id,
        "sku": new.sku,
        "description": new.description,
        "split_from": new.split_from.position if new.split_from else None,
        "before": None if old is None else _told(old),
        "after": _told(new),
    }


def _told(line: OrderLine) -> dict[str, str]:
    return {
        "quantity": str(line.ordered - line.cancelled),
        "open": str(line.open_quantity),
        "unit_price": str(line.unit_price),
        "net_amount": str(line.net_amount),
        "requested_on": line.requested_on.isoformat(),
    }
