"""What a receipt's form says so far, read leniently: it is shown again, not kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from collection import selectors
from collection.forms import AllocationForm
from credit.services import missing_of
from customers.models import Customer
from o2c.kernel.money import ZERO
from o2c.kernel.requests import number_of

TICK = "use_"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Money to be spread: whose, how much, and the words that came with it."""

    customer: Customer | None
    amount: Decimal
    text: str
    # Kept for an order whose pro forma the text names: it pays no item.
    kept: Decimal = ZERO
    kept_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What comes in, what of it is applied, and what is left over."""

    received: Decimal
    applied: Decimal
    left: Decimal
    kept: Decimal
    kept_for: str


def draft_of(entries: Mapping[str, str]) -> Draft:
    """Read the form's entries; what cannot be read counts as not entered."""
    draft = Draft(
        customer=_customer(entries),
        amount=_amount(entries.get("amount", "")),
        text=f"{entries.get('reference', '')} {entries.get('payer_text', '')}",
    )
    payer_id = draft.customer.pk if draft.customer else None
    pro_forma = selectors.named_pro_forma(payer_id, draft.text)
    if pro_forma is None:
        return draft
    kept = min(draft.amount, missing_of(pro_forma.order))
    return replace(draft, kept=kept, kept_for=pro_forma.order.number)


def allocation_of(draft: Draft, sent: QueryDict | None) -> AllocationForm:
    """Return the items to pay: as sent, or else as suggested."""
    if draft.customer is None:
        return AllocationForm(sent, suggestions=[])
    suggestions = selectors.suggest_items(
        draft.customer, amount=draft.amount - draft.kept, text=draft.text, also=_ticked(sent or {})
    )
    return AllocationForm(sent, suggestions=suggestions)


def totals_of(draft: Draft, allocation: AllocationForm) -> Totals:
    """Return the sums; what is applied comes first, and only the rest is kept."""
    applied = sum(allocation.amounts().values(), ZERO)
    kept = max(min(draft.kept, draft.amount - applied), ZERO)
    return Totals(
        received=draft.amount,
        applied=applied,
        left=draft.amount - applied - kept,
        kept=kept,
        kept_for=draft.kept_for,
    )


def _customer(entries: Mapping[str, str]) -> Customer | None:
    key, typed = entries.get("customer", ""), entries.get("customer_name", "")
    if key.isdecimal():
        return Customer.objects.filter(pk=number_of(key) or 0).first()
    return selectors.the_one_customer(typed) if typed else None


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() and amount > ZERO else ZERO


def _ticked(sent: Mapping[str, str]) -> list[int]:
    """Return the items that were ticked, whether they are still open or not."""
    keys = [name.removeprefix(TICK) for name in sent if name.startswith(TICK)]
    return [number for key in keys if (number := number_of(key)) is not None]
