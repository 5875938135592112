"""What people taught us about a customer's words: asked before a document is read."""

from decimal import Decimal

from orders.intake.columns import fold
from orders.models import IntakeCorrection

Units = dict[tuple[int, str, int], Decimal]


def words_of(customer_id: int) -> dict[str, str]:
    """Return what the customer's own headers and labels mean, by their folded words."""
    taught = IntakeCorrection.objects.filter(
        customer_id=customer_id, kind=IntakeCorrection.Kind.COLUMN, revoked_at=None
    )
    return dict(taught.values_list("word", "meaning"))


def units_of(customer_ids: set[int], product_ids: set[int]) -> Units:
    """Return how many of our unit one of the customer's holds, by customer, word and product."""
    taught = IntakeCorrection.objects.filter(
        customer__in=customer_ids,
        product__in=product_ids,
        kind=IntakeCorrection.Kind.UNIT,
        revoked_at=None,
    )
    return {
        (customer, word, product): factor
        for customer, word, product, factor in taught.values_list(
            "customer", "word", "product", "factor"
        )
        if product is not None and factor is not None
    }


def unit_word(text: str) -> str:
    """Return a unit as it is compared."""
    return fold(text)
