"""What a suite found, as text for people; failures make the exit status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from o2c.kernel import invariants
from o2c.kernel.models import JobRun, OutboxMessage

Cell = str | int | Decimal


@dataclass
class Report:
    """Lines to print, and what is wrong; without failures the suite has passed."""

    title: str
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, text: str = "") -> None:
        self.lines.append(text)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a Markdown table; numbers stand to the right."""
        body = [[_written(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(header, *body, strict=True)]
        self.add(_row(header, widths))
        ends = ["-" if place == 0 else ":" for place in range(len(header))]
        rule = ["-" * (width - 1) + end for width, end in zip(widths, ends, strict=True)]
        self.add(_row(rule, widths))
        self.lines += [_row(row, widths) for row in body]
        self.add()

    def check(self, holds: bool, failure: str) -> None:  # noqa: FBT001  a fact, no switch
        if not holds:
            self.fail(failure)

    def fail(self, failure: str) -> None:
        self.failures.append(failure)

    def check_books(self) -> None:
        """Prove the invariants, and that every message left and every job ran."""
        findings = invariants.check_all()
        for finding in findings:
            rows = "; ".join(finding.sample)
            self.fail(f"check_books: {finding.name}: {finding.count} rows: {rows}")
        late = OutboxMessage.objects.filter(delivered_at=None)
        for message in late.order_by("pk")[: invariants.SAMPLE]:
            self.fail(f"not delivered: {message}: {message.error[:300]}")
        for run in JobRun.objects.exclude(error="").order_by("pk")[: invariants.SAMPLE]:
            self.fail(f"daily job failed: {run}: {run.error}")
        checked = len(invariants.INVARIANTS)
        self.add(f"check_books: {checked} invariants, {len(findings)} broken.")

    def as_text(self) -> str:
        failures = [f"- {failure}" for failure in self.failures]
        verdict = ["Failed:", "", *failures] if failures else ["Passed."]
        return "\n".join([f"### {self.title}", "", *self.lines, "", *verdict, ""])


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:,}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return f"| {' | '.join([first, *rest])} |"
