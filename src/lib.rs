//! pinxit.
pub mod emulator;
