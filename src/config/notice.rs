//! Something in the configuration that could not be used. It never stops the program; it is said once.

use std::fmt;

use serde::Serialize;

/// Something that could not be used, and what was done instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Which file, variable or flag.
    pub origin: String,
    /// Line in the file, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong and what holds instead. Never contains a key.
    pub message: String,
}

impl Notice {
    /// A notice about a variable, a flag or a whole file.
    pub fn new(origin: impl Into<String>, message: impl Into<String>) -> Notice {
        Notice { origin: origin.into(), line: None, message: message.into() }
    }

    /// Adds the line.
    pub fn at(mut self, line: usize) -> Notice {
        self.line = Some(line).filter(|line| *line > 0);
        self
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.origin, self.message),
            None => write!(f, "{}: {}", self.origin, self.message),
        }
    }
}
