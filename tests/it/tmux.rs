//! The studio in a real tmux, in a terminal that shows kitty's pictures: whatever the user does with windows and clients,
//! what is to be seen has its pictures. Where there is no tmux, nothing is tested, and that is said.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::ghosts::stage::{STILL, Shelf, life};
use crate::pty::{Line, Start};
use crate::terminal::{Kind, Terminal};

/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

const SETTINGS: &str = "set -g allow-passthrough on\nset -g default-terminal screen-256color\nset -g status off\n\
                        set -as terminal-features ',*:RGB'\nset -g escape-time 0\n";

/// A terminal, and in it a client of tmux.
struct Client {
    line: Line,
    terminal: Terminal,
}

impl Client {
    /// Waits until what is seen is as wished.
    fn wait(&mut self, what: &str, wished: impl Fn(&Terminal) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wished(&self.terminal) {
            if let Some(bytes) = self.line.take(Duration::from_millis(50)) {
                self.terminal.write(&bytes);
                let answers = self.terminal.take_answers();
                if !answers.is_empty() {
                    self.line.send(&answers);
                }
            }
            let (text, holes) = (self.terminal.text(), self.terminal.holes());
            assert!(Instant::now() < end, "waited in vain for {what}; {holes:?} on\n{text}");
        }
    }

    /// Waits until pictures are seen in so many cells, and lack nowhere.
    fn wait_for_pictures(&mut self, what: &str, cells: usize) {
        self.wait(what, |terminal| terminal.covered() >= cells && terminal.holes().is_empty());
    }
}

/// A tmux with the studio in its first window.
struct Tmux {
    shelf: Shelf,
    folder: tempfile::TempDir,
}

impl Tmux {
    /// `None`, and a word about it, where there is no tmux.
    fn new() -> Option<Tmux> {
        let there = Command::new("tmux").arg("-V").output().is_ok_and(|output| output.status.success());
        if !there {
            eprintln!("skipped: there is no tmux on this machine");
            return None;
        }
        let tmux = Tmux { shelf: Shelf::new(), folder: tempfile::tempdir().unwrap() };
        std::fs::write(tmux.folder.path().join("tmux.conf"), SETTINGS).unwrap();
        Some(tmux)
    }

