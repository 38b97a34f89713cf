//! The integration tests, one crate: a module for each thing a user or the server would see.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod cli;
mod demo;
mod dry_run;
mod edit;
mod editing;
mod flow;
mod jobs;
mod layouts;
mod legal;
mod panic;
mod pty;
mod queue_screen;
mod readme;
mod rows;
mod sample;
mod screens;
mod sdk;
mod service;
mod studio;
mod update;
