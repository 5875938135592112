"""The lock ladder: rows are locked from the top rung down, so that no two steps wait for
each other. A locked row is read once a step; whoever asks again gets the same object.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from o2c.kernel import rows
from o2c.kernel.compiled import compiled
from o2c.kernel.transactions import Step, current_step

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
G = TypeVar("G", bound=Model)

# From the top down. Rows of one rung are taken in the order of their keys. Hot rows come last.
LADDER = (
    "orders.webshop",
    "orders.shopevent",
    "orders.tradingpartner",
    "orders.intakedocument",
    "catalog.customerpartnumber",
    "catalog.product",
    "credit.guidelinetable",
    "shipping.carrier",
    "shipping.shippingaudit",
    "shipping.strayevent",
    "fulfillment.lot",
    "customers.customer",
    "orders.quote",
    "orders.blanketorder",
    "orders.order",
    "orders.partnermessage",
    "fulfillment.pickbatch",
    "fulfillment.picklist",
    # Who packs for the same address at once finds the other's shipment to join.
    "customers.address",
    "shipping.shipment",
    "shipping.booking",
    "shipping.deliverycase",
    "shipping.return",
    "invoicing.invoice",
    "invoicing.proforma",
    "collections.receipt",
    "receivables.openitem",
    # Several customers meet here: below all that one customer's lock guards (cash may let orders
    # go on), above the stock that a released order claims.
    "credit.creditgroup",
    "fulfillment.expectedreceipt",
    # Who holds a level may open and close its count, and consume what is kept of its product.
    "fulfillment.stocklevel",
    "kernel.numberseries",
)
# Foreign keys take KEY SHARE on a row; this is the strongest lock that does not block them.
CLAUSE = "FOR NO KEY UPDATE"
RUNG = {label: rung for rung, label in enumerate(LADDER)}
# In tests and storms. Rows whose keys nobody knows beforehand are asked for once a step: whoever
# needs more statements for them holds all rows of something first.
IS_STRICT = False


class LadderBroken(RuntimeError):
    """A step asked for a lock above one that it holds: a programming error, not a refusal."""


def for_update(queryset: "QuerySet[M]") -> "QuerySet[M]":
    """Lock the rows until the transaction ends, in one order so that lockers never deadlock."""
    return queryset.select_for_update(of=("self",), no_key=True).order_by("pk")


def lock(model: type[M], pk: Any) -> M:
    """Lock one row and return it; the same object for everybody in this step.

    Raises:
        model.DoesNotExist: no such row.
        LadderBroken: a lower rung, or a later row of this one, is held already.
    """
    step = current_step()
    held = step.locked.get((model, pk))
    if held is not None:
        return held  # type: ignore[return-value]
    _descend(step, model, pk)
    for row in rows.fetch(model, _key(model), [pk], clause=CLAUSE):
        step.locked[model, pk] = row
        return row
    raise model.DoesNotExist(f"There is no {model._meta.verbose_name} {pk}.")  # type: ignore[attr-defined]


def lock_many(model: type[M], pks: Iterable[Any]) -> dict[Any, M]:
    """Lock the rows in the order of their keys; return them by key. Unknown keys are left out."""
    step = current_step()
    wanted = sorted(set(pks))
    missing = [pk for pk in wanted if (model, pk) not in step.locked]
    if missing:
        _descend(step, model, missing[0])
        step.rung = (step.rung[0], missing[-1])
        for row in rows.fetch(model, _key(model), missing, clause=CLAUSE):
            step.locked[model, row.pk] = row
    return {pk: step.locked[model, pk] for pk in wanted if (model, pk) in step.locked}  # type: ignore[misc]


def lock_all(model: type[M], column: str, values: Iterable[Any]) -> dict[Any, M]:
    """Lock all rows whose `column` is one of the values, in the order of their keys; by key.

    Asked for again, what is new since is left to who has it: to wait out of turn makes circles.

    Raises:
        LadderBroken: a lower rung is held already.
    """
    wanted = list(values)
    clause = f"{CLAUSE} SKIP LOCKED" if CLAUSE and reach_all(model, column, wanted) else CLAUSE
    found = rows.fetch(model, column, wanted, clause=clause)
    held = current_step().locked
    return {row.pk: held.setdefault((model, row.pk), row) for row in found}  # type: ignore[misc]


def lock_by(model: type[M], **lookup: Any) -> M:
    """Lock the one row that the lookup finds, where its key is not known beforehand.

    Raises:
        model.DoesNotExist: no such row.
        LadderBroken: a lower rung is held already.
    """
    step = current_step()
    _descend(step, model, 0)
    row = for_update(model._default_manager.filter(**lookup)).get()
    held = step.locked.get((model, row.pk))
    if held is not None:
        return held  # type: ignore[return-value]
    _descend(step, model, row.pk)
    step.locked[model, row.pk] = row
    return row


def lock_under(guard: Model, wanted: "QuerySet[M]") -> list[M]:
    """Lock rows that everybody locks only after `guard`, such as orders after their customer.

    Nobody can hold them while this step holds the guard, so nothing can wait in a circle: these
    rows may be asked for even after rows of a lower rung. Rows held already stay the same objects.

    Raises:
        LadderBroken: this step does not hold the guard.
    """
    return lock_found_under(guard, lambda: list(for_update(wanted)))


def locking(build: "Callable[P, QuerySet[M]]") -> "Callable[P, list[M]]":
    """Compile a question once, for `lock_found_under`: asking it locks the rows that it finds."""

    @wraps(build)
    def build_ordered(*args: P.args, **kwargs: P.kwargs) -> "QuerySet[M]":
        return build(*args, **kwargs).order_by("pk")

    return compiled(build_ordered, ending=_clause_of)


def _clause_of(model: type[Model]) -> str:
    return f' {CLAUSE} OF "{model._meta.db_table}"' if CLAUSE else ""


def lock_found_under(
    guard: Model, ask: "Callable[P, list[M]]", *args: P.args, **kwargs: P.kwargs
) -> list[M]:
    """Like `lock_under`, for a question that `@locking` has compiled."""
    step = current_step()
    if (type(guard), guard.pk) not in step.locked:
        raise LadderBroken(f"{guard._meta.label} {guard.pk} must be locked before rows under it")
    found = ask(*args, **kwargs)
    return [step.locked.setdefault((type(row), row.pk), row) for row in found]  # type: ignore[misc]


def reach(model: type[Model]) -> None:
    """Note that a statement of the caller's own is about to lock rows of this model, by key.

    Raises:
        LadderBroken: a lower rung is held already.
    """
    _ask_once(current_step(), model)


def reach_some(model: type[Model], column: str, values: Iterable[Any]) -> None:
    """Note that a statement locks rows whose `column` is one of the values, by key.

    Raises:
        LadderBroken: a lower rung is held already.
    """
    step = current_step()
    if not {(model, column, value) for value in values} <= step.whole:
        _ask_once(step, model)


def reach_all(model: type[Model], column: str, values: Iterable[Any]) -> bool:
    """Note that a statement locks all rows whose `column` is one of the values; are they held?

    Raises:
        LadderBroken: a lower rung is held already.
    """
    step = current_step()
    asked = {(model, column, value) for value in values}
    is_held = asked <= step.whole
    if not is_held:
        _ask_once(step, model)
        step.whole |= asked
    return is_held


def may_reach(model: type[Model]) -> None:
    """Make sure that a statement of the caller's own may lock rows of this model; `note` any.

    Raises:
        LadderBroken: a lower rung is held already.
    """
    step = current_step()
    before = step.rung
    _descend(step, model, 0)
    step.rung = before


def note(row: M) -> M:
    """Hold a row that a statement of the caller's own has locked, after `may_reach`.

    Raises:
        LadderBroken: a later row of this rung, or a lower rung, is held already.
    """
    step = current_step()
    _descend(step, type(row), row.pk)
    return step.locked.setdefault((type(row), row.pk), row)  # type: ignore[return-value]


def lock_with(model: type[M], pk: Any, *, owner: type[G], column: str) -> tuple[G, M]:
    """Lock a document after the row that its `column` points to, both in one statement.

    Raises:
        model.DoesNotExist: no such row.
        LadderBroken: a lower rung is held already.
    """
    step = current_step()
    _descend(step, owner, 0)
    clause = f"{CLAUSE} OF o, t" if CLAUSE else ""
    found = rows.fetch_with(model, pk, owner=owner, column=column, clause=clause)
    if found is None:
        raise model.DoesNotExist(f"There is no {model._meta.verbose_name} {pk}.")  # type: ignore[attr-defined]
    first, second = found
    _descend(step, owner, first.pk)
    _descend(step, model, pk)
    step.locked.setdefault((owner, first.pk), first)
    step.locked[model, pk] = second
    return step.locked[owner, first.pk], second  # type: ignore[return-value]


def one_at_a_time(what: str) -> None:
    """Be alone with a rule that spans rows which no single lock covers, until the step ends.

    For rare steps. Ask for it before any row, so that nobody who holds it waits for another.

    Raises:
        LadderBroken: this step holds a row already.
    """
    step = current_step()
    if step.locked and what not in step.alone:
        raise LadderBroken(f"{what} must be asked for before any row")
    step.alone.add(what)
    if CLAUSE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])


def adopt(row: M) -> M:
    """Hold a row that this step has just inserted: nobody else can see it, so it is locked."""
    current_step().locked[type(row), row.pk] = row
    return row


def _key(model: type[Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


def _ask_once(step: Step, model: type[Model]) -> None:
    if IS_STRICT and model in step.asked:
        raise LadderBroken(f"{model._meta.label}: hold all that is needed of it in one statement")
    _descend(step, model, 0)
    step.asked.add(model)


def _descend(step: Step, model: type[Model], pk: Any) -> None:
    """Note the rung and key that are about to be locked; key 0: any row of the rung."""
    rung = RUNG[model._meta.label_lower]
    held_rung, held_pk = step.rung
    if rung < held_rung or (rung == held_rung and pk and pk < held_pk):
        raise LadderBroken(
            f"{model._meta.label} {pk} is asked for after {LADDER[held_rung]} {held_pk}"
        )
    step.rung = (rung, max(pk, held_pk) if rung == held_rung else pk)
