"""What others ask about invoices."""

from django.db.models import Exists, OuterRef

from customers.models import Address, Contact, Customer
from invoicing.models import Invoice, InvoiceLine, InvoiceTax
from shipping.models import ShipmentLine

GONE = [Invoice.State.DISCARDED]


def orders_to_bill(shipment_id: int) -> list[int]:
    """Return the orders of which a shipment carries something not yet billed, by key."""
    lines = ShipmentLine.objects.filter(shipment=shipment_id, invoice_lines=None)
    return list(lines.order_by("order_id").values_list("order_id", flat=True).distinct())


def lines_to_bill(shipment_id: int) -> list[ShipmentLine]:
    """Return a shipment's lines that no invoice has, with what their invoice prints.

    `is_billed_in_part`: an invoice of the same order and shipment exists, so this would be
    a second one.
    """
    twins = Invoice.objects.filter(shipment=OuterRef("shipment"), order=OuterRef("order"))
    lines = ShipmentLine.objects.filter(shipment=shipment_id, invoice_lines=None)
    related = lines.select_related("shipment__ship_to", "order__payment_terms")
    return list(
        related.annotate(is_billed_in_part=Exists(twins.exclude(state__in=GONE))).order_by(
            "order_line__position", "pk"
        )
    )


def bill_to_address(customer_id: int) -> Address | None:
    """Return where a customer's invoices go: the default bill-to address, else the oldest."""
    addresses = Address.objects.filter(customer=customer_id, kind=Address.Kind.BILL_TO)
    return addresses.order_by("-is_default", "pk").first()


def order_of(invoice_id: int) -> int:
    """Return the key of an invoice's order, to be locked before the invoice.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    return Invoice.objects.values_list("order_id", flat=True).get(pk=invoice_id)


def shipment_of(invoice_id: int) -> int:
    """Return the key of an invoice's shipment.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    return Invoice.objects.values_list("shipment_id", flat=True).get(pk=invoice_id)


def parts_of(invoice: Invoice) -> tuple[list[InvoiceLine], list[InvoiceTax]]:
    """Return the lines and the taxes as they are printed, in their order."""
    taxes = invoice.taxes.order_by("category", "rate")
    return list(invoice.lines.order_by("position")), list(taxes)


def has_twin(invoice: Invoice) -> bool:
    """Say whether another invoice bills the same order and shipment."""
    twins = Invoice.objects.filter(shipment=invoice.shipment_id, order=invoice.order_id)
    return twins.exclude(pk=invoice.pk).exclude(state__in=GONE).exists()


def recipient_of(customer: Customer) -> str:
    """Return whom invoices are mailed to: accounts payable, else the customer; or nobody."""
    contacts = Contact.objects.filter(customer=customer, role=Contact.Role.PAYABLES)
    named = contacts.exclude(email="").order_by("pk").first()
    return named.email if named else customer.email
