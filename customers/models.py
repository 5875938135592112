"""Who we sell to."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.audited import Audited
from o2c.kernel.numbering import PlainNumber


class PaymentTerms(models.Model):
    """When an invoice is due: `net_days` days after it was issued."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    net_days = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "payment terms"
        constraints = [
            models.CheckConstraint(
                name="customers_paymentterms_net_days_sane", condition=Q(net_days__lte=365)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(Audited):
    """A debtor: who orders, receives and pays. The row that is locked before its credit moves."""

    class BillingTrigger(models.TextChoices):
        SHIPMENT = "shipment", _("when goods leave")
        DELIVERY = "delivery", _("when goods are delivered")
        ORDER = "order", _("before goods leave (prepayment)")

    class ShortagePolicy(models.TextChoices):
        BACKORDER = "backorder", _("backorder what is missing")
        SHIP_PARTIAL = "ship_partial_cancel_rest", _("ship what is there, cancel the rest")
        CANCEL = "cancel", _("cancel the line")

    class TaxStatus(models.TextChoices):
        TAXABLE = "taxable", _("taxable")
        EXEMPT = "exempt", _("exempt")
        REVERSE_CHARGE = "reverse_charge", _("reverse charge")

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="C-", sequence="customers_number")
    )
    name = models.CharField(max_length=200)
    # Lower case, without accents: what people search and sort by.
    folded_name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    vat_number = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=8, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    sales_rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    payment_terms = models.ForeignKey(PaymentTerms, on_delete=models.PROTECT, related_name="+")
    billing_trigger = models.CharField(
        max_length=10, choices=BillingTrigger.choices, default=BillingTrigger.SHIPMENT
    )
    accepts_backorders = models.BooleanField(default=True)
    shortage_policy = models.CharField(
        max_length=30, choices=ShortagePolicy.choices, default=ShortagePolicy.BACKORDER
    )
    tax_status = models.CharField(
        max_length=15, choices=TaxStatus.choices, default=TaxStatus.TAXABLE
    )
    requires_po_number = models.BooleanField(default=False)
    grace_days = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="customers_customer_not_own_parent", condition=~Q(parent=F("pk"))
            ),
            models.CheckConstraint(name="customers_customer_named", condition=~Q(name="")),
            # Backorders are made only for those who accept them (ARCHITECTURE, policies).
            models.CheckConstraint(
                name="customers_customer_policy_fits",
                condition=Q(accepts_backorders=True) | ~Q(shortage_policy="backorder"),
            ),
        ]
        indexes = [
            # Serves search_customers(): words anywhere in the name.
            GinIndex(fields=["folded_name"], name="customers_by_name", opclasses=["gin_trgm_ops"]),
            # Serves the customer list: everybody in the order of their names.
            models.Index(fields=["folded_name", "id"], name="customers_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where a customer receives goods (ship to) or invoices (bill to)."""

    class Kind(models.TextChoices):
        BILL_TO = "bill_to", _("bill to")
        SHIP_TO = "ship_to", _("ship to")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    is_default = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(is_default=True),
                name="customers_address_one_default",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.label, self.street, self.city) if part)


class Contact(models.Model):
    """A person at a customer, and what they are asked about."""

    class Role(models.TextChoices):
        BUYER = "buyer", _("buyer")
        PAYABLES = "payables", _("accounts payable")
        DISPATCH = "dispatch", _("goods in")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class CustomerUser(models.Model):
    """Somebody at a customer who signs in to the portal, for that customer alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer_user"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="users")

    def __str__(self) -> str:
        return str(self.user)


class ApiKey(models.Model):
    """A key of one customer's system. Only the hash is kept; the key is shown once.

    `scopes` names what it may do: `orders:write`, `orders:read`, `invoices:read` …
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
