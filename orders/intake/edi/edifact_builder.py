"""EDIFACT segments put into their envelopes; what does not fit is noted as a problem."""

from django.utils.translation import gettext as _

from orders.intake.edi.envelope import (
    Group,
    Interchange,
    Level,
    Message,
    Problem,
    Segment,
    is_count,
)


class Builder:
    """Puts segments into their envelopes and notes what does not fit."""

    def __init__(self) -> None:
        self.interchanges: list[Interchange] = []
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.message: Message | None = None
        self.position = 0

    def take(self, raw: list[list[str]]) -> None:
        tag = raw[0][0][:10]
        if self.message is not None or tag == "UNH":
            self.position += 1
        segment = Segment(
            tag=tag,
            elements=tuple(tuple(element) for element in raw[1:]),
            position=self.position,
        )
        handler = SERVICE.get(tag)
        if handler is not None:
            handler(self, segment)
        elif self.message is not None:
            self.message.segments.append(segment)

    def finished(self) -> list[Interchange]:
        self._close()
        return self.interchanges

    def _unb(self, segment: Segment) -> None:
        self._close()
        sent = segment.get(4)
        self.interchange = Interchange(
            dialect="edifact",
            version=":".join(part for part in (segment.get(1), segment.get(1, 2)) if part),
            sender=segment.get(2),
            sender_qualifier=segment.get(2, 2),
            receiver=segment.get(3),
            receiver_qualifier=segment.get(3, 2),
            sent_on=sent,
            sent_at=segment.get(4, 2),
            control=segment.get(5),
            wants_receipt=segment.get(9) == "1",
            is_test=segment.get(11) == "1",
        )
        self.interchanges.append(self.interchange)

    def _unz(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        one, self.interchange = self.interchange, None
        if one is None:
            return
        one.is_ended = True
        if segment.get(2) != one.control:
            text = _("The trailer names interchange %(theirs)s, the header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": one.control or "-"}
            one.problems.append(_fault("control_number", text % numbers, "interchange", "28"))
        grouped = [group for group in one.groups if group.control]
        counted = len(grouped) if grouped else len(one.messages)
        if not is_count(segment.get(1), counted):
            text = _("The trailer counts %(theirs)s; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": counted}
            one.problems.append(_fault("group_count", text % counts, "interchange", "29"))

    def _ung(self, segment: Segment) -> None:
        self._close_message()
        self._close_group()
        self.group = Group(
            code=segment.get(1),
            sender=segment.get(2),
            receiver=segment.get(3),
            control=segment.get(5),
            version=":".join(part for part in (segment.get(7), segment.get(7, 2)) if part),
        )
        if self.interchange is not None:
            self.interchange.groups.append(self.group)

    def _une(self, segment: Segment) -> None:
        self._close_message()
        group, self.group = self.group, None
        if group is None:
            return
        group.is_ended, group.claimed = True, segment.get(1)
        if segment.get(2) != group.control:
            text = _("The group's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": group.control}
            group.problems.append(_fault("control_number", text % numbers, "group", "28"))
        if not is_count(segment.get(1), len(group.messages)):
            text = _("The group's trailer counts %(theirs)s messages; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": len(group.messages)}
            group.problems.append(_fault("message_count", text % counts, "group", "29"))

    def _unh(self, segment: Segment) -> None:
        self._close_message()
        if self.interchange is None:
            return  # a message outside of any interchange has no sender
        if self.group is None:
            self.group = Group()
            self.interchange.groups.append(self.group)
        self.position = 1
        parts = (segment.get(2, place) for place in (2, 3, 4, 5))
        self.message = Message(
            code=segment.get(2),
            control=segment.get(1),
            version=":".join(part for part in parts if part),
        )
        self.group.messages.append(self.message)

    def _unt(self, segment: Segment) -> None:
        message, self.message = self.message, None
        if message is None:
            return
        message.is_ended = True
        counted = len(message.segments) + 2
        if segment.get(2) != message.control:
            text = _("The message's trailer names %(theirs)s, its header %(ours)s.")
            numbers = {"theirs": segment.get(2) or "-", "ours": message.control or "-"}
            message.problems.append(_fault("control_number", text % numbers, "message", "28"))
        if not is_count(segment.get(1), counted):
            text = _("The message's trailer counts %(theirs)s segments; there are %(ours)s.")
            counts = {"theirs": segment.get(1) or "-", "ours": counted}
            message.problems.append(_fault("segment_count", text % counts, "message", "29"))

    def _close(self) -> None:
        self._close_message()
        self._close_group()
        one, self.interchange = self.interchange, None
        if one is not None:
            text = _("The interchange has no trailer (UNZ).")
            one.problems.append(_fault("interchange_not_ended", text, "interchange", "13"))

    def _close_message(self) -> None:
        message, self.message = self.message, None
        if message is not None:
            text = _("The message %(control)s has no trailer (UNT).")
            fault = _fault(
                "message_not_ended", text % {"control": message.control}, "message", "13"
            )
            message.problems.append(fault)

    def _close_group(self) -> None:
        group, self.group = self.group, None
        if group is not None and group.control and not group.is_ended:
            text = _("The group %(control)s has no trailer (UNE).") % {"control": group.control}
            group.problems.append(_fault("group_not_ended", text, "group", "13"))


SERVICE = {
    "UNB": Builder._unb,
    "UNZ": Builder._unz,
    "UNG": Builder._ung,
    "UNE": Builder._une,
    "UNH": Builder._unh,
    "UNT": Builder._unt,
}


def _fault(rule: str, message: str, level: Level, code: str) -> Problem:
    return Problem(rule=rule, message=message, level=level, code=code)
