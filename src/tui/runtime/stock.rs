//! What the painter made ready, by number, until it forgets it: the lane takes from here what is in sight.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::graphics::{Id, Ready};

/// Shared by the painter, who fills it, and the lane.
#[derive(Debug, Clone, Default)]
pub(super) struct Stock {
    shared: Arc<Mutex<HashMap<Id, Item>>>,
}

/// A picture with a number.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// What is sent.
    pub ready: Arc<Ready>,
    /// The number of the same picture in all its pixels, where this one is the first stage.
    pub better: Option<Id>,
}

impl Item {
    /// Whether this number stands for the first of two stages.
    pub fn is_first(&self) -> bool {
        self.better.is_some()
    }
}

impl Stock {
    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Item>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a picture in.
    pub fn put(&self, id: Id, item: Item) {
        self.lock().insert(id, item);
    }

    /// What stands under a number.
    pub fn get(&self, id: Id) -> Option<Item> {
        self.lock().get(&id).cloned()
    }

    /// Forgets a number.
    pub fn forget(&self, id: Id) {
        self.lock().remove(&id);
    }
}
