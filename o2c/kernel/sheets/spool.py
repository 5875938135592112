"""Rows of a table that may be large: read once, kept on disk, and gone through as often as need be.

Only where each row begins is held in memory. A small table never reaches the disk.
"""

import json
import weakref
from array import array
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import overload

from o2c.kernel.sheets.shapes import Row

# Bytes of rows that stay in memory.
MOST_IN_MEMORY = 2**18


class Spool(Sequence[Row]):
    """Rows in the order in which they came."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        file = SpooledTemporaryFile(max_size=MOST_IN_MEMORY)  # noqa: SIM115  closed with the spool
        weakref.finalize(self, file.close)
        self._file = file
        self._places = array("Q")
        end = 0
        for row in rows:
            self._places.append(end)
            end += file.write(json.dumps(row).encode() + b"\n")

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        self._file.seek(self._places[place])
        number, cells = json.loads(self._file.readline())
        return number, cells
