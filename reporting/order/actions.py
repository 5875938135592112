"""What somebody may do with an order now: commands of other stages, by URL name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from invoicing.models import ProForma
from invoicing.pro_forma_selectors import ASKABLE
from o2c.kernel.models import User
from o2c.kernel.ui.figures import Text
from orders.models import Order
from reporting.links import link
from reporting.selectors.order_page import OrderFile

State = Order.State
CANCELLABLE = (*Order.WAITING, State.RELEASED, State.FULFILLING)
# Never what somebody came for.
SECOND = {"cancel", "change", "prepay"}
OVER = (State.CLOSED, State.CANCELLED, State.DECLINED, State.INVOICED, State.DELIVERED)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button of the order page. `is_post`: it changes something; else it is a link."""

    key: str
    label: Text
    icon: str
    href: str
    is_post: bool = True
    is_primary: bool = False
    # Asked before it is done.
    question: Text = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An action as data: who may do it, and in which states."""

    key: str
    label: Text
    icon: str
    url_name: str
    permission: str
    states: tuple[str, ...]
    is_post: bool = True
    question: Text = ""


# In order of preference: the first that fits is the primary button.
OFFERS = (
    Offer(
        key="submit",
        label=_("Submit"),
        icon="check",
        url_name="orders:submit",
        permission="orders.enter_order",
        states=(State.DRAFT,),
    ),
    Offer(
        key="release",
        label=_("Release to picking"),
        icon="box",
        url_name="fulfillment:release",
        permission="fulfillment.release_picklist",
        states=(State.RELEASED, State.FULFILLING),
    ),
    Offer(
        key="edit",
        label=_("Change"),
        icon="edit",
        url_name="orders:edit",
        permission="orders.enter_order",
        states=(State.DRAFT,),
        is_post=False,
    ),
    Offer(
        key="discard",
        label=_("Put away"),
        icon="x",
        url_name="orders:discard",
        permission="orders.enter_order",
        states=(State.DRAFT,),
    ),
    Offer(
        key="again",
        label=_("Order again"),
        icon="repeat",
        url_name="orders:again",
        permission="orders.enter_order",
        states=OVER,
    ),
    Offer(
        key="quote",
        label=_("Quote the same"),
        icon="tag",
        url_name="orders:quote-of",
        permission="orders.enter_quote",
        states=OVER,
        is_post=False,
    ),
    Offer(
        key="prepay",
        label=_("Ask for payment in advance"),
        icon="bank",
        url_name="invoicing:pro-forma-ask",
        permission="invoicing.ask_prepayment",
        states=ASKABLE,
        is_post=False,
    ),
    Offer(
        key="change",
        label=_("Change order"),
        icon="edit",
        url_name="orders:change",
        permission="orders.amend_order",
        states=CANCELLABLE,
        is_post=False,
    ),
    Offer(
        key="cancel",
        label=_("Cancel…"),
        icon="x",
        url_name="reporting:cancellation",
        permission="orders.cancel_order",
        states=CANCELLABLE,
        is_post=False,
    ),
)


def actions_for(file: OrderFile, user: User | AnonymousUser) -> list[Action]:
    """Return what this person may do now, the primary one first."""
    found = list(_possible(file, user))
    return [
        Action(
            key=offer.key,
            label=offer.label,
            icon=offer.icon,
            href=href,
            is_post=offer.is_post,
            is_primary=number == 0 and offer.key not in SECOND,
            question=offer.question,
        )
        for number, (offer, href) in enumerate(found)
    ]


def _possible(file: OrderFile, user: User | AnonymousUser) -> Iterator[tuple[Offer, str]]:
    for offer in OFFERS:
        # The floor takes many orders at once; every other action is one order's own.
        is_for_many = offer.key == "release"
        href = link(offer.url_name, *([] if is_for_many else [file.order.number]))
        is_now = file.order.state in offer.states and _makes_sense(offer.key, file)
        if href and is_now and user.has_perm(offer.permission):
            yield offer, href


def _makes_sense(key: str, file: OrderFile) -> bool:
    if key == "release":
        return file.facts.ready > 0 and not file.holds
    if key == "prepay":
        return all(row.state != ProForma.State.ISSUED for row in file.pro_formas)
    if key in {"cancel", "change"}:
        return any(line.open_quantity for line in file.lines)
    return True
