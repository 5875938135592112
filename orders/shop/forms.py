"""Connecting a web shop."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from o2c.kernel.forms import CurrencyField
from o2c.kernel.text import fold
from orders.intake.matching import customers_by_code
from orders.models import WebShop
from orders.shop.services import Secrets, ShopDetails

MOST_BUYERS = 2000


class ShopForm(forms.Form):
    """Secrets are entered and never shown again: an empty field keeps what is stored."""

    name = forms.CharField(label=_("Name"), max_length=100)
    base_url = forms.URLField(
        label=_("Address"),
        max_length=200,
        assume_scheme="https",
        help_text=_("Where the shop's API is, such as https://example.myshopify.com"),
    )
    currency = CurrencyField(label=_("Currency"), help_text=_("Three letters, such as EUR"))
    signing_secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    api_token = forms.CharField(
        label=_("API token"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    default_customer = forms.CharField(
        label=_("Usual customer"),
        max_length=40,
        required=False,
        help_text=_("Customer number for buyers that are not named below; empty: a person decides"),
    )
    buyers = forms.CharField(
        label=_("Buyers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line: e-mail address or company = customer number"),
    )
    is_active = forms.BooleanField(label=_("Takes orders"), required=False, initial=True)

    def clean_default_customer(self) -> Customer | None:
        code = str(self.cleaned_data["default_customer"]).strip()
        found = customers_by_code([code]).get(code.casefold())
        if code and found is None:
            raise forms.ValidationError(_("No customer has this number."))
        return found

    def clean_buyers(self) -> dict[str, int]:
        lines = [line for line in self.cleaned_data["buyers"].splitlines() if line.strip()]
        if len(lines) > MOST_BUYERS:
            raise forms.ValidationError(_("Name 2,000 buyers at most."))
        pairs = [tuple(part.strip() for part in line.rpartition("=")[::2]) for line in lines]
        customers = customers_by_code(code for _name, code in pairs)
        wrong = _wrong(pairs, customers)
        if wrong:
            message = _("Line %(line)s is not “e-mail or company = customer number”.")
            raise forms.ValidationError([message % {"line": line} for line in wrong[:10]])
        return {name: customers[code.casefold()].pk for name, code in pairs}

    def details(self) -> ShopDetails:
        entered = self.cleaned_data
        usual = entered["default_customer"]
        return ShopDetails(
            name=entered["name"],
            base_url=entered["base_url"].rstrip("/"),
            currency=entered["currency"],
            default_customer_id=usual.pk if usual else None,
            is_active=entered["is_active"],
        )

    def secrets(self) -> Secrets:
        return Secrets(
            signing_secret=self.cleaned_data["signing_secret"],
            api_token=self.cleaned_data["api_token"],
        )


class NewShopForm(ShopForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=WebShop.Kind.choices)
    field_order = ("kind", "name")

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        self.fields["signing_secret"].required = True


def _wrong(pairs: Iterable[tuple[str, ...]], customers: dict[str, Customer]) -> list[int]:
    """Return the numbers of the lines that name nobody, no customer, or somebody twice."""
    seen: set[str] = set()
    wrong = []
    for number, (name, code) in enumerate(pairs, 1):
        if not fold(name) or code.casefold() not in customers or fold(name) in seen:
            wrong.append(number)
        seen.add(fold(name))
    return wrong
