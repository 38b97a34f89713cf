//! The integration tests, one crate: a module for each thing a user or the server would see.

mod architecture;
mod demo;
mod flow;
mod panic;
mod pty;
mod readme;
mod sample;
mod service;
mod studio;
mod update;
