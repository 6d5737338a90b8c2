"""The states of a transfer, and its token."""

from functools import partial

import pytest

from sipagent.events import DigitPressed, Event, ReferAnswered, ReferNotified
from sipagent.handoff.states import State, Transfer
from sipagent.handoff.token import Context, Tokens, headers, target

CONTEXT = Context("call", "demo", "caller-asked")
ACCEPTED = ReferAnswered(1, 202, "Accepted")
TRYING = ReferNotified(1, 100, "Trying", final=False)
RINGING = ReferNotified(1, 180, "Ringing", final=False)


def sent(number: int = 1) -> Transfer:
    """A transfer whose REFER is on its way."""
    transfer = Transfer()
    transfer.number = number
    return transfer


def fed(*events: Event) -> State:
    transfer = sent()
    for event in events:
        transfer.feed(event)
    return transfer.state


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), State.REFERRED),
        ((ACCEPTED,), State.ACCEPTED),
        ((ACCEPTED, TRYING), State.ACCEPTED),
        ((ACCEPTED, RINGING), State.RINGING),
        ((TRYING, ACCEPTED), State.ACCEPTED),
        ((RINGING, ACCEPTED), State.RINGING),
        ((ACCEPTED, ReferNotified(1, 200, "OK", final=True)), State.ANSWERED),
        ((ACCEPTED, TRYING, ReferNotified(1, 486, "Busy", final=True)), State.UNANSWERED),
        ((ACCEPTED, ReferNotified(1, 603, "Decline", final=True)), State.UNANSWERED),
        ((ReferAnswered(1, 405, "Method Not Allowed"),), State.REFUSED),
        ((ACCEPTED, ReferNotified(1, 0, "terminated", final=True)), State.UNKNOWN),
        ((ACCEPTED, ReferNotified(1, 0, "active", final=False)), State.ACCEPTED),
        ((ACCEPTED, ReferNotified(1, 100, "Trying", final=True)), State.UNKNOWN),
        ((ACCEPTED, DigitPressed(digit="1")), State.ACCEPTED),
    ],
)
def test_states(events: tuple[Event, ...], state: State) -> None:
    assert fed(*events) is state


def test_another_refers_failure_is_not_this_transfers() -> None:
    """RFC 3515 section 2.4.6: each NOTIFY says which REFER it is about."""
    transfer = sent(number=2)
    assert not transfer.feed(ReferNotified(1, 487, "Terminated", final=True))
    assert transfer.state is State.REFERRED


def test_another_refers_success_means_that_a_desk_has_the_caller() -> None:
    transfer = sent(number=2)
    assert transfer.feed(ReferNotified(1, 200, "OK", final=True))
    assert transfer.state is State.ANSWERED


def test_a_refer_that_could_not_be_sent_is_refused() -> None:
    transfer = Transfer()
    assert transfer.refuse("no route")
    assert transfer.state is State.REFUSED


def test_a_late_200_answers_a_transfer_that_had_been_given_up() -> None:
    transfer = sent()
    states = []
    for step in (
        partial(transfer.feed, ACCEPTED),
        transfer.expire,
        partial(transfer.feed, ReferNotified(1, 200, "OK", final=True)),
    ):
        assert step()
        states.append(transfer.state)
    assert states == [State.ACCEPTED, State.SILENT, State.ANSWERED]


def test_a_final_state_is_not_left_by_repeats() -> None:
    transfer = sent()
    transfer.feed(ReferNotified(1, 200, "OK", final=True))
    assert not transfer.feed(ReferNotified(1, 486, "Busy", final=True))
    assert not transfer.expire()
    assert transfer.state is State.ANSWERED


def test_a_token_gives_its_context_once() -> None:
    tokens = Tokens(life_s=60, now=lambda: 0.0)
    token = tokens.give(CONTEXT)
    assert tokens.take(token) == CONTEXT
    assert tokens.take(token) is None


def test_a_token_dies_with_its_time() -> None:
    now = 0.0
    tokens = Tokens(life_s=60, now=lambda: now)
    token = tokens.give(CONTEXT)
    now = 61.0
    assert tokens.take(token) is None


def test_tokens_are_long_and_differ() -> None:
    tokens = Tokens(life_s=60)
    made = {tokens.give(CONTEXT) for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 32 and token.isalnum() for token in made)


def test_the_token_stands_in_the_user_part_and_in_two_headers() -> None:
    assert target("sip:desk@10.0.0.5;transport=tcp", "abc") == (
        "sip:desk+abc@10.0.0.5;transport=tcp"
    )
    assert headers("abc") == {
        "User-to-User": "00616263;encoding=hex",
        "X-Sipagent-Token": "abc",
    }
