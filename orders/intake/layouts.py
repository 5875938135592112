"""Documents that can only be understood once it is known whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orders.intake.columns import fold, meaning_of
from orders.intake.documents import ReadOrder


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote a document, as far as reading it depends on them.

    `words` are what people have taught us about this customer's own sheets: a header's or a
    label's folded text, and the field that it means.
    """

    customer: str = ""
    language: str = "en"
    currency: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def meaning_of(self, text: str) -> str:
        """Return the field that a header names: in the customer's own words, else in ours."""
        return self.words.get(fold(text)) or meaning_of(text)


class Layout(Protocol):
    """A document whose words are known and whose meaning is not yet."""

    hints: list[str]

    def orders(self, sender: Sender) -> list[ReadOrder]:
        """Return the orders that it says, as this sender means it."""
        ...
