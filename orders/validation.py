"""What must be right about an order before it is accepted: all rules are asked at once."""

from collections.abc import Collection, Sequence

from o2c.kernel.errors import InvalidInput
from orders.models import Channel
from orders.rules import RULES, Facts, Finding, ask_rule
from orders.rules.registry import BLOCK, WARN

# Where the customer's own people or systems read the answer.
BUYER_READS = frozenset({Channel.API, Channel.PORTAL, Channel.SHOP})


class OrderInvalid(InvalidInput):
    """Blocking findings; `findings` holds each as (rule, field, message).

    The messages are for our people, or for the buyer when the order came by a channel that
    answers them.
    """

    code = "order_invalid"

    def __init__(self, findings: Sequence[Finding], *, channel: str = "") -> None:
        is_theirs = channel in BUYER_READS
        told = [
            (one.rule, one.field, (is_theirs and one.buyer_message) or one.message)
            for one in findings
        ]
        super().__init__(" ".join(message for *_, message in told), field=findings[0].field)
        self.findings = told


def findings_of(facts: Facts) -> list[Finding]:
    """Ask every rule; return all that they find, whatever its severity."""
    return [found for rule in RULES.values() for found in ask_rule(rule, facts)]


def check(
    facts: Facts, *, waived: Collection[str] = frozenset(), channel: str = ""
) -> list[Finding]:
    """Ask every rule; return the warnings.

    `waived` are fingerprints of what somebody has waived: it is answered.

    Raises:
        OrderInvalid: with all blocking findings.
    """
    found = findings_of(facts)
    blocks = [one for one in found if one.severity == BLOCK and one.fingerprint not in waived]
    if blocks:
        raise OrderInvalid(blocks, channel=channel)
    return [one for one in found if one.severity == WARN]


def check_storable(facts: Facts, *, channel: str = "") -> None:
    """Ask what even a draft must keep to.

    Raises:
        OrderInvalid: with all blocking findings.
    """
    storable = (rule for rule in RULES.values() if rule.is_storable)
    found = [one for rule in storable for one in ask_rule(rule, facts)]
    if found:
        raise OrderInvalid(found, channel=channel)
