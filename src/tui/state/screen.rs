//! The screens there are. What a key, a tab and a place in the layout hang on is a match on [`Screen`]: a new one does not
//! compile until it has them all.

use super::State;

/// A screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// The form, its picture, and the newest jobs.
    #[default]
    Compose,
    /// Every job, and what can be done with it.
    Queue,
    /// Every picture made here.
    Gallery,
    /// Families of jobs: what was made from what.
    History,
    /// The batches, and the rows of one.
    Batch,
}

impl Screen {
    /// In the order of their tabs.
    pub const ALL: [Screen; 5] = [Screen::Compose, Screen::Queue, Screen::Gallery, Screen::History, Screen::Batch];

    /// The word on its tab.
    pub fn title(self) -> &'static str {
        match self {
            Screen::Compose => "Compose",
            Screen::Queue => "Queue",
            Screen::Gallery => "Gallery",
            Screen::History => "History",
            Screen::Batch => "Batch",
        }
    }

    /// The same where there is little room.
    pub fn brief(self) -> &'static str {
        match self {
            Screen::Compose => "Compose",
            Screen::Queue => "Queue",
            Screen::Gallery => "Gal",
            Screen::History => "Hist",
            Screen::Batch => "Bat",
        }
    }

    /// The number on its tab, which is its key.
    pub fn number(self) -> u8 {
        match self {
            Screen::Compose => 1,
            Screen::Queue => 2,
            Screen::Gallery => 3,
            Screen::History => 4,
            Screen::Batch => 5,
        }
    }
}

impl State {
    /// Goes to a screen; the one that was there is remembered. Nothing is typed on arrival.
    pub fn show(&mut self, screen: Screen) {
        if self.screen != screen {
            self.previous = std::mem::replace(&mut self.screen, screen);
            self.typing = false;
            (self.gallery.before, self.gallery.tags) = (None, None);
        }
    }
}
