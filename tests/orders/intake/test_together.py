"""A file of many orders is settled many at a time, and each order gets what it would get alone."""

import json
import re
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditCheck,
    CreditDecision,
    ExposureEntry,
    Hold,
)
from fulfillment.models import Allocation, CountTask, StockLevel
from o2c.kernel.actors import Actor
from o2c.kernel.models import AuditEntry, OutboxMessage
from orders.intake import chunks
from orders.intake.services import take_in
from orders.models import (
    ApprovalRule,
    IntakeDocument,
    Order,
    OrderApproval,
    OrderFinding,
    OrderLine,
)
from orders.services import Placer
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    DiscountFactory,
    LocationFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    StockLevelFactory,
    TaxExemptionFactory,
    WarehouseFactory,
)
from tests.race import meanwhile, without_locks

CLERK = Actor.importer("intake")
COMPARED = (
    Order,
    OrderLine,
    OrderFinding,
    OrderApproval,
    IntakeDocument,
    CreditCheck,
    Hold,
    ExposureEntry,
    CreditAccount,
    CreditApplication,
    CreditDecision,
    Allocation,
    StockLevel,
    AuditEntry,
    OutboxMessage,
)
# What is drawn anew each time: it says nothing about the order.
DRAWN = {"public_id", "due_at", "request_id", "file", "file_id"}


def customers():
    """One of each kind: known, at their limit, new, held, inactive, exempt, and how they short."""
    known = CustomerFactory.create(number="C-1")
    at_limit = CustomerFactory.create(number="C-2")
    CustomerFactory.create(number="C-3")  # new: applies for credit with the first order
    held = CustomerFactory.create(number="C-4")
    inactive = CustomerFactory.create(number="C-5", is_active=False)
    partial = CustomerFactory.create(number="C-6", shortage_policy="ship_partial_cancel_rest")
    cancels = CustomerFactory.create(number="C-7", shortage_policy="cancel")
    exempt = CustomerFactory.create(number="C-8", requires_po_number=True)
    limits = {known: 10**6, at_limit: 1500, held: 10**6, inactive: 10**6, partial: 2000}
    for customer, limit in (limits | {cancels: 2500, exempt: 10**6}).items():
        CreditAccountFactory.create(customer=customer, limit=Decimal(limit))
    Hold.objects.create(
        customer=held, kind="manual", reason="Disputed", placed_at=NOW, placed_by="Tomás Rey"
    )
    TaxExemptionFactory.create(customer=exempt, country="DE")
    return known


def world():
    """Eight products, one of them discontinued, scarce in two warehouses; two approval rules."""
    CompanyFactory.create()
    known = customers()
    places = [
        LocationFactory.create(warehouse=WarehouseFactory.create(code=code), code=place)
        for code, place in (("MAIN", "A"), ("MAIN", "B"), ("EAST", "A"))
    ]
    luck = Random(7)  # noqa: S311
    products = [
        ProductFactory.create(sku=f"P-{number}", price__amount=Decimal(10 * (number + 1)))
        for number in range(8)
    ]
    products[6].status = "discontinued"
    products[6].save()
    products[7].pack_multiple = Decimal(5)
    products[7].save()
    for product in products:
        for place in luck.sample(places, luck.randint(1, 3)):
            StockLevelFactory.create(
                product=product, location=place, on_hand=Decimal(luck.randint(0, 60))
            )
    in_doubt = StockLevel.objects.order_by("pk").first()
    CountTask.objects.create(level=in_doubt, reason="Found less", opened_at=NOW)
    contract = PriceListFactory.create(code="OWN", name="Contract", customer=known)
    PriceFactory.create(price_list=contract, product=products[0], amount=Decimal("8.5000"))
    PriceFactory.create(
        price_list=contract, product=products[0], amount=Decimal(8), min_quantity=Decimal(10)
    )
    DiscountFactory.create(product=products[1])
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=Decimal(2500))


