"""Sending a little more or less than was ordered, as far as a person's role may."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import Allocation, PickLine, ShipTolerance
from o2c.kernel import audit, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import one_at_a_time
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service

# Who picks. A system of our own house has no person's role: it goes by this name.
SYSTEM = "system"
ROLES = (
    (roles.WAREHOUSE, gettext_lazy("warehouse")),
    (roles.ADMINISTRATOR, gettext_lazy("administrators")),
    (SYSTEM, gettext_lazy("systems of our house")),
)
PLACES = Decimal("0.00001")
HELD = (Allocation.State.ACTIVE, Allocation.State.SHIPPED)


class OverTolerance(InvalidInput):
    """It differs more from what was ordered than the role of who sends it allows."""

    code = "over_tolerance"


@dataclass(frozen=True)
class Difference:
    """So much more than a pick line asks for is sent; below zero: less, and the rest never."""

    line: PickLine
    quantity: Decimal

    @property
    def field(self) -> str:
        return f"lines.{self.line.pk}.picked"


@service
def set_tolerance(
    role: str, *, over_rate: Decimal, under_rate: Decimal, at: datetime, actor: Actor
) -> None:
    """Say how much more or less than ordered people of a role may send, as fractions of a line.

    Raises:
        InvalidInput: no such role picks, or a rate is not from 0 to below 1.
    """
    one_at_a_time("ship tolerances")
    if role not in dict(ROLES):
        raise InvalidInput(_("Choose who picks."), field="role")
    rates = {"over_rate": over_rate, "under_rate": under_rate}
    for name, rate in rates.items():
        if not rate.is_finite() or not 0 <= rate < 1 or rate != rate.quantize(PLACES):
            raise InvalidInput(_("Enter 0 % to below 100 %, three decimals at most."), field=name)
    row = ShipTolerance.objects.filter(role=role).first() or ShipTolerance(role=role)
    before = {name: getattr(row, name) if row.pk else None for name in rates}
    row.over_rate, row.under_rate = over_rate, under_rate
    row.save()
    changes = {name: (before[name], rate) for name, rate in rates.items() if before[name] != rate}
    audit.record(f"shiptolerance:{role}", "change", at=at, actor=actor, changes=changes)


def ensure_tolerated(differences: Sequence[Difference], *, actor: Actor) -> None:
    """Refuse what differs too much from its order line, all of the line's lists together.

    Raises:
        OverTolerance: the role of who sends it allows less.
    """
    if not differences:
        return
    rates = {row.role: row for row in ShipTolerance.objects.all()}
    own = [rates[role] for role in _roles_of(actor) if role in rates]
    overs, unders = _sent_before({each.line.order_line_id for each in differences})
    lines = {each.line.order_line_id: each.line.order_line for each in differences}
    # What was ordered before anything of it was sent on top or left out: the same for all of them.
    agreed = {
        key: line.ordered - line.cancelled - overs[key] + unders[key] for key, line in lines.items()
    }
    for each in differences:
        line_id = each.line.order_line_id
        ordered = agreed[line_id]
        before = overs if each.quantity > 0 else unders
        _ensure_nothing_waits(each)
        name = "over_rate" if each.quantity > 0 else "under_rate"
        total = before[line_id] + abs(each.quantity)
        if total > ordered * max((getattr(row, name) for row in own), default=ZERO):
            raise _refused(each, name, ordered, rates.values())
        if each.quantity > 0:
            overs[line_id] = total
        else:
            unders[line_id] = total


def _roles_of(actor: Actor) -> list[str]:
    if actor.kind == "api_key":
        return [SYSTEM]
    if actor.kind != "user":
        return []
    return list(Group.objects.filter(user=int(actor.id)).values_list("name", flat=True))


def _sent_before(
    line_ids: Iterable[int],
) -> tuple[defaultdict[int, Decimal], defaultdict[int, Decimal]]:
    """Return what of order lines was sent on top, and what was closed as close enough."""
    overs = (
        Allocation.objects.filter(line__in=line_ids, reason=Allocation.Reason.OVER, state__in=HELD)
        .values_list("line")
        .annotate(summed=Sum("quantity"))
    )
    unders = (
        PickLine.objects.filter(order_line__in=line_ids, short_reason=PickLine.ShortReason.ENOUGH)
        .values_list("order_line")
        .annotate(summed=Sum(F("quantity") - F("picked")))
    )
    return defaultdict(Decimal, overs), defaultdict(Decimal, unders)


def _ensure_nothing_waits(each: Difference) -> None:
    line = each.line.order_line
    waiting = line.ordered - line.cancelled - line.picking
    if each.quantity > 0 and waiting > 0:
        message = _(
            "%(waiting)s more of %(sku)s are ordered and on no pick list: that is not too much."
            " Release them on a list of their own."
        )
        shown = {"waiting": f"{waiting.normalize():f}", "sku": line.sku}
        raise OverTolerance(message % shown, field=each.field)


def _refused(
    each: Difference, name: str, ordered: Decimal, rates: Iterable[ShipTolerance]
) -> OverTolerance:
    """Say what was ordered, what that is too much or too little of, and who may."""
    message = (
        _("%(sku)s: you may not send %(by)s more than the %(ordered)s ordered. %(who)s")
        if each.quantity > 0
        else _("%(sku)s: you may not send %(by)s fewer than the %(ordered)s ordered. %(who)s")
    )
    named = dict(ROLES)
    may = [
        _("%(role)s up to %(percent)s %%")
        % {"role": named.get(row.role, row.role), "percent": f"{percent.normalize():f}"}
        for row in sorted(rates, key=lambda row: row.role)
        if (percent := getattr(row, name) * 100)
    ]
    who = (
        _("Allowed are: %(roles)s.") % {"roles": ", ".join(may)}
        if may
        else _("Nobody may: tolerances are set under Warehouses.")
    )
    shown = {
        "sku": each.line.order_line.sku,
        "by": f"{abs(each.quantity).normalize():f}",
        "ordered": f"{ordered.normalize():f}",
        "who": who,
    }
    return OverTolerance(message % shown, field=each.field)
