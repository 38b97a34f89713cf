//! A local DashScope.
pub mod painter;
