"""Raise a storm: `bin/storm [KIND] [--operations N] [--processes N] [--seed N]`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial

import django

KINDS = ("credit", "stock", "histories")


def main() -> int:
    """Play the storm and its control; return 1 unless the first is clean and the second is not."""
    parser = argparse.ArgumentParser(prog="bin/storm", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, default="credit")
    parser.add_argument("--operations", type=int, default=100_000, help="in all")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="o2c-storm-") as files:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "o2c.settings", "O2C_FILES": files}
        django.setup()
        from storm import credit, crew, many_histories, stock  # noqa: PLC0415  models need Django

        plays: dict[str, Callable[..., crew.Report]] = {
            "credit": partial(crew.play, credit),
            "stock": partial(crew.play, stock),
            "histories": many_histories.play,
        }
        report = plays[chosen.kind](
            operations=chosen.operations,
            processes=chosen.processes,
            seed=chosen.seed,
        )
    sys.stdout.write(report.text + "\n")
    return int(not report.is_good)


if __name__ == "__main__":
    sys.exit(main())
