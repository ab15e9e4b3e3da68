"""An edition's folder as a build leaves it, as far as mail is concerned; settings, a secret and a key to sign with."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reporter.config import Dkim, Mail, Settings, Site
from reporter.keys import Secret
from reporter.mail.message import Recipient
from reporter.mail.tokens import Tokens
from reporter.render.mail import MailParts, mail
from reporter.render.mailed import letterhead
from reporter.resources import templates_folder
from tests.made import AS_OF, made_edition, made_pictures

TOKENS = Tokens(Secret("a secret of the tests that is long enough"))
ANN = Recipient(7, "ann@example.org", "Ann Lee")
MAIL = Mail(
    sender="The External Account <briefing@example.org>",
    reply_to="desk@example.org",
    postal_address="1 Example Street, 12345 Example City",
    list_id="account.example.org",
    bounce_address="bounces@example.org",
)
SETTINGS = Settings(site=Site(url="https://example.org"), mail=MAIL)
PDF = b"%PDF-1.7 made " + bytes(range(256))


@cache
def made_parts(settings: Settings = SETTINGS) -> MailParts:
    edition = made_edition()
    return mail(edition, made_pictures(edition), [templates_folder()], letterhead(settings, "made", AS_OF))


def made_folder(folder: Path, settings: Settings = SETTINGS, parts: MailParts | None = None) -> Path:
    """The folder of the made edition."""
    held = parts or made_parts(settings)
    about = {
        "name": "The External Account",
        "subject": held.subject,
        "preheader": held.preheader,
        "page": letterhead(settings, "made", AS_OF).page,
        "postal_address": settings.mail.postal_address,
        "images": sorted(held.images),
    }
    files = {
        "facts.json": json.dumps({"briefing": "made", "as_of": AS_OF.isoformat()}).encode(),
        "briefing.pdf": PDF,
        "mail/mail.html": held.html.encode(),
        "mail/mail.txt": held.text.encode(),
        "mail/mail.json": json.dumps(about).encode(),
        **{f"mail/{name}": body for name, body in held.images.items()},
    }
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


@cache
def made_key(bits: int = 2048) -> bytes:
    """A private key in PEM."""
    key = rsa.generate_private_key(65537, bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def made_dkim(folder: Path, pem: bytes | None = None) -> Dkim:
    """The settings of a signature, with the key in a file that only its owner can read."""
    path = folder / "dkim.pem"
    path.write_bytes(made_key() if pem is None else pem)
    path.chmod(0o600)
    return Dkim("example.org", "sel", path)
