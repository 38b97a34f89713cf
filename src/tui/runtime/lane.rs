//! The lane of the pictures, beside that of the frames: what is in sight is sent, piece by piece, in the gaps. A frame
//! shows cells that stand for pictures; here is known which of those the terminal has, and what is still to be sent.
//!
//! Pure: it says what goes next. Whoever asks writes it, and asks only when no frame waits.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::pace::Pace;
use super::sight::Sight;
use super::stock::{Item, Stock};
use crate::graphics::{Id, Protocol, Ready, forget};

/// Pictures left in the terminal, at most.
const MOST: usize = 64;

/// Bytes they take there decoded, at most.
const DECODED: usize = 128 << 20;

/// What was sent so long before the terminal was found to be elsewhere may not have reached it.
const LOST: Duration = Duration::from_secs(3);

/// How long a tmux that drops what it is sent while it draws anew may take for that.
const DRAWS: Duration = Duration::from_millis(200);

/// What draws the cells that lie over a part of a picture.
pub(super) type Above<'a> = dyn Fn(Rect, Sight) -> Option<Vec<u8>> + 'a;

/// Pictures on their way.
#[derive(Debug)]
pub(super) struct Lane {
    stock: Stock,
    /// How fast it goes.
    pub pace: Pace,
    tmux: bool,
    /// Nobody would see what is sent now.
    hidden: bool,
    /// What is sent all the same reaches the terminal.
    reaches: bool,
    /// Nothing is sent before.
    rests: Option<Instant>,
    sights: Vec<Sight>,
    /// In the terminal, the one seen last at the end.
    held: Vec<Held>,
    under_way: Option<UnderWay>,
    /// Pictures the terminal is to forget.
    unwanted: VecDeque<Id>,
    /// Bands to be drawn: of which picture, and which of them.
    bands: VecDeque<(Sight, usize)>,
    /// Sent whole since somebody asked.
    arrived: Vec<Id>,
    /// Bytes of pictures so far.
    spent: u64,
}

#[derive(Debug)]
struct Held {
    id: Id,
    decoded: usize,
    sent: Instant,
}

#[derive(Debug)]
struct UnderWay {
    id: Id,
    decoded: usize,
    pieces: VecDeque<Vec<u8>>,
    begun: bool,
}

impl Lane {
    /// A lane on which nothing is.
    pub fn new(stock: Stock, pace: Pace) -> Lane {
        Lane {
            stock,
            pace,
            tmux: false,
            hidden: false,
            reaches: false,
            rests: None,
            sights: Vec::new(),
            held: Vec::new(),
            under_way: None,
            unwanted: VecDeque::new(),
            bands: VecDeque::new(),
            arrived: Vec::new(),
            spent: 0,
        }
    }

    /// Whether commands are wrapped for tmux.
    pub fn through_tmux(&mut self, tmux: bool) {
        self.tmux = tmux;
    }

    /// Bytes of pictures sent so far.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Whether pictures of any kind are in sight.
    pub fn sees(&self) -> bool {
        !self.sights.is_empty()
    }

    /// A frame was drawn: these are in sight, and of these, rows were made blank.
    pub fn see(&mut self, sights: &[Sight], blanked: Vec<(Sight, u16)>) {
        if self.sights != sights {
            self.sights = sights.to_vec();
            self.bands.retain(|(sight, _)| sights.contains(sight));
            self.drop_unseen();
        }
        for (sight, row) in blanked {
            let band = (sight, Ready::band_of(row));
            if !self.bands.contains(&band) {
                self.bands.push_back(band);
            }
        }
    }

    /// Stops sending what nobody wants any more, and lets the terminal forget first stages that were followed.
    fn drop_unseen(&mut self) {
        let seen = |id: Id| self.sights.iter().any(|sight| sight.id == id);
        let wanted: Vec<Id> = self.targets().map(|(id, _)| id).collect();
        if let Some(gone) = self.under_way.take_if(|way| !wanted.contains(&way.id)) {
            // What was begun has to be ended: the terminal waits for the rest and takes no other picture.
            self.unwanted.extend(gone.begun.then_some(gone.id));
        }
        let followed = |held: &Held| {
            let better = self.stock.get(held.id).and_then(|item| item.better);
            better.is_some_and(|better| self.held.iter().any(|held| held.id == better)) && !seen(held.id)
        };
        let followed: Vec<Id> = self.held.iter().filter(|held| followed(held)).map(|held| held.id).collect();
        self.held.retain(|held| !followed.contains(&held.id));
        self.unwanted.extend(followed);
        let (seen, unseen): (Vec<Held>, Vec<Held>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| wanted.contains(&held.id));
        self.held = unseen.into_iter().chain(seen).collect();
    }

