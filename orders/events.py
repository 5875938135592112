"""What the orders stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrdersExpected(Event):
    """Orders of these customers for these products are about to be placed, in one step.

    Published under the customers' locks: whoever will be asked about each of the orders can read
    what they need for all of them at once.
    """

    customer_ids: list[int]
    product_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class OrderSubmitted(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderReleased(Event):
    """The order goes on; `has_waited`: not in the step in which it was submitted."""

    order_id: int
    has_waited: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderReferred(Event):
    """Credit needs a person's decision before the order goes on."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """The order waits: for a payment, a limit or a person. From submitted, review or release."""

    order_id: int
    was_released: bool


@dataclass(frozen=True, kw_only=True)
class OrderDeclined(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True)
class LinesCancelled(Event):
    """Quantities were cancelled on a submitted order; `order_cancelled` when nothing is left."""

    order_id: int
    line_ids: list[int]
    order_cancelled: bool


@dataclass(frozen=True, kw_only=True)
class PromiseMoved(Event):
    """These lines come later than the buyer was told last; once a day and order."""

    order_id: int
    line_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class OrderClosed(Event):
    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderAmended(Event):
    """An order that was handed over has been changed; `line_ids` are changed or new.

    `was_confirmed`: it was past credit when it was changed; `is_less`: less is open than before.
    """

    order_id: int
    amendment_id: int
    line_ids: list[int]
    was_confirmed: bool
    is_less: bool


@dataclass(frozen=True, kw_only=True)
class QuoteSent(Event):
    quote_id: int


@dataclass(frozen=True, kw_only=True)
class QuoteClosed(Event):
    """A sent quote can be accepted no more: it is rejected, replaced or, if `is_taken`, about to
    become an order in this step.
    """

    quote_id: int
    is_taken: bool = False


@dataclass(frozen=True, kw_only=True)
class QuoteDecided(Event):
    """The customer has accepted or rejected a quote, or somebody has for them."""

    quote_id: int


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(Event):
    """A draft was to be submitted and needs a second person first."""

    approval_id: int
    order_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeAsked(Event):
    """A change of an order that was handed over needs a second person first."""

    amendment_id: int
    order_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeDecided(Event):
    """A second person has approved a change, which is made now, or it was refused."""

    amendment_id: int
    order_id: int


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided(Event):
    """A second person has approved a draft, which is submitted now, or refused it."""

    approval_id: int
    order_id: int
