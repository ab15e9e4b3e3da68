"""An edition to the files it is published as. Charts are drawn in a child process while WeasyPrint loads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reporter import charts as drawing
from reporter import record
from reporter.brand import HOUSE, Look
from reporter.build import Built
from reporter.charts import Cut, Job
from reporter.config import Paper
from reporter.findings import Chart
from reporter.model.observations import Observation
from reporter.model.plots import Words
from reporter.proof import prove
from reporter.proof.check import Made
from reporter.proof.signing import signer
from reporter.render import conformance
from reporter.render.coverage import assert_covered
from reporter.render.drawn import Drawn
from reporter.render.ink import reinked
from reporter.render.mailed import NOBODYS, Letterhead, mailed
from reporter.render.probes import probes
from reporter.transcript import ChartText
from reporter.tree import ChartBlock, charts, plain

FORMATS = ("html", "pdf", "mail")
CARD = "card.png"  # what those who share the page show
MAIL = "mail"  # the folder of what a mail is made of


def files(  # noqa: PLR0913 -- one parameter an option
    built: Built,
    folders: Sequence[Path],
    *,
    formats: Sequence[str] = FORMATS,
    cache: Path | None = None,
    paper: Paper = "A4",
    signing_key: Path | None = None,
    letterhead: Letterhead = NOBODYS,
    brand: Look = HOUSE,
) -> Mapping[str, bytes]:
    """Every file of the edition by its path in the edition's folder; raise ProofError where one is not what was made.

    `signing_key` is the file of the private key that signs the PDF's manifest, `letterhead` whose mail it is.
    """
    edition = built.edition
    blocks = {block.key: block for section in edition.sections for block in charts(section.blocks)}
    pending = drawing.start([job for key, block in blocks.items() for job in _jobs(built.charts[key], block)], cache)
    if "pdf" in formats:
        from reporter.render import pdf  # noqa: PLC0415

        pdf.load()  # WeasyPrint: half a second, spent while the charts are drawn
    drawn = {key: _drawn(key, pending.result()) for key in blocks}
    texts = (*_texts(pending.result()), *_points(drawn))
    facts = record.write(edition, [score.to_json() for score in built.scores], texts)
    told = prove.made(edition, texts)
    assert_covered(told.passages, texts)
    prove.of_charts(told)
    made = {"facts.json": facts}
    tables = {f"{key}.csv": _table(built.charts[key].reads, _source(block)) for key, block in blocks.items()}
    # Beside the layout:
    pictures = drawing.start_pictures(_shown(built, blocks, brand), cache) if "html" in formats else None
    cards = drawing.start_cards(_shown(built, blocks, brand, Cut.CARD)[:1], cache) if "html" in formats else None
    mail_pictures = drawing.start_mail(_mailed(built, brand), cache) if "mail" in formats else None
    if "html" in formats:
        from reporter.render import html  # noqa: PLC0415

        text = html.page(edition, drawn, folders, brand, letterhead.folder)
        prove.of_page(told, text)
        made["index.html"] = text.encode()
    if "pdf" in formats:
        attached = {"facts.json": facts, **tables}
        printed = pdf.pdf(edition, drawn, folders, paper=paper, attachments=attached, brand=brand)
        prove.of_pdf(told, printed)
        made["briefing.pdf"] = prove.sealed(printed, signer(signing_key) if signing_key else None)
        made[conformance.REPORT] = conformance.gate(made["briefing.pdf"])
    for held in cards.result().values() if cards else ():
        made[CARD] = _card(told, held)
    if mail_pictures:
        made |= _mail(built, told, mail_pictures.result(), folders, letterhead)
    made |= {f"charts/{key}.svg": reinked(drawn[key].wide.svg, brand.inks).encode() for key in blocks}
    narrow = {key: held.narrow.svg for key, held in drawn.items() if held.narrow}
    made |= {f"charts/{key}-narrow.svg": reinked(svg, brand.inks).encode() for key, svg in narrow.items()}
    made |= {f"charts/{key}.png": held for key, held in (pictures.result() if pictures else {}).items()}
    made |= {f"data/{name}": held for name, held in tables.items()}
    made["data/observations.csv"] = _table(edition.observations().values())
    return made


def _shown(built: Built, blocks: Mapping[str, ChartBlock], brand: Look, cut: Cut | None = None) -> list[Job]:
    """Each chart in the brand's inks: in its widest cut, which is downloaded, or in another."""
    jobs = (next(_jobs(built.charts[key], block)) for key, block in blocks.items())
    return [replace(job, cut=cut or job.cut, inks=brand.inks) for job in jobs]


