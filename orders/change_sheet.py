"""The screen on which an order is changed: the form, a row per line, rows for new lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.selectors import products_by_code
from customers.models import Address, PaymentTerms
from customers.selectors import ship_to_addresses
from o2c.kernel.errors import DomainError, InvalidInput, explain
from o2c.kernel.forms import DateField, OnceForm
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Amendment, Order, OrderLine

NEW_ROWS = 3
MOST_ROWS = 50


def _number(**settings: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 9})
    return forms.DecimalField(widget=widget, **settings)


class HeadForm(OnceForm):
    """The order's head, and why it is changed. `revision` is the one that was on the screen."""

    customer_po = forms.CharField(label=gettext_lazy("Their PO"), max_length=60, required=False)
    requested_on = DateField(label=gettext_lazy("Deliver on"))
    ship_to = forms.ModelChoiceField(
        label=gettext_lazy("Ship to"), queryset=Address.objects.none(), empty_label=None
    )
    payment_terms = forms.ModelChoiceField(
        label=gettext_lazy("Terms"),
        queryset=PaymentTerms.objects.order_by("name", "pk"),
        empty_label=None,
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        addresses = ship_to_addresses(order.customer_id)
        self.fields["ship_to"].queryset = addresses  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """What is to become of one line; 0 takes it off."""

    quantity = _number(min_value=0, max_digits=12, decimal_places=3)
    unit_price = _number(min_value=0, max_digits=14, decimal_places=4)
    requested_on = DateField()


class NewLineForm(forms.Form):
    """A line to be added; without a price it has the price list's."""

    sku = forms.CharField(max_length=60, required=False)
    quantity = _number(min_value=0, max_digits=12, decimal_places=3, required=False)
    unit_price = _number(min_value=0, max_digits=14, decimal_places=4, required=False)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line with its form; `least` cannot be gone below: it has left or is being picked."""

    line: OrderLine
    form: LineForm
    least: Decimal


@dataclass(kw_only=True)
class ChangeSheet:
    """All that is on the screen."""

    order: Order
    head: HeadForm
    rows: Sequence[Row]
    added: Sequence[NewLineForm]

    @property
    def parts(self) -> list[forms.Form]:
        return [self.head, *(row.form for row in self.rows), *self.added]

    def is_valid(self) -> bool:
        """Say whether every form can be read; each is asked, so that each shows what is wrong."""
        return [form for form in self.parts if not form.is_valid()] == []

    def changes(self) -> AmendmentChanges:
        """Return what differs from the order. Only for a screen without errors.

        Raises:
            InvalidInput: a new line names no product of ours.
        """
        asked = self.head.cleaned_data
        order = self.order
        return AmendmentChanges(
            lines=[change for _form, change in self.asked_lines()],
            requested_on=_if_new(asked["requested_on"], order.requested_on),
            ship_to_id=_if_new(asked["ship_to"].pk, order.ship_to_id),
            payment_terms_id=_if_new(asked["payment_terms"].pk, order.payment_terms_id),
            customer_po=_if_new(asked["customer_po"].strip(), order.customer_po),
        )

    def asked_lines(self) -> list[tuple[forms.Form, LineChange]]:
        """Return each changed or new line with the form that asks for it."""
        asked: list[tuple[forms.Form, LineChange]] = []
        for row in self.rows:
            change = _change_of(row)
            if change is not None:
                asked.append((row.form, change))
        filled = [form for form in self.added if form.cleaned_data["sku"].strip()]
        codes = [form.cleaned_data["sku"] for form in filled]
        products = products_by_code(codes, customer_id=self.order.customer_id) if codes else {}
        for form in filled:
            product = products.get(form.cleaned_data["sku"].strip())
            if product is None:
                form.add_error("sku", _("We do not sell this product."))
                raise InvalidInput(_("A new line names no product of ours."))
            values = form.cleaned_data
            change = LineChange(
                product_id=product.pk,
                quantity=values["quantity"] or Decimal(0),
                unit_price=values["unit_price"],
            )
            asked.append((form, change))
        return asked

    def forbid_prices(self) -> None:
        """Say of each line with another price than before that this person may not agree on one."""
        changed = [row.form for row in self.rows if _price_of(row) is not None]
        priced = [form for form in self.added if form.cleaned_data["unit_price"] is not None]
        for form in (*changed, *priced):
            form.add_error("unit_price", _("You may not change prices."))

    def refuse(self, refusal: Exception) -> None:
        """Show what was refused at the line or field that it is about, or above the form."""
        if isinstance(refusal, InvalidInput) and refusal.findings:
            for _rule, field, message in refusal.findings:
                self._add(field, message)
        elif all(form.is_valid() for form in self.parts):
            field = refusal.field if isinstance(refusal, DomainError) else ""
            self._add(field, explain(refusal)[1])

    def _add(self, field: str, message: str) -> None:
        name, _dot, rest = field.partition(".")
        place, _dot, tail = rest.partition(".")
        if name == "lines" and place.isdecimal():
            asked = self.asked_lines()
            form = asked[int(place)][0] if int(place) < len(asked) else self.head
            form.add_error(tail if tail in form.fields else None, message)
        else:
            self.head.add_error(field if field in self.head.fields else None, message)


def sheet_of(order: Order, data: QueryDict | None, like: Amendment | None = None) -> ChangeSheet:
    """Return the screen for an order with its lines: as entered, as it is, or like an amendment."""
    wishes = AmendmentChanges.from_json(like.asked) if like else AmendmentChanges()
    by_line = {change.line_id: change for change in wishes.lines if change.line_id}
    head = HeadForm(data, order=order, initial=_head_initial(order, wishes, like))
    lines = [line for line in order.lines.all() if line.ordered > line.cancelled]
    return ChangeSheet(
        order=order,
        head=head,
        rows=[_row(line, data, by_line.get(line.pk, LineChange())) for line in lines],
        added=[NewLineForm(data, prefix=f"new-{place}") for place in range(NEW_ROWS)],
    )


def _head_initial(
    order: Order, wishes: AmendmentChanges, like: Amendment | None
) -> Mapping[str, Any]:
    po = wishes.customer_po
    return {
        "customer_po": order.customer_po if po is None else po,
        "requested_on": wishes.requested_on or order.requested_on,
        "ship_to": wishes.ship_to_id or order.ship_to_id,
        "payment_terms": wishes.payment_terms_id or order.payment_terms_id,
        "reason": like.reason if like else "",
        "revision": order.revision,
    }


def _row(line: OrderLine, data: QueryDict | None, wish: LineChange) -> Row:
    agreed = line.ordered - line.cancelled
    price = line.unit_price if wish.unit_price is None else wish.unit_price
    initial = {
        "quantity": f"{(agreed if wish.quantity is None else wish.quantity).normalize():f}",
        "unit_price": f"{price.normalize():f}",
        "requested_on": wish.requested_on or line.requested_on,
    }
    form = LineForm(data, prefix=f"line-{line.pk}", initial=initial)
    return Row(line=line, form=form, least=max(line.picking, line.shipped))


def _change_of(row: Row) -> LineChange | None:
    values, line = row.form.cleaned_data, row.line
    quantity = _if_new(values["quantity"], line.ordered - line.cancelled)
    unit_price = _price_of(row)
    requested_on = _if_new(values["requested_on"], line.requested_on)
    if quantity is None and unit_price is None and requested_on is None:
        return None
    return LineChange(
        line_id=line.pk, quantity=quantity, unit_price=unit_price, requested_on=requested_on
    )


def _price_of(row: Row) -> Decimal | None:
    """Return the price that is asked for instead of the line's."""
    price: Decimal | None = _if_new(row.form.cleaned_data["unit_price"], row.line.unit_price)
    return price


def _if_new(value: Any, old: Any) -> Any:
    return None if value == old else value
