"""What is issued is stored as it will stand for ever."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from invoicing import content
from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor


def seal(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    *,
    charges: Sequence[InvoiceCharge],
    certificate: str,
    touches: Iterable[str],
    at: datetime,
    actor: Actor,
) -> None:
    """Say all that a numbered and dated invoice says, and issue it.

    The trail names each change but the content, which the hash stands for.
    """
    text = content.canonical(invoice, lines, taxes, charges=charges, certificate=certificate)
    invoice.issue(content=text, content_hash=content.seal(text))
    changes = invoice.changes()
    rows.update(invoice, changes)
    invoice.remember()
    changes.pop("content")
    audit.record(
        invoice.label,
        f"to {invoice.state}",
        at=at,
        actor=actor,
        changes=changes,
        touches=list(touches),
    )
