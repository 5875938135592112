"""Two people at one proposal: one answer holds, and nothing waits on a case that is decided."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from credit import services
from credit.models import CreditApplication, CreditDecision, CreditPolicy, CreditProposal
from credit.services import decisions
from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.invariants import check_all
from tests.race import in_line, meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def second_from_10000(db):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=10000)


@pytest.fixture
def signers(person):
    return [Actor.user(person(roles.CREDIT_MANAGER)) for _ in range(2)]


@pytest.fixture
def propose(application, now, person):
    """Approve 20,000.00, which waits for a second signature."""
    return partial(
        services.decide_application,
        application.pk,
        outcome="approved",
        limit=Decimal(20000),
        valid_until=date(2027, 12, 31),
        reason="Good accounts",
        at=now,
        actor=Actor.user(person(roles.CREDIT_ANALYST)),
    )


@pytest.fixture
def both_sign(approved, person, signers, now):
    """Have two signers answer one proposal, the second while it waits; return how it ended."""
    proposal = services.set_limit(
        approved.pk,
        limit=Decimal(60000),
        valid_until=date(2027, 12, 31),
        reason="Season",
        at=now,
        actor=Actor.user(person(roles.CREDIT_ANALYST)),
    )

    def run():
        return outcomes(
            in_line(
                *(
                    partial(
                        services.answer_proposal,
                        proposal.pk,
                        sign=True,
                        reason="",
                        at=now,
                        actor=signer,
                    )
                    for signer in signers
                )
            )
        )

    return run


@pytest.fixture
def decline(application, signers, now):
    return partial(
        services.decide_application,
        application.pk,
        outcome="declined",
        reason="Insolvent",
        at=now,
        actor=signers[0],
    )


@pytest.fixture
def propose_and_decline(propose, decline, monkeypatch):
    """Decline when who proposes has looked who asked for it; return how it ended for each."""
    place = (decisions, "ensure_not_asked_by")
    return lambda: outcomes(meanwhile(monkeypatch, place, propose, decline))


def outcomes(results):
    return [type(result).__name__ for result in results]


def case():
    """Return where the application is, and where its proposals are."""
    states = CreditProposal.objects.values_list("status", flat=True)
    return CreditApplication.objects.get().state, list(states)


def test_two_signers_sign_once(both_sign):
    assert both_sign() == ["CreditProposal", "ProposalOver"]

    assert CreditDecision.objects.filter(limit=60000).count() == 1
    assert CreditProposal.objects.get().status == "signed"
    assert check_all() == []


def test_two_signers_sign_twice_without_the_lock(both_sign, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert both_sign() == ["CreditProposal", "CreditProposal"]
    assert CreditDecision.objects.filter(limit=60000).count() == 2


def test_proposal_that_was_first_lapses_with_the_case(propose_and_decline):
    assert propose_and_decline() == ["CreditApplication", "CreditApplication"]

    assert case() == ("declined", ["lapsed"])
    assert check_all() == []


def test_nothing_is_proposed_on_a_case_that_was_decided_first(propose, decline):
    results = in_line(decline, propose)

    assert outcomes(results) == ["CreditApplication", "TransitionNotAllowed"]
    assert case() == ("declined", [])
    assert check_all() == []


def test_a_proposal_waits_on_a_decided_case_without_the_lock(propose_and_decline, monkeypatch):
    """Guards the tests above: if this passes no more, they prove nothing."""
    without_locks(monkeypatch)

    assert propose_and_decline() == ["CreditApplication", "CreditApplication"]
    assert case() == ("declined", ["open"])
