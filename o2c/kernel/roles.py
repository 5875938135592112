"""Roles are groups; each stage's migration grants its own permissions to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

SALES_REP = "sales_rep"
CREDIT_ANALYST = "credit_analyst"
CREDIT_MANAGER = "credit_manager"
WAREHOUSE = "warehouse"
SHIPPING = "shipping"
AR_CLERK = "ar_clerk"
COLLECTOR = "collector"
FINANCE_MANAGER = "finance_manager"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"
CUSTOMER_USER = "customer_user"

STAFF = (
    SALES_REP,
    CREDIT_ANALYST,
    CREDIT_MANAGER,
    WAREHOUSE,
    SHIPPING,
    AR_CLERK,
    COLLECTOR,
    FINANCE_MANAGER,
    AUDITOR,
    ADMINISTRATOR,
)
ALL = (*STAFF, CUSTOMER_USER)


def create_roles(apps: Any, schema_editor: Any) -> None:
    """Create the groups; for the kernel's migration."""
    group = apps.get_model("auth", "Group")
    for name in ALL:
        group.objects.get_or_create(name=name)


def grant(app_label: str, grants: Mapping[str, Iterable[str]]) -> Callable[[Any, Any], None]:
    """Return a migration step that grants `{"order.view_order": roles}` (model.codename).

    Permissions are made here if the framework has not made them yet: it does so only after
    all migrations have run.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        content_type = apps.get_model("contenttypes", "ContentType")
        permission = apps.get_model("auth", "Permission")
        group = apps.get_model("auth", "Group")
        for name, roles in grants.items():
            model, codename = name.split(".")
            kind, _ = content_type.objects.get_or_create(app_label=app_label, model=model)
            allowed, _ = permission.objects.get_or_create(
                content_type=kind,
                codename=codename,
                defaults={"name": codename.replace("_", " ").capitalize()},
            )
            for role in roles:
                group.objects.get(name=role).permissions.add(allowed)

    return run
