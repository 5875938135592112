"""What a refusal says about a document, and what its state says about its fate."""

from o2c.kernel.errors import explain
from orders.intake.findings import Finding, block
from orders.intake.judging import Verdict
from orders.models import IntakeDocument
from orders.services import OrderInvalid

VERDICTS = {
    IntakeDocument.State.ACCEPTED: Verdict.ACCEPTED,
    IntakeDocument.State.IN_REVIEW: Verdict.REVIEW,
    IntakeDocument.State.REJECTED: Verdict.REJECTED,
    IntakeDocument.State.DUPLICATE: Verdict.DUPLICATE,
}


def findings_of(refusal: Exception) -> list[Finding]:
    """Turn a refusal of the order itself into findings of the document."""
    if isinstance(refusal, OrderInvalid):
        return [
            block(
                "duplicate" if rule == "po_used_before" else rule,
                "po_number" if path == "customer_po" else path,
                message,
            )
            for rule, path, message in refusal.findings
        ]
    code, message = explain(refusal)
    return [block(code, getattr(refusal, "field", "") or "", message)]
