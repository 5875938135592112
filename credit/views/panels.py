"""What other pages show of credit, by URL."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from credit.horizon import is_beyond
from credit.selectors import accounts as known
from credit.selectors import amendments as changing
from credit.selectors import forecasts
from customers.models import Customer
from o2c.kernel.money import ZERO
from o2c.kernel.pages import page
from o2c.kernel.requests import number_of, today
from orders.models import Amendment, Order


@page("credit.view_creditaccount")
def panel(request: HttpRequest) -> HttpResponse:
    """Show a customer's credit, and what would happen to an order of `amount`, tax included.

    `wanted` is the first day on which some of it is to be delivered.
    """
    customer = get_object_or_404(Customer, pk=number_of(request.GET.get("customer")))
    amount = _amount(request.GET.get("amount", ""))
    account = known.account_for_page(customer, today=today())
    is_far = is_beyond(_day(request.GET.get("wanted", "")), account.policy, today=today())
    context = {
        "customer": customer,
        "account": account,
        "standing": account.standing(today()),
        "gauge": known.gauge_of(account, this_order=ZERO if is_far else amount),
        "holds": known.holds_that_stand(customer.pk),
        "forecast": forecasts.forecast(account, amount, today=today(), is_far=is_far)
        if amount
        else None,
    }
    return render(request, "credit/panel.html", context)


@page("credit.view_creditaccount")
def order_checks(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show how credit looked at one order."""
    order = get_object_or_404(Order, pk=order_id)
    checks = known.latest_checks(order.pk)
    return render(request, "credit/checks.html", {"order": order, "checks": checks})


@page("credit.view_creditaccount")
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """Show what an amendment does to the customer's credit, before it is made."""
    found = get_object_or_404(Amendment.objects.select_related("order__customer"), number=number)
    order = found.order
    account = known.account_for_page(order.customer, today=today())
    change = changing.change_of(found, account, today=today())
    context = {
        "customer": order.customer,
        "account": account,
        "more": change.rise,
        "after": account.exposure + change.rise,
        "forecast": changing.forecast_of(found, change, account, today=today()),
    }
    return render(request, "credit/amendment.html", context)


def _day(text: str) -> date | None:
    """Read a day from the address; what is none says nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _amount(text: str) -> Decimal:
    """Read an amount from the address; what is none counts as nothing."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() and amount > 0 else ZERO
