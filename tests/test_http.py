"""The client against a server that does whatever servers do."""

from __future__ import annotations

import gzip
import hashlib
import io
import logging
import socket
import ssl
import threading
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.errors import ConfigError, FetchError
from reporter.http import Client, Pace, Pacer, Patience
from reporter.http.body import Faulty, Limits, decoded
from reporter.http.retry import retry_after
from reporter.keys import NO_KEYS, Keys, Secret
from reporter.model.observations import Form, Layer, Vintage
from reporter.model.periods import Period
from reporter.model.units import USD_BN
from reporter.sources.base import Bases, Media, Request
from reporter.sources.bea import Bea
from reporter.sources.fred import FredGraph
from reporter.sources.fred_api import FredApi
from reporter.testing import BEA_KEY, FRED_KEY, Fault, Server, World
from tests.support import PAYLOADS

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEYS = Keys({"fred": Secret(FRED_KEY), "bea": Secret(BEA_KEY)})
TODAY = date(2026, 10, 10)
QUICK = Patience(connect=2, read=0.5, total=20)


def layer(series: str, first: str, text: str) -> Layer:
    vintage = Vintage(f"{series}@2026-09-25", date(2026, 9, 25), Form.PATH, "BEA", "https://a")
    return Layer(series, vintage, USD_BN, Period.parse(first), text)


