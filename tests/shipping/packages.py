"""Packages as the packing table leaves them."""

from decimal import Decimal

from fulfillment.models import Package, PackageLine, PickLine

# The example of the GS1 General Specifications, with its check digit.
SSCC = "376104250021234569"
SECOND = "376104250021234576"


def share_out(pick_list, *quantities, sku=""):
    """Put so much of the first line, or of a product, into packages 1, 2, ...; name two."""
    lines = PickLine.objects.filter(pick_list=pick_list, order_line__sku__startswith=sku)
    line = lines.order_by("position").first()
    for number, quantity in enumerate(quantities, start=1):
        package, _made = Package.objects.get_or_create(
            pick_list=pick_list, number=number, defaults={"weight_kg": Decimal("2.5")}
        )
        PackageLine.objects.filter(package=package).delete()
        PackageLine.objects.create(package=package, pick_line=line, quantity=Decimal(quantity))
    for number, sscc in ((1, SSCC), (2, SECOND)):
        Package.objects.filter(pick_list=pick_list, number=number).update(sscc=sscc)
