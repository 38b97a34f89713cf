//! What is in the form before it is sent, and what was in it before something else was loaded.

use serde::{Deserialize, Serialize};

use super::{Origin, Request, Writing};

/// Forms kept that others took the place of.
const FORMS_MAX: usize = 10;

/// Bytes of such forms that are written down.
const BYTES_MAX: usize = 256 * 1024;

/// What is done about `{a|b}` and `__list__`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfold {
    /// A job for every way.
    #[default]
    All,
    /// One way by chance, another one at every submit.
    One,
    /// Nothing: the prompt is sent as it is written.
    Off,
}

/// Whether words hold signs that wildcards are written with.
pub fn has_signs(words: &str) -> bool {
    words.contains(['{', '_', '\\'])
}

/// A form, filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The prompt.
    pub prompt: Writing,
    /// What to keep out of the picture.
    pub negative: Writing,
    /// Model, mode and parameters; its own texts are empty.
    pub request: Request,
    /// The seed is drawn anew for every submit.
    pub random_seed: bool,
    /// A fixed seed is one higher after each submit.
    #[serde(default)]
    pub seed_rises: bool,
    /// What it was made from, where it was.
    pub parent: Option<Origin>,
    /// What is done about wildcards in the prompt.
    #[serde(default)]
    pub unfold: Unfold,
    /// The style put around the prompt, by its name.
    #[serde(default)]
    pub style: Option<String>,
}

impl Form {
    /// A form that asks for what a job asked for. `parent`: what that is made from.
    pub fn of(request: &Request, parent: Option<Origin>) -> Form {
        let mut form = Form {
            prompt: Writing::new(&request.prompt),
            negative: Writing::new(&request.negative_prompt),
            random_seed: request.seed.is_none(),
            seed_rises: false,
            request: request.clone(),
            parent,
            // What was sent stands for itself, whatever it is written with; its style is in it.
            unfold: if has_signs(&request.prompt) { Unfold::Off } else { Unfold::All },
            style: None,
        };
        form.request.written = None;
        form.request.prompt.clear();
        form.request.negative_prompt.clear();
        form
    }

    fn bytes(&self) -> usize {
        self.prompt.bytes() + self.negative.bytes()
    }

    fn bounded(&self) -> Form {
        Form { prompt: self.prompt.bounded(), negative: self.negative.bounded(), ..self.clone() }
    }

    fn mended(self) -> Form {
        Form { prompt: self.prompt.mended(), negative: self.negative.mended(), ..self }
    }
}

/// The form, and the way back: what was in it before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The form.
    pub form: Form,
    /// Forms it took the place of, the newest last.
    #[serde(default)]
    pub earlier: Vec<Form>,
    /// Forms that undo took away, the next one to come back last.
    #[serde(default)]
    pub later: Vec<Form>,
}

impl Draft {
    /// As it is written down: small enough to be written once a second while somebody types.
    pub fn bounded(&self) -> Draft {
        let newest = |forms: &[Form]| {
            let mut bytes = 0;
            let fits = |form: &&Form| {
                bytes += form.bytes();
                bytes <= BYTES_MAX
            };
            let mut kept: Vec<Form> = forms.iter().rev().take_while(fits).map(Form::bounded).collect();
            kept.reverse();
            kept
        };
        Draft { form: self.form.bounded(), earlier: newest(&self.earlier), later: newest(&self.later) }
    }

    /// As it was read from a file.
    pub fn mended(self) -> Draft {
        let mend = |forms: Vec<Form>| forms.into_iter().map(Form::mended).collect();
        Draft { form: self.form.mended(), earlier: mend(self.earlier), later: mend(self.later) }
    }
}

/// Puts a form on a pile of those that others took the place of; the oldest goes when there are too many.
pub fn pile(forms: &mut Vec<Form>, form: Form) {
    forms.push(form);
    if forms.len() > FORMS_MAX {
        forms.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Mode;

    #[test]
    fn only_as_much_is_written_down_as_can_be_written_every_second() {
        let request = Request::new("wan2.7-image".into(), Mode::TextToImage);
        let form = |bytes| Form { prompt: Writing::new(&"x".repeat(bytes)), ..Form::of(&request, None) };
        let draft = Draft { form: form(9), earlier: vec![form(BYTES_MAX), form(20), form(30)], later: vec![form(1)] };
        let kept = draft.bounded();
        assert_eq!((kept.form, kept.earlier, kept.later), (form(9), vec![form(20), form(30)], vec![form(1)]));
        let mut forms = Vec::new();
        (0..15).for_each(|nth| pile(&mut forms, form(nth)));
        assert_eq!((forms.len(), forms.last()), (FORMS_MAX, Some(&form(14))));
    }
}
