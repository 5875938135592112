"""Where goods lie."""

from django.db import models


class Warehouse(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=60, default="UTC")
    country = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place that goods are taken from. `walk_order` is the way a picker walks."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    code = models.CharField(max_length=20)
    walk_order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "code"], name="fulfillment_location_code_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code
