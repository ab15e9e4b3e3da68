"""Replies and what they call for; waits; the pace of a domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.mail.pace import Pace
from reporter.mail.policy import FIRST_WAIT, LONGEST_WAIT, Action, Reply, Stage, judge, wait
from reporter.mail.stuffing import Stuffing, stuffed
from tests.mail_made import Clock

LINES = st.lists(st.binary(max_size=12).map(lambda held: held.replace(b"\r", b"").replace(b"\n", b"")), max_size=8)


@given(code=st.integers(200, 599), stage=st.sampled_from(Stage), text=st.text(max_size=20))
def test_only_a_2xx_to_the_final_dot_is_a_delivery_and_only_5xx_loses_a_reader(
    code: int, stage: Stage, text: str
) -> None:
    action = judge(stage, Reply(code, text))
    assert (action is Action.SENT) is (stage is Stage.FINAL and code // 100 == 2)
    if action in {Action.REFUSE, Action.REJECT}:
        assert code // 100 == 5
    if action is Action.REFUSE:
        assert stage is Stage.RCPT


@pytest.mark.parametrize("code", [550, 553, 450])
@pytest.mark.parametrize("stage", Stage)
def test_a_policy_is_nobody_s_fault(code: int, stage: Stage) -> None:
    assert judge(stage, Reply(code, f"{code // 100}.7.1 not from you")) is Action.STOP
    assert judge(stage, Reply(code, f"{code // 100}.17.1 not from you")) is not Action.STOP or stage is Stage.MAIL


def test_waits_double_up_to_four_hours_and_are_spread() -> None:
    assert [wait(attempts, 0.5) for attempts in range(8)] == [
        *(FIRST_WAIT * 2**attempts for attempts in range(6)),
        LONGEST_WAIT,
        LONGEST_WAIT,
    ]
    assert wait(10_000, 0.5) == LONGEST_WAIT
    assert (wait(0, 0.0), wait(0, 1.0)) == pytest.approx((0.8 * FIRST_WAIT, 1.2 * FIRST_WAIT))


def test_a_reply_is_kept_without_addresses_and_not_at_length() -> None:
    told = Reply(550, '5.1.1 "reader1@example.org" <Reader1@EXAMPLE.org>, unknown at mx.example.org').redacted()
    assert told.text == '5.1.1 "[address]" <[address]>, unknown at mx.example.org'
    assert len(Reply(550, "x" * 5000).redacted().text) == 200


@given(lines=LINES)
def test_stuffing_is_undone_by_what_a_server_does(lines: list[bytes]) -> None:
    data = b"".join(line + b"\r\n" for line in lines) or b"\r\n"
    wired = stuffed(data)
    assert b"\r\n.\r\n" not in b"\r\n" + wired
    taken = b"".join(line[1:] if line.startswith(b".") else line for line in wired.splitlines(keepends=True))
    assert taken == data


@given(
    heads=st.lists(st.lists(st.sampled_from((b"", b".", b"a", b"\r\n", b".\r\n", b"a.\r\n"))), min_size=2, max_size=6),
    tail=st.lists(st.sampled_from((b".", b"..", b"b", b".c")), min_size=1, max_size=4),
)
def test_an_end_that_is_looked_at_once_goes_out_as_if_it_were_each_time(
    heads: list[list[bytes]], tail: list[bytes]
) -> None:
    end = (b"\r\n".join(tail) + b"\r\n") * 5000
    stuffing = Stuffing()
    for head in heads:
        data = b"".join(head) + end
        assert b"".join(stuffing.parts(data)) == stuffed(data)


def test_a_known_end_hides_no_bare_line_end_before_it() -> None:
    end = b"x\r\n" * 5000
    stuffing = Stuffing()
    assert [len(stuffing.parts(head + end)) for head in (b"a\r\n", b"b\r\n", b"c\r\n")] == [1, 1, 2]
    for head in (b"a\n.\r\n", b"a\r", b"a\r.\r\n", b"a\n"):
        with pytest.raises(ValueError, match="bare CR or LF"):
            stuffing.parts(head + end)


@pytest.mark.parametrize(
    "data",
    [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\nMAIL FROM:<x>\r\n", b"a\n.\r\n", b"a\r.\r\n", b"a\r\r\n", b"\n", b"a\n\r\n"],
)
def test_a_bare_cr_or_lf_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="bare CR or LF"):
        stuffed(data)


def test_a_message_without_an_end_of_line_gets_one() -> None:
    assert stuffed(b"a") == b"a\r\n"


def test_a_pace_is_never_exceeded_and_each_who_waits_has_a_moment_of_its_own() -> None:
    clock = Clock(0.0)
    pace = Pace(6, now=clock)  # one in ten seconds
    assert [pace.admit("a") for _ in range(4)] == [0, 10, 20, 30]
    assert pace.admit("b") == 0
    clock.at = 10
    assert [pace.admit("a") for _ in range(2)] == [0, 40]


def test_a_domain_that_asks_again_rests_longer_until_it_takes_a_mail() -> None:
    clock = Clock(0.0)
    pace = Pace(now=clock)
    rests = [pace.spare("a") for _ in range(3)]
    assert rests[0] * 1.2 < rests[1] < rests[2]
    assert pace.admit("a") == pytest.approx(rests[2])
    clock.at = rests[2]
    assert pace.admit("a") == 0
    pace.went("a")
    assert pace.spare("a") < rests[1]
