"""Run a measurement: `bin/bench [KIND] [--rounds N] [--seconds N] [--orders N]`.

Prints a table and writes JSON.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

from bench.result import Report

RESULTS = Path(".o2c/bench")
KINDS = ("life", "place", "intake", "exposure", "planning", "scores", "stock", "polling")


def main() -> int:
    """Play the contenders in turn, in rotated order, and print the ratios."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, default="life")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs")
    parser.add_argument("--seconds", type=int, default=4, help="how long each run lasts")
    parser.add_argument("--pages", type=int, default=200, help="open pages (polling)")
    parser.add_argument("--orders", type=int, default=10_000, help="orders in the file (intake)")
    chosen = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "o2c.settings"
    django.setup()
    from bench import campaign, exposure, intake, place, planning, polling, scores, stock  # noqa: PLC0415  models need Django to be set up

    by_turns = {"rounds": chosen.rounds, "seconds": chosen.seconds}
    runs: dict[str, Callable[[], Report]] = {
        "life": partial(campaign.run, **by_turns),
        "place": partial(place.run, **by_turns),
        "intake": partial(intake.run, orders=chosen.orders),
        "exposure": exposure.run,
        "polling": partial(polling.run, pages=chosen.pages, rounds=chosen.rounds),
        "planning": planning.run,
        "scores": scores.run,
        "stock": stock.run,
    }
    report = runs[chosen.kind]()
    sys.stdout.write(report.text + "\n")
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"{chosen.kind}.json"
    target.write_text(json.dumps(report.data, indent=1) + "\n")
    sys.stdout.write(f"\nThe same as JSON: {target}. Again: bin/bench {chosen.kind}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
