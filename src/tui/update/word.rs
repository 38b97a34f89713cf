//! A word that was typed: the name of a branch, or what to find.

use super::{Effects, toasts};
use crate::domain::Now;
use crate::tui::effect::Effect;
use crate::tui::state::{Lineage, Purpose, State, WordEntry};

/// Takes it.
pub(super) fn accept(state: &mut State, now: Now, entry: &WordEntry) -> Effects {
    let text = entry.line.text().trim().to_owned();
    match entry.purpose {
        Purpose::Name(job) => {
            let words = if text.is_empty() { format!("#{job} has no name now") } else { format!("#{job} is '{text}'") };
            toasts::good(state, now, words);
            vec![Effect::NameJob { job, name: text }]
        }
        Purpose::Find => {
            (state.lineage.words, state.lineage.most) = (text, Lineage::PAGE);
            Effects::new()
        }
    }
}
