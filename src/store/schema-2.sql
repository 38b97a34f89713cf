-- Local input pictures, jobs of several requests, stories.

ALTER TABLE job ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;    -- of the job's requests
ALTER TABLE job ADD COLUMN story TEXT NOT NULL DEFAULT '[]';       -- words and pictures in turn
ALTER TABLE job ADD COLUMN document BLOB;                          -- the story's file; a path is bytes
ALTER TABLE job ADD COLUMN unwanted INTEGER NOT NULL DEFAULT 0;    -- 1: the user wants nothing more of it sent
CREATE INDEX job_unwanted ON job (phase) WHERE unwanted;

-- Until now a job was one request. A job that was sent again and is not answered yet keeps its 0.
UPDATE job SET answered = 1
WHERE sent IS NOT NULL AND phase IN ('FETCHING', 'DONE', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED')
    AND (SELECT outcome FROM attempt WHERE attempt.job = job.id ORDER BY id DESC LIMIT 1) = 'answer';

-- The number of the first picture the call may bring; those before it came with earlier calls.
ALTER TABLE attempt ADD COLUMN first INTEGER NOT NULL DEFAULT 0;

-- 1: refused because the route is not for the model. Such a call uses up no turn of a rate.
ALTER TABLE attempt ADD COLUMN astray INTEGER NOT NULL DEFAULT 0;

-- Routes that turned out not to be for a model, until a moment: services change.
CREATE TABLE wrong_route (
    model   TEXT    NOT NULL,
    service TEXT    NOT NULL,
    route   TEXT    NOT NULL,                  -- as attempts name it
    until   INTEGER NOT NULL,
    PRIMARY KEY (model, service, route)
) STRICT, WITHOUT ROWID;

-- Copies of local input pictures, by their name in the directory `inputs`.
CREATE TABLE input (
    job     INTEGER NOT NULL REFERENCES job (id),
    idx     INTEGER NOT NULL,                  -- among all input pictures of the job, from 0
    path    TEXT    NOT NULL,
    sha256  TEXT    NOT NULL,
    PRIMARY KEY (job, idx)
) STRICT, WITHOUT ROWID;

-- Contents that lie in a service's temporary storage until a moment; they are kept for one model.
CREATE TABLE upload (
    sha256  TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    service TEXT    NOT NULL,
    url     TEXT    NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (sha256, model, service)
) STRICT, WITHOUT ROWID;
