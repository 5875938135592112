"""The lines of orders: their quantities say how far each has come."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from catalog.models import Product, TaxCategory
from o2c.kernel.money import ZERO


class OrderLine(models.Model):
    """One product on an order. Its quantities say how far it has come; it has no state.

    Backordered = ordered - cancelled - shipped - allocated, once the order is released.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # As sold: a later change of the product does not touch it.
    sku = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    # Where the price came from, for people: "Price list EUR", "agreed".
    price_source = models.CharField(max_length=100, blank=True)
    # What the price lists said when the line was written; null: they said nothing.
    list_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    # Why the price differs from theirs.
    price_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    # How the customer calls the product.
    customer_part = models.CharField(max_length=60, blank=True, default="", db_default="")
    # The line of a blanket order that this one calls off.
    blanket_line = models.ForeignKey(
        "orders.BlanketLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="order_lines",
    )
    # The line that this one was taken off when its price changed after part of it had left.
    split_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="split_into",
    )
    net_amount = models.DecimalField(max_digits=16, decimal_places=3)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    # Asked by the buyer; first date that we gave; date as of now. The promise is never overwritten.
    requested_on = models.DateField()
    promised_on = models.DateField(null=True)
    expected_on = models.DateField(null=True)

    ordered = models.DecimalField(max_digits=12, decimal_places=3)
    cancelled = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    allocated = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    # On a pick list that has been released to the floor, and not found short.
    picking = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    picked = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    shipped = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    delivered = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    returned = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    invoiced = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)
    credited = models.DecimalField(max_digits=12, decimal_places=3, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "position"], name="orders_orderline_position_once"
            ),
            models.CheckConstraint(
                name="orders_orderline_ordered_positive", condition=Q(ordered__gt=0)
            ),
            models.CheckConstraint(
                name="orders_orderline_price_not_negative", condition=Q(unit_price__gte=0)
            ),
            models.CheckConstraint(
                name="orders_orderline_quantities_not_negative",
                condition=Q(
                    cancelled__gte=0,
                    allocated__gte=0,
                    picking__gte=0,
                    picked__gte=0,
                    shipped__gte=0,
                    delivered__gte=0,
                    returned__gte=0,
                    invoiced__gte=0,
                    credited__gte=0,
                ),
            ),
            # Cancelling comes first, then fulfilment frees what was allocated, in one transaction:
            # that both together stay within what was ordered is proved by `check_books`.
            models.CheckConstraint(
                name="orders_orderline_cancelled_within_ordered",
                condition=Q(ordered__gte=F("cancelled") + F("shipped")),
            ),
            models.CheckConstraint(
                name="orders_orderline_allocated_within_ordered",
                condition=Q(ordered__gte=F("allocated") + F("shipped")),
            ),
            models.CheckConstraint(
                name="orders_orderline_picking_within_ordered",
                condition=Q(ordered__gte=F("cancelled") + F("picking")),
            ),
            models.CheckConstraint(
                name="orders_orderline_quantities_in_order",
                condition=Q(
                    picked__lte=F("picking"),
                    shipped__lte=F("picked"),
                    delivered__lte=F("shipped"),
                    returned__lte=F("shipped"),
                    invoiced__lte=F("shipped"),
                    credited__lte=F("invoiced"),
                ),
            ),
        ]
        indexes = [
            # Serves the call-offs of a blanket order, and their sums.
            models.Index(
                fields=["blanket_line"],
                name="orders_line_by_blanket",
                condition=Q(blanket_line__isnull=False),
            ),
            # Serves the check that nothing was taken off a line that is deleted.
            models.Index(
                fields=["split_from"],
                name="orders_line_by_split",
                condition=Q(split_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.description}"

    @property
    def open_quantity(self) -> Decimal:
        """What is still to be shipped."""
        return self.ordered - self.cancelled - self.shipped

    @property
    def backordered(self) -> Decimal:
        return self.open_quantity - self.allocated
