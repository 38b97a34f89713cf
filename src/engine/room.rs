//! Is there room for the pictures? Asked before they are paid for.
//!
//! What is *not* here: a disk that fills up later. Then the picture is tried again while the service has it (fetch).

use std::ops::ControlFlow::{self, Break, Continue};
use std::path::Path;
use std::rc::Rc;

use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::domain::{Event, Job, Request};
use crate::store::Learned;

/// Says how many bytes are free in a directory; `None` where nobody knows.
pub(super) type Look = Rc<dyn Fn(&Path) -> Option<u64>>;

/// Room that stays free beside the pictures: for the database, and for others.
const SPARE: u64 = 64_000_000;

/// Asks the system.
pub(super) fn free(dir: &Path) -> Option<u64> {
    let facts = rustix::fs::statvfs(dir).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

impl<R: Remote> Worker<R> {
    /// Goes on where a request's pictures can be kept. Without room for them the job is back in the queue, unpaid, and its
    /// lane stays closed until the next look.
    pub(super) async fn has_room(&self, live: &Live, job: &Job, part: &Request) -> ControlFlow<()> {
        // Where the place itself is the trouble, that was said already.
        let Ok(dir) = self.store.incoming(job) else { return Continue(()) };
        let needed = expected(part.n, self.remote.pixels(part)) + SPARE;
        let Some(free) = (self.room)(&dir).filter(|free| *free < needed) else {
            self.cramped.borrow_mut().remove(&live.id);
            return Continue(());
        };
        let place = job.out.as_deref().unwrap_or(&self.store.places().pictures).display().to_string();
        let why = format!("not sent: {} are free in {place}, about {} are needed", size(free), size(needed));
        let now = self.clock.now();
        let until = now.after(self.pace.longest_retry);
        self.in_lane(&live.model, |lane| {
            lane.give_back(job.since);
            lane.close(now, until);
        });
        // Once: it is looked at every minute, maybe for days.
        let is_news = self.cramped.borrow_mut().insert(live.id);
        let log = is_news.then(|| format!("{why}; nothing is billed, and it is sent when there is room"));
        let note = Some(format!("{why}, next look"));
        self.record(live.id, Event::Return, Learned { note, until: Some(until), log, ..Learned::default() }).await;
        Break(())
    }
}

/// Bytes of so many pictures: a PNG of this service takes some 2.2 a pixel.
fn expected(count: u32, pixels: u64) -> u64 {
    (pixels * 11 / 5).saturating_mul(u64::from(count.max(1)))
}

/// `12 MB`
fn size(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_large_pictures_take_forty_megabytes() {
        assert_eq!(size(expected(4, 2048 * 2048)), "37 MB");
        assert_eq!((size(1), size(12_000_000)), ("1 MB".into(), "12 MB".into()));
    }

    #[test]
    fn the_system_knows_how_much_is_free_where_there_is_a_directory() {
        assert!(free(Path::new("/")).is_some());
        assert_eq!(free(Path::new("/not/there")), None);
    }
}
