"""A letter to the relay: one connection each, since there are few."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.errors import DeliveryError
from reporter.mail import confirmation, links
from reporter.mail.optin import Letter
from reporter.mail.policy import Stage
from reporter.mail.smtp import Connection, NoAnswer, NotTaken
from reporter.mail.smtp_hello import Relay
from reporter.mail.tokens import Tokens
from reporter.web.forms import Pages
from reporter.web.postman import Refused


@dataclass(frozen=True)
class RelayPost:
    """Hands letters to a relay."""

    relay: Relay
    pages: Pages
    tokens: Tokens

    def __call__(self, letter: Letter) -> None:
        """Send one; raise Refused where it never will be taken, DeliveryError or ConfigError where it may."""
        settings = self.pages.settings
        url = links.confirm(settings.site.url, letter.subscriber, letter.asked_at, self.tokens)
        text = self.pages.text("confirmation.txt.j2", url=url)
        mail = confirmation.written(letter, text, settings, self.tokens)
        connection = Connection(self.relay)
        try:
            answer = connection.deliver(mail, lambda: None)
        except (NotTaken, NoAnswer) as error:  # once too often is better than never: it only asks
            message = f"the confirmation may not have left: {error}"
            raise DeliveryError(message) from error
        except ValueError as error:
            raise Refused from error
        finally:
            connection.quit()
        kind = answer.reply.code // 100
        if kind == 5 and answer.stage is not Stage.MAIL:  # noqa: PLR2004 -- at MAIL it is we who are refused
            raise Refused
        if kind != 2:  # noqa: PLR2004 -- 2xx is a delivery
            message = f"the relay answered {answer.reply.redacted()}"
            raise DeliveryError(message)
