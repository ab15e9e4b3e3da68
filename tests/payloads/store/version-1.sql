BEGIN TRANSACTION;
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
INSERT INTO "answer" VALUES(1,1,'fred','fred:GDP','https://fred.example/fred:GDP','2030-03-01','2030-03-01T12:00:00+00:00',200,'f1fcfe049c55a7eabeb7aaf8fad1383a2c357b3a9d18d4e889cff872c98f856f','','','',0);
INSERT INTO "answer" VALUES(2,2,'fred','fred:GDP','https://fred.example/fred:GDP','2030-04-01','2030-04-01T12:00:00+00:00',200,'0aa1938a6d5672f8a9f2814076c4d66bcf31005befc1f002309a67371c086f6f','','','',0);
CREATE TABLE covers (
    request TEXT NOT NULL,
    series TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES answer (id),
    PRIMARY KEY (series, request)
) WITHOUT ROWID;
INSERT INTO "covers" VALUES('fred:GDP','fred:GDP',1);
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
INSERT INTO "layer" VALUES(1,'fred:GDP',1,'revision',1,'usd_bn','','2029Q2','100.0,101.0');
INSERT INTO "layer" VALUES(2,'fred:GDP',2,'revision',0,'usd_bn','','2029Q3','102.0,103.0');
CREATE TABLE payload (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO "payload" VALUES('0aa1938a6d5672f8a9f2814076c4d66bcf31005befc1f002309a67371c086f6f',17,X'789C333430D033D03134300293C67A06001C85032B');
INSERT INTO "payload" VALUES('f1fcfe049c55a7eabeb7aaf8fad1383a2c357b3a9d18d4e889cff872c98f856f',11,X'789C333430D033D0313430D43300000C52020C');
CREATE TABLE pull (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    started_at TEXT NOT NULL,
    made_by TEXT NOT NULL
);
INSERT INTO "pull" VALUES(1,'2030-03-01[''100.0,101.0'']','2030-03-01','2030-03-01T12:00:00+00:00','a test');
INSERT INTO "pull" VALUES(2,'2030-04-01[''100.0,102.0,103.0'']','2030-04-01','2030-04-01T12:00:00+00:00','a test');
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
INSERT INTO "vintage" VALUES(1,1,'fred:GDP@2030-03-01','2030-03-01','Bureau of Economic Analysis','https://fred.stlouisfed.org/series/GDP','f1fcfe049c55a7eabeb7aaf8fad1383a2c357b3a9d18d4e889cff872c98f856f','');
INSERT INTO "vintage" VALUES(2,2,'fred:GDP@2030-04-01','2030-04-01','Bureau of Economic Analysis','https://fred.stlouisfed.org/series/GDP','0aa1938a6d5672f8a9f2814076c4d66bcf31005befc1f002309a67371c086f6f','');
CREATE INDEX answer_request ON answer (request, id);
CREATE INDEX layer_series ON layer (series);
CREATE TRIGGER pull_update BEFORE UPDATE ON pull BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER pull_delete BEFORE DELETE ON pull BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER payload_update BEFORE UPDATE ON payload BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER payload_delete BEFORE DELETE ON payload BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER answer_update BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER answer_delete BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER covers_update BEFORE UPDATE ON covers BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER covers_delete BEFORE DELETE ON covers BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER vintage_update BEFORE UPDATE ON vintage BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER vintage_delete BEFORE DELETE ON vintage BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER layer_update BEFORE UPDATE ON layer BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
CREATE TRIGGER layer_delete BEFORE DELETE ON layer BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END;
COMMIT;
