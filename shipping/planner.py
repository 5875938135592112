"""Which shipment goes with which pickup: every promise that can be kept, then the least cost.

The exact answer by branch and bound. Its bound lets room be bought at prices that rise where
too much wants to go (Lagrange): what a plan costs at these prices no plan can beat. Where all
that wants a pickup fits, the first look is the answer; a search that takes too long ends with
the best plan found, and says so.
"""

from collections.abc import Iterator, Sequence

from shipping.plans import Load, Plan, Room

# How many steps a search may take: a tenth of a second. Most end with the first.
STEPS = 20_000
# How often prices are mended before the search.
ROUNDS = 20
# Every so many looks are mended into a plan: that takes longer than the look.
MENDED = 10
# Prices are fractions, costs are whole: what is nearer than this is the same.
NEAR = 1e-4


def assign(loads: Sequence[Load], rooms: Sequence[Room], *, left_behind: int) -> Plan:
    """Return the plan of least cost within the rooms.

    Args:
        left_behind: what it costs when a load goes with no pickup.
    """
    search = _Search(loads, rooms, left_behind)
    search.begin()
    is_proved = search.finish()
    choices = [None if choice == len(rooms) else choice for choice in search.best]
    return Plan(choices, search.best_cost, is_proved)


def _regret(options: Sequence[tuple[float, int, int]]) -> float:
    """Return minus what giving way to others would cost a load: the least goes first."""
    return options[0][0] - options[1][0] if len(options) > 1 else float("-inf")


