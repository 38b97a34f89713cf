-- Moments are milliseconds since the epoch (UTC), money is in millionths, JSON columns hold domain types as serde writes them.

CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO revision VALUES (1, 0);

CREATE TABLE job (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    request       TEXT    NOT NULL,            -- the snapshot
    model         TEXT    NOT NULL,            -- as in the snapshot, for indexes
    service       TEXT    NOT NULL,            -- the only service it may ever be sent to
    estimate      TEXT    NOT NULL,
    out           BLOB,                        -- a path is bytes
    created       INTEGER NOT NULL,
    phase         TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    sent          INTEGER,
    ended         INTEGER,
    billed_images INTEGER,
    task          TEXT,
    request_id    TEXT,
    actual_prompt TEXT,
    fault         TEXT,
    note          TEXT    NOT NULL DEFAULT '',
    revision      INTEGER NOT NULL
) STRICT;
CREATE INDEX job_revision ON job (revision);
CREATE INDEX job_phase ON job (phase, service, model, id);
CREATE TRIGGER job_snapshot BEFORE UPDATE OF request, model, service, estimate, created ON job
BEGIN SELECT RAISE(ABORT, 'what was asked never changes'); END;

-- One row for every paid call that ever left, written before it left.
CREATE TABLE attempt (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    job     INTEGER NOT NULL REFERENCES job (id),
    model   TEXT    NOT NULL,
    route   TEXT    NOT NULL DEFAULT '',
    sent    INTEGER NOT NULL,
    task    TEXT,
    request_id TEXT,
    settled INTEGER,                           -- when its fate was known
    outcome TEXT                               -- the event that settled it; NULL while it is under way
) STRICT;
CREATE INDEX attempt_job ON attempt (job);
CREATE INDEX attempt_model ON attempt (model, sent);
-- Never two calls under way for one job.
CREATE UNIQUE INDEX attempt_open ON attempt (job) WHERE outcome IS NULL;
CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

-- Pictures an answer promised, and where to fetch them.
CREATE TABLE promise (
    job     INTEGER NOT NULL REFERENCES job (id),
    idx     INTEGER NOT NULL,
    url     TEXT    NOT NULL,
    PRIMARY KEY (job, idx)
) STRICT, WITHOUT ROWID;

-- Pictures on disk.
CREATE TABLE image (
    job     INTEGER NOT NULL REFERENCES job (id),
    idx     INTEGER NOT NULL,
    path    BLOB    NOT NULL UNIQUE,
    sha256  TEXT    NOT NULL,
    width   INTEGER NOT NULL,
    height  INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    format  TEXT    NOT NULL,
    seed    INTEGER,
    saved   INTEGER NOT NULL,
    PRIMARY KEY (job, idx)
) STRICT, WITHOUT ROWID;

-- What was billed, once for each attempt.
CREATE TABLE ledger (
    attempt  INTEGER PRIMARY KEY REFERENCES attempt (id),
    job      INTEGER NOT NULL REFERENCES job (id),
    model    TEXT    NOT NULL,
    images   INTEGER NOT NULL,
    unit     INTEGER,                          -- price of one picture; NULL: not known
    currency TEXT,
    basis    TEXT,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_at ON ledger (at);
CREATE INDEX ledger_job ON ledger (job);

-- What the user wants done, until the engine has taken it.
CREATE TABLE intent (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    intent TEXT    NOT NULL
) STRICT;

CREATE TABLE log (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    job  INTEGER NOT NULL REFERENCES job (id),
    at   INTEGER NOT NULL,
    text TEXT    NOT NULL
) STRICT;
CREATE INDEX log_job ON log (job, id);
