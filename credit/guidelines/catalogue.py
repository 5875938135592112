"""The facts that guidelines may look at: what each is, in which unit, and where it comes from.

Amounts are in the account's currency, tax included. A fact that is not known is None and meets
no condition.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text

AMOUNT, COUNT, SHARE, TEXT = "amount", "count", "share", "text"
# The smallest step between two values of a kind, as decimals.
DECIMALS = {AMOUNT: 3, COUNT: 0, SHARE: 4}

OURS, ORDERS, STATED = _("this portal"), _("the customer's orders"), _("stated on the application")
PAYMENTS, BUREAU, SCORED = _("receivables and collections"), _("credit bureau"), _("nightly score")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One input of a guideline table. `minimum` and `maximum` bound what it can be."""

    name: str
    label: Text
    kind: str
    unit: Text
    source: Text
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    decimals: int | None = None
    # Every value of a text that knows no others: (value, label).
    choices: tuple[tuple[str, Text], ...] = ()
    may_be_unknown: bool = True

    @property
    def is_number(self) -> bool:
        return self.kind != TEXT

    @property
    def step(self) -> Decimal:
        """Return the smallest difference between two values of a number."""
        places = DECIMALS[self.kind] if self.decimals is None else self.decimals
        return Decimal(1).scaleb(-places)


MONEY, YEARS, DAYS, ORDER_COUNT = _("account's currency"), _("years"), _("days"), _("orders")
FACTS: tuple[Fact, ...] = (
    Fact(
        name="requested_amount",
        label=_("Requested amount"),
        kind=AMOUNT,
        unit=MONEY,
        source=OURS,
        minimum=None,
        may_be_unknown=False,
    ),
    Fact(
        name="exposure",
        label=_("Exposure before the order"),
        kind=AMOUNT,
        unit=MONEY,
        source=OURS,
        minimum=None,
        may_be_unknown=False,
    ),
    Fact(name="order_amount", label=_("Order amount"), kind=AMOUNT, unit=MONEY, source=ORDERS),
    Fact(
        name="years_in_business",
        label=_("Years in business"),
        kind=COUNT,
        unit=YEARS,
        source=_("stated on the application, or the credit bureau"),
    ),
    Fact(
        name="trade_references",
        label=_("Trade references"),
        kind=COUNT,
        unit=_("references"),
        source=STATED,
    ),
    Fact(
        name="bureau_score",
        label=_("Bureau score"),
        kind=COUNT,
        unit=_("points, 0 to 1000"),
        source=BUREAU,
        maximum=Decimal(1000),
    ),
    Fact(
        name="years_as_customer",
        label=_("Years as customer"),
        kind=COUNT,
        unit=YEARS,
        source=OURS,
        may_be_unknown=False,
    ),
    Fact(
        name="orders_placed",
        label=_("Orders so far"),
        kind=COUNT,
        unit=ORDER_COUNT,
        source=ORDERS,
        may_be_unknown=False,
    ),
    Fact(
        name="orders_closed",
        label=_("Orders paid"),
        kind=COUNT,
        unit=ORDER_COUNT,
        source=ORDERS,
        may_be_unknown=False,
    ),
    Fact(
        name="orders_paid_on_time",
        label=_("Paid without a reminder hold"),
        kind=COUNT,
        unit=ORDER_COUNT,
        source=ORDERS,
        may_be_unknown=False,
    ),
    Fact(
        name="average_days_late",
        label=_("Average days late"),
        kind=COUNT,
        unit=DAYS,
        source=PAYMENTS,
        minimum=None,
        decimals=2,
    ),
    Fact(
        name="share_paid_late",
        label=_("Share paid late"),
        kind=SHARE,
        unit=_("share, 0 to 1"),
        source=PAYMENTS,
        maximum=Decimal(1),
    ),
    Fact(
        name="broken_promises",
        label=_("Broken promises"),
        kind=COUNT,
        unit=_("promises"),
        source=PAYMENTS,
    ),
    Fact(name="disputes", label=_("Disputes"), kind=COUNT, unit=_("disputes"), source=PAYMENTS),
    Fact(
        name="oldest_overdue_days",
        label=_("Oldest overdue item"),
        kind=COUNT,
        unit=DAYS,
        source=PAYMENTS,
    ),
    Fact(
        name="score",
        label=_("Score"),
        kind=COUNT,
        unit=_("points, 0 to 100"),
        source=SCORED,
        maximum=Decimal(100),
    ),
    Fact(
        name="risk_class",
        label=_("Risk class"),
        kind=TEXT,
        unit=_("A (best) to E"),
        source=SCORED,
        choices=tuple((letter, letter) for letter in "ABCDE"),
    ),
    Fact(
        name="country",
        label=_("Goods go to"),
        kind=TEXT,
        unit=_("country codes"),
        source=ORDERS,
        may_be_unknown=False,
    ),
    Fact(
        name="currency",
        label=_("Currency"),
        kind=TEXT,
        unit=_("currency codes"),
        source=OURS,
        may_be_unknown=False,
    ),
    Fact(
        name="standing",
        label=_("Standing"),
        kind=TEXT,
        unit=_("of the account"),
        source=OURS,
        choices=(
            ("none", _("No decision yet")),
            ("expired", _("Expired")),
            ("declined", _("Declined")),
        ),
        may_be_unknown=False,
    ),
    Fact(
        name="days_since_declined",
        label=_("Days since credit was declined"),
        kind=COUNT,
        unit=DAYS,
        source=OURS,
    ),
    Fact(
        name="overdue_holds_last_year",
        label=_("Overdue holds in a year"),
        kind=COUNT,
        unit=_("holds"),
        source=OURS,
        may_be_unknown=False,
    ),
)
BY_NAME = {fact.name: fact for fact in FACTS}
NUMBERS = {fact.name for fact in FACTS if fact.is_number}
TEXTS = set(BY_NAME) - NUMBERS
