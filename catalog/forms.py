"""What people enter about products and prices: shapes only, the rules are in the services."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.form_fields import CountryField, CustomerField, NumberField, SkuField, customer_of
from catalog.models import PriceList, Product, TaxCategory, UnitOfMeasure
from catalog.models.taxes import OF_PRODUCTS
from catalog.services import ProductDetails
from customers.models import Address, Customer
from customers.selectors import ship_to_addresses
from o2c.kernel.forms import CurrencyField, DateField
from o2c.kernel.requests import number_of

CATEGORIES = [(name, f"{name}, {TaxCategory(name).label}") for name in OF_PRODUCTS]


class ProductForm(forms.Form):
    """What is known of a product."""

    sku = forms.CharField(label=_("SKU"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    group = forms.CharField(label=_("Product group"), max_length=60, required=False)
    gtin = forms.CharField(label=_("GTIN"), max_length=14, required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=UnitOfMeasure.objects.order_by("name", "pk"), empty_label=None
    )
    pack_multiple = NumberField(label=_("Sold in multiples of"), max_digits=12, decimal_places=3)
    minimum_quantity = NumberField(label=_("Least quantity"), max_digits=12, decimal_places=3)
    weight_kg = NumberField(label=_("Weight, kg"), max_digits=10, decimal_places=3)
    tax_category = forms.ChoiceField(label=_("Tax category"), choices=CATEGORIES)
    lead_time_days = forms.IntegerField(
        label=_("Lead time, working days"), min_value=0, max_value=3650
    )
    origin_country = CountryField(label=_("Country of origin"), required=False)
    commodity_code = forms.RegexField(
        label=_("Commodity code"),
        regex=r"^\d{4,10}$",
        required=False,
        error_messages={"invalid": _("Enter 4 to 10 digits.")},
    )
    tracking = forms.ChoiceField(
        label=_("Tracked in stock"), choices=Product.Tracking.choices, required=False
    )
    expires = forms.BooleanField(label=_("Lots expire"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_tracking(self) -> str:
        return self.cleaned_data["tracking"] or Product.Tracking.NONE.value

    def details(self, product: Product | None = None) -> ProductDetails:
        """Return what was entered; the status stays as it is."""
        values = dict(self.cleaned_data)
        values.pop("revision")
        standing: dict[str, Any] = (
            {"status": product.status, "successor_id": product.successor_id} if product else {}
        )
        return ProductDetails(unit_id=values.pop("unit").pk, **values, **standing)


class PriceForm(forms.Form):
    """A price of one product on a list."""

    price_list = forms.ModelChoiceField(
        label=_("Price list"), queryset=PriceList.objects.order_by("code"), empty_label=None
    )
    amount = NumberField(label=_("Price"), max_digits=14, decimal_places=4)
    min_quantity = NumberField(
        label=_("From quantity"), max_digits=12, decimal_places=3, required=False, initial=0
    )
    valid_from = DateField(label=_("First day"), required=False)
    valid_until = DateField(label=_("Last day"), required=False)

    def clean_min_quantity(self) -> Decimal:
        return self.cleaned_data["min_quantity"] or Decimal(0)


class EndForm(forms.Form):
    """The last day of something."""

    valid_until = DateField(label=_("Last day"))


class PackForm(forms.Form):
    """A pack of a product."""

    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=UnitOfMeasure.objects.order_by("name", "pk")
    )
    factor = NumberField(label=_("Holds"), max_digits=12, decimal_places=3)
    gtin = forms.CharField(label=_("GTIN"), max_length=14, required=False)


class MeaningForm(forms.Form):
    """What a customer's number means."""

    number = forms.CharField(label=_("Their number"), max_length=60)
    sku = SkuField(label=_("Our SKU"))
    description = forms.CharField(label=_("Their name for it"), max_length=200, required=False)
    unit = forms.ModelChoiceField(
        label=_("Their unit"),
        queryset=UnitOfMeasure.objects.order_by("name", "pk"),
        required=False,
        empty_label=_("As ours"),
    )
    factor = NumberField(
        label=_("One of theirs holds"),
        max_digits=12,
        decimal_places=3,
        required=False,
        initial=1,
        help_text=_("How many of our unit, such as 12 in a carton"),
    )

    def clean_factor(self) -> Decimal:
        """Without a figure theirs is as large as ours."""
        factor = self.cleaned_data["factor"]
        return Decimal(1) if factor is None else factor

    def said(self) -> dict[str, Any]:
        """Return what was entered, as the services take it."""
        unit = self.cleaned_data["unit"]
        return {
            "number": self.cleaned_data["number"],
            "product_id": self.cleaned_data["sku"].pk,
            "description": self.cleaned_data["description"],
            "unit_id": unit.pk if unit else None,
            "factor": self.cleaned_data["factor"],
        }


