"""From which day until which day something holds; both days included, empty: without end."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

RANGE_IN_ORDER = Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from"))


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class Dated(models.Model):
    """A row that holds from `valid_from` until `valid_until`, both included."""

    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


def never_twice(name: str, *keys: Any) -> ExclusionConstraint:
    """Refuse two rows with the same keys that hold on the same day."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((key, RangeOperators.EQUAL) for key in keys),
            (
                DateRange("valid_from", "valid_until", RangeBoundary(inclusive_upper=True)),
                RangeOperators.OVERLAPS,
            ),
        ],
    )


def holds_on(on: date, *, of: str = "") -> Q:
    """Match rows that hold on a day; `of` leads to the dated row, such as `price_list__`."""
    begun = Q((f"{of}valid_from", None)) | Q((f"{of}valid_from__lte", on))
    return begun & (Q((f"{of}valid_until", None)) | Q((f"{of}valid_until__gte", on)))
