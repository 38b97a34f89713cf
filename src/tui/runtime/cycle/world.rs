//! What the loop turns, and the world beyond the screen as it sees it.

use std::io;
use std::time::Duration;

use ratatui::Frame;
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::decode::Input;
use super::super::signals::Signal;
use super::super::ways::Means;
use crate::domain::{Fault, Now};
use crate::graphics::{Id, Outer};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::state::State;
use crate::tui::update::{self, Effects};
use crate::tui::view;

/// What the loop turns: the pure core, or a stand-in for it.
pub(in crate::tui::runtime) trait Program {
    /// Lets a message happen.
    fn update(&mut self, now: Now, msg: Msg) -> Effects;
    /// Draws the whole screen.
    fn view(&self, now: Now, frame: &mut Frame);
    /// How long the screen stays right without a message.
    fn wake_at(&self, now: Now) -> Option<Duration>;
    /// What is still to be done when nothing more will happen.
    fn last(&mut self) -> Effects;
}

impl Program for State {
    fn update(&mut self, now: Now, msg: Msg) -> Effects {
        update::update(self, now, msg)
    }

    fn view(&self, now: Now, frame: &mut Frame) {
        view::view(self, now, frame);
    }

    fn wake_at(&self, now: Now) -> Option<Duration> {
        update::wake_at(self, now)
    }

    fn last(&mut self) -> Effects {
        update::last(self)
    }
}

/// The world beyond the screen.
pub(in crate::tui::runtime) trait Outside {
    /// Carries out what has nothing to do with the screen; never waits.
    fn perform(&mut self, effect: Effect);
    /// Columns and rows of the terminal.
    fn size(&self) -> (u16, u16);
    /// Whether there is a shell that could continue us.
    fn has_shell(&self) -> bool;
    /// Stops this process until it is continued, which a signal tells. False: refused.
    fn stop(&mut self) -> bool;
    /// Starts listening to the keys.
    fn listen(&mut self) -> io::Result<UnboundedReceiver<Input>>;
    /// Stops listening: whoever has the terminal now has the keys.
    fn deafen(&mut self);
    /// The user's own editor.
    fn editor(&self) -> Result<String, Fault>;
    /// Starts it with a text, on a terminal that is not ours; [`Msg::Edited`] tells its end.
    fn edit(&mut self, command: String, text: String);
    /// Pixels of a cell, where the system knows.
    fn cell(&self) -> Option<(u16, u16)>;
    /// From now on pictures are painted by these means.
    fn paint_by(&mut self, means: Means);
    /// Whether nothing of a picture is still to be sent.
    fn rest(&mut self, rests: bool);
    /// The line does not bear a picture: it is to be painted anew.
    fn lighten(&mut self, id: Id);
    /// The terminal has these pictures whole.
    fn arrived(&mut self, ids: Vec<Id>);
    /// Asks tmux what is around it; answers come to [`Inboxes::outer`].
    fn ask_tmux(&mut self);
    /// Whether pictures are in sight, so that tmux is asked now and then.
    fn watch_tmux(&mut self, watching: bool);
    /// Asks it now, where it is asked at all; where it can wait, only if it was not asked a moment ago.
    fn look_at_tmux(&mut self, can_wait: bool);
}

/// Where things come from.
pub(in crate::tui::runtime) struct Inboxes {
    /// From the system.
    pub signals: UnboundedReceiver<Signal>,
    /// From the user; closes when the terminal is gone.
    pub input: UnboundedReceiver<Input>,
    /// Answers and changes.
    pub news: UnboundedReceiver<Msg>,
    /// From tmux.
    pub outer: UnboundedReceiver<Option<Outer>>,
}
