"""What stands in the way of cancelling an order, and what undoes each of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.models import PickLine, PickList
from orders.models import OrderLine
from reporting.links import May, page_of
from reporting.selectors.order_page import OrderFile
from shipping.models import Shipment

NOT_BEGUN = (PickList.State.RELEASED, PickList.State.PICKING)


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A later document, in plain words what to do about it, and its page."""

    icon: str
    title: str
    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A line with what of it can be cancelled now, once the lists that nobody began are stopped."""

    line: OrderLine
    free: Decimal

    @property
    def field(self) -> str:
        return f"line-{self.line.pk}"


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """Everything that the page of a cancellation says."""

    rests: list[Rest]
    stoppable: list[PickList]
    obstacles: list[Obstacle]

    @property
    def is_all(self) -> bool:
        """Whether nothing has left or is held by the floor: the whole order can be cancelled."""
        return not self.obstacles


def undoing_of(file: OrderFile, *, may: May) -> Undoing:
    """Say what of an order can be cancelled, and what undoes the rest; two statements more."""
    begun = set(
        PickLine.objects.filter(pick_list__in=file.pick_lists, scanned__gt=0).values_list(
            "pick_list_id", flat=True
        )
    )
    stoppable = [row for row in file.pick_lists if row.state in NOT_BEGUN and row.pk not in begun]
    waiting: dict[int, Decimal] = {}
    for pick in stoppable:
        for line in pick.lines.all():
            waiting[line.order_line_id] = (
                waiting.get(line.order_line_id, Decimal(0)) + line.quantity
            )
    rests = [
        Rest(line=line, free=_free(line) + waiting.get(line.pk, Decimal(0))) for line in file.lines
    ]
    return Undoing(
        rests=[rest for rest in rests if rest.free > 0],
        stoppable=stoppable,
        obstacles=list(_obstacles(file, stoppable, may)),
    )


def _free(line: OrderLine) -> Decimal:
    return line.ordered - line.cancelled - max(line.picking, line.shipped)


def _obstacles(file: OrderFile, stoppable: list[PickList], may: May) -> Iterator[Obstacle]:
    over = {PickList.State.CANCELLED, PickList.State.HANDED_OVER}
    for pick in file.pick_lists:
        if pick.state not in over and pick not in stoppable:
            is_packed = pick.state == PickList.State.PACKED
            yield Obstacle(
                icon="box",
                title=_("%(list)s is %(state)s")
                % {"list": pick, "state": str(pick.get_state_display()).lower()},
                text=_("It is packed: what is on it leaves, or comes back as a return.")
                if is_packed
                else _("Something of it is taken. Stop it first; then cancel here."),
                href=page_of("picklist", pick.number, may=may),
            )
    for shipment in file.shipments:
        yield _of_shipment(shipment, may)
    for invoice in file.invoices:
        yield Obstacle(
            icon="invoice",
            title=_("%(invoice)s bills what has left") % {"invoice": invoice},
            text=_("An invoice is never cancelled: a credit memo corrects it."),
            href=page_of("invoice", invoice.number or invoice.public_id, may=may),
        )


def _of_shipment(shipment: Shipment, may: May) -> Obstacle:
    if shipment.state in Shipment.OVER:
        text = _("It has left, and is over: what it carried counts as returned.")
    elif shipment.state in Shipment.GONE:
        text = _("What it carries comes back as a return.")
    else:
        text = _("It is packed for the carrier: cancel the shipment first if it must not leave.")
    return Obstacle(
        icon="truck",
        title=_("%(shipment)s is %(state)s")
        % {"shipment": shipment, "state": str(shipment.get_state_display()).lower()},
        text=text,
        href=page_of("shipment", shipment.number, may=may),
    )


def told(rest: Rest) -> str:
    """Return the quantity as a field shows it."""
    return f"{rest.free.normalize():f}"
