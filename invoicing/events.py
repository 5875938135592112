"""What the invoicing stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(Event):
    invoice_id: int


@dataclass(frozen=True, kw_only=True)
class CreditMemoIssued(Event):
    """An invoice asks for less: the memo says how much, and of which invoice."""

    memo_id: int


@dataclass(frozen=True, kw_only=True)
class BillLowered(Event):
    """Something shipped came back before it was billed: it never will be."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryQueued(Event):
    """Somebody asked for an invoice to be sent (again)."""

    delivery_id: int


@dataclass(frozen=True, kw_only=True)
class ProFormaIssued(Event):
    """A customer is asked to pay for an order in advance."""

    pro_forma_id: int
