"""What a reader or a rule found in a document."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from o2c.kernel.sheets import Unreadable

__all__ = ["Finding", "Severity", "Unreadable", "block", "finding_of", "is_certain", "warn"]

Severity = Literal["block", "warn"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`block`: no order without a person. `field` is a path such as `lines.2.quantity`."""

    rule: str
    severity: Severity
    field: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def block(rule: str, field: str, message: str) -> Finding:
    return Finding(rule=rule, severity="block", field=field, message=message)


def warn(rule: str, field: str, message: str) -> Finding:
    return Finding(rule=rule, severity="warn", field=field, message=message)


def finding_of(error: Unreadable) -> Finding:
    """Return what to tell about a file that cannot be read as a whole."""
    return block(error.rule, "file", str(error))


def is_certain(findings: Iterable[Finding]) -> bool:
    """Say whether nothing that was found needs a person."""
    return all(finding.severity == "warn" for finding in findings)
