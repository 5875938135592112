"""What speaks against a change of an order: what has left, and what the rules find anew."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import Address
from o2c.kernel.money import ZERO
from orders import validation
from orders.amendments import LinePlan
from orders.models import Order, OrderLine
from orders.rules import Facts, Finding
from orders.services.facts import facts_of_draft
from orders.services.locking import lines_of

# Rules that a larger order must keep even where it broke them before.
NEVER_OLD = ("customer_inactive",)


def guards(order: Order, plans: Sequence[LinePlan], ship_to: Address) -> Iterator[Finding]:
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
    if is_moving and ship_to != order.ship_to:
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


def new_findings(
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
            yield placed(found, wanted)


def _key(found: Finding, line_ids: Sequence[int | None]) -> tuple[str, int | None, str]:
    """Name a finding by its rule, the line that it is about, and what of it."""
    name, _dot, rest = found.field.partition(".")
    place, _dot, tail = rest.partition(".")
    if name == "lines" and place.isdecimal() and int(place) < len(line_ids):
        return found.rule, line_ids[int(place)], tail
    return found.rule, None, found.field


def placed(found: Finding, wanted: Sequence[LinePlan]) -> Finding:
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
