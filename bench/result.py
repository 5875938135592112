"""What one contender of one round used, per life cycle."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Result:
    """CPU milliseconds of the program and of PostgreSQL per cycle, and cycles per second."""

    per_second: float
    client_ms: float
    server_ms: float
    cycles: int

    @property
    def cpu_ms(self) -> float:
        return self.client_ms + self.server_ms


@dataclass(frozen=True)
class Report:
    """What a measurement prints, and the same for machines."""

    text: str
    data: dict[str, Any]
