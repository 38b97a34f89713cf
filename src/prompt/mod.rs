//! Text to many requests, pure: wildcards and the prompt matrix.
//!
//! Lives here: what a template means ([`expand`]). Lives elsewhere: reading the files of lists (a caller hands in their
//! text), sending anything.

pub mod expand;
mod nearest;
