//! The integration tests, one crate: a module for each thing a user or the server would see.

mod architecture;
mod flow;
mod readme;
mod sample;
mod service;
mod studio;
mod update;
