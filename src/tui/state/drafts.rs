//! What is kept of the form while it is filled in, so that neither a lost line nor a crash takes more than a second of it.

use crate::domain::{Draft, Stamp};

use super::{Editor, Pane, State};

/// What is kept, and when it is next.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// What was given to the store last, or came from it.
    pub kept: Option<Draft>,
    /// When the form is given to it again; `None` while nothing has changed.
    pub due: Option<Stamp>,
    /// The store refused the last one, which has been said.
    pub refused: bool,
}

impl State {
    /// The form to keep: while a waiting job is changed in it, what was in it before.
    pub fn draft(&self) -> Draft {
        let compose = &self.compose;
        let form = compose.edit.as_ref().map_or_else(|| compose.form(), |edit| edit.draft.clone());
        Draft { form, earlier: compose.earlier.clone(), later: compose.later.clone() }
    }

    /// Whether the form is as it was kept; copies nothing.
    pub fn is_kept(&self) -> bool {
        let Some(kept) = &self.drafts.kept else { return false };
        let compose = &self.compose;
        let form = match &compose.edit {
            Some(edit) => kept.form == edit.draft,
            None => compose.holds(&kept.form),
        };
        form && kept.earlier == compose.earlier && kept.later == compose.later
    }

    /// Goes on with a draft, where there is one. A model the catalogue no longer has stays out; the words come back.
    pub(super) fn open_with(&mut self, draft: Option<Draft>) {
        if let Some(Draft { mut form, earlier, later }) = draft {
            if self.catalog.get(form.request.model.as_str()).is_none_or(|model| model.mode(form.request.mode).is_none())
            {
                form.request = self.compose.request.clone();
            }
            self.compose.exchange(form);
            (self.compose.earlier, self.compose.later) = (earlier, later);
        }
        self.drafts.kept = Some(self.draft());
    }

    /// The text of a pane; the prompt's for those that have none.
    pub fn editor(&self, pane: Pane) -> &Editor {
        if pane == Pane::Negative { &self.compose.negative } else { &self.compose.prompt }
    }

    /// The same, to be changed.
    pub fn editor_mut(&mut self, pane: Pane) -> &mut Editor {
        if pane == Pane::Negative { &mut self.compose.negative } else { &mut self.compose.prompt }
    }
}
