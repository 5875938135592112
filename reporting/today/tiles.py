"""The tile of one worklist."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.ui.figures import money_in
from reporting.selectors.worklists import Load
from reporting.today.reasons import queue_of
from reporting.today.worklists import Worklist


@dataclass(frozen=True, kw_only=True)
class Tile:
    worklist: Worklist
    load: Load
    href: str
    money: str
    ages: list[tuple[int, str]]
    age_words: str


def tile_of(worklist: Worklist, load: Load, currency: str) -> Tile:
    """Draw a worklist's load; `currency` is the company's, shown first."""
    ages = {"fresh": load.fresh, "recent": load.recent, "older": load.older}
    words = _("%(fresh)s new today, %(recent)s from one to three days, %(older)s older")
    return Tile(
        worklist=worklist,
        load=load,
        href=queue_of(worklist),
        money=_money(dict(load.amounts), currency),
        ages=[(load.fresh, "f2"), (load.recent, "fw"), (load.older, "fb")],
        age_words=words % ages,
    )


def _money(amounts: dict[str, Decimal], currency: str) -> str:
    """Write the amount in the company's currency, or the largest, and name the others."""
    if not amounts:
        return ""
    main = currency if currency in amounts else next(iter(amounts))
    others = ", ".join(code for code in amounts if code != main)
    text = money_in(amounts[main], main)
    return f"{text} + {others}" if others else text
