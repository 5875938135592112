"""A customer's people come in through these decorators, and see their own customer's documents."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer, CustomerUser
from o2c.kernel.models import User
from o2c.kernel.pages import View, mark

# What the table of routes calls this guard: no role's permission, but belonging to a customer.
OWN = "own customer"


def customer_of(user: User) -> Customer | None:
    """Return the customer for whom somebody signs in; None for our own people."""
    users = CustomerUser.objects.select_related("customer__sales_rep", "customer__payment_terms")
    found = users.filter(user=user).first()
    return found.customer if found else None


def portal_page(view: View) -> View:
    """Serve a page to a customer's people, with their customer; others are refused."""
    return mark(require_GET(login_required(_with_customer(view))), view, OWN)


def portal_form(view: View) -> View:
    """Serve a form (GET) and take it (POST), with the person's customer."""
    methods = require_http_methods(["GET", "HEAD", "POST"])
    return mark(methods(login_required(_with_customer(view))), view, OWN)


def portal_action(view: View) -> View:
    """Serve a POST that changes something, with the person's customer."""
    return mark(require_POST(login_required(_with_customer(view))), view, OWN)


def _with_customer(view: View) -> View:
    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert request.user.is_authenticated  # the decorator outside lets nobody else in
        customer = customer_of(request.user)
        if customer is None:
            raise PermissionDenied
        return view(request, customer, *args, **kwargs)

    return serve