WORLD = World(
    {
        held.series: (held,)
        for held in (
            layer("fred:GDP", "2025Q1", "30042.113,30485.729,31095.089,31462.523,31906.274,32563.030"),
            layer("bea:iip.position", "2026Q1", "-21870.000,-22420.319"),
        )
    }
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(WORLD, TODAY) as running:
        yield running


class Waits(list[float]):
    """What was slept for."""

    def sleep(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(tmp_path: Path, waits: Waits) -> Iterator[Client]:
    with made(tmp_path, waits) as running:
        yield running


def made(folder: Path, waits: Waits, keys: Keys = KEYS, patience: Patience = QUICK) -> Client:
    pacer = Pacer(folder / "slots.db")
    return Client(
        keys, pacer, patience=patience, limits=Limits(1_000_000, 2_000_000), sleep=waits.sleep, chance=lambda: 0.5
    )


def gdp(server: Server) -> Request:
    return FredGraph().requests(["fred:GDP"], server.bases, {})[0]


def position(server: Server) -> Request:
    return Bea().requests(["bea:iip.position"], server.bases, {})[0]


def test_an_answer_is_whole_and_says_when_and_what(server: Server, client: Client) -> None:
    response = client.fetch(gdp(server))
    assert response.body.endswith(b"2026-04-01,32563.030\n")
    assert (response.status, response.not_modified) == (200, False)
    assert response.sha256 == hashlib.sha256(response.body).hexdigest()
    assert (datetime.now(UTC) - response.retrieved_at).total_seconds() < 60
    assert FredGraph().parse(gdp(server), response.body, TODAY)[0].at(Period.parse("2026Q2")) == "32563.030"
    (asked,) = server.asked
    assert "gzip" in asked.headers["Accept-Encoding"]
    assert asked.headers["User-Agent"].startswith("reporter-briefing/")


def test_what_has_not_changed_is_not_sent_again(server: Server, client: Client) -> None:
    first = client.fetch(gdp(server))
    again = client.fetch(gdp(server), first.validators)
    assert (again.status, again.not_modified, again.body) == (304, True, b"")
    assert server.asked[1].headers["If-None-Match"] == first.headers["etag"]
    server.today = date(2026, 1, 1)  # before the first vintage: there is nothing
    with pytest.raises(FetchError, match=r"fred:GDP: .*it answers 404"):
        client.fetch(gdp(server), first.validators)


def test_the_key_is_added_on_the_way_out_and_is_nowhere_else(
    server: Server, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for request in (*FredApi().requests(["fred:GDP"], server.bases, {}), position(server)):
            response = client.fetch(request)
            assert KEYS[request.key].reveal() in server.asked[-1].query.values()
            shown = f"{request!r}{response!r}{response.headers}{response.body.decode('iso-8859-1')}{request.address}"
            assert FRED_KEY not in shown
            assert BEA_KEY.lower() not in shown.lower()
    assert "fredgraph" in caplog.text or "series_id=GDP" in caplog.text  # the library does log addresses
    assert FRED_KEY not in caplog.text
    assert BEA_KEY.lower() not in caplog.text.lower()


def test_bea_echoes_the_key_and_it_is_taken_out(server: Server, client: Client) -> None:
    body = client.fetch(position(server)).body
    assert b'"ParameterName": "USERID", "ParameterValue": "[key]"' in body
    (layer,) = Bea().parse(position(server), body, TODAY)
    assert layer.text == "-21870000,-22420319"


@pytest.mark.parametrize(
    "fault",
    [Fault.DROPPED, Fault.TRUNCATED, Fault.UNAVAILABLE, Fault.TOO_MANY, Fault.ELSEWHERE, Fault.HTML, Fault.SILENT],
)
def test_no_failure_tells_the_key(server: Server, client: Client, fault: Fault) -> None:
    server.fail(fault, times=9)
    for request in (FredApi().requests(["fred:GDP"], server.bases, {})[1], position(server)):
        with pytest.raises(FetchError) as caught:
            client.fetch(request)
        assert caught.value.series == request.series[0]
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None  # the library's exceptions hold the address
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert FRED_KEY not in shown
        assert BEA_KEY not in shown


def test_a_wrong_key_says_which_one_to_check(server: Server, tmp_path: Path, waits: Waits) -> None:
    wrong = Keys({"fred": Secret("f" * 32)})
    with made(tmp_path, waits, wrong) as client, pytest.raises(FetchError, match="check REPORTER_FRED_KEY") as caught:
        client.fetch(FredApi().requests(["fred:GDP"], server.bases, {})[0])
    assert "api_key is not registered" in str(caught.value)
    assert "f" * 32 not in str(caught.value)
    assert not waits


def test_without_a_key_nothing_is_asked(server: Server, tmp_path: Path, waits: Waits) -> None:
    with made(tmp_path, waits, NO_KEYS) as client, pytest.raises(ConfigError, match="set REPORTER_BEA_KEY"):
        client.fetch(position(server))
    assert not server.asked


@pytest.mark.parametrize(
    "fault",
    [
        Fault.TOO_MANY,
        Fault.UNAVAILABLE,
        Fault.DROPPED,
        Fault.SILENT,
        Fault.TRUNCATED,
        Fault.CUT_CHUNK,
        Fault.CUT_CLOSED,
        Fault.CUT_GZIP,
        Fault.EMPTY,
    ],
)
def test_what_passes_is_asked_for_again(server: Server, client: Client, waits: Waits, fault: Fault) -> None:
    server.fail(fault, times=2)
    assert client.fetch(gdp(server)).body.startswith(b"observation_date,GDP\n")
    assert len(server.asked) == 3
    assert waits == ([1.5, 1.5] if fault is Fault.TOO_MANY else [0.5, 1.0])  # what was asked, or half of 1, 2 seconds


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.TOO_MANY, "it answers 429: 'Too Many Requests.  ?Exceeded Rate Limit'; it asks to wait 1 seconds"),
        (Fault.UNAVAILABLE, "it answers 503: .*Service Unavailable.*; the next run asks again"),
        (Fault.DROPPED, "the connection to 127.0.0.1 broke off; the next run asks again"),
        (Fault.SILENT, "nothing came from 127.0.0.1 for 0.5 seconds; the next run asks again"),
        (Fault.TRUNCATED, "it was cut off on the way; the next run asks again"),
        (Fault.CUT_CHUNK, "it was cut off on the way; the next run asks again"),
        (Fault.CUT_CLOSED, "it was cut off on the way: the last line has no end"),
        (Fault.CUT_GZIP, "it was cut off on the way: the compressed stream has no end"),
        (Fault.EMPTY, "an empty answer came with status 200; the next run asks again"),
    ],
)
def test_what_does_not_pass_is_told_with_what_to_do(server: Server, client: Client, fault: Fault, told: str) -> None:
    server.fail(fault, times=9)
    with pytest.raises(FetchError, match=f"^fred:GDP: {server.url}/fred/graph/fredgraph.csv.id=GDP: {told}"):
        client.fetch(gdp(server))
    assert len(server.asked) == QUICK.attempts


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.HTML, "an HTML page came with status 200 where text/csv was due: .*Access Denied.*; open the address"),
        (Fault.ELSEWHERE, "it redirects to http://example.invalid, another host or protocol"),
        (Fault.PLAIN, "it redirects to http://127.0.0.1, another host or protocol"),
        (Fault.CIRCLE, "it redirects in a circle"),
        (Fault.BOMB, "more than 2 MB decompressed, far beyond any table: not read further"),
    ],
)
def test_what_asking_again_does_not_help_is_not_asked_again(
    server: Server, client: Client, waits: Waits, fault: Fault, told: str
) -> None:
    server.fail(fault, times=9)
    with pytest.raises(FetchError, match=f"fred:GDP: .*: {told}"):
        client.fetch(gdp(server))
    assert not waits


def test_a_body_that_drips_does_not_outlast_all_patience(server: Server, tmp_path: Path, waits: Waits) -> None:
    """No read ever times out: a byte comes every tenth of a second."""
    server.fail(Fault.SLOW, times=9)
    start = time.monotonic()
    hurried = Patience(total=1)
    with (
        made(tmp_path, waits, patience=hurried) as client,
        pytest.raises(FetchError, match="not done within 1 seconds"),
    ):
        client.fetch(gdp(server))
    assert time.monotonic() - start < 5


