//! The integration tests, one crate: a module for each thing a user or the server would see.

mod architecture;
mod sample;
mod studio;
mod update;
