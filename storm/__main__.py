"""Raise a storm: `bin/storm [credit] [--operations N] [--processes N] [--seed N]`."""

import argparse
import os
import sys
import tempfile

import django

KINDS = ("credit",)


def main() -> int:
    """Play the storm and its control; return 1 unless the first is clean and the second is not."""
    parser = argparse.ArgumentParser(prog="bin/storm", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, default="credit")
    parser.add_argument("--operations", type=int, default=100_000, help="in all, default 100,000")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="o2c-storm-") as files:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "o2c.settings", "O2C_FILES": files}
        django.setup()
        from storm import credit, crew  # noqa: PLC0415  models need Django to be set up

        report = crew.play(
            credit,
            operations=chosen.operations,
            processes=chosen.processes,
            seed=chosen.seed,
        )
    sys.stdout.write(report.text + "\n")
    return int(not report.is_good)


if __name__ == "__main__":
    sys.exit(main())