def file_of(luck, orders):
    """Random orders of one to four lines, some of which nobody could place."""
    rows = ["Customer,PO,SKU,Qty,Price,Requested date,Currency"]
    for number in range(orders):
        code = luck.choice(["C-1", "C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7", "C-8", "C-99"])
        name = luck.choice([code, code.removeprefix("C-")])
        po_number = luck.choice([f"PO-{number}"] * 6 + [f"PO-{number // 2}", f"PO-{number // 3}"])
        day = luck.choice(["2026-12-01"] * 20 + ["2020-01-01", "2026-12-06", "no day"])
        for _line in range(luck.randint(1, 4)):
            sku = luck.choice([f"P-{luck.randint(0, 5)}"] * 40 + ["P-6", "P-7", "NO-SUCH"])
            quantity = luck.choice([str(luck.randint(1, 9))] * 60 + ["200", "0", "-1", "many"])
            price = luck.choice([""] * 60 + ["10.00", "9.999"])
            currency = luck.choice([""] * 60 + ["USD"])
            rows.append(f"{name},{po_number},{sku},{quantity},{price},{day},{currency}")
    return "\n".join(rows).encode()


def taken_in(content, *, commit=True):
    results = take_in("orders.csv", content, commit=commit, at=NOW, actor=CLERK)
    return [result.as_dict() for result in results]


def by_themselves(row, names):
    """Return a row without its key and what is drawn; other rows are named by their place."""
    fields = model_to_dict(row) | {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields
    }
    kept = {
        name: value
        for name, value in fields.items()
        if name not in DRAWN and name != row._meta.pk.attname
    }
    for field in row._meta.concrete_fields:
        if field.is_relation and field.related_model in COMPARED:
            kept.pop(field.name, None)
            kept[field.attname] = names.get((field.related_model, getattr(row, field.attname)))
    return json.dumps(kept, default=str, sort_keys=True)


def picture(results):
    """Return all that the file has made, table by table, in the order in which it was made."""
    rows = {model: list(model.objects.order_by("pk")) for model in COMPARED}
    names = {
        (model, row.pk): f"{model.__name__} {place}"
        for model, found in rows.items()
        for place, row in enumerate(found)
    }
    labels = {f"{model._meta.model_name}:{key}": name for (model, key), name in names.items()}
    numbers = {
        row.number: names[type(row), row.pk]
        for model in (Order, CreditApplication)
        for row in rows[model]
    }

    def named(text):
        text = re.sub(r"\b[a-z]+:\d+\b", lambda found: labels.get(found[0], found[0]), text)
        text = re.sub(r'"(-?\d+\.\d*?)0+"', r'"\1"', text)  # 59.50 is 59.500
        text = re.sub(r'("latest_decision_id": \[null, )\d+', r"\1new", text)
        text = re.sub(r"\b(?:SO|CR)-\d+\b", lambda found: numbers[found[0]], text)
        text = re.sub(
            r'"line_ids": \[([\d, ]+)\]',
            lambda found: ", ".join(names[OrderLine, int(key)] for key in found[1].split(", ")),
            text,
        )
        return re.sub(
            r'"(order|application|approval)_id": (\d+)',
            lambda found: labels.get(f"{ID_OF[found[1]]}:{found[2]}", found[0]),
            text,
        )

    tables = {
        model.__name__: [named(by_themselves(row, names)) for row in found]
        for model, found in rows.items()
    }
    return {**tables, "results": [named(json.dumps(result)) for result in results]}


ID_OF = {"order": "order", "application": "creditapplication", "approval": "orderapproval"}


def tried(content, monkeypatch, *, most, commit=True):
    """Take a file in with so many orders a step; return what came of it, and undo it."""
    monkeypatch.setattr(chunks, "MOST_ORDERS", most)
    undo = transaction.savepoint()
    found = picture(taken_in(content, commit=commit))
    call_command("check_books", verbosity=0)
    transaction.savepoint_rollback(undo)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_makes_row_for_row_what_one_by_one_makes(db, monkeypatch, seed):
    world()
    content = file_of(Random(seed), 60)  # noqa: S311
    expected = tried(content, monkeypatch, most=1)

    found = tried(content, monkeypatch, most=25)

    for table, rows in expected.items():
        assert found[table] == rows, table
    states = {json.loads(row)["state"] for row in expected["Order"]}
    assert {"released", "on_hold"} <= states
    assert {json.loads(row)["status"] for row in expected["results"]} >= {"accepted", "review"}


