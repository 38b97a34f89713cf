//! Text to many requests, pure: wildcards and the prompt matrix, styles, and the rows of batch files and grids.
//!
//! Lives here: what a template means ([`expand`]), what a style puts around a prompt ([`style`]),
//! what a row says ([`batch`]). Lives elsewhere: reading the files (a
//! caller hands in their text), what a model can do with a row ([`catalog`](crate::catalog)), sending it.

pub mod batch;
pub mod expand;
mod nearest;
pub mod style;
