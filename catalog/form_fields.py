"""Fields for what people type: numbers, customers, countries, products."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Customer
from customers.postal import COUNTRIES
from customers.selectors import search_customers
from o2c.kernel.sheets.numbers import parse_number

# How many customers an ambiguous name lists.
NAMED = 4


class NumberField(forms.DecimalField):
    """A number as people type it, with the decimals that its column holds."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        number = parse_number(value, mark="", locale="en") if isinstance(value, str) else None
        return super().to_python(number.value if number else value)


class CustomerField(forms.CharField):
    """A customer by name or number, as one types it."""

    def __init__(self, **settings: Any) -> None:
        usual: dict[str, Any] = {"max_length": 200, "help_text": _("Name or number")}
        super().__init__(**(usual | settings))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return customer_of(text) if text else None


def customer_of(text: str) -> Customer:
    """Return the one customer whose name or number this is, or that alone fits.

    Raises:
        ValidationError: nobody fits, or several do.
    """
    found = list(search_customers(text, limit=NAMED))
    same = [row for row in found if text.casefold() in (row.number.casefold(), row.name.casefold())]
    fitting = same or found
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(customer.name for customer in found)
    hint = gettext("Several fit: %(names)s.") % {"names": names} if names else ""
    raise forms.ValidationError(f"{gettext('Choose a customer by name or number.')} {hint}".strip())


class CountryField(forms.CharField):
    """A country by its two letters."""

    def __init__(self, **settings: Any) -> None:
        usual: dict[str, Any] = {"max_length": 2, "help_text": _("Two letters, such as DE")}
        super().__init__(**(usual | settings))

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).upper()
        if code and code not in COUNTRIES:
            raise forms.ValidationError(gettext("Enter the country's two letters, such as DE."))
        return code


class SkuField(forms.CharField):
    """A product by its SKU."""

    def __init__(self, **settings: Any) -> None:
        usual: dict[str, Any] = {"max_length": 40}
        super().__init__(**(usual | settings))

    def clean(self, value: Any) -> Any:
        sku = super().clean(value)
        if not sku:
            return None
        product = Product.objects.filter(sku__iexact=sku).order_by("pk").first()
        if product is None:
            raise forms.ValidationError(gettext("There is no such SKU."))
        return product
