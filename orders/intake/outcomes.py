"""What a refusal says about a document, and what its state says about its fate."""

from collections.abc import Iterable

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

# What documents call a rule of orders, and a field of theirs.
RULE_NAMES = {"po_used_before": "duplicate", "currency_differs": "currency"}
FIELD_NAMES = {"customer_po": "po_number"}


def found_by_rules(found: Iterable[tuple[str, str, str]]) -> list[Finding]:
    """Turn what the order's rules found into findings of the document."""
    return [
        block(RULE_NAMES.get(rule, rule), FIELD_NAMES.get(path, path), message)
        for rule, path, message in found
    ]


def findings_of(refusal: Exception) -> list[Finding]:
    """Turn a refusal of the order itself into findings of the document."""
    if isinstance(refusal, OrderInvalid):
        return found_by_rules(refusal.findings)
    code, message = explain(refusal)
    return [block(code, getattr(refusal, "field", "") or "", message)]
