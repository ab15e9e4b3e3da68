"""The store's tables: all SQL that makes or changes them stands here.

A store is append-only: triggers refuse every UPDATE and DELETE, so that no code, and no mistake of ours, takes back
what was once known. What a pull saw goes in with one transaction.

::

    pull      one run: its own id, day and moment
    payload   a body as it came, compressed by zlib, under its sha256
    answer    one request of a pull: keyless address, when, with what status, which payload; or the fault
    covers    which series a request answers for, from which answer on
    vintage   a payload's word on some series: Vintage of the model
    layer     what a vintage changed in one series

`layer.text` holds values of consecutive periods, comma-separated, as `Layer.text` does, and `.` for one that the
publisher has withdrawn. A row that is `whole` replaces all before it, another one changes the periods it
holds; see `chain`.

The version of the tables is SQLite's `user_version`. A store of an older version is brought up by the
migrations after it, in order; what has been released is never edited again.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE pull (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    started_at TEXT NOT NULL,
    made_by TEXT NOT NULL
);
CREATE TABLE payload (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    pull INTEGER NOT NULL REFERENCES pull (id),
    source TEXT NOT NULL,
    request TEXT NOT NULL,
    address TEXT NOT NULL,
    day TEXT NOT NULL,
    retrieved_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    fault TEXT NOT NULL,
    fault_code INTEGER NOT NULL
);
CREATE INDEX answer_request ON answer (request, id);
CREATE TABLE covers (
    request TEXT NOT NULL,
    series TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES answer (id),
    PRIMARY KEY (series, request)
) WITHOUT ROWID;
CREATE TABLE vintage (
    id INTEGER PRIMARY KEY,
    answer INTEGER NOT NULL REFERENCES answer (id),
    name TEXT NOT NULL UNIQUE,
    known_on TEXT NOT NULL,
    publisher TEXT NOT NULL,
    link TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    transcribed_via TEXT NOT NULL
);
CREATE TABLE layer (
    id INTEGER PRIMARY KEY,
    series TEXT NOT NULL,
    vintage INTEGER NOT NULL REFERENCES vintage (id),
    form TEXT NOT NULL CHECK (form IN ('path', 'revision')),
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    unit TEXT NOT NULL,
    step TEXT NOT NULL,
    first TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX layer_series ON layer (series);
"""

TABLES = ("pull", "payload", "answer", "covers", "vintage", "layer")

# One script a version, in order: the first makes an empty file a store of version 1, and so on.
MIGRATIONS: tuple[str, ...] = (_FIRST,)


def append_only(tables: tuple[str, ...] = TABLES) -> str:
    """Triggers that refuse to change or take away a row."""
    return "".join(
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;\n"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )
