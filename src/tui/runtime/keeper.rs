//! Keeps for the next start what the user chose or gave, on threads of their own: a slow disk must not stop the keys.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use crate::config::{self, Paths};
use crate::domain::{Fault, Region, Secret};
use crate::tui::msg::Msg;

/// Writes choices down, one after the other.
#[derive(Debug)]
pub(super) struct Keeper {
    paths: Paths,
    send: UnboundedSender<Msg>,
    writing: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Nothing runs yet.
    pub fn new(paths: Paths, send: UnboundedSender<Msg>) -> Keeper {
        Keeper { paths, send, writing: None }
    }

    /// Keeps a theme; only a failure is told.
    pub fn theme(&mut self, name: String) -> io::Result<()> {
        self.write(move |paths| config::keep_choice(paths, "theme", &name).err().map(Msg::Trouble))
    }

    /// Keeps a key, and the region it is of.
    pub fn key(&mut self, key: Secret, region: Option<Region>) -> io::Result<()> {
        let both = move |paths: &Paths| -> Result<(), Fault> {
            // The region first: a key must never be sent to the region before.
            region.map_or(Ok(()), |region| config::keep_choice(paths, "region", region.id()))?;
            config::keep_key(paths, &key)
        };
        self.write(move |paths| Some(Msg::KeyKept(both(paths))))
    }

    /// Waits until everything is written.
    pub fn finish(&mut self) {
        if let Some(thread) = self.writing.take() {
            let _ = thread.join();
        }
    }

    fn write(&mut self, write: impl FnOnce(&Paths) -> Option<Msg> + Send + 'static) -> io::Result<()> {
        let (paths, send, before) = (self.paths.clone(), self.send.clone(), self.writing.take());
        let thread = std::thread::Builder::new().name("keeper".into()).spawn(move || {
            if let Some(before) = before {
                let _ = before.join();
            }
            if let Some(msg) = write(&paths) {
                // Nobody listens any more once the loop has ended; what is written stands all the same.
                let _ = send.send(msg);
            }
        })?;
        self.writing = Some(thread);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn the_last_choice_holds_and_a_key_is_answered() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::find(home.path().to_str(), None, &|_| None).unwrap();
        let (send, mut answers) = unbounded_channel();
        let mut keeper = Keeper::new(paths.clone(), send);
        for name in ["dusk", "mono", "paper"] {
            keeper.theme(name.to_owned()).unwrap();
        }
        keeper.key(Secret::new("sk-0123456789abcdef".into()), Some(Region::Beijing)).unwrap();
        keeper.finish();
        assert!(matches!(answers.try_recv(), Ok(Msg::KeyKept(Ok(())))));
        assert!(answers.try_recv().is_err(), "a theme that is kept is no news");
        let chosen = std::fs::read_to_string(paths.chosen_file()).unwrap();
        assert!(chosen.contains("theme = \"paper\"") && chosen.contains("region = \"cn-beijing\""), "{chosen}");
        assert!(paths.key_file().exists());
    }
}
