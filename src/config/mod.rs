//! Settings in layers: built-in < user file < environment < flags, each with its origin; and where things live.
