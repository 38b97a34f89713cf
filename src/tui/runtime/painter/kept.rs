//! Pictures painted before: found again, swept away, and given up for lighter ones where the line does not bear them.

use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::super::stock::Item;
use super::super::ways::Means;
use super::{Easel, Wish};
use crate::graphics::Id;
use crate::tui::msg::Msg;

/// Painted pictures kept, while they have no more cells or bytes than these.
const KEPT: usize = 200;

/// A cell takes 56 bytes or so.
const CELLS: usize = 200_000;

/// Bytes of pictures made ready.
const BYTES: usize = 64 << 20;

/// A picture painted before.
pub(super) struct Kept {
    /// All it was wished for as: the same under other names.
    pub(super) wishes: Vec<Wish>,
    /// What it follows from, where its file could be read.
    pub(super) key: Option<String>,
    pub(super) cells: Arc<Buffer>,
    /// Its number, where pixels are sent.
    pub(super) id: Option<Id>,
    /// The cells of its first stage, while the second is not in the terminal.
    pub(super) first: Option<Arc<Buffer>>,
    /// All its numbers.
    pub(super) ids: Vec<Id>,
    pub(super) bytes: usize,
}

impl Kept {
    /// Whether somebody shows it, or may.
    pub(super) fn is_held(&self) -> bool {
        let held = |cells: &Arc<Buffer>| Arc::strong_count(cells) > 1;
        held(&self.cells) || self.first.as_ref().is_some_and(held)
    }

    /// What is shown of it now.
    pub(super) fn shown(&self) -> Arc<Buffer> {
        Arc::clone(self.first.as_ref().unwrap_or(&self.cells))
    }
}

/// A picture that is nothing but cells of text.
pub(super) fn kept_cells(wish: &Wish, cells: Buffer) -> Kept {
    let (wishes, cells) = (vec![wish.clone()], Arc::new(cells));
    Kept { wishes, key: None, cells, id: None, first: None, ids: Vec::new(), bytes: 0 }
}

impl Easel {
    /// Wishes anew for all that somebody still shows, and forgets the rest.
    pub(super) fn turn(&mut self, means: Means) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.extend(self.heavy.drain(..));
        kept.iter().flat_map(|kept| &kept.ids).for_each(|id| self.tools.stock.forget(*id));
        let again: Vec<Wish> = kept.into_iter().filter(Kept::is_held).flat_map(|kept| kept.wishes).collect();
        let mut desk = self.shared.lock();
        let newer = std::mem::take(&mut desk.wishes).into_iter().map(|(_, wish)| wish);
        again.into_iter().chain(newer).for_each(|wish| desk.wish(wish));
        drop(desk);
        self.means = Some(means);
    }

    /// Wishes anew for a picture the line does not bear.
    pub(super) fn lighten(&mut self, id: Id) {
        let Some(heavy) = self.kept.iter().position(|kept| kept.id == Some(id)).and_then(|at| self.kept.remove(at))
        else {
            return;
        };
        let mut desk = self.shared.lock();
        heavy.wishes.iter().for_each(|wish| desk.wish(wish.clone()));
        drop(desk);
        self.heavy.push(heavy);
    }

    /// A picture that was too heavy is painted anew: its first stage, where it has one, is shown until the new one is there.
    pub(super) fn relieve(&mut self, mut kept: Kept) -> Kept {
        let wish = &kept.wishes[0];
        let Some(at) = self.heavy.iter().position(|heavy| heavy.wishes.contains(wish)) else { return kept };
        let heavy = self.heavy.remove(at);
        let first = kept.id.zip(heavy.first).zip(heavy.ids.get(1).copied()).filter(|_| kept.first.is_none());
        for id in heavy.ids {
            let item = self.tools.stock.get(id);
            self.tools.stock.forget(id);
            if let (Some(((better, cells), first)), Some(item)) = (&first, item)
                && *first == id
            {
                self.tools.stock.put(id, Item { better: Some(*better), ..item });
                kept.ids.push(id);
                kept.first = Some(Arc::clone(cells));
            }
        }
        kept
    }

    /// The second stage of a picture is in the terminal: what is shown turns to it.
    pub(super) fn arrived(&mut self, id: Id) -> Vec<Msg> {
        let Some(kept) = self.kept.iter_mut().find(|kept| kept.id == Some(id)) else { return Vec::new() };
        if kept.first.take().is_none() {
            return Vec::new();
        }
        kept.wishes.iter().map(|wish| wish.clone().answered(Ok(Arc::clone(&kept.cells)))).collect()
    }

    /// What was painted before from the same bytes, or where those cannot be read now, for the same wish.
    pub(super) fn kept(&mut self, wish: &Wish, key: Option<&str>) -> Option<Arc<Buffer>> {
        let same = |kept: &Kept| match key {
            Some(_) => kept.key.as_deref() == key,
            None => kept.wishes.contains(wish),
        };
        let mut kept = self.kept.iter().position(same).and_then(|at| self.kept.remove(at))?;
        if !kept.wishes.contains(wish) {
            kept.wishes.push(wish.clone());
        }
        let cells = kept.shown();
        self.kept.push_back(kept);
        Some(cells)
    }

    /// Forgets pictures nobody shows, the oldest first, until the rest is few enough.
    pub(super) fn sweep(&mut self) {
        loop {
            let cells: usize = self.kept.iter().map(|kept| kept.cells.content.len()).sum();
            let bytes: usize = self.kept.iter().map(|kept| kept.bytes).sum();
            if self.kept.len() <= KEPT && cells <= CELLS && bytes <= BYTES {
                return;
            }
            // The newest is on its way to whoever asked.
            let last = self.kept.len().saturating_sub(1);
            let oldest = self.kept.iter().take(last).position(|kept| !kept.is_held());
            let Some(kept) = oldest.and_then(|at| self.kept.remove(at)) else { return };
            kept.ids.iter().for_each(|id| self.tools.stock.forget(*id));
        }
    }
}
