"""Run the suites over the real files: `bin/acceptance`; exit status 1 when one fails."""

import os
import sys
import tempfile
import time
from pathlib import Path

import django

DEFAULT_FOLDER = "../shared/data"


def main() -> int:
    """Play each suite in one company and print what it found."""
    folder = Path(os.environ.get("O2C_SAMPLES", DEFAULT_FOLDER))
    if not folder.is_dir():
        sys.stdout.write(f"Skipped: there are no samples in {folder} (O2C_SAMPLES names them).\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="o2c-acceptance-") as files:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "o2c.settings",
            "EMAIL_URL": "memorymail://",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "ERROR"),
            "O2C_FILES": files,
        }
        django.setup()
        return _play(folder)


def _play(folder: Path) -> int:
    from django.core.management import call_command  # noqa: PLC0415  needs settings

    from acceptance import (  # noqa: PLC0415  models need Django to be set up
        adventure,
        classic,
        documents,
        edi,
        house,
        northwind,
        retail,
        ubl,
    )

    call_command("migrate", verbosity=0)
    home = house.build()
    failed = False
    for suite in (classic, retail, northwind, adventure, edi, ubl, documents):
        started = time.monotonic()
        report = suite.run(home, folder)
        sys.stdout.write(f"{report.as_text()}({time.monotonic() - started:.0f} s)\n\n")
        sys.stdout.flush()
        failed = failed or bool(report.failures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
