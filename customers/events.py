"""What happens to customers; changes are told only where a CRM listens (`CRM_ADAPTER`)."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Event):
    """A customer was added, or what is agreed with it, or where it is, has changed."""

    customer_id: int


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """A contact was added or changed."""

    contact_id: int


@dataclass(frozen=True, kw_only=True)
class ParentChosen(Event):
    """A customer belongs to another customer from now on; who objects raises."""

    customer_id: int
