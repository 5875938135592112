"""What a product's tracking means for what lies in stock."""

from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.models import StockLevel
from fulfillment.services import stock
from o2c.kernel.errors import DomainError


class InStock(DomainError):
    """What is on the shelf has lots, or none: it cannot be told apart in another way now."""

    code = "in_stock"


def ensure_none_in_stock(product_id: int) -> None:
    """Object to another tracking while goods are on the shelf; their levels are locked.

    Raises:
        InStock: some of the product lies somewhere.
    """
    if not any(level.on_hand for level in stock.hold_levels([product_id]).values()):
        return
    product = Product.objects.only("sku").get(pk=product_id)
    places = StockLevel.objects.filter(product=product_id, on_hand__gt=0)
    codes = sorted(set(places.values_list("location__code", flat=True)))
    raise InStock(
        _("%(sku)s is in stock at %(places)s. Count it to zero first, then choose the tracking.")
        % {"sku": product.sku, "places": ", ".join(codes[:5])},
        field="tracking",
    )
