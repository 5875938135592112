"""Forms that do their work once, however often they are sent."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms

from o2c.kernel import idempotency
from o2c.kernel.models import User


class OnceForm(forms.Form):
    """A form with a hidden token: sent twice, by a second click or after a time-out, it works
    once.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def run_once(self, user: User, work: Callable[[], Any]) -> Any:
        """Run `work` unless this token has run already; return what it returned (JSON).

        Raises:
            KeyReused: the token came with other entries before.
        """

        def reply() -> idempotency.Reply:
            return idempotency.Reply(status=200, body=work())

        entered = repr(sorted(self.data.items())).encode()
        done = idempotency.once(
            owner=f"user:{user.pk}",
            key=str(self.cleaned_data["token"]),
            fingerprint=idempotency.fingerprint(type(self).__name__.encode(), entered),
            work=reply,
        )
        return done.body
