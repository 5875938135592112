"""The cast: people by what they may do, and the house that they work in."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from hypothesis import HealthCheck, settings

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company, User
from tests.factories import NOW, CompanyFactory, UserFactory

# A busy machine is no fault of the code: no test is judged by the clock.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def now() -> datetime:
    """Wednesday, 18 November 2026, 09:00 UTC."""
    return NOW


@pytest.fixture
def actor() -> Actor:
    """Somebody of ours, for services that are called directly."""
    return Actor(kind="user", id="1", name="Maya Brandt")


@pytest.fixture
def company(db) -> Company:
    return CompanyFactory.create()


@pytest.fixture
def person(db) -> Callable[..., User]:
    """Make a user with roles: `person(roles.SALES_REP)`."""

    def make(*names: str) -> User:
        user = UserFactory.create()
        user.groups.set(Group.objects.filter(name__in=names))
        return user

    return make


@pytest.fixture
def browser_of(person) -> Callable[..., Client]:
    """Give the signed-in browser of somebody with these roles."""

    def sign_in(*names: str) -> Client:
        client = Client()
        client.force_login(person(*names))
        return client

    return sign_in


@pytest.fixture
def sales_rep(browser_of, company) -> Client:
    return browser_of(roles.SALES_REP)


@pytest.fixture
def credit_analyst(browser_of, company) -> Client:
    return browser_of(roles.CREDIT_ANALYST)


@pytest.fixture
def picker(browser_of, company) -> Client:
    return browser_of(roles.WAREHOUSE)


@pytest.fixture
def shipper(browser_of, company) -> Client:
    return browser_of(roles.SHIPPING)


@pytest.fixture
def clerk(browser_of, company) -> Client:
    """The AR clerk's browser."""
    return browser_of(roles.AR_CLERK)


@pytest.fixture
def auditor(browser_of, company) -> Client:
    """May see everything and change nothing."""
    return browser_of(roles.AUDITOR)


@pytest.fixture
def visitor(browser_of, company) -> Client:
    """The browser of someone who is signed in and may do nothing."""
    return browser_of()
