"""Start programs as children and stop every one of them, whatever happens to us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop; no `except Exception` may swallow it."""


@dataclass(frozen=True)
class Owner:
    """The system user a child runs as."""

    uid: int
    gid: int


@dataclass
class Child:
    """A running program, and how to ask it to stop."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    patience: float
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask it to stop; kill it and its own children when it does not listen."""
        if self.is_running:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self._signal_group(signal.SIGKILL)
        self.process.wait()
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


@dataclass
class Children:
    """The programs this process answers for, stopped in reverse order of their start."""

    running: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        owner: Owner | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10,
    ) -> Child:
        """Start a program in its own process group, its output appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = _spawn(command, output, env=env, owner=owner, stop_signal=stop_signal)
        assert process.stdin
        process.stdin.write(stdin)
        process.stdin.close()
        child = Child(name, process, stop_signal, patience, log)
        self.running.append(child)
        return child

    def stop(self, child: Child) -> None:
        """Stop one child early."""
        child.stop()
        self.running.remove(child)

    def stop_all(self) -> None:
        """Stop every child; a further Ctrl-C no longer interrupts this."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        while self.running:
            self.running.pop().stop()


@contextmanager
def supervised() -> Iterator[Children]:
    """Give a `Children` that is stopped on leaving, on Ctrl-C, SIGTERM and SIGHUP."""
    previous = {number: signal.signal(number, _raise_stopped) for number in STOP_SIGNALS}
    children = Children()
    try:
        yield children
    finally:
        children.stop_all()
        for number, handler in previous.items():
            signal.signal(number, handler)


def wait_until(is_ready: Callable[[], bool], child: Child, *, seconds: float = 30) -> bool:
    """Return whether `is_ready` became true in time, False as soon as the child has ended."""
    deadline = time.monotonic() + seconds
    while child.is_running and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def _raise_stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped


def _spawn(
    command: Sequence[str | Path],
    output: IO[bytes],
    *,
    env: Mapping[str, str] | None,
    owner: Owner | None,
    stop_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=env,
        cwd="/" if owner else None,
        start_new_session=True,
        preexec_fn=_die_with_parent(stop_signal),  # noqa: PLW1509  we have no other thread
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return a hook that has the kernel stop the child when we are killed (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