def test_bea_s_lock_out_is_not_knocked_at(server: Server, client: Client) -> None:
    server.fail(Fault.LOCKED, times=9)
    with pytest.raises(FetchError, match=r"BEA locks a key out for an hour .*: wait an hour"):
        client.fetch(position(server))
    assert len(server.asked) == 1


def test_a_redirect_on_the_same_host_is_followed(server: Server, client: Client) -> None:
    server.fail(Fault.CIRCLE, times=1)
    assert client.fetch(gdp(server)).status == 200
    assert len(server.asked) == 2


def test_no_host_no_network(client: Client, waits: Waits) -> None:
    request = Request("x", "fred", "http://127.0.0.1:9/graph", (), ("fred:GDP",), Media.CSV)
    with pytest.raises(FetchError, match=r"no connection to 127\.0\.0\.1: no network"):
        client.fetch(request)
    assert len(waits) == QUICK.attempts - 1


def test_plain_http_to_another_machine_is_refused_before_it_is_asked(client: Client) -> None:
    bases = Bases(fred="http://fred.stlouisfed.org")
    with pytest.raises(FetchError, match="it is plain http; keys and figures travel by https"):
        client.fetch(FredGraph().requests(["fred:GDP"], bases, {})[0])


def test_a_wait_beyond_all_patience_is_told_at_once(server: Server, tmp_path: Path, waits: Waits) -> None:
    server.fail(Fault.TOO_MANY, times=9)
    short = Patience(total=0.5)
    with made(tmp_path, waits, patience=short) as client, pytest.raises(FetchError, match="asks to wait 1 seconds"):
        client.fetch(gdp(server))
    assert not waits


def test_requests_are_paced_by_host(server: Server, tmp_path: Path) -> None:
    pacer = Pacer(tmp_path / "slots.db", {"127.0.0.1": Pace("here", 0.1)})
    with Client(KEYS, pacer) as client:
        for _ in range(4):
            client.fetch(gdp(server))
    moments = [asked.moment for asked in server.asked]
    assert moments[-1] - moments[0] > 0.2  # three gaps, less what the first one took to connect


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_moment(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) == seconds


@given(st.integers(0, 8), st.floats(0, 1))
def test_the_back_off_doubles_to_a_limit_with_jitter(attempt: int, chance: float) -> None:
    patience = Patience(base=1, most=60)
    pause = patience.pause(attempt, chance, None)
    assert 0 <= pause <= min(60, 2**attempt)
    assert patience.pause(attempt, 1.0, None) == min(60, 2**attempt)


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    stream = io.BytesIO(body)
    return iter(lambda: stream.read(size), b"")


def bare(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(body) + machine.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[: len(body) // 2]) + gzip.compress(body[len(body) // 2 :]),
    "deflate": zlib.compress,
    "Deflate": bare,
}


@given(st.binary(min_size=1, max_size=3000), st.sampled_from(sorted(PACKED)), st.integers(1, 700), st.integers(1, 60))
def test_what_was_compressed_is_read_back_in_any_pieces(body: bytes, encoding: str, size: int, times: int) -> None:
    whole = body * times
    assert decoded(pieces(PACKED[encoding](whole), size), encoding, Limits()) == whole


@given(st.binary(min_size=1, max_size=3000), st.sampled_from(["gzip", "deflate", "Deflate"]), st.data())
def test_what_was_cut_is_never_taken_for_whole(body: bytes, encoding: str, data: st.DataObject) -> None:
    packed = PACKED[encoding](body)
    cut = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(Faulty):
        decoded(pieces(packed[:cut], 100), encoding, Limits())


@pytest.mark.parametrize(("limits", "told"), [(Limits(100, 10**9), "MB sent"), (Limits(10**9, 1000), "decompressed")])
def test_limits_hold_before_and_after_decompression(limits: Limits, told: str) -> None:
    with pytest.raises(Faulty, match=told):
        decoded(pieces(gzip.compress(bytes(10**6)), 64), "gzip", limits)


def test_an_encoding_nobody_asked_for_is_refused() -> None:
    with pytest.raises(Faulty, match="compressed with 'br', which was not asked for"):
        decoded([b"x"], "br", Limits())


def test_a_certificate_that_nobody_signed_is_not_trusted(client: Client, waits: Waits) -> None:
    """Over real TLS; the key never leaves, since the handshake fails before a word is said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PAYLOADS / "tls" / "untrusted.pem")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shake_hands, args=(listening, context, heard), daemon=True)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/fred"
        request = FredApi().requests(["fred:GDP"], Bases(fred_api=url), {})[0]
        with pytest.raises(FetchError, match=r"the certificate of 127\.0\.0\.1 is not trusted") as caught:
            client.fetch(request)
        thread.join()
    assert caught.value.__context__ is None
    assert not heard
    assert not waits


def _shake_hands(listening: socket.socket, context: ssl.SSLContext, heard: list[bytes]) -> None:
    plain, _ = listening.accept()
    with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as wrapped:
        heard.append(wrapped.recv(1000))
