"""An edition, ready to be sent: its mould, its ledger, its relay and its list, put together from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reporter.config import Settings
from reporter.errors import DeliveryError
from reporter.keys import smtp_password
from reporter.mail import approval, erratum, tokens
from reporter.mail.erratum import Corrected
from reporter.mail.ledger import Edition, Ledger, Plan
from reporter.mail.ledger_hold import Claim, Hold
from reporter.mail.message import Message, Mould, Recipient, mould
from reporter.mail.pace import Pace
from reporter.mail.people import People
from reporter.mail.policy import Reply
from reporter.mail.sender import Sender, Setup
from reporter.mail.smtp import Answer, Connection
from reporter.mail.smtp_hello import Relay
from reporter.mail.status import Status

FACTS = "facts.json"


def folder_of(named: str, output: Path) -> Path:
    """An edition's folder: its path, or its briefing and day, as in sell-america/2026-11-22, under the output folder.

    Raise DeliveryError where there is none.
    """
    for path in (Path(named), output / named):
        if (path / FACTS).is_file():
            return path
    message = f"there is no edition {named!r}: neither a folder with {FACTS} in it, nor one under {output}"
    raise DeliveryError(message)


def open_ledger(settings: Settings, *, people: bool = True) -> Ledger:
    """The ledger of the settings; with the list beside it, unless it is only looked at."""
    return Ledger(
        settings.list.ledger,
        people=settings.list.people if people else None,
        witness=settings.list.witness,
        max_age=timedelta(days=settings.mail.max_age_days),
        durability=settings.mail.durability,
    )


@dataclass(frozen=True)
class Outbox:
    """One edition in `folder`, to be planned, sent or gone on with."""

    folder: Path
    settings: Settings
    people: People
    relay: Relay
    mould: Mould
    corrected: Corrected | None = None  # of an erratum

    @classmethod
    def of(cls, folder: Path, settings: Settings, environment: Mapping[str, str]) -> Outbox:
        """Raise ConfigError and DeliveryError as `mould` does."""
        secret, smtp = tokens.load(environment), settings.smtp
        relay = Relay(smtp.host, smtp.port, smtp.security, smtp.user, smtp_password(environment), smtp.helo)
        people = People(settings.list.people, secret)
        corrected = erratum.read(folder)
        if corrected is None:
            return cls(folder, settings, people, relay, mould(folder, settings, secret))
        short = replace(settings, mail=replace(settings.mail, pdf="linked"))
        made = replace(mould(folder, short, secret, corrected.moment), edition=corrected.key)
        return cls(folder, settings, people, relay, made, corrected)

    @property
    def key(self) -> str:
        """What the ledger calls the edition."""
        return self.mould.edition

    def sample(self) -> Message:
        """The mail as it would be for somebody who does not exist."""
        return self.mould.fill(Recipient(*approval.NOBODY))

    def plan(self, ledger: Ledger) -> Plan:
        """What is to be frozen, with its approval; raise DeliveryError where it corrects what was never sent."""
        approved = approval.approve(self.folder, self.sample().data, self._proved)
        return Plan(self.key, datetime.fromtimestamp(self.mould.at, UTC).date(), approved, self.corrects(ledger))

    def corrects(self, ledger: Ledger) -> Edition | None:
        """The edition that an erratum corrects, as the ledger knows it."""
        if self.corrected is None:
            return None
        found = ledger.edition(self.corrected.corrects)
        if found is None:
            message = f"{self.corrected.corrects} was never sent, so nobody is to be told of its errata"
            raise DeliveryError(message)
        return found

    def check(self, edition: Edition) -> None:
        """Raise DeliveryError where it is not what was approved."""
        approval.check(self.folder, self.sample().data, edition.approved, self._proved)

    @property
    def _proved(self) -> Path | None:
        """The folder that has to pass its proof for an erratum to be sent."""
        return self.settings.output / self.corrected.corrects if self.corrected else None

    def test_copy(self, address: str) -> Answer:
        """Send one mail, which no ledger knows of, and answer with what the relay said of it."""
        connection = Connection(self.relay)
        try:
            return connection.deliver(self.mould.fill(Recipient(0, address)), lambda: None)
        finally:
            connection.quit()

    def sender(self, hold: Hold, told: Callable[[Status], None]) -> Sender:
        """What sends it."""
        smtp = self.settings.smtp
        setup = Setup(
            fill=self._fill,
            connect=lambda: Connection(self.relay),
            suppress=self._suppress,
            connections=smtp.connections,
            per_connection=smtp.per_connection,
            pace=Pace(smtp.per_domain),
        )
        return Sender(hold, setup, told)

    def _fill(self, claim: Claim) -> Message:
        return self.mould.fill(Recipient(claim.subscriber, claim.address, claim.name))

    def _suppress(self, subscriber: int, reply: Reply) -> None:
        self.people.suppress(subscriber, "refused by the server", str(reply), datetime.now(UTC))
