"""What carriers have charged, as it is kept."""

from shipping.models import Shipment


def charged():
    return list(Shipment.objects.order_by("pk").values_list("charged_cost", "freight_currency"))
