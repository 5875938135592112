"""Parallel confirmations, changes, payments and releases on a few accounts: none may end up over
its limit unless a person has permitted it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from os import getpid
from random import Random
from typing import Any

from django.db import connection
from django_fsm import TransitionNotAllowed

from bench import world
from bench.world import NOW
from catalog.models import Product
from collection import services as collection
from credit import services as credit
from credit.models import CreditAccount, CreditProposal
from o2c.kernel import locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.models import User
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order, OrderLine
from orders.services import NewLine

ACCOUNTS = 5
LIMIT = Decimal(20_000)
# Each payment looks at all that waits again: more orders than that would only make it slower.
WAITING = 8
REP = Actor(kind="user", id="-1", name="Rep")
# People of their own: proposals name who made them, and somebody else signs.
ANALYST = Actor(kind="user", id="900001", name="Analyst")
MANAGER = Actor(kind="user", id="900002", name="Manager")
REFERENCES = count()

# Orders of an account whose money is counted though no check could allow it: each entry that
# raised the exposure above the limit, for an order that nobody has permitted.
OVER_LIMIT = """
    WITH entry AS (
        SELECT account_id, id, kind, source, amount,
               sum(amount) OVER (PARTITION BY account_id ORDER BY id) AS exposure
          FROM credit_exposureentry WHERE account_id = ANY(%(accounts)s)
    )
    SELECT format('account %%s: %%s after %%s', entry.account_id, entry.exposure, entry.source)
      FROM entry
     WHERE entry.kind = 'open_order' AND entry.amount > 0 AND entry.exposure > %(limit)s
       AND NOT EXISTS (SELECT FROM credit_orderrelease AS permitted
                        WHERE permitted.order_id = split_part(entry.source, ':', 2)::bigint)
     ORDER BY entry.id
"""
# Exposure from the documents alone: what confirmed orders come to, less the money that came.
WRONG_SUM = """
    WITH owed AS (
        SELECT placed.customer_id, sum(net + round(net * 0.19, 2)) AS amount
          FROM orders_order AS placed
          JOIN LATERAL (
               SELECT sum(round(line.unit_price * (line.ordered - line.cancelled), 2)) AS net
                 FROM orders_orderline AS line WHERE line.order_id = placed.id) AS lines ON true
         WHERE placed.state IN ('released', 'fulfilling') GROUP BY placed.customer_id
    ), paid AS (
        SELECT customer_id, sum(amount) AS amount FROM collections_receipt GROUP BY customer_id
    )
    SELECT format('account %%s keeps %%s, its documents say %%s', account.customer_id,
                  account.exposure, coalesce(owed.amount, 0) - coalesce(paid.amount, 0))
      FROM credit_creditaccount AS account
      LEFT JOIN owed USING (customer_id) LEFT JOIN paid USING (customer_id)
     WHERE account.customer_id = ANY(%(accounts)s)
       AND account.exposure <> coalesce(owed.amount, 0) - coalesce(paid.amount, 0)
