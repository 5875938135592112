"""Carriers: what they offer, what it costs, and when they come."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Warehouse
from o2c.kernel.money import ZERO


class Carrier(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    # With {number} in the place of the tracking number.
    tracking_url = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    # Which of `shipping.carriers` speaks to it, and what that needs to know; nothing secret.
    adapter = models.CharField(max_length=20, default="manual", db_default="manual")
    settings = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)

    class Meta:
        permissions = [("manage_carrier", "Can set up carriers, services, pickups and freight")]

    def __str__(self) -> str:
        return self.name


class CarrierSecrets(models.Model):
    """What a carrier and we know and nobody else, sealed (see o2c/kernel/sealing.py)."""

    carrier = models.OneToOneField(Carrier, on_delete=models.CASCADE, related_name="secrets")
    # Signs its webhooks.
    signing_secret = models.CharField(max_length=500, blank=True)
    api_token = models.CharField(max_length=500, blank=True)
    # SHA-256 of the token with which the carrier comes to our REST API.
    access_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Messages whose signature was wrong or too old: nothing else is kept of them.
    refused_count = models.PositiveIntegerField(default=0, db_default=0)
    last_refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "carrier secrets"
        constraints = [
            models.UniqueConstraint(
                fields=["access_hash"],
                condition=~Q(access_hash=""),
                name="shipping_carriersecrets_access_once",
            ),
        ]

    def __str__(self) -> str:
        return f"secrets of {self.carrier_id}"


class CarrierService(models.Model):
    """One way in which a carrier takes goods: express, standard, pallet."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="services")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    # Working days on the road.
    transit_days = models.PositiveSmallIntegerField(default=1)
    max_weight_kg = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Empty: the carrier's.
    adapter = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "code"], name="shipping_carrierservice_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FreightZone(models.Model):
    """Where goods go at one tariff: countries, and the beginnings of postal codes in them."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="zones")
    code = models.CharField(max_length=20)
    countries = ArrayField(models.CharField(max_length=2))
    # Empty: everywhere in these countries. The longest that fits wins.
    postal_prefixes = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "code"], name="shipping_freightzone_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FreightRate(models.Model):
    """What a service costs to a zone from a weight on.

    Cost = amount + per_kg x weight + value_rate x value of the goods, at least `minimum`.
    """

    service = models.ForeignKey(CarrierService, on_delete=models.CASCADE, related_name="rates")
    zone = models.ForeignKey(FreightZone, on_delete=models.CASCADE, related_name="rates")
    from_weight_kg = models.DecimalField(max_digits=10, decimal_places=3, default=ZERO)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    per_kg = models.DecimalField(max_digits=12, decimal_places=4, default=ZERO)
    value_rate = models.DecimalField(max_digits=6, decimal_places=5, default=ZERO)
    minimum = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    valid_from = models.DateField()
    # The last day; null: until further notice.
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "zone", "currency", "from_weight_kg", "valid_from"],
                name="shipping_freightrate_once",
            ),
            models.CheckConstraint(
                name="shipping_freightrate_not_negative",
                condition=Q(
                    from_weight_kg__gte=0,
                    amount__gte=0,
                    per_kg__gte=0,
                    value_rate__gte=0,
                    minimum__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="shipping_freightrate_ends_later",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} to {self.zone_id} from {self.from_weight_kg} kg"


class PickupSchedule(models.Model):
    """A carrier collects at a warehouse on a weekday; what is ready by `cut_off` goes along.

    `cut_off` is wall-clock time at the warehouse.
    """

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="pickups")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="pickups")
    weekday = models.PositiveSmallIntegerField(
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ]
    )
    cut_off = models.TimeField()
    transit_days = models.PositiveSmallIntegerField(default=1)
    # Null: all services of the carrier.
    service = models.ForeignKey(
        CarrierService, on_delete=models.PROTECT, null=True, blank=True, related_name="pickups"
    )
    # How much it takes at once; null: anything.
    capacity_packages = models.PositiveIntegerField(null=True, blank=True)
    capacity_kg = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    door = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "warehouse", "weekday", "cut_off"],
                name="shipping_pickupschedule_once",
            ),
            models.CheckConstraint(
                name="shipping_pickupschedule_weekday_exists", condition=Q(weekday__lte=6)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.weekday} {self.cut_off}"


class PickupClosure(models.Model):
    """A carrier does not come on this day, to one warehouse or to any."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="closures")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    day = models.DateField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "warehouse", "day"],
                nulls_distinct=False,
                name="shipping_pickupclosure_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} not on {self.day}"
