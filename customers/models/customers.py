"""Who we sell to, where goods and invoices go, and who is asked."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.freight import FreightTerms
from customers.incoterms import Incoterm
from customers.models.terms import PaymentTerms
from o2c.kernel.audited import Audited
from o2c.kernel.numbering import PlainNumber


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

    class Consolidation(models.TextChoices):
        AUTOMATIC = "automatic", _("in one shipment where they can")
        BY_HAND = "by_hand", _("in one shipment when somebody joins them")
        NEVER = "never", _("never in one shipment")

    class TaxStatus(models.TextChoices):
        TAXABLE = "taxable", _("taxable")
        EXEMPT = "exempt", _("exempt")
        REVERSE_CHARGE = "reverse_charge", _("reverse charge")

    PRIORITIES = range(1, 10)
    USUAL_PRIORITY = 5

    number = models.CharField(
        max_length=20, unique=True, db_default=PlainNumber(prefix="C-", sequence="customers_number")
    )
    name = models.CharField(max_length=200)
    # Lower case, without accents: what people search and sort by.
    folded_name = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    # As registered, where it is another than the name that people use.
    legal_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    vat_number = models.CharField(max_length=30, blank=True)
    eori = models.CharField(max_length=17, blank=True, default="", db_default="")
    registration_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    gln = models.CharField(max_length=13, blank=True, default="", db_default="")
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
    # Nothing is sent before all of an order can go.
    ships_complete = models.BooleanField(default=False, db_default=False)
    # Whether orders to the same address go together.
    consolidation = models.CharField(
        max_length=10,
        choices=Consolidation.choices,
        default=Consolidation.BY_HAND,
        db_default=Consolidation.BY_HAND,
    )
    # Whom scarce stock goes to first: 1 before 9.
    priority = models.PositiveSmallIntegerField(default=USUAL_PRIORITY, db_default=USUAL_PRIORITY)
    # Who carries the goods' cost and risk how far; empty: nothing is agreed.
    incoterm = models.CharField(
        max_length=3, choices=Incoterm.choices, blank=True, default="", db_default=""
    )
    # Whether the invoice asks for what the carrier's tariff says.
    freight_terms = models.CharField(
        max_length=10,
        choices=FreightTerms.choices,
        default=FreightTerms.BORNE,
        db_default=FreightTerms.BORNE,
    )
    tax_status = models.CharField(
        max_length=15, choices=TaxStatus.choices, default=TaxStatus.TAXABLE
    )
    requires_po_number = models.BooleanField(default=False)
    grace_days = models.PositiveSmallIntegerField(default=0)
    # How far a price may be from the listed one without a reason; null: as the house says.
    price_tolerance_rate = models.DecimalField(
        max_digits=6, decimal_places=5, null=True, blank=True
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        permissions = [
            ("import_customer", "Can import customers"),
            ("set_price_tolerance", "Can say how far a customer's prices may be from the listed"),
        ]
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
            models.CheckConstraint(
                name="customers_customer_priority_in_range",
                condition=Q(priority__gte=1, priority__lte=9),
            ),
            models.CheckConstraint(
                name="customers_customer_price_tolerance_is_fraction",
                condition=Q(price_tolerance_rate=None)
                | Q(price_tolerance_rate__gte=0, price_tolerance_rate__lt=1),
            ),
        ]
        indexes = [
            # Serves search_customers(): words anywhere in the name.
            GinIndex(fields=["folded_name"], name="customers_by_name", opclasses=["gin_trgm_ops"]),
            # Serves the customer list: everybody in the order of their names.
            models.Index(fields=["folded_name", "id"], name="customers_in_order"),
            # Serves search_customers() and imports: who has this VAT number.
            models.Index(
                fields=["vat_number"], name="customers_by_vat", condition=~Q(vat_number="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def invoice_name(self) -> str:
        """Return the name that invoices are made out to."""
        return self.legal_name or self.name


class Address(Audited):
    """Where a customer receives goods (ship to) or invoices (bill to)."""

    class Kind(models.TextChoices):
        BILL_TO = "bill_to", _("bill to")
        SHIP_TO = "ship_to", _("ship to")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What people call the place; audit entries name the row by `label_of`.
    label = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    is_default = models.BooleanField(default=False)
    # What the customer calls the place in their own documents, and its GS1 number.
    code = models.CharField(max_length=40, blank=True, default="", db_default="")
    gln = models.CharField(max_length=13, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(is_default=True),
                name="customers_address_one_default",
            ),
            models.CheckConstraint(
                name="customers_address_default_is_active",
                condition=Q(is_default=False) | Q(is_active=True),
            ),
            # A document that names the place by its code must mean one place.
            models.UniqueConstraint(
                fields=["customer", "kind", "code"],
                condition=Q(is_active=True) & ~Q(code=""),
                name="customers_address_code_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "gln"],
                condition=Q(is_active=True) & ~Q(gln=""),
                name="customers_address_gln_once",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.label, self.street, self.city) if part)


class Contact(Audited):
    """A person at a customer, and what they are asked about."""

    class Role(models.TextChoices):
        BUYER = "buyer", _("buyer")
        PAYABLES = "payables", _("accounts payable")
        DISPATCH = "dispatch", _("goods in")
        OTHER = "other", _("other")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=100, blank=True, default="", db_default="")
    # Empty: the customer's.
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True, db_default=True)
    # The contact's own mark in the address book that it came from (vCard UID); empty: ours.
    uid = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="customers_contact_named", condition=~Q(name="")),
            models.UniqueConstraint(
                fields=["customer", "uid"],
                condition=~Q(uid=""),
                name="customers_contact_uid_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
