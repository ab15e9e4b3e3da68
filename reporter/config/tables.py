"""Every setting with its default and what it is for; `docs/settings.md` is written from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path, user_state_path

from reporter import palette
from reporter.config import checks
from reporter.config.reader import setting
from reporter.sources.base import Bases, is_loopback

Paper = Literal["A4", "Letter"]
PAPERS = ("A4", "Letter")
_BASES = Bases()
_DATA = user_data_path("reporter")


@dataclass(frozen=True)
class Colours:
    """The inks of page, paper, mail and charts; an empty one is the house's."""

    accent: str = setting("", "numbers of notes, what is late, a comment’s rule", checks.colour)
    accent_dark: str = setting("", "the same in dark mode; where it is not set, as light as can be read", checks.colour)
    ink: str = setting("", "text", checks.colour)
    ink_dark: str = setting("", "the same in dark mode", checks.colour)
    paper: str = setting("", "what text stands on", checks.colour)
    paper_dark: str = setting("", "the same in dark mode", checks.colour)
    tint: str = setting("", "the ground of takeaways and tinted columns", checks.colour)
    tint_dark: str = setting("", "the same in dark mode", checks.colour)
    first: str = setting("", "a chart’s first ink", checks.colour)
    first_dark: str = setting("", "the same in dark mode", checks.colour)
    second: str = setting("", "its second", checks.colour)
    second_dark: str = setting("", "the same in dark mode", checks.colour)
    third: str = setting("", "its third", checks.colour)
    third_dark: str = setting("", "the same in dark mode", checks.colour)

    @property
    def light(self) -> dict[str, str]:
        """Those that are set, by name."""
        return {name: colour for name in palette.NAMES if (colour := str(getattr(self, name)))}

    @property
    def dark(self) -> Mapping[str, str]:
        """The same for dark mode: what is set for light only is lightened until it can be read."""
        held = {name: colour for name in palette.NAMES if (colour := str(getattr(self, f"{name}_dark")))}
        return palette.dark_of(self.light, held)

    def faults(self) -> Iterator[str]:
        """What could not be read, with its ratio."""
        yield from palette.faults(self.light, palette.LIGHT)
        yield from palette.faults(self.dark, palette.DARK, "_dark")


@dataclass(frozen=True)
class Fonts:
    """Typefaces of one's own by role, each a TrueType or OpenType file or a folder of them."""

    display: Path | None = setting(None, "headlines", checks.file_or_folder)
    text: Path | None = setting(None, "running text", checks.file_or_folder)
    sans: Path | None = setting(None, "charts, tables, notes", checks.file_or_folder)


@dataclass(frozen=True)
class Brand:
    """Whose briefing it is and what it looks like."""

    name: str = setting("", "the publisher’s name", checks.line)
    tagline: str = setting("", "a line below it", checks.line)
    logo: Path | None = setting(None, "an SVG or PNG file", checks.file)
    logo_dark: Path | None = setting(None, "the same for dark mode", checks.file)
    footer: str = setting("", "a line at the foot of page, PDF and mail", checks.line)
    legal: tuple[str, ...] = setting((), "lines of the imprint, in the publisher’s own words", checks.lines)
    colours: Colours = Colours()
    fonts: Fonts = Fonts()


@dataclass(frozen=True)
class Site:
    """The public archive."""

    url: str = setting("", "the address it is published at; empty where it is not", checks.public_url)
    title: str = setting("", "the archive’s title", checks.line)


@dataclass(frozen=True)
class Mail:
    """What goes out by mail, and in whose name."""

    sender: str = setting("", "who it is from: The Briefing <briefing@example.org>", checks.mailbox)
    reply_to: str = setting("", "who answers reach, where that is not the sender", checks.mailbox)
    postal_address: str = setting("", "the sender’s address on paper, which many a law asks for", checks.line)
    list_id: str = setting("", "the list’s lasting name, such as briefing.example.org", checks.list_id)
    bounce_address: str = setting("", "where what cannot be delivered comes back to", checks.address)
    images: Literal["attached", "hosted"] = setting("attached", "charts travel with the mail or lie in the archive")
    pdf: Literal["attached", "linked"] = setting("linked", "likewise the PDF")
    max_age_days: int = setting(10, "older editions are not sent", checks.at_least(1, 3650))
    durability: Literal["process", "power"] = setting("process", "what the ledger outlives: the process, or the power")
    doubt: Literal["ask", "resend"] = setting("ask", "who may have got a mail when the sender died: ask, or send again")


