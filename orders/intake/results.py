"""What is told about each document: one JSON line of `manage.py intake`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding, Unreadable, finding_of
from orders.intake.judging import Verdict, confidence_of


@dataclass(frozen=True, kw_only=True)
class Result:
    """`order` is the number of the order that was placed; none in a rehearsal."""

    file: str
    file_format: str
    status: Verdict
    order: str | None = None
    customer: str = ""
    po_number: str = ""
    lines: int = 0
    findings: list[Finding]
    confidence: Decimal
    document_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "format": self.file_format,
            "status": self.status.value,
            "order": self.order,
            "customer": self.customer,
            "po_number": self.po_number,
            "lines": self.lines,
            "findings": [finding.as_dict() for finding in self.findings],
            "confidence": float(self.confidence),
        }


def result_of(
    order: ReadOrder,
    *,
    file: str,
    file_format: str,
    status: Verdict,
    number: str | None = None,
    document_id: int | None = None,
) -> Result:
    return Result(
        file=file,
        file_format=file_format,
        status=status,
        order=number,
        customer=order.customer,
        po_number=order.po_number,
        lines=len(order.lines),
        findings=order.findings,
        confidence=confidence_of(order),
        document_id=document_id,
    )


def unreadable(name: str, file_format: str, error: Unreadable) -> Result:
    """Say that nothing can be made of a file, and why."""
    return Result(
        file=name,
        file_format=file_format,
        status=Verdict.REJECTED,
        findings=[finding_of(error)],
        confidence=Decimal(0),
    )
