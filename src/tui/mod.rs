//! The studio, as a pure core and a runtime around it.
//!
//! `update(state, now, msg)` is the only code that changes [`State`](state::State); `view` draws and decides nothing; the
//! runtime feeds messages in and carries effects out. `Action` is what the user asked, `Msg` is what reached us,
//! `Effect` is what we ask of the world.

pub mod action;
pub mod effect;
pub mod layout;
pub mod msg;
pub mod runtime;
pub mod state;
pub mod update;
pub mod view;
