//! Being told which model to take.

use crate::catalog::Advice;
use crate::domain::ModelId;

/// Being told which model to take.
#[derive(Debug, Clone, Default)]
pub struct AdvicePicker {
    /// Every use, the likeliest first.
    pub advice: Vec<Advice>,
    /// The selected one.
    pub selected: usize,
    /// Which of its models, from 0.
    pub model: usize,
}

impl AdvicePicker {
    /// The selected use and the model to take for it.
    pub fn chosen(&self) -> Option<(&Advice, &ModelId)> {
        let advice = self.advice.get(self.selected)?;
        Some((advice, advice.models.get(self.model).or_else(|| advice.models.first())?))
    }
}
