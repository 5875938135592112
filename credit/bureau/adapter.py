"""What a credit bureau is to us: something that is asked about a customer, outside of any step.

A bureau is a class with `name` and `answer_about`. It is named by the setting CREDIT_BUREAU and
may fail or lie in any way: what it answers is checked, and what it breaks becomes a problem.
"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Subject:
    """About whom the bureau is asked."""

    customer_id: int
    number: str
    name: str
    tax_number: str


class BureauProblem(Exception):
    """The bureau gave no answer that can be used; the message says why, for people."""


class Bureau(Protocol):
    """A credit bureau."""

    name: str

    def answer_about(self, subject: Subject) -> Any:
        """Return what the bureau says: {"customer", "score", "years_in_business", "as_of", …}.

        Raises:
            BureauProblem: it cannot say anything.
        """