class _Search:
    """One search. The last pickup of each load's options stands for being left behind."""

    def __init__(self, loads: Sequence[Load], rooms: Sequence[Room], left_behind: int) -> None:
        self.loads = loads
        self.packages = [room.packages for room in rooms]
        self.grams = [room.grams for room in rooms]
        nowhere = len(rooms)
        self.options: list[list[tuple[int, int]]] = [
            [*self._open_to(load), (left_behind, nowhere)] for load in loads
        ]
        self.package_price = [0.0] * (nowhere + 1)
        self.gram_price = [0.0] * (nowhere + 1)
        self.best: list[int] = [nowhere] * len(loads)
        self.best_cost = left_behind * len(loads)
        self.bound = float("-inf")

    def _open_to(self, load: Load) -> Iterator[tuple[int, int]]:
        """Yield what each pickup costs that the load may take, were it alone."""
        nothing = [0] * len(self.packages)
        for at, cost in enumerate(load.costs):
            if cost is not None and self._fits(load, at, nothing, nothing):
                yield cost, at

    # --- a first plan and a bound ------------------------------------------------------------

    def begin(self) -> None:
        """Mend the prices, and mend each look at them into a plan."""
        step, prices = 2.0, (self.package_price[:], self.gram_price[:])
        for round_number in range(ROUNDS):
            wanted, bound = self._look()
            if bound > self.bound + NEAR:
                self.bound = bound
                prices = (self.package_price[:], self.gram_price[:])
            else:
                step *= 0.7
            if round_number % MENDED == 0:
                self._keep(self._mend())
            if self.best_cost - self.bound < 1 - NEAR or not self._raise_prices(wanted, step):
                break
        self.package_price, self.gram_price = prices
        self._keep(self._mend())

    def _look(self) -> tuple[list[int], float]:
        """Return what each load wants at these prices, and what no plan can beat."""
        wanted, bound = [], 0.0
        dear, heavy = self.package_price, self.gram_price
        for load, options in zip(self.loads, self.options, strict=True):
            packages, grams = load.packages, load.grams
            price, at = min(
                [(cost + packages * dear[at] + grams * heavy[at], at) for cost, at in options]
            )
            wanted.append(at)
            bound += price
        return wanted, bound - self._worth()

    def _worth(self) -> float:
        """Return what all the room costs at these prices."""
        packages = sum(
            price * (room or 0)
            for price, room in zip(self.package_price, self.packages, strict=False)
        )
        return packages + sum(
            price * (room or 0) for price, room in zip(self.gram_price, self.grams, strict=False)
        )

    def _raise_prices(self, wanted: Sequence[int], step: float) -> bool:
        """Raise the prices of what is too full, lower those of the rest; say whether any is."""
        packages, grams = self._taken(wanted)
        over_packages = self._over(packages, self.packages)
        over_grams = self._over(grams, self.grams)
        # In units of the room, so that grams and packages count alike.
        squares = sum(share * share for share in [*over_packages, *over_grams])
        if not squares or all(share <= 0 for share in [*over_packages, *over_grams]):
            return False
        size = step * max(self.best_cost - self.bound, 1.0) / squares
        self._move(self.package_price, self.packages, over_packages, size)
        self._move(self.gram_price, self.grams, over_grams, size)
        return True

    @staticmethod
    def _over(taken: Sequence[int], rooms: Sequence[int | None]) -> list[float]:
        """Return by which share of its room each is too full; below zero: it has room left."""
        return [
            0.0 if room is None else (used - room) / max(room, 1)
            for used, room in zip(taken, rooms, strict=False)
        ]

    @staticmethod
    def _move(
        prices: list[float], rooms: Sequence[int | None], over: Sequence[float], size: float
    ) -> None:
        for at, room in enumerate(rooms):
            if room is not None:
                prices[at] = max(0.0, prices[at] + size * over[at] / max(room, 1))

    def _taken(self, choices: Sequence[int]) -> tuple[list[int], list[int]]:
        packages, grams = [0] * (len(self.packages) + 1), [0] * (len(self.grams) + 1)
        for load, at in zip(self.loads, choices, strict=True):
            packages[at] += load.packages
            grams[at] += load.grams
        return packages, grams

    def _ranked(self) -> list[list[tuple[float, int, int]]]:
        """Return each load's options by what they cost at these prices: (price, cost, pickup)."""
        dear, heavy, ranked = self.package_price, self.gram_price, []
        for load, options in zip(self.loads, self.options, strict=True):
            packages, grams = load.packages, load.grams
            ranked.append(
                sorted(
                    [
                        (cost + packages * dear[at] + grams * heavy[at], cost, at)
                        for cost, at in options
                    ]
                )
            )
        return ranked

    def _mend(self) -> list[int]:
        """Return a plan that fits: who would lose most by giving way goes first."""
        packages, grams = [0] * len(self.packages), [0] * len(self.grams)
        chosen = [len(self.packages)] * len(self.loads)
        ranked = self._ranked()
        for place in sorted(range(len(ranked)), key=lambda place: _regret(ranked[place])):
            load = self.loads[place]
            for _price, _cost, at in ranked[place]:
                if self._fits(load, at, packages, grams):
                    chosen[place] = at
                    self._take(load, at, packages, grams)
                    break
        return self._shift(chosen, packages, grams)

    def _shift(self, chosen: list[int], packages: list[int], grams: list[int]) -> list[int]:
        """Move single loads to what costs them less, once through."""
        for place, options in enumerate(self.options):
            load, now = self.loads[place], chosen[place]
            cost_now = next(cost for cost, at in options if at == now)
            for cost, at in sorted(options):
                if cost >= cost_now:
                    break
                if self._fits(load, at, packages, grams):
                    self._give(load, now, packages, grams)
                    self._take(load, at, packages, grams)
                    chosen[place] = at
                    break
        return chosen

    def _fits(self, load: Load, at: int, packages: Sequence[int], grams: Sequence[int]) -> bool:
        if at == len(self.packages):
            return True
        most, heaviest = self.packages[at], self.grams[at]
        return (most is None or packages[at] + load.packages <= most) and (
            heaviest is None or grams[at] + load.grams <= heaviest
        )

    def _take(self, load: Load, at: int, packages: list[int], grams: list[int]) -> None:
        if at < len(packages):
            packages[at] += load.packages
            grams[at] += load.grams

    def _give(self, load: Load, at: int, packages: list[int], grams: list[int]) -> None:
        if at < len(packages):
            packages[at] -= load.packages
            grams[at] -= load.grams

    def _keep(self, chosen: list[int]) -> None:
        cost = sum(
            next(cost for cost, at in options if at == choice)
            for options, choice in zip(self.options, chosen, strict=True)
        )
        if cost < self.best_cost:
            self.best, self.best_cost = chosen[:], cost

    # --- the search --------------------------------------------------------------------------

    def finish(self) -> bool:
        """Search what the bound leaves open; say whether all of it was."""
        if self.best_cost - self.bound < 1 - NEAR:
            return True
        ranked = self._ranked()
        # What is hardest to place is placed first.
        order = sorted(
            range(len(ranked)),
            key=lambda place: ranked[place][-1][0] - ranked[place][0][0],
            reverse=True,
        )
        rest = [-self._worth()]
        for place in reversed(order):
            rest.append(rest[-1] + ranked[place][0][0])
        rest.reverse()
        return self._branch(order, ranked, rest)

    def _branch(
        self,
        order: Sequence[int],
        ranked: Sequence[Sequence[tuple[float, int, int]]],
        rest: Sequence[float],
    ) -> bool:
        """Go through the tree without recursion: a thousand loads are a thousand deep."""
        packages, grams = [0] * len(self.packages), [0] * len(self.grams)
        tried, chosen = [0] * (len(order) + 1), [len(self.packages)] * len(self.loads)
        spent, costs = [0.0] * (len(order) + 1), [0] * (len(order) + 1)
        depth = 0
        for _step in range(STEPS):
            place = order[depth]
            load, options = self.loads[place], ranked[place]
            if tried[depth]:
                self._give(load, options[tried[depth] - 1][2], packages, grams)
            found = self._next(load, options, tried[depth], packages, grams)
            too_dear = found is None or (
                spent[depth] + options[found][0] + rest[depth + 1] > self.best_cost - 1 + NEAR
            )
            if found is None or too_dear:
                if depth == 0:
                    return True
                tried[depth] = 0
                depth -= 1
                continue
            price, cost, at = options[found]
            tried[depth], chosen[place] = found + 1, at
            self._take(load, at, packages, grams)
            spent[depth + 1], costs[depth + 1] = spent[depth] + price, costs[depth] + cost
            if depth + 1 == len(order):
                if costs[depth + 1] < self.best_cost:
                    self.best, self.best_cost = chosen[:], costs[depth + 1]
                continue
            depth += 1
        return False

    def _next(
        self,
        load: Load,
        options: Sequence[tuple[float, int, int]],
        first: int,
        packages: Sequence[int],
        grams: Sequence[int],
    ) -> int | None:
        for number in range(first, len(options)):
            if self._fits(load, options[number][2], packages, grams):
                return number
        return None
