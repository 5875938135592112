"""What the entry screens of orders, quotes and blanket orders have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, number_of, today
from orders import selectors
from orders.forms import EntryForm
from orders.offer_sheet import apply_prices
from orders.sheet import Sheet, add_pasted, place_findings, require_quantities, tidy
from orders.sheet_prices import forbid_overrides, price_sheet

OK = 200
Form = TypeVar("Form", bound=EntryForm)


@dataclass
class EntryScreen(ABC, Generic[Form]):
    """A form with rows below it; a subclass adds the document that it belongs to."""

    form: Form
    sheet: Sheet

    @property
    def customer(self) -> Customer | None:
        return self.form.chosen

    @property
    def today(self) -> date:
        """The customer's today; ours while there is no customer."""
        return selectors.today_of(self.customer, clock.now()) if self.customer else today()

    @abstractmethod
    def price(self) -> None:
        """Price the rows as of the customer's today."""

    def check(self, request: HttpRequest) -> bool:
        """Say whether the screen may be stored; what is wrong stands at its fields."""
        self.price()
        require_quantities(self.sheet)
        if not request.user.has_perm("orders.override_price"):
            forbid_overrides(self.sheet)
        return self.form.is_valid() and not self.sheet.has_errors

    def rearrange(self, do: str, pasted: str) -> None:
        """Change the rows as the pressed button says; nothing is called wrong meanwhile."""
        if do == "paste":
            add_pasted(self.sheet, pasted)
        tidy(self.sheet, without=number_of(do.removeprefix("remove-")))
        self.form = at_ease(self.form)

    def prepare(self, *, is_refused: bool) -> None:
        """Offer empty rows and price what is there, or say above the form what is wrong in them."""
        if is_refused:
            self._list_errors()
        else:
            tidy(self.sheet)
            self.price()

    def context(self) -> dict[str, Any]:
        """Return what every template of the screen needs."""
        return {
            "form": self.form,
            "sheet": self.sheet,
            "customer": self.customer,
            "currency": self.customer.currency if self.customer else "",
            # The row that the page's own script copies when it needs one more.
            "blank": {"place": "__n__", "number": "__m__"},
        }

    def changed(self, request: HttpRequest) -> dict[str, Any]:
        """Return which part of the screen asked, by its id, and the rows to be sent again."""
        changed = str(request.headers.get("HX-Trigger", ""))
        place = changed.removeprefix("line-")
        rows = [row for row in self.sheet.rows if str(row.place) == place]
        is_for_all = changed in {"who", "all-lines"}
        return {"rows": self.sheet.filled if is_for_all else rows, "changed": changed}

    def _list_errors(self) -> None:
        for row in self.sheet.rows:
            for message in row.errors.values():
                told = {"number": row.number, "message": message}
                self.form.add_error(None, _("Line %(number)s: %(message)s") % told)


@dataclass
class OfferScreen(EntryScreen[Form]):
    """A screen whose rows have prices of their own, drawn by `template`."""

    template: ClassVar[str]

    def price(self) -> None:
        price_sheet(self.sheet, self.customer, self.form.ship_to_now(), on=self.today)
        apply_prices(self.sheet, self.customer.currency if self.customer else "EUR")

    def context(self) -> dict[str, Any]:
        return super().context() | {"is_offer": True}

    def show(self, request: HttpRequest, *, status: int = OK) -> HttpResponse:
        """Answer with the whole screen, or with what is wrong in it."""
        self.prepare(is_refused=status != OK)
        return render(request, self.template, self.context(), status=status)

    def show_changed(self, request: HttpRequest) -> HttpResponse:
        """Answer a change on the screen with what follows from it: prices and totals."""
        self.price()
        return render(request, "orders/preview.html", self.context() | self.changed(request))

    def store(self, request: HttpRequest, write: Callable[[], str]) -> tuple[str, int]:
        """Have the screen written, once; return the document's number, or a refusal's status.

        What was refused stands at its fields.
        """
        if not self.check(request):
            return "", UNPROCESSABLE
        try:
            return self.form.run_once(request, write), 0
        except InvalidInput as refusal:
            findings = refusal.findings or [("", refusal.field, str(refusal))]
            self.form.add_findings(place_findings(self.sheet, findings))
            return "", UNPROCESSABLE
        except EXPECTED as refusal:
            self.form.add_error(None, explain(refusal)[1])
            return "", CONFLICT


def asked_customer(request: HttpRequest) -> Customer | None:
    """Return the customer whose page one comes from, if so."""
    return Customer.objects.filter(number=request.GET.get("customer", "")).first()


def values_of(customer: Customer | None) -> dict[str, Any]:
    """Return what a form says of its customer."""
    if customer is None:
        return {}
    return {"customer": customer.pk, "customer_name": customer.name}


def at_ease(form: Form) -> Form:
    """Return the form as filled in so far: nothing is called wrong before it is handed in."""
    entered = {name: form.data.get(name, "") for name in form.fields}
    return type(form)(initial=entered, customer=form.chosen)
