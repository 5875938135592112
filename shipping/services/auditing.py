"""Carriers' months are audited: figures by the job, samples and the sign-off by people."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.transactions import service
from shipping import audits
from shipping.models import AuditSample, ShippingAudit

State = ShippingAudit.State


class SamplesUnchecked(DomainError):
    """Shipments of the sample wait to be checked."""

    code = "samples_unchecked"


class AuditSigned(DomainError):
    """The audit is signed: nothing of it changes."""

    code = "audit_signed"


@service
def audit_months(months: Sequence[date], *, at: datetime, actor: Actor) -> int:
    """Make or renew the audits of several months in one step; return how many.

    All of them are locked at once: what was audited later may be of an earlier month.
    """
    found = ShippingAudit.objects.filter(month__in=months).values_list("pk", flat=True)
    lock_many(ShippingAudit, list(found))
    return sum(audit_month(month, at=at, actor=actor) for month in months)


@service
def audit_month(month: date, *, at: datetime, actor: Actor) -> int:
    """Make or renew the audits of a month, of every carrier that took something; return how many.

    Signed ones stay as they are; a sample that was drawn stays too. Run again, it changes only
    what has been reported since. A fixed number of statements.
    """
    figures = audits.figures_of(month)
    found = ShippingAudit.objects.filter(month=month).values_list("pk", flat=True)
    held = {row.carrier_id: row for row in lock_many(ShippingAudit, list(found)).values()}
    changed = []
    for carrier_id, row in held.items():
        if row.state == State.OPEN and figures.get(carrier_id, row.figures) != row.figures:
            row.figures, row.computed_at = figures[carrier_id], at
            changed.append(row)
    audit.save_many(dict.fromkeys(changed, ()), at=at, actor=actor)
    made = [
        ShippingAudit(carrier_id=key, month=month, figures=values, computed_at=at)
        for key, values in sorted(figures.items())
        if key not in held
    ]
    audit.create_many(made, at=at, actor=actor)
    drawn = audits.samples_of(month) if made else {}
    samples = [
        AuditSample(audit=row, shipment_id=shipment_id)
        for row in made
        for shipment_id in drawn.get(row.carrier_id, [])
    ]
    audit.create_many(samples, at=at, actor=actor)
    return len(changed) + len(made)


@service
def check_sample(
    sample_id: int, *, finding: str, note: str, user_id: int, at: datetime, actor: Actor
) -> AuditSample:
    """Note what was found at a shipment of the sample.

    Raises:
        AuditSample.DoesNotExist: no such sample.
        AuditSigned: its audit is signed.
        InvalidInput: no such finding, or one that is not "in order" without a note.
    """
    held = lock(ShippingAudit, AuditSample.objects.get(pk=sample_id).audit_id)
    if held.state == State.SIGNED:
        raise AuditSigned(_("This audit is signed. Nothing of it changes any more."))
    if finding not in AuditSample.Finding.values:
        raise InvalidInput(_("Choose what was found."), field="finding")
    if finding != AuditSample.Finding.FINE and not note.strip():
        raise InvalidInput(_("Say what is wrong."), field="note")
    sample = AuditSample.objects.get(pk=sample_id)
    sample.finding, sample.note = finding, note.strip()
    sample.checked_by_id, sample.checked_at = user_id, at
    return audit.save(sample, at=at, actor=actor, touches=[held.label])


@service
def sign_audit(
    audit_id: int, *, conclusion: str, user_id: int, at: datetime, actor: Actor
) -> ShippingAudit:
    """Sign an audit off: from then on nothing of it changes.

    Raises:
        ShippingAudit.DoesNotExist: no such audit.
        TransitionNotAllowed: it is signed.
        InvalidInput: without a conclusion.
        SamplesUnchecked: a shipment of its sample is not checked.
    """
    held = lock(ShippingAudit, audit_id)
    if not conclusion.strip():
        raise InvalidInput(_("Write the conclusion."), field="conclusion")
    if held.samples.filter(finding="").exists():
        raise SamplesUnchecked(_("Check every shipment of the sample first."))
    held.sign(user_id=user_id, conclusion=conclusion.strip(), at=at)
    return audit.save(held, at=at, actor=actor, reason=held.conclusion)
