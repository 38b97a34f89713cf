//! A line that begins with the value there is: what is typed first takes its place, any other key changes it.

/// A line being typed, with its cursor at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryLine {
    /// What it says.
    pub text: String,
    /// Nothing was typed yet: the next letter begins afresh.
    pub untouched: bool,
}

impl EntryLine {
    /// Begins with a value.
    pub fn of(value: impl Into<String>) -> EntryLine {
        let text = value.into();
        EntryLine { untouched: !text.is_empty(), text }
    }
}
