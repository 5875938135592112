"""Measure the reading of PDF orders: `bin/bench documents [--orders N]`, or with servers at hand
`python -m bench.documents`.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import django

RESULTS = Path(".o2c/bench")


def main() -> int:
    """Draw the orders, take each in as a customer's file, and compare what was placed."""
    parser = argparse.ArgumentParser(prog="bench.documents", description=__doc__)
    parser.add_argument("--orders", type=int, default=9, help="how many of each layout")
    chosen = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "o2c.settings"
    django.setup()
    from bench.documents import campaign  # noqa: PLC0415  models need Django to be set up

    report = campaign.run(of_each=chosen.orders)
    sys.stdout.write(report.as_text())
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "documents.json").write_text(json.dumps(report.as_data(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