def _card(told: Made, held: drawing.Picture) -> bytes:
    """The picture of the first chart, proved as any other."""
    prove.of_charts(replace(told, drawn=tuple(_texts({Cut.CARD.value: held}))))
    return held.png


def _mailed(built: Built, brand: Look) -> list[Job]:
    """The charts of the mail, in its own cut and the brand's inks."""
    blocks = (block for section in mailed(built.edition).sections for block in charts(section.blocks))
    return [replace(next(_jobs(built.charts[block.key], block)), cut=Cut.MAIL, inks=brand.inks) for block in blocks]


def _mail(
    built: Built,
    told: Made,
    held: Mapping[str, drawing.Picture],
    folders: Sequence[Path],
    letterhead: Letterhead,
) -> dict[str, bytes]:
    """The mail's files, proved: HTML, text, pictures, and what it is called in a list of mails."""
    from reporter.render import logo, mail  # noqa: PLC0415

    edition = built.edition
    letterhead = replace(letterhead, brand=logo.pictures(letterhead.brand))
    prove.of_charts(replace(told, drawn=tuple(_texts(held))))
    pictures = {key.removesuffix(f"-{Cut.MAIL}"): picture for key, picture in held.items()}
    parts = mail.mail(edition, pictures, folders, letterhead)
    prove.of_mail(told, edition, letterhead, parts)
    about = {
        "name": plain(edition.front["name"]) or edition.briefing,
        "subject": parts.subject,
        "preheader": parts.preheader,
        "page": letterhead.page,
        "postal_address": letterhead.postal_address,
        "images": sorted(parts.images),
    }
    made = {
        "mail.html": parts.html.encode(),
        "mail.txt": parts.text.encode(),
        "mail.json": (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode(),
        **parts.images,
    }
    return {f"{MAIL}/{name}": body for name, body in made.items()}


def _source(block: ChartBlock) -> str:
    """The line below a chart that says where its figures are from."""
    return plain(block.words.get("source", ()))


def _jobs(chart: Chart, block: ChartBlock) -> Iterator[Job]:
    """A chart in the cuts that are shown: half charts fit a phone as they are."""
    said = {name: plain(line) for name, line in block.words.items()}
    spec = chart.drawn(block)
    words = Words(block.key, *(said.get(name, "") for name in ("headline", "unit", "source", "alt")))
    yield Job(spec, words, Cut.HALF if chart.half else Cut.FULL)
    if not chart.half:
        yield Job(spec, words, Cut.NARROW)


def _drawn(key: str, held: Mapping[str, drawing.Drawing]) -> Drawn:
    wide = held[key]
    return Drawn(wide, held.get(f"{key}-narrow"), probes(wide.marks, wide.width_mm))


def _texts(held: Mapping[str, drawing.Drawing | drawing.Picture]) -> Iterator[ChartText]:
    """What is drawn on each chart, in each of its cuts."""
    return (ChartText(key, text.kind, text.text, text.fact) for key, drawn in held.items() for text in drawn.texts)


def _points(drawn: Mapping[str, Drawn]) -> Iterator[ChartText]:
    """What the page tells of a chart where it is pointed at."""
    return (ChartText(key, "point", probe.text) for key, held in drawn.items() for probe in held.probes)


def _table(observations: Iterable[Observation], said: str = "") -> bytes:
    """Observations as CSV: values in the base unit (dollars, percent), with what is needed to look them up.

    `said` is the source line of the chart that shows them. It stands in each row, since a line of comment above the
    heads is one that half the programs that open such a file take for the heads.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = ["series", "title", "period", "value", "unit", "known_on", "vintage", "basis", "publisher", "link"]
    writer.writerow([*heads, *(["source"] if said else [])])
    rows = {seen.id: seen for seen in observations}
    for _, seen in sorted(rows.items()):
        info, vintage = seen.series, seen.vintage
        value = f"{seen.value:f}"
        days = (seen.known_on, vintage.known_on)
        source = (seen.basis, vintage.publisher, vintage.link, *([said] if said else []))
        writer.writerow([info.id, info.title, seen.period, value, info.measure.kind, *days, *source])
    return text.getvalue().encode()
