"""Do a thing once per key: the record, the work and the reply are one transaction."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError
from o2c.kernel.models import IdempotencyKey
from o2c.kernel.prepared import Hot
from o2c.kernel.transactions import service


class KeyReused(DomainError):
    code = "idempotency_key_reused"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the first request was answered; `is_replay` when this one is a repeat."""

    status: int
    body: Any
    is_replay: bool = False


# A twin that comes at the same moment waits here for the first one's commit or rollback.
CLAIM = Hot("""
    INSERT INTO kernel_idempotencykey (owner, key, fingerprint, created_at)
    VALUES (%s, %s, %s, now()) ON CONFLICT DO NOTHING RETURNING id
""")

KEEP = Hot("UPDATE kernel_idempotencykey SET status = %s, body = %s WHERE id = %s")


def fingerprint(*parts: bytes) -> str:
    """Tell requests apart: the hash of what was asked."""
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


@service
def once(*, owner: str, key: str, fingerprint: str, work: Callable[[], Reply]) -> Reply:
    """Run `work` unless this key has run already; then return the first reply.

    Work that raises leaves no record, so the key is free for another try.

    Raises:
        KeyReused: the key was used for a different request.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [owner, key, fingerprint])
        claimed = cursor.fetchone()
    if claimed is None:
        return _replay(IdempotencyKey.objects.get(owner=owner, key=key), fingerprint)
    reply = work()
    _keep(claimed[0], reply)
    return reply


@service
def forget(*, before: datetime) -> int:
    """Delete the records of requests made before a moment; return how many there were."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]


def _keep(claimed: int, reply: Reply) -> None:
    """Store what is answered, as JSON, so that a repeat is answered the same."""
    body = None if reply.body is None else json.dumps(reply.body)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [reply.status, body, claimed])


def _replay(record: IdempotencyKey, wanted: str) -> Reply:
    if record.fingerprint != wanted:
        raise KeyReused(_("This Idempotency-Key was used for a different request. Use a new key."))
    return Reply(status=record.status or 200, body=record.body, is_replay=True)