def test_a_rehearsal_says_the_same_and_keeps_nothing(db, monkeypatch):
    world()
    content = file_of(Random(11), 40)  # noqa: S311
    expected = tried(content, monkeypatch, most=1, commit=False)

    found = tried(content, monkeypatch, most=25, commit=False)

    assert found == expected
    assert found["Order"] == []
    assert found["AuditEntry"] == []


def plain_file(orders, *, customer="C-17850", first=0):
    rows = [f"{customer},47{first + number:03},85123A,1" for number in range(orders)]
    return "\n".join(["Customer,PO,SKU,Qty", *rows]).encode()


def test_statements_do_not_grow_with_the_orders_of_a_step(books):
    taken_in(plain_file(3))
    with CaptureQueriesContext(connection) as few:
        taken_in(plain_file(5, first=100))

    with CaptureQueriesContext(connection) as many:
        taken_in(plain_file(60, first=200))

    assert len(many) == len(few)
    assert Order.objects.count() == 68


def test_what_breaks_a_step_harms_the_one_that_it_is_about_alone(books, monkeypatch):
    keep = chunks.keep_accepted

    def broken(order, *details):
        if order.po_number == "47001":
            raise IntegrityError("a rule of the database")
        return keep(order, *details)

    monkeypatch.setattr(chunks, "keep_accepted", broken)

    results = taken_in(plain_file(3))

    assert [result["status"] for result in results] == ["accepted"] * 3
    assert Order.objects.count() == IntakeDocument.objects.filter(state="accepted").count() == 3
    assert AuditEntry.objects.filter(action="to submitted").count() == 3


def test_the_same_file_again_makes_nothing_twice(books):
    taken_in(plain_file(5))

    results = taken_in(plain_file(5))

    assert {result["status"] for result in results} == {"duplicate"}
    assert Order.objects.count() == 5


def test_a_crash_loses_and_doubles_nothing(books, monkeypatch):
    monkeypatch.setattr(chunks, "MOST_ORDERS", 3)
    first = take_in("orders.csv", plain_file(8), commit=True, at=NOW, actor=CLERK)
    next(first)
    first.close()  # nobody asks on after the first step
    assert Order.objects.count() == 3

    results = taken_in(plain_file(8))

    assert [result["status"] for result in results] == ["duplicate"] * 3 + ["accepted"] * 5
    assert sorted(Order.objects.values_list("customer_po", flat=True)) == [
        f"47{number:03}" for number in range(8)
    ]


@pytest.fixture
def begun():
    """How often a step was begun, or broke off."""
    return []


@pytest.fixture
def two_files(transactional_db, books, begun, monkeypatch):
    """Take in a file, and one with the same PO numbers in opposite order when it has begun."""
    forth = plain_file(30).splitlines()
    back = b"\n".join([forth[0], *reversed(forth[1:])])
    begin = chunks._take_back
    monkeypatch.setattr(chunks, "_take_back", lambda *of: (begun.append(1), begin(*of))[1])
    works = [partial(taken_in, b"\n".join(forth)), partial(taken_in, back)]
    return lambda: meanwhile(monkeypatch, (Placer, "place"), *works)


def test_two_files_with_the_same_po_numbers_make_each_order_once(two_files, begun):
    statuses = [[result["status"] for result in results] for results in two_files()]

    assert statuses == [["accepted"] * 30, ["duplicate"] * 30]
    assert Order.objects.count() == 30
    assert len(begun) == 2
    allocated = StockLevel.objects.get(product__sku="85123A").allocated
    assert allocated == sum(Allocation.objects.values_list("quantity", flat=True))


def test_race_is_real_without_the_locks(two_files, begun, monkeypatch):
    """Guards the test above: without row locks both write, and the database stops one of them."""
    without_locks(monkeypatch)

    statuses = [[result["status"] for result in results] for results in two_files()]

    assert statuses == [["accepted"] * 30, ["duplicate"] * 30]
    assert len(begun) == 3
    assert Order.objects.count() == 30
