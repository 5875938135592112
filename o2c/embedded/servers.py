"""Start what the environment does not give: a database, a queue, a secret key."""

import json
import os
import secrets
from pathlib import Path

from o2c.embedded.children import Children
from o2c.embedded.claims import tell
from o2c.embedded.postgres import start_postgres
from o2c.embedded.stamps import Stamps
from o2c.embedded.valkey import start_valkey

Environment = dict[str, str]
GIVEN = ("DATABASE_URL", "REDIS_URL")


def start_servers(children: Children, state: Path, *, is_throw_away: bool) -> Environment:
    """Start the servers that are missing and return the variables that lead to them.

    A DATABASE_URL or REDIS_URL in our own environment is honoured: nothing is started for it.
    """
    state.mkdir(parents=True, exist_ok=True)
    kept = _secrets(state / "secrets.json")
    log = state / "log"
    found = {"SECRET_KEY": os.environ.get("SECRET_KEY") or kept["secret_key"]}
    found |= given()
    if "REDIS_URL" not in found:
        found["REDIS_URL"] = start_valkey(
            children,
            state / "valkey",
            password=kept["valkey"],
            log=log / "valkey.log",
            is_throw_away=is_throw_away,
        ).url
    if "DATABASE_URL" not in found:
        server = start_postgres(
            children,
            state / "postgres",
            password=kept["postgres"],
            log=log / "postgres.log",
            is_throw_away=is_throw_away,
        )
        if server.is_new:
            Stamps(state / "stamps").forget_database()
        found["DATABASE_URL"] = server.url
    if not is_throw_away:
        tell(state, found)
    return found


def given() -> Environment:
    """Return the addresses of servers that somebody else runs for us."""
    return {name: os.environ[name] for name in GIVEN if os.environ.get(name)}


def _secrets(path: Path) -> dict[str, str]:
    """Return this folder's secrets, made at random the first time, readable by us alone."""
    if not path.exists():
        made = {name: secrets.token_urlsafe(32) for name in ("secret_key", "postgres", "valkey")}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
