-- The history: where a job comes from, every prompt ever sent, and the draft.

ALTER TABLE job ADD COLUMN parent INTEGER REFERENCES job (id);     -- the job it was made from
CREATE INDEX job_parent ON job (parent) WHERE parent IS NOT NULL;

-- Each prompt once, by the newest job that asked with it: newest first is the order of the key.
CREATE TABLE prompt (
    job   INTEGER PRIMARY KEY REFERENCES job (id),
    words TEXT    NOT NULL UNIQUE,
    times INTEGER NOT NULL                     -- jobs that asked with it
) STRICT;
-- Trigrams find parts of words, and words of scripts that have no blanks between them.
CREATE VIRTUAL TABLE prompt_text USING fts5 (words, content = 'prompt', content_rowid = 'job', tokenize = 'trigram');

INSERT INTO prompt (job, words, times)
    SELECT max(id), words, count(*) FROM (SELECT id, json_extract(request, '$.prompt') AS words FROM job)
    WHERE words <> '' GROUP BY words;
INSERT INTO prompt_text (prompt_text) VALUES ('rebuild');

CREATE TRIGGER prompt_kept AFTER INSERT ON prompt
BEGIN INSERT INTO prompt_text (rowid, words) VALUES (new.job, new.words); END;
CREATE TRIGGER prompt_dropped AFTER DELETE ON prompt
BEGIN INSERT INTO prompt_text (prompt_text, rowid, words) VALUES ('delete', old.job, old.words); END;
CREATE TRIGGER prompt_moved AFTER UPDATE OF job ON prompt WHEN old.job <> new.job
BEGIN
    INSERT INTO prompt_text (prompt_text, rowid, words) VALUES ('delete', old.job, old.words);
    INSERT INTO prompt_text (rowid, words) VALUES (new.job, new.words);
END;

CREATE TRIGGER job_prompt AFTER INSERT ON job WHEN json_extract(new.request, '$.prompt') <> ''
BEGIN
    INSERT INTO prompt (job, words, times) VALUES (new.id, json_extract(new.request, '$.prompt'), 1)
        ON CONFLICT (words) DO UPDATE SET job = max(job, excluded.job), times = times + 1;
END;
-- A waiting job that is edited asks with other words.
CREATE TRIGGER job_reworded AFTER UPDATE OF request ON job
WHEN json_extract(old.request, '$.prompt') <> json_extract(new.request, '$.prompt')
BEGIN
    UPDATE prompt SET times = times - 1 WHERE words = json_extract(old.request, '$.prompt');
    DELETE FROM prompt WHERE words = json_extract(old.request, '$.prompt') AND times = 0;
    UPDATE prompt SET job = (SELECT max(id) FROM job WHERE json_extract(request, '$.prompt') = prompt.words)
        WHERE job = new.id AND words = json_extract(old.request, '$.prompt');
    INSERT INTO prompt (job, words, times)
        SELECT new.id, json_extract(new.request, '$.prompt'), 1 WHERE json_extract(new.request, '$.prompt') <> ''
        ON CONFLICT (words) DO UPDATE SET job = max(job, excluded.job), times = times + 1;
END;

-- What is in the studio's form: one row, written whole, so that two studios never mix theirs.
CREATE TABLE draft (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    saved INTEGER NOT NULL,
    draft TEXT    NOT NULL
) STRICT;
