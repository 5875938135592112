"""What the rules look at, and what they answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from catalog.models import Product
from catalog.pricing import PricedAt, TaxedAt
from customers.models import Address, Customer
from o2c.kernel.money import ZERO, Taxable, Totals, round_money, totals

MAX_LINES = 1000
MAX_PO_LENGTH = 60
# One more digit than the columns hold.
QUANTITY_LIMIT = Decimal(10) ** 9
AMOUNT_LIMIT = Decimal(10) ** 12
QUANTITY_STEP = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class LineFacts:
    """One line as it was entered; `product`, `price` or `tax` None: there is none.

    `reason` says why the price is another than listed, `unit` is the unit that the buyer's
    document names (empty: none), `customer_part` their own number of the product. `is_agreed`: the
    price is that of a quote or a blanket order, which was approved when it was sent.
    """

    product: Product | None
    quantity: Decimal
    price: PricedAt | None
    tax: TaxedAt | None
    requested_on: date
    reason: str = ""
    unit: str = ""
    customer_part: str = ""
    blanket_line_id: int | None = None
    is_agreed: bool = False

    @property
    def listed(self) -> Decimal | None:
        """What price lists or the contract say for this quantity."""
        return self.price.list_amount if self.price else None

    @cached_property
    def is_countable(self) -> bool:
        return self.quantity.is_finite() and self.quantity > 0

    @cached_property
    def is_sane(self) -> bool:
        """Whether one can calculate with the quantity: nothing overflows, a column holds it."""
        return (
            self.is_countable
            and self.quantity < QUANTITY_LIMIT
            and not self.quantity % QUANTITY_STEP
        )

    @cached_property
    def has_sane_price(self) -> bool:
        amount = self.price.amount if self.price else ZERO
        return amount.is_finite() and 0 <= amount < AMOUNT_LIMIT

    def net_amount(self, currency: str) -> Decimal:
        """Return what the line costs, as it will be invoiced; nothing while that is unknown."""
        if not (self.price and self.is_sane and self.has_sane_price):
            return ZERO
        return round_money(self.quantity * self.price.amount, currency)


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How much of something the customer has ordered before: the middle, and the most."""

    median: Decimal
    most: Decimal


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What the customer's latest orders came to: net amounts, and quantities by product."""

    amount: Usual
    quantities: Mapping[int, Usual] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What the buyer's document says of itself; empty or None: nothing."""

    currency: str = ""
    total: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """From where on an order needs somebody's approval; see `orders.models.ApprovalRule`."""

    kind: str
    currency: str
    threshold: Decimal
    approver: str


@dataclass(frozen=True, kw_only=True)
class House:
    """What our company has settled: the day at its warehouse, and how strict it is.

    `price_tolerance` is a fraction of the listed price; a customer's own goes before it.
    `handling_days` are working days between an order and its departure.
    """

    thresholds: Sequence[Threshold] = ()
    today: date | None = None
    country: str = ""
    price_tolerance: Decimal = ZERO
    handling_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the rules look at. `twin` is another order's number with the same customer PO."""

    customer: Customer
    ship_to: Address | None
    customer_po: str
    requested_on: date
    today: date
    lines: Sequence[LineFacts]
    twin: str = ""
    house: House = field(default_factory=House)
    habits: Habits | None = None
    stated: Stated = field(default_factory=Stated)

    @cached_property
    def net_amount(self) -> Decimal:
        """What the lines come to, as far as they are known."""
        return sum((line.net_amount(self.customer.currency) for line in self.lines), ZERO)

    def totals(self) -> Totals:
        """Return the totals as they will be invoiced."""
        currency = self.customer.currency
        return totals(
            (
                Taxable(
                    net_amount=line.net_amount(currency),
                    category=line.tax.category,
                    rate=line.tax.rate,
                )
                for line in self.lines
                if line.tax
            ),
            currency,
        )


@dataclass(frozen=True)
class Found:
    """What a rule says about one input (`lines.0.quantity`): to staff, and to the buyer.

    `about` is the fact that it speaks of: a waiver holds as long as this stays the same.
    """

    field: str
    staff: str
    buyer: str = ""
    about: str = ""


Answers = Iterator[Found]


def plain(number: Decimal) -> str:
    """Write a quantity or a price without trailing zeros: `1.5`."""
    return f"{number.normalize():f}"
