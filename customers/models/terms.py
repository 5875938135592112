"""What is agreed about paying."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from customers.terms import Instalment, Step, Terms
from o2c.kernel.audited import Audited


def days_field() -> "ArrayField[list[int], list[int]]":
    base = models.PositiveSmallIntegerField()
    return ArrayField(base, blank=True, default=list, db_default=Value([], ArrayField(base)))


def fractions_field() -> "ArrayField[list[Decimal], list[Decimal]]":
    base = models.DecimalField(max_digits=7, decimal_places=6)
    return ArrayField(base, blank=True, default=list, db_default=Value([], ArrayField(base)))


class PaymentTerms(Audited):
    """When an invoice is due and what may be taken off; `customers/terms.py` says how.

    Discounts and instalments are pairs of columns: the days of each, and its rate or share as a
    fraction. That pairs are complete, rates between 0 and 1, and shares 1 together is checked
    by constraints of migration 0003, which Django cannot express.
    """

    class Basis(models.TextChoices):
        NET = "net", _("days after the invoice")
        END_OF_MONTH = "end_of_month", _("days after the end of the month")
        DAY_OF_MONTH = "day_of_month", _("a day of the month")
        PREPAYMENT = "prepayment", _("prepayment")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    basis = models.CharField(
        max_length=15, choices=Basis.choices, default=Basis.NET, db_default="net"
    )
    net_days = models.PositiveSmallIntegerField()
    days_before = models.PositiveSmallIntegerField(default=0, db_default=0)
    day_of_month = models.PositiveSmallIntegerField(default=0, db_default=0)
    months_ahead = models.PositiveSmallIntegerField(default=0, db_default=0)
    moves_to_working_day = models.BooleanField(default=False, db_default=False)
    discount_days = days_field()
    discount_rates = fractions_field()
    instalment_days = days_field()
    instalment_shares = fractions_field()
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "payment terms"
        constraints = [
            models.CheckConstraint(
                name="customers_paymentterms_net_days_sane", condition=Q(net_days__lte=365)
            ),
            models.CheckConstraint(
                name="customers_paymentterms_days_before_sane", condition=Q(days_before__lte=365)
            ),
            models.CheckConstraint(
                name="customers_paymentterms_months_sane", condition=Q(months_ahead__lte=12)
            ),
            models.CheckConstraint(
                name="customers_paymentterms_day_where_asked",
                condition=Q(basis="day_of_month", day_of_month__gte=1, day_of_month__lte=31)
                | (~Q(basis="day_of_month") & Q(day_of_month=0, months_ahead=0)),
            ),
            models.CheckConstraint(
                name="customers_paymentterms_prepaid_is_plain",
                condition=~Q(basis="prepayment")
                | Q(net_days=0, days_before=0, instalment_days=[], discount_days=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def agreed(self) -> Terms:
        """Return the terms as the arithmetic takes them."""
        return Terms(
            basis=self.basis,  # type: ignore[arg-type]  # the choices are those of Terms
            net_days=self.net_days,
            days_before=self.days_before,
            day_of_month=self.day_of_month,
            months_ahead=self.months_ahead,
            moves_to_working_day=self.moves_to_working_day,
            instalments=[
                Instalment(days=days, share=share)
                for days, share in zip(self.instalment_days, self.instalment_shares, strict=True)
            ],
            discounts=[
                Step(days=days, rate=rate)
                for days, rate in zip(self.discount_days, self.discount_rates, strict=True)
            ],
        )
