"""Run the measurements: `bin/bench [--rounds N] [--seconds N]`; prints a table and writes JSON."""

import argparse
import json
import os
import sys
from pathlib import Path

import django

RESULTS = Path(".o2c/bench")


def main() -> int:
    """Play the contenders in turn, in rotated order, and print the ratios."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs")
    parser.add_argument("--seconds", type=int, default=4, help="how long each run lasts")
    chosen = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "o2c.settings"
    django.setup()
    from bench import campaign  # noqa: PLC0415  models need Django to be set up

    report = campaign.run(rounds=chosen.rounds, seconds=chosen.seconds)
    sys.stdout.write(report.text + "\n")
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / "life.json"
    target.write_text(json.dumps(report.data, indent=1) + "\n")
    sys.stdout.write(f"\nThe same as JSON: {target}. Again: bin/bench\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
