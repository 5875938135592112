"""What an open entry screen has been told of stock: signed, and good for its own session only."""

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.core import signing

from o2c.kernel.standing import Standing

# After so long the view is asked again, with all that Django asks before it.
GOOD_FOR = timedelta(minutes=1)
# Another shape of what is signed needs another number: screens outlive a new release.
SHAPE = 1


@dataclass(frozen=True)
class Admission:
    """What the view has found, in seconds `since`: who may know, and the products of the lines.

    A key of 0 is no product.
    """

    user_id: int
    proof: str
    keys: list[int]
    since: float

    @property
    def standing(self) -> Standing:
        return Standing(self.user_id, self.proof)

    @property
    def products(self) -> set[int]:
        return set(self.keys) - {0}

    def is_good(self, *, at: datetime) -> bool:
        return 0 <= at.timestamp() - self.since < GOOD_FOR.total_seconds()


@dataclass(frozen=True)
class Seen:
    """`asked` names the lines, `told` what the screen shows of them, `known` all that was known of
    their products at `at`, in microseconds of the database's clock.
    """

    admission: Admission
    asked: str
    told: str
    known: str
    at: int

    def signed(self, session_key: str) -> str:
        """Return it as it goes to the screen of this session."""
        return _signer(session_key).sign_object(astuple(self))


def read(text: str, session_key: str) -> Seen | None:
    """Return what a screen of this session has been told; None: we have not said so."""
    if not (text and session_key):
        return None
    try:
        admission, *others = _signer(session_key).unsign_object(text)
    except signing.BadSignature:
        return None
    return Seen(Admission(*admission), *others)


def _signer(session_key: str) -> signing.Signer:
    return signing.Signer(salt=f"fulfillment.seen.{SHAPE}:{session_key}")
