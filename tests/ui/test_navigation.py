"""The menu …"""

import pytest
from django.contrib.auth.models import AnonymousUser

from o2c.kernel.navigation import Navigation
from o2c.kernel.roles import ALL
from o2c.kernel.ui.menu import LAYOUTS

pytestmark = pytest.mark.urls("tests.ui.urls")

SALES = {
    "": ["today"],
    "Sell": [
        *("orders", "new", "quotes", "blankets", "intake", "findings"),
        *("customers", "products", "price_check"),
    ],
    "Follow": ["credit", "picking", "cases", "invoices"],
}
CREDIT = {
    "": ["today"],
    "Credit": ["credit", "limits", "approvals", "customers"],
    "Look up": ["orders", "invoices", "overdue", "dashboard"],
}
WAREHOUSE = {
    "": ["today"],
    "Fulfil": ["picking", "shipping", "scan", "shortages", "cases", "returns", "audits", "stock"],
    "Look up": ["orders", "customers", "carriers"],
}
RECEIVABLES = {
    "": ["today"],
    "Collect": ["overdue", "disputes", "reviews", "dunning"],
    "Cash": ["cash", "items", "invoices"],
    "Look up": ["customers", "orders", "credit"],
}
FINANCE = {
    "": ["today"],
    "Insight": ["dashboard", "process"],
    "Operate": [
        *("orders", "findings", "approvals", "credit", "limits", "picking", "shipping"),
        *(
            "shortages",
            "cases",
            "returns",
            "audits",
            "stock",
            "invoices",
            "items",
            "reviews",
            "disputes",
            "overdue",
        ),
        *("cash", "dunning"),
    ],
    "Look up": ["customers", "products", "quotes", "blankets"],
}
ADMINISTRATION = {
    **FINANCE,
    "Set up": [
        *("rules", "terms", "agreements", "part_numbers", "shops", "partners"),
        *("carriers", "feeds"),
        *("customer_import", "product_import", "price_import"),
    ],
    "Sell": ["new", "intake", "price_check"],
}
PORTAL = ["home", "portal_new", "portal_orders", "portal_quotes", "portal_returns", "portal_credit"]
CUSTOMER = {"Portal": PORTAL}


def rail(navigation: Navigation) -> dict[str, list[str]]:
    return {
        str(group.heading): [link.item.key for link in group.links] for group in navigation.groups
    }


def tabs(navigation: Navigation) -> list[str]:
    return [link.item.key for link in navigation.tabs]


@pytest.mark.parametrize(
    ("role", "rail_shown", "tabs_shown", "action"),
    [
        ("sales_rep", SALES, ["today", "orders", "new", "customers"], "New order"),
        ("credit_analyst", CREDIT, ["today", "credit", "customers", "orders"], None),
        ("credit_manager", CREDIT, ["today", "credit", "customers", "orders"], None),
        ("warehouse", WAREHOUSE, ["today", "picking", "scan", "shortages"], "Scan"),
        ("shipping", WAREHOUSE, ["today", "picking", "scan", "shortages"], "Scan"),
        ("collector", RECEIVABLES, ["today", "overdue", "cash", "customers"], "Log call"),
        ("ar_clerk", RECEIVABLES, ["today", "overdue", "cash", "customers"], "Log call"),
        ("finance_manager", FINANCE, ["today", "dashboard", "overdue", "orders"], None),
        ("auditor", FINANCE, ["today", "dashboard", "overdue", "orders"], None),
        ("administrator", ADMINISTRATION, ["today", "dashboard", "overdue", "orders"], None),
        ("customer_user", CUSTOMER, PORTAL, None),
    ],
)
def test_shows_each_role_its_work(person, role, rail_shown, tabs_shown, action):
    navigation = Navigation(person(role), "/")

    assert rail(navigation) == rail_shown
    assert tabs(navigation) == tabs_shown
    assert (navigation.action.label if navigation.action else None) == action


def test_knows_every_role():
    assert set(LAYOUTS) == set(ALL)


def test_joins_several_roles_and_names_each_item_once(person):
    navigation = Navigation(person("sales_rep", "credit_analyst"), "/")

    assert rail(navigation) == {
        "": ["today"],
        "Sell": [
            "orders",
            "new",
            "quotes",
            "blankets",
            "intake",
            "findings",
            "customers",
            "products",
            "price_check",
        ],
        "Credit": ["credit", "limits", "approvals"],
        "Follow": ["picking", "cases", "invoices"],
        "Look up": ["overdue", "dashboard"],
    }
    assert tabs(navigation) == ["today", "orders", "new", "customers"]


def test_hides_what_the_person_may_not_open(person):
    user = person("sales_rep")
    user.user_permissions.clear()
    user.groups.get().permissions.clear()

    assert rail(Navigation(user, "/")) == {"": ["today"]}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "today"),
        ("/reporting/order-list/", "orders"),
        ("/orders/new/17/", "new"),
        ("/elsewhere/", None),
    ],
)
def test_marks_where_the_person_is(person, path, current):
    groups = Navigation(person("sales_rep"), path).groups

    marked = [link.item.key for group in groups for link in group.links if link.is_current]
    assert marked == ([current] if current else [])


def test_offers_a_visitor_only_the_way_in(db):
    navigation = Navigation(AnonymousUser(), "/")

    assert rail(navigation) == {"": ["today"]}
    assert navigation.action is None
