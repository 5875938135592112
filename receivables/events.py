"""What the receivables stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CashApplied(Event):
    customer_id: int
    item_ids: list[int]
    # Items that this application settled.
    settled_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class CashReversed(Event):
    customer_id: int
    item_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class ItemFlagged(Event):
    """An item comes due soon: the customer is reminded, a clerk reviews the invoice."""

    review_id: int


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(Event):
    dispute_id: int


@dataclass(frozen=True, kw_only=True)
class DisputeClosed(Event):
    dispute_id: int
