import pytest

from o2c.kernel.errors import DomainError
from o2c.kernel.forms import SentAlready, once_per_form
from o2c.kernel.models import IdempotencyKey


@pytest.fixture
def send(rf, person):
    """Send a form with a token; returns how often the work has run."""
    user, ran = person(), []

    def send(work=None, *, path="/stock/", **entered):
        request = rf.post(path, entered)
        request.user = user
        once_per_form(request, work or (lambda: ran.append(1)))
        return len(ran)

    return send


def test_form_sent_twice_acts_once(send):
    assert [send(form_token="a", quantity=5), send(form_token="a", quantity=5)] == [1, 1]


def test_fresh_csrf_token_is_still_the_same_form(send):
    send(form_token="a", csrfmiddlewaretoken="one")

    assert send(form_token="a", csrfmiddlewaretoken="two") == 1


def test_another_form_acts(send):
    assert [send(form_token="a"), send(form_token="b"), send(form_token="a", path="/x/")] == [
        1,
        2,
        3,
    ]


def test_same_form_with_other_contents_is_refused(send):
    send(form_token="a", quantity=5)

    with pytest.raises(SentAlready):
        send(form_token="a", quantity=6)


def test_refused_form_can_be_sent_again(send):
    def refuse():
        raise DomainError("not now")

    with pytest.raises(DomainError):
        send(refuse, form_token="a")

    assert send(form_token="a") == 1
    assert IdempotencyKey.objects.count() == 1


def test_form_without_token_acts_each_time(send):
    assert [send(), send()] == [1, 2]