"""


def prepare() -> None:
    world.build()
    for person in (ANALYST, MANAGER):
        email = f"{person.name.lower()}@company.example"
        User.objects.create(pk=int(person.id), email=email, first_name=person.name)


def stage() -> list[int]:
    """Give the next few customers a limit that a handful of orders uses up."""
    free = CreditAccount.objects.filter(limit__gt=LIMIT).order_by("pk")
    accounts = list(free.values_list("pk", flat=True)[:ACCOUNTS])
    for customer_id in accounts:
        credit.set_limit(
            customer_id,
            limit=LIMIT,
            valid_until=NOW.date() + timedelta(days=365),
            reason="storm",
            **_by(ANALYST),
        )
    return accounts


def act(luck: Random, stage: list[int]) -> str:
    """Do one of the things that move exposure, for one of the accounts."""
    name, deed = luck.choices(DEEDS, WEIGHTS)[0]
    try:
        return f"{name}: {deed(luck, luck.choice(stage))}"
    except (DomainError, TransitionNotAllowed) as refusal:
        return f"{name}: refused, {getattr(refusal, 'code', 'state')}"


def unguard() -> None:
    """Read and decide without the locks."""
    locks.CLAUSE = ""
    locks.for_update = lambda queryset: queryset.order_by("pk")


def faults(stage: list[int]) -> Sequence[str]:
    values: dict[str, Any] = {"accounts": stage, "limit": LIMIT}
    with connection.cursor() as cursor:
        found = []
        for statement in (OVER_LIMIT, WRONG_SUM):
            cursor.execute(statement, values)
            found += [text for (text,) in cursor.fetchall()]
    return found


def _place(luck: Random, customer_id: int) -> str:
    """Place an order; where many wait already, somebody gives one of those up instead."""
    waiting = Order.objects.filter(customer=customer_id, state=Order.State.ON_HOLD)
    crowd = list(waiting.order_by("pk").values_list("pk", flat=True)[:WAITING])
    if len(crowd) == WAITING:
        return f"given up, {_give_up(luck.choice(crowd))}"
    line = NewLine(
        product_id=luck.choice(_products()),
        quantity=Decimal(luck.randint(1, 60)),
        unit_price=None,
    )
    order = orders.place_order(
        customer_id=customer_id,
        lines=[line],
        channel="rep",
        requested_on=NOW.date() + timedelta(days=7),
        **_by(REP),
    )
    return str(order.state)


def _amend(luck: Random, customer_id: int) -> str:
    order = _some_order(luck, customer_id, Order.State.RELEASED, Order.State.ON_HOLD)
    if order is None:
        return "nothing there"
    line = OrderLine.objects.filter(order=order).order_by("pk")[0]
    change = LineChange(line_id=line.pk, quantity=Decimal(luck.randint(1, 90)))
    orders.amend_order(
        order.pk, changes=AmendmentChanges(lines=[change]), reason="storm", **_by(REP)
    )
    return "done"


def _cancel(luck: Random, customer_id: int) -> str:
    order = _some_order(luck, customer_id, Order.State.RELEASED, Order.State.ON_HOLD)
    if order is None:
        return "nothing there"
    return _give_up(order.pk)


def _give_up(order_id: int) -> str:
    orders.cancel_order(order_id, reason=Order.CancelReason.values[0], **_by(REP))
    return "done"


def _release(luck: Random, customer_id: int) -> str:
    order = _some_order(luck, customer_id, Order.State.ON_HOLD)
    if order is None:
        return "nothing there"
    found = credit.release_order(
        order.pk,
        amount=order.gross_amount,
        expires_on=NOW.date() + timedelta(days=30),
        reason="storm",
        **_by(ANALYST),
    )
    return "proposed" if isinstance(found, CreditProposal) else "done"


def _sign(luck: Random, customer_id: int) -> str:
    """Sign what waits for a second signature, because one person has released much."""
    proposal = CreditProposal.objects.filter(customer=customer_id, status="open").first()
    if proposal is None:
        return "nothing there"
    credit.answer_proposal(proposal.pk, sign=True, reason="storm", **_by(MANAGER))
    return "done"


def _pay(luck: Random, customer_id: int) -> str:
    collection.record_receipt(
        customer_id=customer_id,
        method="transfer",
        currency="EUR",
        amount=Decimal(luck.randint(100, 400_000)) / 100,
        received_on=NOW.date(),
        reference=f"storm-{getpid()}-{next(REFERENCES)}",
        **_by(ANALYST),
    )
    return "done"


def _recheck(luck: Random, customer_id: int) -> str:
    credit.recheck_waiting(customer_id, **_by(ANALYST))
    return "done"


def _hold(luck: Random, customer_id: int) -> str:
    credit.place_hold(customer_id, kind="manual", reason="storm", **_by(ANALYST))
    return "done"


def _let_go(luck: Random, customer_id: int) -> str:
    credit.release_hold(customer_id, kind="manual", reason="storm", **_by(ANALYST))
    return "done"


Deed = Callable[[Random, int], str]
WEIGHED: tuple[tuple[int, str, Deed], ...] = (
    (40, "place", _place),
    (15, "amend", _amend),
    (12, "cancel", _cancel),
    (20, "pay", _pay),
    (4, "release", _release),
    (3, "sign", _sign),
    (5, "recheck", _recheck),
    (1, "hold", _hold),
    (3, "let go", _let_go),
)
DEEDS = [(name, deed) for _, name, deed in WEIGHED]
WEIGHTS = [weight for weight, _, _ in WEIGHED]


def _some_order(luck: Random, customer_id: int, *states: str) -> Order | None:
    found = Order.objects.filter(customer=customer_id, state__in=states).order_by("-pk")[:10]
    orders_there = list(found)
    return luck.choice(orders_there) if orders_there else None


def _products() -> list[int]:
    if not PRODUCTS:
        PRODUCTS.extend(Product.objects.order_by("pk").values_list("pk", flat=True))
    return PRODUCTS


PRODUCTS: list[int] = []


def _by(actor: Actor) -> dict[str, Any]:
    return {"at": NOW, "actor": actor}
