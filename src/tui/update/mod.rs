//! Every change. Pure: nothing here reads a clock, a file or the environment.

use std::time::Duration;

use super::effect::Effect;
use super::msg::Msg;
use super::state::State;
use crate::domain::Now;

/// What we ask of the world, in order.
pub type Effects = Vec<Effect>;

/// Lets a message happen.
pub fn update(_state: &mut State, _now: Now, _msg: Msg) -> Effects {
    todo!()
}

/// How long the screen stays right without any message; `None`: until something happens.
pub fn wake_at(_state: &State, _now: Now) -> Option<Duration> {
    todo!()
}
