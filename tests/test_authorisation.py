"""Who may come in where: every route of the URL map, tried by everybody.

A new route without a permission fails here, so nothing is open by accident.
"""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from customers.models import CustomerUser
from o2c.kernel import roles
from tests.factories import CustomerFactory, UserFactory

# Open to everybody, or guarded by themselves: sign-in, health, the API's own key check.
OPEN_PREFIXES = ("account/", "admin/", "api/", "livez", "readyz", "components/", "edi/", "shops/")
OPEN_PREFIXES += ("carriers/",)
OPEN_PREFIXES += ("favicon.ico",)
EXAMPLES = ["0", "SO-0", "none"]


def routes(patterns, prefix=""):
    """Yield (path, view) of every pattern below, with an example for each argument."""
    for pattern in patterns:
        here = prefix + example(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback


def example(pattern):
    text = str(pattern)
    for name, converter in pattern.converters.items():
        fitting = [value for value in EXAMPLES if re.fullmatch(converter.regex, value)]
        text = re.sub(rf"<(\w+:)?{name}>", fitting[0] if fitting else "none", text)
    return text


ROUTES = sorted(
    (path, view)
    for path, view in dict(routes(get_resolver().url_patterns)).items()
    if not path.startswith(OPEN_PREFIXES)
)


@pytest.fixture(scope="module")
def everybody(django_db_setup, django_db_blocker):
    """A user per role; the customer's user belongs to a customer."""
    with django_db_blocker.unblock():
        users = {role: UserFactory.create(email=f"{role}@roles.example") for role in roles.ALL}
        for role, user in users.items():
            user.groups.set(Group.objects.filter(name=role))
        customer = CustomerFactory.create()
        CustomerUser.objects.create(user=users[roles.CUSTOMER_USER], customer=customer)
        yield users
        customer.delete()
        customer.payment_terms.delete()
        for user in users.values():
            user.delete()


def test_knows_the_routes():
    assert len(ROUTES) > 40


@pytest.mark.parametrize(("path", "view"), ROUTES, ids=[path or "/" for path, _ in ROUTES])
def test_every_route_names_its_permission(path, view):
    assert getattr(view, "required_permission", None), f"/{path} is open to everybody"


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "view"), ROUTES, ids=[path or "/" for path, _ in ROUTES])
def test_lets_in_whom_the_permission_names_and_nobody_else(path, view, everybody, company):
    permission = view.required_permission
    allowed = [role for role, user in everybody.items() if may_enter(user, permission)]

    refusals = {role: visit(path, everybody[role]) for role in everybody if role not in allowed}
    welcome = visit(path, everybody[allowed[0]])

    # The first page sends a customer's people on to their portal.
    assert set(refusals.values()) <= ({302, 403} if path == "" else {403})
    assert welcome not in {403, 405}
    assert welcome < 500


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "view"), ROUTES, ids=[path or "/" for path, _ in ROUTES])
def test_sends_strangers_to_sign_in(path, view):
    response = Client().post(f"/{path}") if is_action(path) else Client().get(f"/{path}")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def may_enter(user, permission):
    """Customers' people enter the portal by belonging to a customer, not by a role's permission."""
    if permission == "own customer":
        return hasattr(user, "customer_user")
    return user.has_perm(permission)


def visit(path, user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    response = client.get(f"/{path}")
    if response.status_code == 405:
        response = client.post(f"/{path}")
    return response.status_code


def is_action(path):
    return Client().get(f"/{path}").status_code == 405
