"""The adapter over a folder: vCards and JSON files that any other program can read and write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from customers.crm.adapter import Pulled

SUFFIXES = {".vcf", ".csv", ".xlsx"}


class FolderAdapter:
    """`out/customers/C-1001.json`, `out/contacts/<uid>.vcf`; files laid into `in/` are pulled and
    go to `in/done/` with a JSON file of what became of each entry.
    """

    def __init__(self) -> None:
        self.root = Path(settings.CRM_FOLDER)

    def push_customer(self, number: str, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        self._write(self.root / "out" / "customers" / f"{_safe(number)}.json", text)

    def push_contact(self, uid: str, card: str) -> None:
        self._write(self.root / "out" / "contacts" / f"{_safe(uid)}.vcf", card)

    def pull(self) -> Iterator[Pulled]:
        arrived = self.root / "in"
        if not arrived.is_dir():
            return
        files = [path for path in arrived.iterdir() if path.is_file() and not path.is_symlink()]
        for path in sorted(files, key=lambda path: (path.stat().st_mtime, path.name)):
            if path.suffix.lower() in SUFFIXES:
                yield Pulled(key=path.name, name=path.name, content=path.read_bytes())

    def settled(self, key: str, outcome: list[dict[str, Any]]) -> None:
        done = self.root / "in" / "done"
        lines = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in outcome)
        self._write(done / f"{key}.jsonl", lines)
        (self.root / "in" / key).replace(done / key)

    def _write(self, path: Path, text: str) -> None:
        """Write the whole file or nothing: a reader never sees half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)


def _safe(name: str) -> str:
    """Return a file name that stays in its folder, whatever the key holds."""
    return quote(name, safe="")[:200].replace(".", "%2E")
