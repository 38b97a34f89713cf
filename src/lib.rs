//! pinxit.
pub mod api;
pub mod catalog;
pub mod domain;
pub mod emulator;
pub mod engine;
pub mod picture;
pub mod store;
