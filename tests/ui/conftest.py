"""People for the frame's tests, who may open everything that the menu names."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.template import engines
from django.test import RequestFactory

from o2c.kernel.models import User
from o2c.kernel.ui.menu import ITEMS


@pytest.fixture
def draw() -> Callable[..., str]:
    """Render a piece of template at `/list/?state=open&sort=total`."""

    def render(source: str, query: str = "", **context: object) -> str:
        request = RequestFactory().get(f"/list/{query}")
        request.user = User(email="maya@kestrelflow.example")
        return engines["django"].from_string(source).render(context, request)

    return render


@pytest.fixture
def permissions(db) -> list[Permission]:
    names = {item.permission for item in ITEMS.values() if item.permission}
    return [_permission(name) for name in sorted(names)]


@pytest.fixture
def person(permissions) -> Callable[..., User]:
    """Make somebody with these roles and every permission the menu asks for."""

    def make(*roles: str) -> User:
        user = User.objects.create_user(
            "dana@kestrelflow.example", first_name="Dana", last_name="Whitlock"
        )
        user.groups.set(Group.objects.filter(name__in=roles))
        user.user_permissions.set(permissions)
        return user

    return make


def _permission(name: str) -> Permission:
    app_label, codename = name.split(".")
    model = codename.split("_", 1)[1]
    kind, _ = ContentType.objects.get_or_create(app_label=app_label, model=model)
    found, _ = Permission.objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": codename}
    )
    return found
