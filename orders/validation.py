"""What must be right about an order before it is accepted: all rules are asked at once."""

from collections.abc import Iterable, Sequence

from o2c.kernel.errors import InvalidInput
from orders.rules import BLOCKING, STORABLE, WARNING, Facts, Finding, Rule


class OrderInvalid(InvalidInput):
    """Blocking findings; `findings` holds each as (rule, field, message)."""

    code = "order_invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(found.message for found in findings), field=findings[0].field)
        self.findings = [(found.rule, found.field, found.message) for found in findings]


def check(facts: Facts) -> list[Finding]:
    """Ask every rule; return the warnings.

    Raises:
        OrderInvalid: with all blocking findings.
    """
    _refuse(_ask(STORABLE + BLOCKING, facts))
    return _ask(WARNING, facts)


def findings_of(facts: Facts) -> list[Finding]:
    """Ask every rule; return all that they find, whatever its severity."""
    return _ask(STORABLE + BLOCKING + WARNING, facts)


def check_storable(facts: Facts) -> None:
    """Ask what even a draft must keep to.

    Raises:
        OrderInvalid: with all blocking findings.
    """
    _refuse(_ask(STORABLE, facts))


def _ask(rules: Iterable[Rule], facts: Facts) -> list[Finding]:
    return [found for rule in rules for found in rule(facts)]


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise OrderInvalid(findings)
