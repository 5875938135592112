"""The prices of one list, product and minimum quantity, one after the other."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Price
from o2c.kernel.errors import DomainError
from o2c.kernel.working_days import DAY


class OverlappingPrice(DomainError):
    """Two prices of one list, product and quantity would hold on the same day."""

    code = "overlapping_price"


def put(held: list[Price], wanted: Price) -> list[Price]:
    """Put a price among those that are held; return the rows that have to be written.

    A price that began on the same day is changed; one that began before ends the day before.

    Raises:
        OverlappingPrice: a later price is set already for some of these days.
    """
    _refuse_overlap(held, wanted)
    same = next((price for price in held if price.valid_from == wanted.valid_from), None)
    if same is not None:
        same.amount, same.valid_until = wanted.amount, wanted.valid_until
        return [same]
    ended = []
    for earlier in held:
        if wanted.valid_from is not None and _runs_into(earlier, wanted.valid_from):
            earlier.valid_until = wanted.valid_from - DAY
            ended.append(earlier)
    held.append(wanted)
    return [*ended, wanted]


def _refuse_overlap(held: list[Price], wanted: Price) -> None:
    first = wanted.valid_from or date.min
    later = [price.valid_from for price in held if price.valid_from and price.valid_from > first]
    if later and (wanted.valid_until is None or wanted.valid_until >= min(later)):
        raise OverlappingPrice(
            _("Another price is set from %(day)s on. Let this one end before, or end that one.")
            % {"day": date_format(min(later))},
            field="valid_until",
        )


def _runs_into(price: Price, day: date) -> bool:
    begins_before = price.valid_from is None or price.valid_from < day
    return begins_before and (price.valid_until is None or price.valid_until >= day)
