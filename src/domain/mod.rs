//! The nouns of the trade, pure: what a job, a request, a picture, a price and a fault *are*.
//!
//! Lives here: types, the job's state machine, money, sizes, text made safe. Lives elsewhere: what a model can do
//! ([`catalog`](crate::catalog)), how a request looks on the wire ([`api`](crate::api)), where things are kept
//! ([`store`](crate::store)). Nothing here reads a clock, a file or the environment.

mod batch;
mod budget;
mod card;
pub mod change;
mod depth;
pub mod diff;
mod difference;
mod draft;
mod fault;
mod found;
mod ids;
mod image;
mod input;
mod job;
mod keeping;
pub mod lineage;
mod mode;
mod money;
mod pace;
mod phase;
pub mod query;
mod region;
mod request;
mod secret;
mod size;
mod story;
pub mod text;
mod time;
mod writing;

pub use batch::{Batch, Counts};
pub use budget::{Caps, Overrun, Period, Spent};
pub use card::{Card, Mark, tag};
pub use depth::Depth;
pub use difference::Difference;
pub use draft::{Draft, Form, Unfold, has_signs, pile};
pub use fault::{Billed, Fault, FaultKind};
pub use found::Found;
pub use ids::{BatchId, ImageId, JobId, ModelId, Origin, TaskId};
pub use image::{Format, Image};
pub use input::{InputFacts, Mending};
pub use job::{Away, Job, LogLine, Row};
pub use keeping::{Keeping, Metadata};
pub use mode::Mode;
pub use money::{Cost, Currency, Money};
pub use pace::Pace;
pub use phase::{Event, Phase};
pub use region::Region;
pub use request::{Reference, Request, SEED_MAX, Written};
pub use secret::{KEY_LONGEST, Secret};
pub use size::{Preset, Size};
pub use story::Passage;
pub use time::{Now, Stamp};
pub use writing::Writing;