    fn place(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A client in a terminal of its own, which does this.
    fn client(&self, size: (u16, u16), words: &[&str]) -> Client {
        self.client_in(Kind::Kitty, size, words)
    }

    fn client_in(&self, kind: Kind, size: (u16, u16), words: &[&str]) -> Client {
        let (socket, settings) = (self.place("socket"), self.place("tmux.conf"));
        let args = [&["-S", &socket, "-f", &settings], words].concat();
        let environment = self.shelf.environment();
        let mut env: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let paths = std::env::var("PATH").unwrap();
        env.extend([("PATH", paths.as_str()), ("TERM", "xterm-256color"), ("SHELL", "/bin/sh")]);
        let line = Start { program: Path::new("tmux"), args: &args, env: &env, size }.line(None);
        Client { line, terminal: Terminal::new(kind, size.0, size.1) }
    }

    /// Starts the studio.
    fn start(&self, size: (u16, u16)) -> Client {
        let mut client = self.client(size, &["new-session", concat!("exec ", env!("CARGO_BIN_EXE_pinxit"))]);
        client.wait_for_pictures("the newest picture", 20);
        client
    }

    /// The studio in front of the gallery; cells its pictures take.
    fn gallery(&self, client: &mut Client) -> usize {
        self.press("Escape");
        client.wait("letters to act", |terminal| !terminal.text().contains("Prompt typing"));
        self.press("3");
        client.wait_for_pictures("the gallery", 300);
        // All six of them: the last one stands alone in its place.
        let all = |terminal: &Terminal| {
            ["#3a", "#2b", "#2a", "#1c", "#1b", "#1a"].iter().all(|name| terminal.text().contains(name))
        };
        client.wait("all names", all);
        self.rest(client);
        let covered = client.terminal.covered();
        client.wait_for_pictures("all pictures", covered);
        covered
    }

    /// Waits until the studio has nothing more to do, whoever sees it.
    fn rest(&self, client: &mut Client) {
        let told = self.say(&["display-message", "-p", "-t", ":0.0", "#{pane_pid}"]);
        let studio: u32 = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
        let end = Instant::now() + PATIENCE;
        let mut before = life(studio);
        loop {
            assert!(Instant::now() < end, "the studio never rests");
            let still = Instant::now() + STILL;
            client.wait("a moment", |_| Instant::now() > still);
            let now = life(studio);
            if now.as_ref().is_none_or(|life| life.asleep && before.as_ref() == Some(life)) {
                return;
            }
            before = now;
        }
    }

    /// Tells tmux to do something.
    fn say(&self, words: &[&str]) -> Output {
        let output = Command::new("tmux").args(["-S", &self.place("socket")]).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        output
    }

    /// A key for the studio, wherever the user is.
    fn press(&self, key: &str) {
        self.say(&["send-keys", "-t", ":0.0", key]);
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-S", &self.place("socket"), "kill-server"]).output();
    }
}

#[test]
fn pictures_sent_while_the_user_is_in_another_window_are_there_when_they_come_back() {
    let Some(tmux) = Tmux::new() else { return };
    let mut client = tmux.start((120, 40));
    let all = tmux.gallery(&mut client);
    tmux.say(&["new-window", "echo elsewhere; exec sleep 60"]);
    client.wait("the other window", |terminal| terminal.text().contains("elsewhere"));
    // All are sent again, to nobody: the studio cannot know yet that another window is in front.
    tmux.press("C-l");
    tmux.rest(&mut client);
    tmux.say(&["select-window", "-t", ":0"]);
    client.wait_for_pictures("the pictures in front again", all);
    // And a picture that is to be seen first while nobody looks.
    tmux.say(&["select-window", "-t", ":1"]);
    client.wait("the other window", |terminal| terminal.text().contains("elsewhere"));
    tmux.press("Enter");
    tmux.say(&["select-window", "-t", ":0"]);
    client.wait_for_pictures("the viewer", all);
    client.wait("the viewer", |terminal| !terminal.text().contains("#2b"));
}

#[test]
fn a_window_that_is_divided_keeps_its_pictures() {
    let Some(tmux) = Tmux::new() else { return };
    let mut client = tmux.start((120, 40));
    tmux.gallery(&mut client);
    tmux.press("C-l");
    tmux.say(&["split-window", "-h", "-t", ":0.0", "echo beside; exec sleep 60"]);
    client.wait("both panes", |terminal| terminal.text().contains("beside"));
    client.wait_for_pictures("the smaller gallery", 150);
    // The other pane fills the window, and then no longer.
    tmux.say(&["resize-pane", "-Z", "-t", ":0.1"]);
    client.wait("the other pane alone", |terminal| terminal.covered() == 0);
    tmux.press("C-l");
    tmux.say(&["resize-pane", "-Z", "-t", ":0.1"]);
    client.wait_for_pictures("the gallery again", 150);
}

#[test]
fn whoever_attaches_gets_the_pictures() {
    let Some(tmux) = Tmux::new() else { return };
    let mut client = tmux.start((120, 40));
    let all = tmux.gallery(&mut client);
    // The line drops, and the next terminal is of another size, and the one after that of the same.
    for (size, least) in [((90, 30), 150), ((90, 30), 150), ((120, 40), all)] {
        drop(client);
        client = tmux.client(size, &["attach-session"]);
        client.wait_for_pictures("the pictures in another terminal", least);
    }
    // One that shows no pictures in between: the first key in the next terminal brings them back.
    drop(client);
    client = tmux.client_in(Kind::Plain, (120, 40), &["attach-session"]);
    client.wait("blocks", |terminal| terminal.text().contains(['▄', '▀', '▚', '▌', '▖']));
    drop(client);
    client = tmux.client((120, 40), &["attach-session"]);
    client.wait("blocks", |terminal| terminal.text().contains("[3 Gallery]"));
    client.line.send(b"l");
    client.wait_for_pictures("the pictures after another terminal", all);
    // A second one beside the first, which keeps its own.
    let mut other = tmux.client((120, 40), &["attach-session"]);
    other.wait_for_pictures("the pictures in both", all);
    client.wait_for_pictures("the pictures in both", all);
}
