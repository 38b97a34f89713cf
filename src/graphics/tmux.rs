//! The terminal around tmux: asked of tmux itself, since the environment inside is that of the terminal tmux was started
//! in, and what is asked of the terminal would end in the pane's title.

use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// tmux answers within a few milliseconds; longer than this nobody waits for a picture.
const PATIENCE: Duration = Duration::from_millis(250);

/// About the terminal around our window.
const FORMAT: &str = "#{client_termtype}|#{client_termname}|#{client_cell_width}x#{client_cell_height}|#{version}|\
                      #{allow-passthrough}|#{window_id}|#{?window_zoomed_flag,#{pane_active},1}|#{session_id}";

/// Each client, the window it shows, and its session.
const CLIENTS: &str = "#{client_pid}.#{client_created}|#{window_id}|#{session_id}";

/// What tmux says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outer {
    /// What the terminal calls itself (`kitty(0.48.2)`), or its `TERM`; empty when none is attached.
    pub name: String,
    /// The terminal did not say its name itself, or has not yet.
    pub unnamed: bool,
    /// Pixels of its cells.
    pub cell: Option<(u16, u16)>,
    /// Whether tmux lets commands through that are not its own.
    pub passes: bool,
    /// It lets them through while our window is not shown, too.
    pub passes_unseen: bool,
    /// Somebody is attached to our session, whatever window they look at: what is let through unseen reaches them.
    pub attached: bool,
    /// tmux's own version.
    pub version: String,
    /// The clients that show our window.
    pub clients: Vec<String>,
    /// Nobody sees us: no client shows our window, or another pane fills it.
    pub hidden: bool,
}

/// Asks tmux, which has to answer soon.
pub fn ask() -> Option<Outer> {
    read(&run(&["display-message", "-p", FORMAT, ";", "list-clients", "-F", CLIENTS])?)
}

/// Has tmux let our commands through while our window is not shown, too, or no longer. Of our pane alone: what is sent
/// while the user turns to another window would be lost otherwise. tmux before 3.4 cannot.
pub fn pass_unseen(yes: bool) {
    let _ = run(&["set-option", "-p", "allow-passthrough", if yes { "all" } else { "on" }]);
}

fn run(words: &[&str]) -> Option<String> {
    let mut command = Command::new("tmux");
    command.args(words).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
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
    text
}

fn read(text: &str) -> Option<Outer> {
    let mut lines = text.lines();
    let mut parts = lines.next()?.split('|');
    let mut part = || parts.next();
    let (kind, term, cell, version, passes) = (part()?, part()?, part()?, part()?, part()?);
    let (window, filled, session) = (part(), part() == Some("0"), part());
    let name = if kind.is_empty() { term } else { kind };
    let cell = cell.split_once('x').and_then(|(across, down)| Some((across.parse().ok()?, down.parse().ok()?)));
    let all: Vec<Vec<&str>> = lines.map(|line| line.split('|').collect()).collect();
    let shows = |client: &&Vec<&str>| client.get(1).copied() == window && window.is_some();
    let clients: Vec<String> = all.iter().filter(shows).map(|client| client[0].to_owned()).collect();
    Some(Outer {
        name: crate::domain::text::clean(name).into_owned(),
        unnamed: kind.is_empty(),
        cell: cell.filter(|(across, down)| *across > 0 && *down > 0),
        // A number in older versions.
        passes: matches!(passes, "on" | "all" | "1" | "2"),
        passes_unseen: matches!(passes, "all" | "2"),
        attached: all.iter().any(|client| client.get(2).copied() == session && session.is_some()),
        version: crate::domain::text::clean(version).into_owned(),
        hidden: filled || (window.is_some() && clients.is_empty()),
        clients,
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
        assert!(!outer.hidden && outer.clients.is_empty() && outer.unnamed);
        assert_eq!(read("no tmux"), None);
        assert!(read("a\x1b[2J|b|1x1|3|all").is_some_and(|outer| !outer.name.contains('\x1b') && outer.passes_unseen));
    }

    #[test]
    fn who_sees_us_is_read() {
        let told = |pane: &str, clients: &str| {
            let outer =
                read(&format!("kitty(0.48.2)|xterm-kitty|10x19|3.8|on|@2|{pane}|$1\n{clients}")).expect("whole");
            (outer.clients.join(" "), outer.hidden, outer.attached)
        };
        let three = "12.1700|@2|$1\n15.1800|@3|$4\n19.1900|@2|$7\n";
        assert_eq!(told("1", three), ("12.1700 19.1900".into(), false, true));
        assert_eq!(told("1", "15.1800|@3|$1\n"), (String::new(), true, true), "in another window of the session");
        assert_eq!(told("1", "15.1800|@3|$4\n"), (String::new(), true, false), "in another session");
        assert_eq!(told("1", ""), (String::new(), true, false));
        assert_eq!(told("0", "12.1700|@2|$1\n"), ("12.1700".into(), true, true), "another pane fills the window");
    }

    #[test]
    fn escapes_are_doubled_on_the_way_through() {
        assert_eq!(through(b"\x1b_Gq=2;AA\x1b\\"), b"\x1bPtmux;\x1b\x1b_Gq=2;AA\x1b\x1b\\\x1b\\");
    }
}
