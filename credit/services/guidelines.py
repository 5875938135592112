"""The life of a guideline table: draft, tested on history, active, retired."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from credit import guidelines
from credit.guidelines.prover import Proof, prove
from credit.guidelines.whatif import try_on
from credit.models import GuidelineTable
from credit.selectors.guidelines import active_table, has_written, past_cases
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock_by, lock_many, one_at_a_time
from o2c.kernel.transactions import service

Status = GuidelineTable.Status
CHANGEABLE = (Status.DRAFT, Status.TESTED)
LONGEST_NOTE = 300
ACTIVATION = "credit.guidelines"


class NotADraft(DomainError):
    """The version is in force or was: it stays as it is."""

    code = "not_a_draft"


class ChangedMeanwhile(DomainError):
    """Somebody else has changed the draft since it was opened."""

    code = "changed_meanwhile"


class NotTested(DomainError):
    """The draft as it is now was not tested on history, or other guidelines came into force."""

    code = "not_tested"


class NotProved(DomainError):
    """The table has gaps, rules that never speak, or overlaps that nobody has accepted."""

    code = "not_proved"


class OwnDraft(DomainError):
    """Who writes guidelines does not put them in force."""

    code = "own_draft"


@service
def create_draft(
    *, rules: Any, note: str, at: datetime, actor: Actor, based_on: int | None = None
) -> GuidelineTable:
    """Make a draft: of these rules, or a copy of the version `based_on`.

    Raises:
        InvalidGuidelines: the rules cannot be applied; every problem with its place.
        GuidelineTable.DoesNotExist: no such version.
        InvalidInput: the note is too long.
    """
    one_at_a_time(ACTIVATION)
    if based_on is not None:
        rules = GuidelineTable.objects.get(version=based_on).rules
    guidelines.parse(rules)
    latest = GuidelineTable.objects.aggregate(version=Max("version"))["version"] or 0
    draft = GuidelineTable(
        version=latest + 1,
        status=Status.DRAFT,
        rules=rules,
        note=_checked_note(note),
        created_at=at,
        created_by=actor.name,
    )
    return audit.create(draft, at=at, actor=actor)


@service
def edit_draft(
    version: int, *, rules: Any, note: str, seen: str, at: datetime, actor: Actor
) -> GuidelineTable:
    """Change a draft, which must be tested again then. `seen`: the fingerprint of what was opened.

    Raises:
        GuidelineTable.DoesNotExist: no such version.
        NotADraft: it is or was in force.
        ChangedMeanwhile: somebody else has changed it since.
        InvalidGuidelines: the rules cannot be applied; every problem with its place.
        InvalidInput: the note is too long.
    """
    draft = _lock_draft(version)
    if guidelines.fingerprint(draft.rules) not in (seen, guidelines.fingerprint(rules)):
        raise ChangedMeanwhile(
            _("%(table)s was changed meanwhile. Open it again and repeat your changes.")
            % {"table": draft}
        )
    guidelines.parse(rules)
    if guidelines.fingerprint(rules) != guidelines.fingerprint(draft.rules):
        draft.rules, draft.status = rules, Status.DRAFT
        draft.test_report, draft.tested_at = None, None
    draft.note = _checked_note(note)
    return audit.save(draft, at=at, actor=actor)


def test_draft(version: int, *, at: datetime, actor: Actor) -> GuidelineTable:
    """Run a draft over what was decided before, and keep what would flip with it.

    Nothing is locked meanwhile: what was tested is kept only if it is still what the draft says.

    Raises:
        GuidelineTable.DoesNotExist: no such version.
        NotADraft: it is or was in force.
        InvalidGuidelines: its rules cannot be applied.
        ChangedMeanwhile: somebody has changed it while it was tested.
    """
    draft = GuidelineTable.objects.get(version=version)
    _ensure_draft(draft)
    report = try_on(guidelines.parse(draft.rules), past_cases()).as_json()
    return _keep_report(
        version,
        report={
            **report,
            "fingerprint": guidelines.fingerprint(draft.rules),
            "in_force": active_table().version,
        },
        at=at,
        actor=actor,
    )


@service
def _keep_report(
    version: int, *, report: dict[str, Any], at: datetime, actor: Actor
) -> GuidelineTable:
    draft = _lock_draft(version)
    if guidelines.fingerprint(draft.rules) != report["fingerprint"]:
        raise ChangedMeanwhile(
            _("%(table)s was changed while it was tested: test it again.") % {"table": draft}
        )
    draft.test_report, draft.tested_at, draft.status = report, at, Status.TESTED
    return audit.save(draft, at=at, actor=actor)


@service
def activate(
    version: int, *, accepted: Collection[str], at: datetime, actor: Actor
) -> GuidelineTable:
    """Put a tested draft in force; the version before it is kept for replays.

    Args:
        accepted: the overlaps that the actor has seen, by name.

    Raises:
        GuidelineTable.DoesNotExist: no such version.
        NotADraft: it is or was in force.
        NotTested: it was changed after its test, or other guidelines came into force since.
        OwnDraft: the actor wrote it, or a part of it.
        NotProved: a gap, a rule that never speaks, or an overlap that is not accepted.
        TooLarge: it has too many cases to be proved.
    """
    one_at_a_time(ACTIVATION)
    held = lock_many(GuidelineTable, _active_and(version))
    draft = next((table for table in held.values() if table.version == version), None)
    if draft is None:
        raise GuidelineTable.DoesNotExist
    _ensure_draft(draft)
    in_force = [table for table in held.values() if table.status == Status.ACTIVE]
    _ensure_tested(draft, in_force[0].version if in_force else 0)
    _ensure_not_own(draft, actor)
    ensure_proved(prove(guidelines.parse(draft.rules)), accepted)
    for old in in_force:
        old.status = Status.RETIRED
        audit.save(old, at=at, actor=actor)
    draft.status, draft.activated_at, draft.activated_by = Status.ACTIVE, at, actor.name
    return audit.save(draft, at=at, actor=actor, reason=_words_of(accepted))


def ensure_proved(proof: Proof, accepted: Collection[str]) -> None:
    """Raise NotProved unless every case is spoken for, by rules that can, as somebody accepts."""
    silent = [*proof.contradictions, *proof.unreachable]
    if silent:
        names = ", ".join(silent)
        raise NotProved(
            _("These rules can never speak: %(names)s. Mend or remove them.") % {"names": names}
        )
    if proof.gap_count:
        raise NotProved(
            _("No rule speaks in this case: %(case)s. Add a rule, or one without conditions last.")
            % {"case": proof.gaps[0].words}
        )
    missing = [overlap.name for overlap in proof.overlaps if overlap.name not in accepted]
    if missing:
        raise NotProved(
            _("Accept these overlaps, in which the first rule wins: %(names)s.")
            % {"names": ", ".join(missing)}
        )


@service
def discard_draft(version: int, *, at: datetime, actor: Actor) -> GuidelineTable:
    """Put a draft away: it is kept, and never comes into force.

    Raises:
        GuidelineTable.DoesNotExist: no such version.
        NotADraft: it is or was in force.
    """
    draft = _lock_draft(version)
    draft.status = Status.RETIRED
    return audit.save(draft, at=at, actor=actor)


def _active_and(version: int) -> list[int]:
    """Return the keys of a version and of the one in force."""
    wanted = Q(version=version) | Q(status=Status.ACTIVE)
    return list(GuidelineTable.objects.filter(wanted).values_list("pk", flat=True))


def _lock_draft(version: int) -> GuidelineTable:
    draft = lock_by(GuidelineTable, version=version)
    _ensure_draft(draft)
    return draft


def _ensure_draft(table: GuidelineTable) -> None:
    if table.status not in CHANGEABLE:
        raise NotADraft(
            _("%(table)s is no draft: make a new draft of it to change it.") % {"table": table}
        )


def _ensure_tested(draft: GuidelineTable, in_force: int) -> None:
    report = draft.test_report or {}
    if report.get("fingerprint") != guidelines.fingerprint(draft.rules):
        raise NotTested(_("Test %(table)s on past decisions first.") % {"table": draft})
    if report["in_force"] != in_force:
        raise NotTested(
            _("v%(version)s came into force after the test: look at the difference, test again.")
            % {"version": in_force}
        )


def _ensure_not_own(draft: GuidelineTable, actor: Actor) -> None:
    if has_written(draft, actor):
        raise OwnDraft(
            _("You have written %(table)s: somebody else has to put it in force.")
            % {"table": draft}
        )


def _words_of(accepted: Collection[str]) -> str:
    names = ", ".join(sorted(accepted))
    return (_("Overlaps accepted: %s") % names)[:LONGEST_NOTE] if names else ""


def _checked_note(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            _("Say it in %(count)s characters.") % {"count": LONGEST_NOTE}, field="note"
        )
    return note.strip()
