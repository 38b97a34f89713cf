-- The shelf: what the user thinks of pictures, and where pictures come from.

ALTER TABLE image ADD COLUMN star INTEGER NOT NULL DEFAULT 0;      -- 1: one of the good ones
ALTER TABLE image ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;  -- 1: looked at and turned down
ALTER TABLE image ADD COLUMN binned INTEGER;                       -- when it was put into the bin; NULL: it is on the shelf
ALTER TABLE image ADD COLUMN purged INTEGER;                       -- when its file was deleted for good; the row stays
CREATE INDEX image_star ON image (job, idx) WHERE star;
CREATE INDEX image_binned ON image (binned) WHERE binned IS NOT NULL;

-- The user's own words on a picture.
CREATE TABLE tag (
    job   INTEGER NOT NULL,
    idx   INTEGER NOT NULL,
    word  TEXT    NOT NULL,
    PRIMARY KEY (job, idx, word),
    FOREIGN KEY (job, idx) REFERENCES image (job, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_word ON tag (word);

ALTER TABLE job ADD COLUMN parent_idx INTEGER;                     -- which of the parent's pictures it was made from
ALTER TABLE job ADD COLUMN name TEXT;                              -- the user's name for this branch
ALTER TABLE job ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;      -- 1: a dead end, folded away in the tree

-- What is kept with a job's picture files, where that is other than the settings say.
CREATE TABLE keeping (
    job      INTEGER PRIMARY KEY REFERENCES job (id),
    metadata TEXT    NOT NULL,                                     -- full, minimal or none
    sidecar  INTEGER NOT NULL                                      -- 1: the recipe as a JSON file beside the picture, too
) STRICT;