    /// What kitty has to have: all in sight, then what follows first stages.
    fn targets(&self) -> impl Iterator<Item = (Id, Item)> + '_ {
        let item = |id: Id| Some((id, self.stock.get(id)?)).filter(|(_, item)| item.ready.protocol == Protocol::Kitty);
        let seen = || self.sights.iter().filter_map(move |sight| item(sight.id));
        let better = seen().filter_map(move |(_, first)| item(first.better?));
        seen().chain(better)
    }

    /// What is to be written next; `above` draws what lies over a part of a picture. `None`: nothing, now.
    pub fn next(&mut self, now: Instant, screen: Rect, above: &Above<'_>) -> Option<Vec<u8>> {
        // What follows a first stage may have become another picture.
        if self.under_way.as_ref().is_some_and(|way| !self.targets().any(|(id, _)| id == way.id)) {
            self.drop_unseen();
        }
        if !self.has_work() || self.rests.is_some_and(|rests| rests > now) {
            return None;
        }
        if let Some(id) = self.unwanted.pop_front() {
            return Some(self.count(forget(id, self.tmux)));
        }
        if let Some(bytes) = self.next_band(now, screen, above) {
            return Some(bytes);
        }
        if self.under_way.is_none() {
            self.begin();
        }
        // Making room comes first.
        if let Some(id) = self.unwanted.pop_front() {
            return Some(self.count(forget(id, self.tmux)));
        }
        let way = self.under_way.as_mut()?;
        let length = way.pieces.front().map_or(0, Vec::len);
        self.pace.may(length, now).ok()?;
        let mut bytes = way.pieces.pop_front().unwrap_or_default();
        way.begun = true;
        if way.pieces.is_empty() {
            let (id, decoded) = (way.id, way.decoded);
            self.held.push(Held { id, decoded, sent: now });
            self.arrived.push(id);
            self.under_way = None;
        }
        self.spent += bytes.len() as u64;
        bytes.extend_from_slice(self.pace.sent(length, now));
        Some(bytes)
    }

    fn count(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.spent += bytes.len() as u64;
        bytes
    }

    /// Begins with the first picture the terminal lacks.
    fn begin(&mut self) {
        let lacks = |id: &Id| !self.held.iter().any(|held| held.id == *id);
        let Some((id, item)) = self.targets().find(|(id, _)| lacks(id)) else { return };
        let ready = &item.ready;
        let pieces = ready.commands(id, item.is_first(), self.tmux).into();
        self.under_way = Some(UnderWay { id, decoded: ready.decoded, pieces, begun: false });
        self.make_room(item.ready.decoded);
    }

    /// Lets the terminal forget pictures out of sight, the one seen longest ago first, until there is room for another.
    fn make_room(&mut self, decoded: usize) {
        loop {
            let all: usize = self.held.iter().map(|held| held.decoded).sum();
            if self.held.len() < MOST && all + decoded <= DECODED {
                return;
            }
            let seen = |id: Id| self.sights.iter().any(|sight| sight.id == id);
            let Some(at) = self.held.iter().position(|held| !seen(held.id)) else { return };
            self.unwanted.push_back(self.held.remove(at).id);
        }
    }

    /// The next band that was made blank, drawn by the cursor, with what lies over it on top.
    fn next_band(&mut self, now: Instant, screen: Rect, above: &Above<'_>) -> Option<Vec<u8>> {
        while let Some((sight, band)) = self.bands.front().copied() {
            let item = self.stock.get(sight.id);
            let ready = item.map(|item| item.ready).filter(|ready| ready.protocol != Protocol::Kitty);
            let drawn = ready.as_deref().and_then(|ready| {
                let (top, high, piece) = ready.bands().nth(band)?;
                let place = sight.rows(ready.columns, top, high, screen)?;
                // Covered whole, there is nothing to see.
                Some((place, piece, above(place, sight)?))
            });
            let Some((place, piece, over)) = drawn else {
                self.bands.pop_front();
                continue;
            };
            let length = piece.len() + over.len();
            self.pace.may(length, now).ok()?;
            let mut bytes = format!("\x1b7\x1b[{};{}H", place.y + 1, place.x + 1).into_bytes();
            bytes.extend_from_slice(piece);
            bytes.extend_from_slice(&over);
            bytes.extend_from_slice(b"\x1b8");
            self.bands.pop_front();
            self.spent += bytes.len() as u64;
            bytes.extend_from_slice(self.pace.sent(length, now));
            return Some(bytes);
        }
        None
    }

    /// The picture under way, or being drawn, and how many bytes of it are still to be sent.
    pub fn burden(&self) -> Option<(Id, usize)> {
        if let Some(way) = &self.under_way {
            return Some((way.id, way.pieces.iter().map(Vec::len).sum()));
        }
        let id = self.bands.front()?.0.id;
        let ready = self.stock.get(id)?.ready;
        let piece = |(sight, band): &(Sight, usize)| ready.pieces.get(*band).filter(|_| sight.id == id).map(Vec::len);
        Some((id, self.bands.iter().filter_map(piece).sum()))
    }

    /// How long until there may be something to write; `None` until something happens.
    pub fn wait(&mut self, now: Instant) -> Option<Duration> {
        if !self.has_work() {
            return None;
        }
        if let Some(left) =
            self.rests.and_then(|rests| rests.checked_duration_since(now)).filter(|left| !left.is_zero())
        {
            return Some(left);
        }
        if !self.unwanted.is_empty() {
            return Some(Duration::ZERO);
        }
        match self.pace.may(self.next_length(), now) {
            Ok(()) => Some(Duration::ZERO),
            Err(wait) => wait,
        }
    }

    /// Bytes of what goes next, nearly.
    fn next_length(&self) -> usize {
        let band = self.bands.front().and_then(|(sight, band)| {
            let item = self.stock.get(sight.id)?;
            Some(item.ready.pieces.get(*band)?.len())
        });
        let piece = || self.under_way.as_ref()?.pieces.front().map(Vec::len);
        band.or_else(piece).unwrap_or(4096)
    }

    /// Whether all that is in sight is sent.
    pub fn is_at_rest(&self) -> bool {
        !self.has_work()
    }

    fn has_work(&self) -> bool {
        let lacks = |id: Id| !self.held.iter().any(|held| held.id == id);
        let begun = || !self.unwanted.is_empty() || self.under_way.as_ref().is_some_and(|way| way.begun);
        match self.hidden {
            // What was begun is ended: others may have pictures to send to this terminal meanwhile.
            true => self.reaches && begun(),
            false => begun() || !self.bands.is_empty() || self.targets().any(|(id, _)| lacks(id)),
        }
    }

    /// Pictures the terminal has whole.
    pub fn held(&self) -> Vec<Id> {
        self.held.iter().map(|held| held.id).collect()
    }

    /// Pictures that reached the terminal whole since this was asked last.
    pub fn arrived(&mut self) -> Vec<Id> {
        std::mem::take(&mut self.arrived)
    }

    /// The terminal may have lost what it had: everything in sight is sent again.
    pub fn resend(&mut self) {
        self.abort();
        self.held.clear();
    }

    fn abort(&mut self) {
        if let Some(way) = self.under_way.take() {
            self.unwanted.extend(way.begun.then_some(way.id));
        }
    }

    /// Nobody sees the terminal, or somebody does again; `reaches`: what is sent meanwhile is not lost.
    pub fn hide(&mut self, hidden: bool, reaches: bool, now: Instant) {
        if hidden != self.hidden && !reaches {
            self.doubt(now);
        }
        (self.hidden, self.reaches) = (hidden, reaches);
    }

    /// Whether nobody sees the terminal.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// What was sent just now may not have reached the terminal, nor may what would be sent at once.
    pub fn doubt(&mut self, now: Instant) {
        self.abort();
        self.rests = Some(now + DRAWS);
        self.held.retain(|held| now.saturating_duration_since(held.sent) > LOST);
    }

    /// What makes the terminal forget everything of ours. Nothing is under way afterwards.
    pub fn farewell(&mut self) -> Vec<u8> {
        self.abort();
        self.bands.clear();
        let held = std::mem::take(&mut self.held);
        let all = self.unwanted.drain(..).chain(held.into_iter().map(|held| held.id)).collect::<Vec<_>>();
        let bytes = all.into_iter().flat_map(|id| forget(id, self.tmux)).collect();
        self.sights.clear();
        self.count(bytes)
    }
}

#[cfg(test)]
#[path = "lane_tests.rs"]
mod tests;
