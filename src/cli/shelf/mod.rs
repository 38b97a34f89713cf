//! The shelf on the command line: pictures listed and searched, starred, turned down, tagged, booked, binned and purged.
//!
//! ```text
//!  which   pictures as they are named: 12b, 12-18, or all that a query is about
//!  list    `list` and `search`            shown   a picture as a line, a row, JSON
//!  mark    stars, rejects, tags, projects, the bin and the way back
//!  purge   files deleted for good
//! ```
//!
//! What a query means is the domain's, who finds the pictures is the store.

mod list;
mod mark;
mod purge;
mod shown;
mod which;

pub use list::{ListArgs, SearchArgs, list, search};
pub use mark::{BinArgs, MarkArgs, ProjectArgs, TagArgs, UndoArgs, bin, project, reject, star, tag, undo, untag};
pub use purge::{PurgeArgs, purge};
pub use shown::value;

/// What a query is made of, for every command that takes one.
const QUERIES: &str = "\
Everything in a query must hold; a comma in a field is an or, ! turns a word
around. Without a field, letters are looked for in the prompt; \"in quotes\" they
are one phrase.
  model:wan2.7*     star:yes|no       rejected:yes|no   tag:shop,night
  project:spring    since:7d|DATE     until:24h|DATE    size:2048x1152
  ratio:16:9        seed:42           id:12b  job:12-18 batch:3
  name:dawn         file:*neon*       format:png        cost>0.05
  bin:yes|all       sort:new|old|cost|size
";

/// Examples of `star`.
pub const STAR: &str = "\
Examples:
  pinxit star 12b 14
  pinxit star --off 12b
  pinxit star --matching 'tag:best'
";

/// Examples of `reject`.
pub const REJECT: &str = "\
Examples:
  pinxit reject 12a 12c
  pinxit reject --off 12a
  pinxit bin --matching rejected:yes
";

/// Examples of `tag`.
pub const TAG: &str = "\
Examples:
  pinxit tag shop,night 12b 14
  pinxit tag \"late night\" --matching 'neon since:7d'
";

/// Examples of `untag`.
pub const UNTAG: &str = "\
Example:
  pinxit untag shop 12b
";
