"""The pages about several stages, in a browser: complete, accessible, and the same on a phone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from credit.models import Hold
from customers.models import CustomerUser
from o2c.kernel import roles
from o2c.kernel.models import JobRun
from orders import services as orders
from orders.services import NewLine
from tests.factories import (
    CompanyFactory,
    CreditAccountFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
)
from tests.reporting import lives

PHONE = {"width": 390, "height": 844}
STAFF_PAGES = {
    "today": "/",
    "orders": "/orders/?view=all",
    "search": "/search/?q=harbor",
    "dashboard": "/dashboard/",
    "rows": "/dashboard/rows/balance/",
    "process": "/process/",
}


def member(*names, **fields):
    user = UserFactory.create(**fields)
    user.groups.set(Group.objects.filter(name__in=names))
    return user


@pytest.fixture
def boss(transactional_db):
    """Somebody with every task there is."""
    CompanyFactory.create()
    everything = [role for role in roles.STAFF if role != roles.AUDITOR]
    return member(*everything, first_name="Priya", last_name="Natarajan")


def place(customer, *quantities, at, stock=True, **details):
    lines = []
    for quantity in quantities:
        product = ProductFactory.create()
        if stock:
            StockLevelFactory.create(product=product, on_hand=Decimal(quantity))
        lines.append(NewLine(product.pk, Decimal(quantity)))
    order = orders.create_order(
        customer_id=customer.pk,
        lines=lines,
        channel="rep",
        requested_on=(at + timedelta(days=7)).date(),
        at=at,
        actor=lives.ACTOR,
        **details,
    )
    lives.submit(order, at=at)
    return order


@pytest.fixture
def world(boss):
    """Orders at every stage; the last one named waits for stock."""
    now = timezone.now()
    harbor = CreditAccountFactory.create(
        customer__name="Harbor Pump & Valve",
        customer__folded_name="harbor pump & valve",
        limit=Decimal(100_000),
    ).customer
    held = CreditAccountFactory.create(customer__name="Redwater Mining Supply").customer
    for days, pieces in ((80, 12), (60, 7), (41, 9), (20, 4)):
        at = now - timedelta(days=days)
        order = place(harbor, pieces, pieces * 2, at=at, customer_po=f"4500-{days}")
        shipment = lives.pack(lives.pick(order, at=at), at=at + timedelta(hours=5))
        lives.leave(shipment, at=at + timedelta(hours=9))
        invoice = lives.bill(shipment, at=at + timedelta(hours=10))
        if days in {80, 60}:
            paid = str(invoice.gross_amount) if days > 60 else "100.00"
            lives.pay(invoice, paid, at=at + timedelta(days=33), reference=f"R-{days}")
    Hold.objects.create(
        customer=held, kind="manual", reason="Cheque bounced", placed_at=now, placed_by="Tomás Rey"
    )
    place(held, 3, at=now - timedelta(hours=5), customer_po="RM-77120")
    lives.pick(place(harbor, 5, at=now - timedelta(hours=30)), at=now - timedelta(hours=2))
    place(harbor, 8, at=now - timedelta(days=2), owner_id=boss.pk)
    order = place(harbor, 6, at=now - timedelta(days=1), stock=False, customer_po="4500-88107")
    JobRun.objects.create(
        name="simulation.history",
        for_date=now.date(),
        started_at=now,
        result={"orders": 120, "of": 1000, "day": "2026-09-12", "days": 18, "of_days": 90},
    )
    return order


def look(page, shot, accessibility_faults, name, path):
    """Take the page's picture on a desk, in the dark and on a phone; return its faults.

    Colours differ in the dark and the layout on a phone: one look at each finds both.
    """
    page.goto(path)
    shot(f"reporting-{name}-desktop")
    page.emulate_media(color_scheme="dark")
    shot(f"reporting-{name}-dark")
    faults = accessibility_faults()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    shot(f"reporting-{name}-phone")
    faults += accessibility_faults()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [*faults, *([f"{name} is {width} px wide on a phone"] if width > PHONE["width"] else [])]


def test_has_no_faults_with_data(page, sign_in, shot, accessibility_faults, boss, world):
    sign_in(boss)
    pages = STAFF_PAGES | {"order": f"/orders/{world.number}/"}

    faults = [
        fault
        for name, path in pages.items()
        for fault in look(page, shot, accessibility_faults, name, path)
    ]

    assert faults == []


def test_has_no_faults_without_data(page, sign_in, shot, accessibility_faults, boss):
    sign_in(boss)
    faults = []

    for name, path in STAFF_PAGES.items():
        page.goto(path)
        shot(f"reporting-{name}-empty")
        faults += accessibility_faults()

    assert faults == []


def test_shows_a_customer_their_portal(page, sign_in, shot, accessibility_faults, boss, world):
    buyer = member(roles.CUSTOMER_USER, first_name="Ellis", last_name="Grant")
    CustomerUser.objects.create(user=buyer, customer=world.customer)
    sign_in(buyer)

    assert look(page, shot, accessibility_faults, "portal", "/") == []


def test_filters_while_typing_and_opens_by_key(page, sign_in, boss, world):
    sign_in(boss)
    page.goto("/orders/?view=all")

    page.keyboard.press("f")
    page.keyboard.type("88107")
    page.wait_for_url("**q=88107**")
    page.locator("#rows tbody tr").nth(1).wait_for(state="detached")

    assert page.locator("#rows tbody tr").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{world.number}/")
