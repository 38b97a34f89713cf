//! What stands behind the flags in the help of `batch` and `grid`: how it works, and examples.

/// Of `batch`.
pub const BATCH: &str = "\
A batch is a file with a row for each request: JSON Lines, CSV with a header, or
prompts with flags as other tools write them, a line each. `plan` says what it
comes to and sends nothing. `run` sends what is not done yet: a row is known by
what it asks for, so the same command goes on where it was left, and a row that
is finished is never sent again.

Examples:
  pinxit batch plan spring.jsonl
  pinxit batch run spring.jsonl --parallel 2 --max-cost 5
  pinxit batch                             # the batches there are
  pinxit batch status b3
  pinxit batch resume b3 --parallel 4
  pinxit batch stop b3                     # what is at work still ends
  pinxit batch retry b3 --row hero-red
  pinxit batch edit b3 hero-red size=1024*1024
  pinxit batch export b3 -o results.csv
";

/// Of `batch plan`.
pub const PLAN: &str = "\
Examples:
  pinxit batch plan spring.jsonl
  pinxit batch plan prompts.txt --wildcards all --limit 20
  cat rows.csv | pinxit batch plan - --json | jq '.price.total'
";

/// Of `batch run`.
pub const RUN: &str = "\
A row: {\"id\": \"hero-red\", \"prompt\": \"...\", \"model\": \"wan2.7-image\",
\"size\": \"1472*1104\", \"n\": 1, \"refs\": [\"a.jpg\"], \"seed\": 7,
\"out\": \"hero/{id}.{ext}\"}, and any parameter by its API name. A first row with
\"$defaults\": true holds what all others say unless they say otherwise. Pictures
are looked for beside the file; `out` is counted from where you are, and knows
{id}, {row}, {line}, {model}, {seed}, {slug} and {ext}.

Every row is checked before the first is sent; what is wrong is listed with its
line. Paths of pictures are printed as they come. Exit codes as for gen; 9 where
rows are missing, 10 where some were sent and nobody knows what became of them.

Examples:
  pinxit batch run spring.jsonl --yes
  pinxit batch run prompts.txt --wildcards random --limit 3 -m wan2.7-image
  pinxit batch run rows.csv --inline --ndjson --timeout 3600
  pinxit batch run rows.csv --demo         # try it: nothing is paid
";

/// Of `grid`.
pub const GRID: &str = "\
An axis is FIELD=VALUE,VALUE; a value with a comma stands in double quotes, and
1..4 is 1, 2, 3, 4. A grid is a batch: the same command goes on where it was
left.

Examples:
  pinxit grid --axis seed=1..4 --axis size=1024*1024,1280*720 \"a red fox\"
  pinxit grid --axis model=wan2.7-image,qwen-image --plan \"a tea house poster\"
  pinxit grid --axis thinking_mode=on,off --seed 7 -o \"grid/{id}.{ext}\" \"a fox\"
";
