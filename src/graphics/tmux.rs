//! The terminal around tmux: asked of tmux itself, since the environment inside is that of the terminal tmux was started
//! in, and what is asked of the terminal would end in the pane's title.

use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// tmux answers within a few milliseconds; longer than this nobody waits for a picture.
const PATIENCE: Duration = Duration::from_millis(250);

const FORMAT: &str = "#{client_termtype}|#{client_termname}|#{client_cell_width}x#{client_cell_height}|#{version}|\
                      #{allow-passthrough}|#{client_pid}.#{client_created}|#{window_active}";

/// What tmux says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outer {
    /// What the terminal calls itself (`kitty(0.48.2)`), or its `TERM`; empty when none is attached.
    pub name: String,
    /// Pixels of its cells.
    pub cell: Option<(u16, u16)>,
    /// Whether tmux lets commands through that are not its own.
    pub passes: bool,
    /// tmux's own version.
    pub version: String,
    /// Which of its clients is attached; empty where it does not say.
    pub client: String,
    /// Our window is not the one that is shown.
    pub hidden: bool,
}

/// Asks tmux, which has to answer soon.
pub fn ask() -> Option<Outer> {
    let mut command = Command::new("tmux");
    command.args(["display-message", "-p", FORMAT]).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut out = child.stdout.take()?;
    let (sender, answer) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        if std::io::Read::read_to_string(&mut out, &mut text).is_ok() {
            let _ = sender.send(text);
        }
    });
    let text = answer.recv_timeout(PATIENCE).ok();
    let _ = child.kill();
    let _ = child.wait();
    read(text?.trim_end_matches('\n'))
}

fn read(text: &str) -> Option<Outer> {
    let mut parts = text.split('|');
    let mut part = || parts.next();
    let (kind, term, cell, version, passes) = (part()?, part()?, part()?, part()?, part()?);
    let (client, shown) = (part().unwrap_or_default(), part().unwrap_or("1"));
    let name = if kind.is_empty() { term } else { kind };
    let cell = cell.split_once('x').and_then(|(across, down)| Some((across.parse().ok()?, down.parse().ok()?)));
    Some(Outer {
        name: crate::domain::text::clean(name).into_owned(),
        cell: cell.filter(|(across, down)| *across > 0 && *down > 0),
        // A number in older versions.
        passes: matches!(passes, "on" | "all" | "1" | "2"),
        version: crate::domain::text::clean(version).into_owned(),
        client: client.to_owned(),
        hidden: shown == "0",
    })
}

/// A command wrapped so that tmux hands it to the terminal.
pub(super) fn through(command: &[u8]) -> Vec<u8> {
    let mut out = b"\x1bPtmux;".to_vec();
    for byte in command {
        out.extend((*byte == 0x1b).then_some(0x1b));
        out.push(*byte);
    }
    out.extend(b"\x1b\\");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tmux_says_is_read() {
        let outer = read("kitty(0.48.2)|xterm-kitty|10x19|3.3a|1").expect("five parts");
        assert_eq!((outer.name.as_str(), outer.cell, outer.passes), ("kitty(0.48.2)", Some((10, 19)), true));
        let outer = read("|xterm-256color|0x0|3.8|off").expect("five parts");
        assert_eq!((outer.name.as_str(), outer.cell, outer.passes), ("xterm-256color", None, false));
        assert_eq!(read("||x|3.3a|0").map(|outer| outer.name), Some(String::new()), "nobody is attached");
        assert!(!outer.hidden && outer.client.is_empty());
        let outer = read("kitty(0.48.2)|xterm-kitty|10x19|3.3a|1|123.456|0").expect("seven parts");
        assert!(outer.hidden && outer.client == "123.456");
        assert_eq!(read("no tmux"), None);
        assert!(read("a\x1b[2J|b|1x1|3|all").is_some_and(|outer| !outer.name.contains('\x1b') && outer.passes));
    }

    #[test]
    fn escapes_are_doubled_on_the_way_through() {
        assert_eq!(through(b"\x1b_Gq=2;AA\x1b\\"), b"\x1bPtmux;\x1b\x1b_Gq=2;AA\x1b\x1b\\\x1b\\");
    }
}