class PartForm(MeaningForm):
    """What a customer calls a product."""

    customer = CustomerField(label=_("Customer"))
    field_order = ("customer",)


class KnownPartForm(MeaningForm):
    """A number that is remembered already; whose it is stays."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class DiscontinueForm(forms.Form):
    """What is sold instead."""

    successor = SkuField(label=_("Sold instead"), required=False, help_text=_("SKU, if any"))


class ListForm(forms.Form):
    """A list of prices."""

    code = forms.SlugField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=100)
    currency = CurrencyField(label=_("Currency"), help_text=_("Three letters, such as EUR"))
    customer = CustomerField(label=_("Contract of"), required=False)
    valid_from = DateField(label=_("First day"), required=False)
    valid_until = DateField(label=_("Last day"), required=False)


class DiscountForm(forms.Form):
    """A discount for somebody, on something."""

    percent = NumberField(label=_("Percent off"), max_digits=6, decimal_places=3)
    customer = CustomerField(label=_("Customer"), required=False)
    sku = SkuField(label=_("Product"), required=False)
    group = forms.CharField(label=_("Product group"), max_length=60, required=False)
    valid_from = DateField(label=_("First day"), required=False)
    valid_until = DateField(label=_("Last day"), required=False)


class ExemptionForm(forms.Form):
    """A certificate that spares a customer tax."""

    customer = CustomerField(label=_("Customer"))
    certificate = forms.CharField(label=_("Certificate"), max_length=60)
    country = CountryField(label=_("Country"))
    region = forms.CharField(label=_("Region or state"), max_length=100, required=False)
    valid_from = DateField(label=_("First day"), required=False)
    valid_until = DateField(label=_("Last day"), required=False)


class CheckForm(forms.Form):
    """Whose prices are asked for, when, and for which lines."""

    customer = forms.IntegerField(widget=forms.HiddenInput, required=False)
    customer_name = forms.CharField(label=_("Customer"), max_length=200)
    on = DateField(label=_("On"))
    ship_to = forms.ModelChoiceField(
        label=_("Ship to"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=_("Usual address"),
    )
    tolerance = NumberField(
        label=_("Tolerance, %"), max_digits=6, decimal_places=3, min_value=0, max_value=100
    )
    lines = forms.CharField(
        label=_("SKU, quantity and their price"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One line each, as in a spreadsheet"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **settings: Any) -> None:
        super().__init__(data, **settings)
        self.chosen: Customer | None = None
        if data is not None:
            self._choose(data)

    def clean_customer_name(self) -> str:
        """Refuse a name that is nobody's, or several customers'."""
        text: str = self.cleaned_data["customer_name"]
        if self.chosen is None:
            customer_of(text)
        return text

    def place(self) -> Address | None:
        """Return where the goods would go: the address chosen, else the customer's usual one."""
        chosen: Address | None = self.cleaned_data["ship_to"]
        if chosen is not None or self.chosen is None:
            return chosen
        return ship_to_addresses(self.chosen.pk).first()

    def _choose(self, data: Mapping[str, Any]) -> None:
        key = str(data.get("customer", ""))
        if key.isdecimal():
            self.chosen = Customer.objects.filter(pk=number_of(key) or 0).first()
        else:
            try:
                self.chosen = customer_of(str(data.get("customer_name", "")).strip())
            except forms.ValidationError:
                return
        if self.chosen is not None:
            self.fields["ship_to"].queryset = ship_to_addresses(self.chosen.pk)  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX"))


class PricesUploadForm(UploadForm):
    """A file of prices, and whose list they belong to."""

    price_list = forms.ModelChoiceField(
        label=_("Price list"), queryset=PriceList.objects.order_by("code"), empty_label=None
    )
