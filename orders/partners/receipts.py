"""What we answer to an interchange as such: 997 and TA1 to X12, CONTRL to EDIFACT.

The answer says only whether it could be read; it is the same however often it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from orders.intake.edi import edifact, edifact_syntax, x12, x12_checks, x12_syntax
from orders.intake.edi.envelope import Group, Interchange, Message, Problem
from orders.partners.writing import Parts

ACCEPTED, WITH_ERRORS, REJECTED = "A", "E", "R"
NOT_SUPPORTED = "1"
DUPLICATE_TA1, DUPLICATE_UCI = "025", "26"
FUNCTIONAL = "FA"
CONTRL = "CONTRL"
SERVICE_SETS = ("997", "999")
# Code list 0083: all of it acknowledged, all of it rejected.
TAKEN, REFUSED = "7", "4"
UNKNOWN_TYPE = "14"


@dataclass(kw_only=True)
class Receipt:
    """One acknowledgement: its kind, and its segments between header and trailer."""

    kind: str
    interchange: Interchange
    segments: list[Parts] = field(default_factory=list)


def receipts_of(
    content: bytes, file_format: str, *, repeated: frozenset[str] = frozenset()
) -> Iterator[Receipt]:
    """Yield what answers each interchange of a readable file.

    `repeated` holds control numbers that the sender has used before for something else: those
    interchanges are refused. An acknowledgement is never acknowledged.
    """
    parse = x12_syntax.parse if file_format == "x12" else edifact_syntax.parse
    for interchange in parse(content):
        is_repeated = interchange.control in repeated
        if file_format == "x12":
            yield from _x12_receipts(interchange, is_repeated=is_repeated)
        elif any(message.code != CONTRL for message in interchange.messages):
            yield _contrl(interchange, is_repeated=is_repeated)


def _x12_receipts(interchange: Interchange, *, is_repeated: bool) -> Iterator[Receipt]:
    faults = [problem.code for problem in interchange.problems]
    faults += [DUPLICATE_TA1] if is_repeated else []
    groups = [group for group in interchange.groups if group.code != FUNCTIONAL]
    if groups and (faults or interchange.wants_receipt):
        code, verdict = (faults[0], REJECTED) if faults else ("000", ACCEPTED)
        names = (interchange.control, interchange.sent_on, interchange.sent_at)
        yield Receipt(
            kind="TA1", interchange=interchange, segments=[("TA1", *names, verdict, code)]
        )
    if faults:
        return
    for group in groups:
        yield Receipt(kind="997", interchange=interchange, segments=list(_group_lines(group)))


def _group_lines(group: Group) -> Iterator[Parts]:
    yield ("AK1", group.code, group.control)
    is_refused = bool(group.problems)
    verdicts = []
    for message in group.messages:
        verdict, lines = _message_lines(message, is_refused=is_refused)
        verdicts.append(verdict)
        yield from lines
    taken = len(verdicts) - verdicts.count(REJECTED)
    codes = [problem.code for problem in group.problems][:5]
    claimed = group.claimed if group.claimed.isdecimal() else str(len(verdicts))
    yield (
        *("AK9", _group_verdict(verdicts, is_refused=is_refused)),
        *(claimed, str(len(verdicts)), str(taken)),
        *codes,
    )


def _group_verdict(verdicts: list[str], *, is_refused: bool) -> str:
    if is_refused or (verdicts and all(verdict == REJECTED for verdict in verdicts)):
        return REJECTED
    if REJECTED in verdicts:
        return "P"
    return WITH_ERRORS if WITH_ERRORS in verdicts else ACCEPTED


def _message_lines(message: Message, *, is_refused: bool) -> tuple[str, list[Parts]]:
    lines: list[Parts] = [("AK2", message.code, message.control)]
    if message.code not in x12.MAPS:
        return REJECTED, [*lines, ("AK5", REJECTED, NOT_SUPPORTED)]
    x12_checks.check(message)
    for problem in message.problems:
        if problem.level in ("segment", "element"):
            code = problem.code if problem.level == "segment" else "8"
            lines.append(("AK3", problem.tag, str(problem.position), "", code))
        if problem.level == "element":
            lines.append(("AK4", str(problem.element), "", problem.code))
    fatal = [problem for problem in message.problems if problem.is_fatal]
    codes = list(dict.fromkeys(_set_code(problem) for problem in message.problems))[:5]
    verdict = REJECTED if fatal or is_refused else WITH_ERRORS if codes else ACCEPTED
    return verdict, [*lines, ("AK5", verdict, *codes)]


def _set_code(problem: Problem) -> str:
    """Return AK502: 5 when segments are in error, else the trailer's fault."""
    return "5" if problem.level in ("segment", "element") else problem.code


def _contrl(interchange: Interchange, *, is_repeated: bool) -> Receipt:
    ends = [
        [identifier, qualifier] if qualifier else [identifier]
        for identifier, qualifier in (
            (interchange.sender, interchange.sender_qualifier),
            (interchange.receiver, interchange.receiver_qualifier),
        )
    ]
    problems = [*interchange.problems, *(one for g in interchange.groups for one in g.problems)]
    codes = [problem.code for problem in problems] + ([DUPLICATE_UCI] if is_repeated else [])
    head: list[str | list[str]] = ["UCI", interchange.control, *ends]
    head += [REFUSED, codes[0], "UNZ"] if codes else [TAKEN]
    lines: list[Parts] = [head]
    if not codes:
        lines += [_message_line(message) for message in interchange.messages]
    return Receipt(kind=CONTRL, interchange=interchange, segments=lines)


def _message_line(message: Message) -> Parts:
    name = [message.code, *message.version.split(":")[:4]]
    if message.code not in edifact.MAPS:
        return ["UCM", message.control, name, REFUSED, UNKNOWN_TYPE, "UNH"]
    edifact.check(message)
    fatal = [problem for problem in message.problems if problem.is_fatal]
    if fatal:
        return ["UCM", message.control, name, REFUSED, fatal[0].code, fatal[0].tag or "UNT"]
    return ["UCM", message.control, name, TAKEN]
