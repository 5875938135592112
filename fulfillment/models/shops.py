"""What web shops were told about stock."""

from django.db import models

from catalog.models import Product
from orders.models import WebShop


class ShopStock(models.Model):
    """The whole units of a product that a shop was last told can be sold."""

    shop = models.ForeignKey(WebShop, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    told = models.DecimalField(max_digits=14, decimal_places=0)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "product"], name="fulfillment_shopstock_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.shop_id}: {self.told}"
