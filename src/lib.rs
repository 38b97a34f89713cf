//! pinxit.
pub mod api;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod domain;
pub mod emulator;
pub mod engine;
pub mod graphics;
pub mod keymap;
pub mod picture;
pub mod store;
pub mod theme;
pub mod tui;
