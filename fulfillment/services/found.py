"""What was found of the lines of a pick list: checked, and noted on them; nothing is stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import broken_pieces, is_part
from fulfillment import selectors
from fulfillment.models import PickLine
from fulfillment.services.soundness import may_not_leave, unsound_levels
from fulfillment.services.tolerating import Difference, ensure_tolerated
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO

ENOUGH = PickLine.ShortReason.ENOUGH


class NotCounted(InvalidInput):
    """A line's quantity, or the reason why it is short, is missing or cannot be right."""

    code = "not_counted"


@dataclass(frozen=True)
class Shorts:
    """The pick lines of which less was found than was due, and how much less of each."""

    lines: Mapping[PickLine, Decimal]

    @property
    def enough(self) -> "Shorts":
        """Those of which the rest is not sent at all, within the tolerance."""
        return self._of(lambda line: line.short_reason == ENOUGH)

    @property
    def missing(self) -> "Shorts":
        """Those of which the rest was not there."""
        return self._of(lambda line: line.short_reason != ENOUGH)

    def by(self, key: str) -> dict[int, Decimal]:
        """Return what is missing, summed by this column of the pick line or its allocation."""
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for line, quantity in self.lines.items():
            owner = line.allocation if key == "level_id" else line
            missing[getattr(owner, key)] += quantity
        return missing

    @property
    def product_ids(self) -> set[int]:
        return {line.order_line.product_id for line in self.lines}

    def _of(self, is_wanted: Callable[[PickLine], bool]) -> "Shorts":
        return Shorts({line: left for line, left in self.lines.items() if is_wanted(line)})


@dataclass(frozen=True)
class Found:
    """What was found of pick lines: so much that was due of each, `more` on top, `shorts`."""

    due: Mapping[PickLine, Decimal]
    more: Mapping[PickLine, Decimal]
    shorts: Shorts


def check_found(
    lines: Iterable[PickLine],
    picked: Mapping[int, Decimal],
    reasons: Mapping[int, str],
    *,
    actor: Actor,
) -> list[Difference]:
    """Look at what was found of lines; return what of it the tolerance has to allow, and does.

    Raises: as `confirm_pick`.
    """
    differences = []
    lines = list(lines)
    ensure_whole_found(lines, picked)
    _ensure_explained(lines, picked, reasons)
    for line in lines:
        found = counted_of(line, picked)
        reason = reasons.get(line.pk, "")
        if found > line.due or (found < line.due and reason == ENOUGH):
            differences.append(Difference(line, found - line.due))
    ensure_tolerated(differences, actor=actor)
    return differences


def _ensure_explained(
    lines: Iterable[PickLine], picked: Mapping[int, Decimal], reasons: Mapping[int, str]
) -> None:
    """Refuse lines of which some are missing without a reason, all of them at once.

    Raises:
        NotCounted: `findings` names each.
    """
    message = _("Say why some are missing.")
    findings = [
        (NotCounted.code, f"lines.{line.pk}.reason", message)
        for line in lines
        if counted_of(line, picked) < line.due
        and reasons.get(line.pk, "") not in PickLine.ShortReason.values
    ]
    if findings:
        refusal = NotCounted(message, field=findings[0][1])
        refusal.findings = findings
        raise refusal


def ensure_whole_found(lines: Sequence[PickLine], picked: Mapping[int, Decimal]) -> None:
    """Refuse parts of what comes in whole units only, unless the line asks for just that.

    Raises:
        NotCounted: a part was found; or a line is left out.
    """
    counted = [(line, counted_of(line, picked)) for line in lines]
    other = [(line, found) for line, found in counted if found not in {ZERO, line.due}]
    words = broken_pieces((line.order_line.product_id, found) for line, found in other)
    for line, found in other:
        message = words.get(line.order_line.product_id)
        if message and is_part(found):
            raise NotCounted(message, field=f"lines.{line.pk}.picked")


def check_sound(lines: Iterable[PickLine], picked: Mapping[int, Decimal], *, at: datetime) -> None:
    """Refuse what was found of lots that may not leave since the list was released.

    Raises:
        NotCounted: some of such a lot was found.
    """
    taken = [line for line in lines if picked.get(line.pk)]
    bad = unsound_levels({line.allocation.level_id for line in taken}, on=selectors.today_of(at))
    for line in taken:
        lot = bad.get(line.allocation.level_id)
        if lot is not None:
            raise NotCounted(may_not_leave(lot), field=f"lines.{line.pk}.picked")


def counted_of(line: PickLine, counted: Mapping[int, Decimal]) -> Decimal:
    """Return how many are said to be found of a line.

    Raises:
        NotCounted: it is left out, or that is no quantity.
    """
    found, where = counted.get(line.pk), f"lines.{line.pk}.picked"
    if found is None:
        raise NotCounted(_("Enter how many you found, 0 if none."), field=where)
    if not found.is_finite() or found < 0:
        most = f"{line.due.normalize():f}"
        raise NotCounted(_("Enter 0 to %(most)s.") % {"most": most}, field=where)
    return found


def take_found(
    lines: Iterable[PickLine],
    picked: Mapping[int, Decimal],
    reasons: Mapping[int, str],
    *,
    actor: Actor,
) -> Found:
    """Note what was found of lines on the lines; nothing is stored yet.

    Raises: as `confirm_pick`.
    """
    lines = list(lines)
    differences = check_found(lines, picked, reasons, actor=actor)
    due, shorts = {}, {}
    for line in lines:
        before, asked = line.picked or ZERO, line.due
        line.picked = min(picked[line.pk], asked)
        due[line] = line.picked - before
        if line.picked < asked:
            shorts[line] = asked - line.picked
            line.short_reason = reasons[line.pk]
    more = {each.line: each.quantity for each in differences if each.quantity > 0}
    return Found(due=due, more=more, shorts=Shorts(shorts))


def account_of(shorts: Shorts) -> str:
    """Say in the trail what of which line is missing, and why."""
    return ", ".join(
        f"{line.order_line.description}: {line.picked} / {line.quantity},"
        f" {line.get_short_reason_display()}"
        for line in shorts.lines
    )
