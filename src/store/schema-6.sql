-- The shelf, searched and put in order: which jobs asked with which words, what one picture costs, how large it is.

CREATE INDEX job_words ON job (json_extract(request, '$.prompt'));
CREATE INDEX job_price ON job (coalesce(json_extract(estimate, '$.known.unit.micros'), -1));
CREATE INDEX image_pixels ON image (width * height);
