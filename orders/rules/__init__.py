"""The named rules of what must be right about an order.

A blocking rule keeps the order from being submitted until it is mended, or waived where it may
be; a warning is kept on it. `RULES` lists all, in the order in which they are asked;
docs/rules.md shows them.
"""

from orders.rules import habits, header, lines, storable
from orders.rules.lines import is_within, price_words, tolerance_of
from orders.rules.looking import (
    MAX_LINES,
    MAX_PO_LENGTH,
    Facts,
    Habits,
    House,
    LineFacts,
    Stated,
    Threshold,
    Usual,
)
from orders.rules.registry import REGISTERED, WORKED_BY, Finding, Rule, ask_rule

# In this order they are asked, and what they found is told.
PARTS = (storable, lines, header, habits)
RULES: dict[str, Rule] = {
    name: rule
    for part in PARTS
    for name, rule in REGISTERED.items()
    if rule.ask.__module__ == part.__name__
}

__all__ = [
    "MAX_LINES",
    "MAX_PO_LENGTH",
    "RULES",
    "WORKED_BY",
    "Facts",
    "Finding",
    "Habits",
    "House",
    "LineFacts",
    "Rule",
    "Stated",
    "Threshold",
    "Usual",
    "ask_rule",
    "is_within",
    "price_words",
    "tolerance_of",
]
