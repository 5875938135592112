"""What partners answer us: their 997 and CONTRL for the documents that we sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from o2c.kernel.actors import Actor
from orders.intake.edi import edifact_syntax, x12_syntax
from orders.intake.edi.envelope import Interchange, Message
from orders.intake.edi.partners import Door
from orders.models import PartnerMessage
from orders.partners.carrying import note_verdict

ACCEPTED, REJECTED = PartnerMessage.Verdict.ACCEPTED, PartnerMessage.Verdict.REJECTED
X12_TAKEN = {"A", "E", "P"}
EDIFACT_REFUSED = {"4"}


@dataclass(frozen=True)
class Heard:
    """Whose acknowledgement it is, of which of our control numbers, and what it says."""

    sender: str
    control: str
    verdict: str


def hear(content: bytes, file_format: str, *, door: Door, at: datetime, actor: Actor) -> int:
    """Note what the acknowledgements of a readable file say; return how many were ours.

    Nobody judges what was sent to somebody else: who may speak here, the door says.
    """
    if file_format not in ("x12", "edifact"):
        return 0
    parse = x12_syntax.parse if file_format == "x12" else edifact_syntax.parse
    heard = [one for interchange in parse(content) for one in _heard(interchange)]
    if not heard:
        return 0
    partners = door.partners_among(file_format, (one.sender for one in heard))
    return sum(
        note_verdict(partner.pk, one.control, verdict=one.verdict, at=at, actor=actor)
        for one in heard
        if (partner := partners.get(one.sender.casefold()))
    )


def _heard(interchange: Interchange) -> Iterator[Heard]:
    for message in interchange.messages:
        found = _x12(message) if interchange.dialect == "x12" else _edifact(message)
        for control, verdict in found:
            yield Heard(interchange.sender, control.lstrip("0"), verdict)


def _x12(message: Message) -> Iterator[tuple[str, str]]:
    """Read AK1, AK2 and AK5, AK9: our group's number is that of its only set too."""
    if message.code != "997":
        return
    group, told = "", False
    for segment in message.segments:
        if segment.tag == "AK1":
            group, told = segment.get(2), False
        elif segment.tag == "AK5" and group:
            told = True
            yield group, ACCEPTED if segment.get(1) in X12_TAKEN else REJECTED
        elif segment.tag == "AK9" and group and not told:
            yield group, ACCEPTED if segment.get(1) in X12_TAKEN else REJECTED


def _edifact(message: Message) -> Iterator[tuple[str, str]]:
    if message.code != "CONTRL":
        return
    head = message.first("UCI")
    if head is None:
        return
    actions = [head.get(4), *(segment.get(3) for segment in message.all("UCM"))]
    refused = any(action in EDIFACT_REFUSED for action in actions)
    yield head.get(1), REJECTED if refused else ACCEPTED
