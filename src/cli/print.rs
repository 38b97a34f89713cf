//! Writing to stdout and stderr, so that a reader who leaves early ends the program quietly.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::recipe;

/// What a shell reports for a program whose reader went away.
pub const PIPE_CLOSED: u8 = 141;

/// Writes text and a line feed to stdout.
pub fn line(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// JSON on stdout: `--json` or `--ndjson`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    /// One object: a line, or indented when a person reads it.
    Object,
    /// A line for each event, and one for the result.
    Lines,
}

impl Json {
    /// What two flags ask for.
    pub fn of(object: bool, lines: bool) -> Option<Json> {
        lines.then_some(Json::Lines).or(object.then_some(Json::Object))
    }

    /// Writes a value.
    pub fn write(self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = self.text(value)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// The same with texts of strangers in it: a terminal is shown no letter that is an order to it.
    pub fn write_safe(self, value: &impl Serialize) -> anyhow::Result<()> {
        Ok(line(recipe::spelled(&self.text(value)?))?)
    }

    fn text(self, value: &impl Serialize) -> serde_json::Result<String> {
        match self == Json::Object && io::stdout().is_terminal() {
            true => serde_json::to_string_pretty(value),
            false => serde_json::to_string(value),
        }
    }
}

/// Writes a value as one line of JSON to stdout, or indented when a person reads it.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    Json::Object.write(value)
}

/// The same with texts of strangers in it: a terminal is shown no letter that is an order to it.
pub fn safe_json(value: &impl Serialize) -> anyhow::Result<()> {
    Json::Object.write_safe(value)
}

/// Writes bytes to stdout as they are.
pub fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Says something to the person; nobody listening is no error.
pub fn say(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says words that go on: no line feed behind them.
pub fn murmur(words: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(words.as_bytes()).and_then(|()| err.flush());
}

/// Columns and rows of the terminal on stdout, the usual 80x24 when it does not say; `None` in a pipe.
pub fn terminal_size() -> Option<(u16, u16)> {
    let told = || crossterm::terminal::size().ok().filter(|&(columns, rows)| columns > 0 && rows > 0);
    io::stdout().is_terminal().then(|| told().unwrap_or((80, 24)))
}

/// Columns of the terminal on stdout; `None` in a pipe.
pub fn columns() -> Option<usize> {
    terminal_size().map(|(columns, _)| usize::from(columns))
}

/// Cuts text to a width on screen; `None` leaves it whole.
pub fn cut(text: &str, columns: Option<usize>) -> String {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    let Some(most) = columns.filter(|most| text.width() > *most) else { return text.to_owned() };
    let mut used = 0;
    let fits = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used < most
    });
    format!("{}…", fits.collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_its_width_on_screen() {
        assert_eq!(cut("a red fox", Some(6)), "a red…");
        assert_eq!(cut("雪中红狐", Some(5)), "雪中…");
        assert_eq!(cut("雪中红狐", Some(8)), "雪中红狐");
        assert_eq!(cut("a red fox", None), "a red fox");
    }
}
