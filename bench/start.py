"""From nothing to the first page: a clean clone with empty package caches, then once more.

    python -m bench.start     (bin/bench start)

System libraries that are installed already are not taken away first.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from o2c.embedded.ports import free_port

ROOT = Path(__file__).parents[1]
RESULT = ROOT / ".o2c/bench/start.json"
PATIENCE = 300
FIRST_TARGET, AGAIN_TARGET = 60, 5


def main() -> int:
    """Print both times beside their targets, and write them as JSON."""
    with tempfile.TemporaryDirectory(prefix="o2c-start-") as folder:
        clone = Path(folder) / "o2c"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        caches = {"UV_CACHE_DIR": f"{folder}/uv", "PIP_NO_CACHE_DIR": "1"}
        first = first_page(clone, os.environ | caches)
        again = first_page(clone, os.environ | caches)
    sys.stdout.write(
        f"bare machine → first page  {first:5.1f} s   (target {FIRST_TARGET} s)\n"
        f"again                      {again:5.1f} s   (target {AGAIN_TARGET} s)\n"
    )
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"first_s": first, "again_s": again}) + "\n")
    return 0


def first_page(clone: Path, environment: dict[str, str]) -> float:
    """Start the demo, return the seconds until its first page answers, and stop it."""
    port = free_port()
    log = clone / "start.log"
    begun = time.monotonic()
    with log.open("w") as output:
        demo = subprocess.Popen(
            ["bin/demo"],
            cwd=clone,
            env=environment | {"PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while not answers(port):
                if demo.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise SystemExit(f"The demo did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            return time.monotonic() - begun
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(timeout=60)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return bool(page.status == 200)  # noqa: PLR2004  HTTP's word for yes
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
