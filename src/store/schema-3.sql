-- The queue: turns, pauses, batches, money set aside.

CREATE TABLE batch (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT    NOT NULL,
    source   BLOB,                             -- the file it was read from; a path is bytes
    service  TEXT    NOT NULL,
    created  INTEGER NOT NULL,
    parallel INTEGER,                          -- jobs of it at work at once, at most
    paused   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Kept back until resumed: everything (model '') or one model's jobs.
CREATE TABLE pause (
    service TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    PRIMARY KEY (service, model)
) STRICT, WITHOUT ROWID;

ALTER TABLE job ADD COLUMN place INTEGER NOT NULL DEFAULT 0;       -- whose turn is first: the lowest
ALTER TABLE job ADD COLUMN project TEXT;                           -- what it is booked under
ALTER TABLE job ADD COLUMN batch INTEGER REFERENCES batch (id);
ALTER TABLE job ADD COLUMN row TEXT;                               -- the row's name in the batch
ALTER TABLE job ADD COLUMN row_key TEXT;                           -- the row's content: who asks for it again finds the job
ALTER TABLE job ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;     -- 1: out of the user's sight
ALTER TABLE job ADD COLUMN until INTEGER;                          -- what the note counts down to
ALTER TABLE job ADD COLUMN reserve INTEGER NOT NULL DEFAULT 0;     -- money set aside for what is not billed yet
ALTER TABLE job ADD COLUMN currency TEXT;                          -- of the reserve; NULL: the price is not known
UPDATE job SET place = id;
UPDATE job SET currency = lower(json_extract(estimate, '$.known.unit.currency')),
    reserve = CASE WHEN phase IN ('DONE', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED') THEN 0
        ELSE max(0, coalesce(json_extract(estimate, '$.known.unit.micros') * json_extract(estimate, '$.known.images'), 0)
            - (SELECT coalesce(sum(unit * images), 0) FROM ledger WHERE ledger.job = job.id)) END;
CREATE INDEX job_turn ON job (service, model, place, id) WHERE phase = 'QUEUED';
CREATE INDEX job_reserve ON job (currency) WHERE reserve > 0;
CREATE INDEX job_batch ON job (batch, phase) WHERE batch IS NOT NULL;
CREATE INDEX job_row ON job (row_key) WHERE row_key IS NOT NULL;

-- A job may be edited while it waits here and nothing was sent. What was asked of the service never changes.
DROP TRIGGER job_snapshot;
CREATE TRIGGER job_snapshot BEFORE UPDATE OF request, model, estimate ON job
WHEN old.phase NOT IN ('HELD', 'QUEUED') OR old.answered > 0
BEGIN SELECT RAISE(ABORT, 'what was asked never changes'); END;
CREATE TRIGGER job_born BEFORE UPDATE OF service, created ON job
BEGIN SELECT RAISE(ABORT, 'what was asked never changes'); END;

ALTER TABLE attempt ADD COLUMN stake INTEGER NOT NULL DEFAULT 0;   -- the money at risk when it left
ALTER TABLE attempt ADD COLUMN currency TEXT;
ALTER TABLE attempt ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;   -- questions asked after its task
ALTER TABLE attempt ADD COLUMN found INTEGER NOT NULL DEFAULT 0;   -- 1: its answer was lost, its task found on the service
ALTER TABLE attempt ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;   -- times its task was looked for on the service
CREATE INDEX attempt_task ON attempt (task) WHERE task IS NOT NULL;
CREATE INDEX attempt_outcome ON attempt (outcome, sent);
