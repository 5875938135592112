"""CPU seconds of a process tree: a measure of cost that the machine's load moves little."""

import os
from pathlib import Path

HERTZ = os.sysconf("SC_CLK_TCK")


def tree_cpu(root: int) -> float:
    """Return user + system seconds of a process, its living descendants and its reaped children."""
    processes = dict(_processes())
    family = {root}
    while newcomers := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= newcomers
    return sum(processes[pid][1] for pid in family if pid in processes) / HERTZ


def postmaster_of(data_directory: str) -> int:
    """Return the process id of the server that runs on a data directory."""
    return int((Path(data_directory) / "postmaster.pid").read_text().splitlines()[0])


def _processes() -> "list[tuple[int, tuple[int, int]]]":
    """Return (pid, (parent, ticks)) of every process that can be read."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        values = text[text.rindex(")") + 2 :].split()
        found.append((int(entry.name), (int(values[1]), sum(map(int, values[11:15])))))
    return found
