"""docs/rules.md lists every rule that orders are asked, as the registry has it."""

from pathlib import Path

from django.conf import settings

from orders.rules import RULES
from orders.rules.registry import OWNER_NAMES

DOCUMENT = Path(settings.BASE_DIR, "docs/rules.md")


def waiver(rule):
    if not rule.waived_by:
        return "no"
    second = ", by a second person" if rule.needs_second else ""
    return f"`{rule.waived_by}`{second}"


def row(rule):
    asked = "even of drafts" if rule.is_storable else rule.severity
    return (
        f"| `{rule.name}` | {rule.title} | {asked} | {OWNER_NAMES[rule.owner]} | {waiver(rule)} |"
    )


def test_the_document_lists_the_rules_in_their_order():
    told = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]

    assert told == [row(rule) for rule in RULES.values()]
