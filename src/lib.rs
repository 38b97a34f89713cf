//! pinxit.
pub mod catalog;
pub mod domain;
pub mod emulator;
