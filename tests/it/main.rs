//! The integration tests, one crate: a module for each thing a user or the server would see.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod batch;
mod batch_load;
mod cli;
mod cost;
mod demo;
mod downloads;
mod dry_run;
mod edit;
mod editing;
mod flow;
mod harm;
mod history;
mod jobs;
mod kill;
mod layouts;
mod legal;
mod matrix;
mod panic;
mod pty;
mod queue;
mod queue_screen;
mod readme;
mod rescue;
mod rows;
mod sample;
mod screens;
mod sdk;
mod service;
mod studio;
mod tasks;
mod texts;
mod update;
mod watch;
mod worker;
