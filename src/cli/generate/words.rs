//! Where the prompt comes from: the command line, or stdin.

use std::io::{self, IsTerminal, Read};

use crate::domain::{Fault, FaultKind};

/// Longest prompt read from a pipe; the longest any model takes is far below (contract 3.1).
const PROMPT_BYTES: u64 = 1 << 20;

/// The prompt as given, or stdin for `-` or in a pipe. With `whole`, the rest of the request was given as JSON: then
/// silence is not a wish to read on.
pub fn prompt(given: Option<&str>, whole: bool) -> Result<String, Fault> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "prompt", message);
    match given {
        Some(text) if text != "-" => return Ok(text.to_owned()),
        None if whole => return Err(wrong("The request has no prompt.".into())),
        None if io::stdin().is_terminal() => {
            let hint = "Write it on the command line, in quotes; or pipe it in.";
            return Err(wrong("There is no prompt.".into()).hint(hint));
        }
        _ => {}
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(PROMPT_BYTES);
    input.read_to_end(&mut bytes).map_err(|e| wrong(format!("The prompt cannot be read: {e}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("The prompt is not UTF-8 text.".into()))?;
    Ok(text.trim_start_matches('\u{feff}').trim_end().replace("\r\n", "\n"))
}
