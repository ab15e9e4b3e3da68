"""`reporter verify`: an honest edition passes, and each kind of tampering is named, in the part it belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reporter.cli import reporter
from reporter.errors import ConfigError, ProofError
from reporter.proof import manifest, signing, verify
from tests.proof_made import Facts, Published, attach, drawn_over, published


@pytest.fixture(scope="module")
def edition() -> Published:
    return published()


@pytest.fixture
def folder(edition: Published, tmp_path: Path) -> Path:
    for name in ("facts.json", "index.html", "briefing.pdf"):
        (tmp_path / name).write_bytes(edition.files[name])
    return tmp_path


# --- honest ----------------------------------------------------------------------------------------------------------


def test_an_honest_edition_is_consistent_and_intact(folder: Path) -> None:
    page, pdf = verify.verify(folder)
    assert not page.failures
    assert not pdf.failures
    assert (page.changed, pdf.changed) == (None, ())
    assert page.figures == pdf.figures > 40


def test_the_pdf_is_enough_by_itself(folder: Path) -> None:
    alone = folder / "alone" / "any-name.pdf"
    alone.parent.mkdir()
    (folder / "briefing.pdf").rename(alone)
    (verdict,) = verify.verify(alone)
    assert not verdict.failures
    assert verdict.changed == ()


def test_a_file_that_was_only_stored_otherwise_is_intact(edition: Published) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(edition.pdf)) as document:
        document.save(out, compress_streams=False, fix_metadata_version=False)
    assert not verify.of_pdf(out.getvalue()).failures


def test_sealing_gives_the_same_bytes_twice(edition: Published) -> None:
    bare = edition.spoilt_pdf(lambda document: document.attachments.__delitem__(manifest.MANIFEST))
    assert manifest.sealed(bare) == manifest.sealed(bare)


# --- consistent ------------------------------------------------------------------------------------------------------


def _rows(held: Facts, table: str, key: str) -> Any:  # noqa: ANN401 -- JSON
    return next(row for row in held[table] if row["id"] == key)


def _printed(held: Facts, fact: str) -> Any:  # noqa: ANN401
    lines = (piece for passage in held["text"] for piece in _pieces(passage["line"]))
    return next(piece for piece in lines if piece.get("fact") == fact)


def _pieces(line: list[Any]) -> list[dict[str, Any]]:
    found = [piece for piece in line if isinstance(piece, dict)]
    return [*found, *(inner for piece in found for inner in _pieces(piece.get("words", [])))]


def _of(held: Facts, kind: str) -> Any:  # noqa: ANN401
    return next(piece for passage in held["text"] for piece in _pieces(passage["line"]) if kind in piece)


LEVEL = "holder.securities"


def _turn(row: Any, key: str) -> None:  # noqa: ANN401
    row[key] = -row[key]


def _other(row: Any, **changes: object) -> None:  # noqa: ANN401
    assert all(row[key] != value for key, value in changes.items())
    row.update(changes)


def _observation(held: Facts) -> Any:  # noqa: ANN401
    key = _rows(held, "facts", LEVEL)["expr"]["obs"]
    return _rows(held, "observations", key)


def _swap_operands(held: Facts) -> None:
    expr = _rows(held, "facts", "holder.securities.change_year")["expr"]
    expr["args"].reverse()


FORGERIES: dict[str, tuple[Callable[[Facts], object], str]] = {
    "sign of an observation": (lambda h: _turn(_observation(h), "value"), "fact holder.securities: value is stored as"),
    "sign of a value": (lambda h: _turn(_rows(h, "facts", LEVEL), "value"), "fact holder.securities: value"),
    "sign of a printed figure": (
        lambda h: _other(_printed(h, "holder.securities.change_year"), text="−$1.00bn"),
        "holder.securities.change_year is printed as",
    ),
    "order of a difference": (_swap_operands, "fact holder.securities.change_year: value"),
    "unit of a fact": (lambda h: _other(_rows(h, "facts", LEVEL), unit="percent"), "unit is stored as 'percent'"),
    "unit of a series": (lambda h: [s.update(kind="percent") for s in h["series"].values()], "do not go together"),
    "digits borne": (lambda h: _other(_rows(h, "facts", LEVEL), precision=1), "precision is stored as 1"),
    "period of a fact": (lambda h: _other(_rows(h, "facts", LEVEL), period="2026-03"), "said of 2026-03"),
    "period in words": (lambda h: _other(_of(h, "period"), text="22 November 2025"), "is no way to write"),
    "a later day": (lambda h: h.update(as_of="2026-01-01"), "known only after 2026-01-01"),
    "text of a fact": (lambda h: _other(_rows(h, "facts", LEVEL), text="$9.99tn"), "text is stored as '$9.99tn'"),
    "formula": (lambda h: _other(_rows(h, "facts", LEVEL), formula="X[2026-04]"), "formula is stored as"),
    "basis": (lambda h: _other(_rows(h, "facts", LEVEL), basis="mixed"), "basis is stored as 'mixed'"),
    "a claim": (lambda h: [c.update(holds=not c["holds"]) for c in h["claims"]], "holds is stored as"),
    "a count": (lambda h: [c.update(count=c["count"] + 1) for c in h["claims"]], "count is stored as"),
    "words of a count": (lambda h: _other(_of(h, "count"), text="first"), "but the words say 'first'"),
    "a number among words": (lambda h: h["text"][3]["line"].append(" and twelve more"), "'twelve'"),
    "words": (lambda h: h["text"][3]["line"].append(" as never before"), "not as it was made"),
    "a chart's label": (
        lambda h: [t.update(text="9,999") for t in h["charts"] if t["kind"] == "label" and t["fact"]],
        "chart holder_trend: '9,999'",
    ),
    "a chart's tick": (
        lambda h: next(t for t in h["charts"] if t["kind"] == "tick").update(text="7.7 times"),
        "bound to nothing: '7.7 times'",
    ),
    "an observation taken away": (lambda h: h["observations"].pop(), "refers to an observation that is not there"),
    "an operation of the forger's": (
        lambda h: _rows(h, "facts", "holder.share")["expr"].update(op="__import__"),
        "no operation '__import__'",
    ),
    "no words": (lambda h: h.pop("text"), "does not hold the edition's words"),
    "another schema": (lambda h: h.update(schema=2), "schema 2"),
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_facts_that_do_not_agree_are_named(edition: Published, kind: str) -> None:
    spoil, told = FORGERIES[kind]
    verdict = edition.forged(spoil)
    assert any(told in fault for fault in verdict.inconsistent), verdict.inconsistent[:5]
    assert verdict.changed == (), "whoever reseals is not found out by the manifest, but by the figures"


def test_the_facts_of_another_edition_do_not_fit(edition: Published) -> None:
    other = published("Norway").files["facts.json"]
    verdict = verify.of_pdf(edition.spoilt_pdf(lambda document: attach(document, other), resealed=True))
    assert any(
        "not as it was made: front.headline" in fault or "front.standfirst" in fault for fault in verdict.failures
    )
    assert any("bound to nothing" in fault for fault in verdict.failures)


def test_facts_beside_the_pdf_have_to_be_those_attached(folder: Path, edition: Published) -> None:
    (folder / "facts.json").write_bytes(edition.files["facts.json"] + b"\n")
    _, pdf = verify.verify(folder)
    assert pdf.inconsistent == ("the facts.json beside it is not the one attached to it",)


def test_a_line_taken_from_the_page_is_missed(edition: Published) -> None:
    def cut(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        operators = pikepdf.parse_content_stream(page)
        shown = [at for at, held in enumerate(operators) if str(held.operator) in {"Tj", "TJ"}]
        del operators[max(shown, key=lambda at: len(pikepdf.unparse_content_stream([operators[at]])))]
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(operators))

    verdict = verify.of_pdf(edition.spoilt_pdf(cut, resealed=True))
    assert any("not as it was made" in fault for fault in verdict.inconsistent)


def _swapped(document: pikepdf.Pdf) -> None:
    document.pages.reverse()


def _doubled(document: pikepdf.Pdf) -> None:
    document.pages.insert(1, document.pages[0])


def _shortened(document: pikepdf.Pdf) -> None:
    del document.pages[0]


@pytest.mark.parametrize("spoil", [_swapped, _doubled, _shortened])
def test_other_pages_fail_both_ways(edition: Published, spoil: Callable[[pikepdf.Pdf], None]) -> None:
    verdict = verify.of_pdf(edition.spoilt_pdf(spoil))
    assert verdict.changed
    assert any("page" in fault for fault in verdict.changed)
    assert verify.of_pdf(edition.spoilt_pdf(spoil, resealed=True)).inconsistent


WIDE = "\N{FULLWIDTH DIGIT SEVEN}"
PAGES: dict[str, tuple[Callable[[str, str], str], str]] = {
    "a figure": (lambda page, text: page.replace(text, "$9.87tn", 1), "'$9.87tn'"),
    "a digit in an entity": (lambda page, _: page.replace("<h1>", "<h1>&#55; times "), "'7'"),
    "a fraction": (lambda page, _: page.replace("</main>", "<p>Up by ½</p></main>"), "'½'"),
    "full width": (lambda page, _: page.replace("</main>", f"<p>Up by {WIDE}</p></main>"), WIDE),
    "an alternative text": (lambda page, _: page.replace("</main>", '<img alt="Up by 7"></main>'), "Upby7"),
    "a title of a link": (lambda page, _: page.replace("</main>", '<a title="Up by 77">x</a></main>'), "title: bound"),
    "metadata": (lambda page, _: page.replace('name="description" content="', 'name="description" content="77 '), "77"),
    "data for machines": (
        lambda page, _: page.replace('"headline": "', '"headline": "77 ways: ', 1),
        "headline: bound to",
    ),
    "their day": (
        lambda page, _: re.sub(r'"datePublished": "[^"]+"', '"datePublished": "2031-01-01"', page),
        "2031-01-01",
    ),
    "data in a key": (lambda page, _: page.replace('"headline": "', '"77": "', 1), "data: bound to nothing: '77'"),
    "a number among them": (
        lambda page, _: page.replace('"headline": "', '"ratingValue": 77, "headline": "', 1),
        "'77'",
    ),
    "data that is none": (lambda page, _: page.replace('{"@context"', '77 {"@context"', 1), "data: bound to nothing"),
    "the title": (lambda page, _: page.replace("<title>", "<title>77 ways: "), "title: bound to nothing: '77'"),
    "a chart": (lambda page, _: page.replace("</svg>", "<text>77.7</text></svg>", 1), "on a chart, bound to nothing"),
    "receipts of its own": (
        lambda page, _: page.replace("</h1>", '</h1><section id="receipts">Up by 77</section>'),
        "page 1: bound to nothing",
    ),
    "an amount on a receipt": (
        lambda page, _: page.replace('<h2 id="receipts-title">', '<p>In all $77.7tn</p><h2 id="receipts-title">'),
        "among the receipts, bound to nothing: '$77.7tn'",
    ),
    "a script": (lambda page, _: page.replace("</main>", "<script>document.title = 7</script></main>"), "a script"),
    "a script in an attribute": (lambda page, _: page.replace("<h1>", '<h1 onclick="x()">'), "a script in onclick"),
    "a script in an address": (
        lambda page, _: page.replace("</h1>", '</h1><a href=" java\nscript:x">y</a>'),
        "in href",
    ),
    "a frame": (
        lambda page, _: page.replace("</main>", "<iframe srcdoc='7'></iframe></main>"),
        "another page: <iframe>",
    ),
    "a picture from elsewhere": (
        lambda page, _: page.replace("</main>", '<img alt="" src="//x/y.png"></main>'),
        "fetched",
    ),
    "a picture in a drawing": (lambda page, _: page.replace("</svg>", '<image href="//x/y.png"/></svg>', 1), "<image>"),
    "another page after a while": (
        lambda page, _: page.replace("</head>", '<meta http-equiv="refresh" content="0;url=//x"></head>'),
        "another page",
    ),
    "a style from elsewhere": (
        lambda page, _: page.replace("</style>", "@import '//x/y.css';</style>", 1),
        "the style",
    ),
    "words of the style": (
        lambda page, _: page.replace("</style>", "h1::after { content: ' by \\37 7' }</style>", 1),
        "style: ' by 77'",
    ),
    "another day": (lambda page, _: page.replace("22 November 2026", "23 November 2026"), "day"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_that_says_something_else_is_found_out(edition: Published, kind: str) -> None:
    spoil, told = PAGES[kind]
    text = next(row["text"] for row in edition.facts["printed"] if row["fact"] == LEVEL)
    spoilt = spoil(edition.page, f"{text}</a>" if kind != "a figure" else text)
    assert spoilt != edition.page
    verdict = verify.of_page(spoilt, edition.files["facts.json"])
    assert any(told in fault for fault in verdict.inconsistent), verdict.inconsistent


# --- signed ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "signing.pem"
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_signature_names_its_key(key: Path) -> None:
    verdict = verify.of_pdf(published(key=key).pdf)
    assert not verdict.failures
    assert len(bytes.fromhex(verdict.signed)) == 32


def test_a_resealed_document_is_no_longer_signed(key: Path) -> None:
    made = published(key=key)
    verdict = verify.of_pdf(made.spoilt_pdf(drawn_over, resealed=True))
    assert verdict.changed == ()
    assert verdict.failures == ("not signed: the signature is not one of this manifest",)


def test_only_the_key_asked_for_will_do(key: Path, tmp_path: Path) -> None:
    path = tmp_path / "briefing.pdf"
    path.write_bytes(published(key=key).pdf)
    own = verify.of_pdf(path.read_bytes()).signed
    assert not verify.verify(path, own)[0].failures
    (other,) = verify.verify(path, "ab" * 32)
    assert other.failures == (f"not signed: by {own}, not by {'ab' * 32}",)
    path.write_bytes(published().pdf)
    assert verify.verify(path, own)[0].failures == ("not signed: by nobody",)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_file_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(ConfigError, match="REPORTER_SIGNING_KEY_FILE"):
        signing.signer(tmp_path / "key.pem")
    with pytest.raises(ConfigError, match="--key"):
        signing.trusted(str(tmp_path / "key.pem"))


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_tells_the_three_apart(folder: Path) -> None:
    done = CliRunner().invoke(reporter, ["verify", str(folder / "briefing.pdf")])
    assert done.exit_code == 0, done.output
    assert "consistent: yes" in done.output
    assert "intact: yes" in done.output
    assert "signed: no" in done.output


def test_the_command_names_every_failure(folder: Path, edition: Published) -> None:
    (folder / "briefing.pdf").write_bytes(edition.spoilt_pdf(drawn_over))
    done = CliRunner().invoke(reporter, ["verify", str(folder), "--json"])
    assert isinstance(done.exception, ProofError)
    assert done.exception.exit_code == 7
    assert str(done.exception) == "briefing.pdf: not intact: page 1 is another"
    rows = json.loads(done.output)
    assert [(row["consistent"], row["intact"]) for row in rows] == [(True, None), (True, False)]


def test_what_is_no_edition_is_a_wrong_argument(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no edition"):
        verify.verify(tmp_path)
    (tmp_path / "index.html").write_text("<p>x</p>", encoding="utf-8")
    with pytest.raises(ConfigError, match="neither a PDF nor a page"):
        verify.verify(tmp_path / "index.html")
