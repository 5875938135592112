"""Many expected receipts at once, from a file or a purchasing system; few statements in all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fulfillment.models import ExpectedReceipt
from fulfillment.selectors import today_of
from fulfillment.services.expected import (
    Expectation,
    broken_in,
    close_when_all_came,
    problems_of,
)
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.transactions import service

# A reference, a warehouse, a product.
Key = tuple[str, int, int]
KEY = ("reference", "warehouse_id", "product_id")


class AnnouncedMeanwhile(DomainError):
    """Somebody has announced the same goods at this moment."""

    code = "announced_meanwhile"


class Effect(StrEnum):
    """What an expectation means, beside what is known."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


def key_of(row: Expectation | ExpectedReceipt) -> Key:
    return row.reference, row.warehouse_id, row.product_id


def known_of(
    expectations: Iterable[Expectation], *, is_locked: bool = False
) -> dict[Key, ExpectedReceipt]:
    """Return what is known of these; locked, it stays so until the step ends."""
    keys = {key_of(each) for each in expectations}
    if not keys:
        return {}
    found = ExpectedReceipt.objects.filter(
        Q(reference__in={key[0] for key in keys}) & Q(product__in={key[2] for key in keys})
    )
    if is_locked:
        wanted = [pk for pk, *key in found.values_list("pk", *KEY) if tuple(key) in keys]
        rows: Iterable[ExpectedReceipt] = lock_many(ExpectedReceipt, wanted).values()
    else:
        rows = found
    return {key_of(row): row for row in rows if key_of(row) in keys}


def effect_of(
    expectation: Expectation,
    row: ExpectedReceipt | None,
    *,
    whole: Mapping[int, str],
    today: date,
) -> Effect:
    """Say what becomes of an expectation; `whole`: what `broken_in` says of all.

    Raises:
        InvalidInput: it cannot be right, it is closed, or more of it has come already.
    """
    for field, message in problems_of(expectation, whole=whole, today=today):
        raise InvalidInput(message, field=field)
    if row is None:
        return Effect.NEW
    told = (expectation.quantity, expectation.expected_on, expectation.supplier)
    if told == (row.quantity, row.expected_on, row.supplier):
        return Effect.SAME
    if row.state != ExpectedReceipt.State.OPEN:
        raise InvalidInput(
            _("%(reference)s is closed for this product: announce it under another number.")
            % {"reference": row.reference},
            field="reference",
        )
    if expectation.quantity < row.received:
        raise InvalidInput(
            _("%(received)s of it have come already.")
            % {"received": f"{row.received.normalize():f}"},
            field="quantity",
        )
    return Effect.CHANGED


@service
def announce_all(
    expectations: Sequence[Expectation], *, at: datetime, actor: Actor
) -> list[ExpectedReceipt]:
    """Note what will come: new goods, or another day or quantity of known ones; all, or nothing.

    A quantity of which all has come already closes it.

    Raises:
        InvalidInput: one cannot be right, `findings` names each by `receipts.2.quantity`.
        AnnouncedMeanwhile: somebody does the same at this moment; nothing is written.
    """
    known = known_of(expectations, is_locked=True)
    effects = _effects(expectations, known, today=today_of(at))
    made = {
        key_of(each): ExpectedReceipt(**vars(each), created_at=at)
        for each, effect in zip(expectations, effects, strict=True)
        if effect is Effect.NEW
    }
    for each, effect in zip(expectations, effects, strict=True):
        if effect is Effect.CHANGED:
            row = known[key_of(each)]
            row.quantity, row.expected_on = each.quantity, each.expected_on
            row.supplier = each.supplier
            close_when_all_came(row)
    touched = {row: [f"product:{row.product_id}"] for row in known.values()}
    audit.save_many(touched, at=at, actor=actor)
    try:
        with transaction.atomic():
            audit.create_many(list(made.values()), at=at, actor=actor)
    except IntegrityError:
        raise AnnouncedMeanwhile(
            _("Somebody has announced some of these goods meanwhile. Send them again.")
        ) from None
    rows = known | made
    return [rows[key_of(each)] for each in expectations]


def _effects(
    expectations: Sequence[Expectation], known: Mapping[Key, ExpectedReceipt], *, today: date
) -> list[Effect]:
    effects: list[Effect] = []
    findings: list[tuple[str, str, str]] = []
    seen: set[Key] = set()
    whole = broken_in(expectations)
    for place, each in enumerate(expectations):
        try:
            _ensure_unseen(each, seen)
            effects.append(effect_of(each, known.get(key_of(each)), whole=whole, today=today))
        except InvalidInput as refusal:
            where = f"receipts.{place}.{refusal.field}"
            findings.append((refusal.code, where, str(refusal)))
        seen.add(key_of(each))
    if findings:
        refused = InvalidInput(" ".join(message for _code, _where, message in findings))
        refused.findings = findings
        raise refused
    return effects


def _ensure_unseen(expectation: Expectation, seen: Collection[Key]) -> None:
    if key_of(expectation) in seen:
        raise InvalidInput(_("The same goods are named twice."), field="reference")