@dataclass(frozen=True)
class Smtp:
    """The server that takes mail; its password comes from the environment only."""

    host: str = setting("localhost", "its name", checks.host)
    port: int = setting(25, "its port", checks.at_least(1, 65535))
    security: Literal["starttls", "tls", "none"] = setting("starttls", "`none` only to this machine")
    user: str = setting("", "who logs in; empty where nobody does", checks.line)
    connections: int = setting(4, "how many at a time", checks.at_least(1, 100))
    per_connection: int = setting(100, "mails before a fresh one is made", checks.at_least(1, 1_000_000))
    per_domain: int = setting(0, "mails a minute to one domain; 0 for no limit", checks.at_least(0, 1_000_000))
    helo: str = setting("", "what this machine calls itself", checks.domain)

    def faults(self) -> Iterator[str]:
        """What does not go together."""
        if self.security == "none" and not is_loopback(self.host):
            yield f'security must be "starttls" or "tls" for {self.host}: only this machine is spoken to in the clear'


@dataclass(frozen=True)
class Dkim:
    """The signature on each mail, RFC 6376; all three or none."""

    domain: str = setting("", "the domain that signs", checks.domain)
    selector: str = setting("", "which of its keys", checks.domain)
    key_file: Path | None = setting(None, "the private key, PEM", checks.private_file)

    def faults(self) -> Iterator[str]:
        """What does not go together."""
        held = {"domain": self.domain, "selector": self.selector, "key_file": self.key_file}
        missing = [name for name, value in held.items() if not value]
        if len(missing) < len(held):
            yield from (f"{name} must be there too: a signature needs all of {', '.join(held)}" for name in missing)


@dataclass(frozen=True)
class List:
    """The people who are written to, and what was sent to whom."""

    people: Path = setting(_DATA / "subscribers.sqlite", "the file of subscribers")
    ledger: Path = setting(_DATA / "ledger.sqlite", "the file of what was sent")
    witness: Path = setting(user_state_path("reporter") / "witness", "what tells a restored ledger; in no backup")


@dataclass(frozen=True)
class Web:
    """What `reporter serve` listens at; the public address is that of the site."""

    host: str = setting("127.0.0.1", "the address it listens at", checks.host)
    port: int = setting(8080, "its port", checks.at_least(1, 65535))
    proxies: tuple[str, ...] = setting((), "addresses or networks of proxies whose X-Forwarded-For is believed")


@dataclass(frozen=True)
class Run:
    """What `reporter run` does by itself."""

    apart_days: int = setting(20, "days between two editions at least", checks.at_least(0, 366))
    site: Path | None = setting(None, "the archive’s folder, written anew before anything is sent")


@dataclass(frozen=True)
class Settings:
    """Where things are, what is built by default, and whose it is."""

    briefing: str = setting("sell-america", "what `reporter build` builds when none is named")
    output: Path = setting(Path("output"), "where editions go")
    templates: Path | None = setting(None, "a folder of overriding templates", checks.folder)
    series: Path | None = setting(None, "the file of series of one’s own; series.toml where it is there", checks.file)
    cache: Path = setting(user_cache_path("reporter") / "charts", "where drawn charts are kept")
    paper: Paper = setting("A4", "the size of the PDF’s pages")
    store: Path = setting(_DATA / "store.sqlite", "the file that keeps what was pulled")
    signing_key_file: Path | None = setting(None, "the key that signs what a PDF is made of", checks.private_file)
    fred_url: str = setting(_BASES.fred, "where FRED’s tables answer: a mirror, or a test server", checks.base_url)
    alfred_url: str = setting(_BASES.alfred, "likewise ALFRED’s", checks.base_url)
    fred_api_url: str = setting(_BASES.fred_api, "likewise FRED’s API", checks.base_url)
    bea_url: str = setting(_BASES.bea, "likewise BEA’s API", checks.base_url)
    tic_url: str = setting(_BASES.tic, "likewise the Treasury’s tables", checks.base_url)
    brand: Brand = Brand()
    site: Site = Site()
    mail: Mail = Mail()
    smtp: Smtp = Smtp()
    dkim: Dkim = Dkim()
    list: List = List()
    web: Web = Web()
    run: Run = Run()

    @property
    def bases(self) -> Bases:
        """Where each publisher answers."""
        return Bases(self.fred_url, self.alfred_url, self.fred_api_url, self.bea_url, self.tic_url)
