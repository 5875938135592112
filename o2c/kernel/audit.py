"""The audit trail: who changed what, when, from where, from which value to which."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from o2c.kernel import rows
from o2c.kernel.actors import Actor, request_id
from o2c.kernel.audited import Audited, label_of
from o2c.kernel.models import AuditEntry
from o2c.kernel.transactions import Step, current_step

A = TypeVar("A", bound=Audited)
# What JSON has no words for.
WRITTEN = (Decimal, date, datetime)


def create(row: A, *, at: datetime, actor: Actor, touches: Iterable[str] = ()) -> A:
    """Insert the row and record that it was made. `touches` names other documents concerned."""
    rows.insert([row])
    row.remember()
    record(label_of(row), "create", at=at, actor=actor, touches=touches)
    return row


def create_many(
    made: Sequence[Audited], *, at: datetime, actor: Actor, touches: Iterable[str] = ()
) -> None:
    """Insert rows of one model in one statement, and record that each was made."""
    touches = list(touches)
    create_each([(row, touches) for row in made], at=at, actor=actor)


def create_each(
    made: Sequence[tuple[Audited, Iterable[str]]], *, at: datetime, actor: Actor
) -> None:
    """Do the same for rows that each concern documents of their own, `(row, touches)`."""
    rows.insert([row for row, _touches in made])
    for row, touches in made:
        row.remember()
        record(label_of(row), "create", at=at, actor=actor, touches=touches)


def save(row: A, *, at: datetime, actor: Actor, reason: str = "", touches: Iterable[str] = ()) -> A:
    """Update the fields that differ from what the database holds, and record each change.

    Nothing is written when nothing differs.
    """
    changes = row.changes()
    if changes:
        rows.update(row, changes)
        _record_changes(row, changes, at=at, actor=actor, reason=reason, touches=touches)
    return row


def record_written(row: A, *, at: datetime, actor: Actor, touches: Iterable[str] = ()) -> None:
    """Record the changes of a row that a statement of the caller's own has written."""
    changes = row.changes()
    if changes:
        _record_changes(row, changes, at=at, actor=actor, reason="", touches=touches)


def save_many(
    changed: Mapping[A, Iterable[str]], *, at: datetime, actor: Actor, reason: str = ""
) -> None:
    """Save rows of one model, `{row: touches}`, in one statement however many they are."""
    changes = {row: row.changes() for row in changed}
    names = sorted({name for fields in changes.values() for name in fields})
    if not names:
        return
    rows.update_many([row for row in changed if changes[row]], names)
    for row, touches in changed.items():
        if changes[row]:
            _record_changes(row, changes[row], at=at, actor=actor, reason=reason, touches=touches)


def _record_changes(
    row: Audited,
    changes: dict[str, tuple[Any, Any]],
    *,
    at: datetime,
    actor: Actor,
    reason: str,
    touches: Iterable[str],
) -> None:
    row.remember()
    action = f"to {changes['state'][1]}" if "state" in changes else "change"
    record(
        label_of(row), action, at=at, actor=actor, changes=changes, reason=reason, touches=touches
    )


def record(
    subject: str,
    action: str,
    *,
    at: datetime,
    actor: Actor,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
    touches: Iterable[str] = (),
) -> None:
    """Note an act that no single row's change shows, such as a scan or a message.

    Raises:
        OutsideStep: outside a service, where the note could survive although the act is undone.
    """
    step = current_step()
    if not step.audit:
        step.before_commit.append(_flush)
    values = {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()}
    step.audit.append(
        rows.make(
            AuditEntry,
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            on_behalf_of=actor.on_behalf_of,
            request_id=request_id.get(),
            subject=subject,
            action=action,
            changes=values,
            reason=reason,
            objects_touched=[subject, *touches],
        )
    )


def _flush(step: Step) -> None:
    rows.append(step.audit)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, WRITTEN) else value
