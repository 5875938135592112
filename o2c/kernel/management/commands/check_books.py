"""Prove the invariants of the books. Exit status 0: all hold; 1: some are broken."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from o2c.kernel.invariants import INVARIANTS, check_all


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        findings = check_all()
        for finding in findings:
            self.stderr.write(f"{finding.name}: {finding.count} rows")
            for row in finding.sample:
                self.stderr.write(f"    {row}")
        self.stdout.write(f"{len(INVARIANTS)} invariants checked, {len(findings)} broken")
        if findings:
            sys.exit(1)
