//! pinxit.
pub mod domain;
pub mod emulator;
