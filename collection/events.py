"""What the collection stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ReceiptRecorded(Event):
    receipt_id: int


@dataclass(frozen=True, kw_only=True)
class ItemOverdue(Event):
    """A customer's items went past due and grace: orders wait, the customer is told why."""

    customer_id: int
    item_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class NoticeProposed(Event):
    notice_id: int


@dataclass(frozen=True, kw_only=True)
class NoticeReleased(Event):
    """A letter may leave: by itself at the first level, by a person's word at any other."""

    notice_id: int
