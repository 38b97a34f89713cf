//! Stretches of a comparison: what went struck through, what came underlined. Their own signs say so too.

use ratatui::style::Modifier;

use super::widgets::{Brush, Pen};
use crate::tui::layout::Tone;

/// Writes a line of them.
pub(super) fn write(brush: &Brush, pen: &mut Pen, stretches: &[(String, Tone)]) {
    for (words, tone) in stretches {
        let style = match tone {
            Tone::Same => brush.style("text"),
            Tone::Removed => brush.style("bad").add_modifier(Modifier::CROSSED_OUT),
            Tone::Added => brush.style("good").add_modifier(Modifier::UNDERLINED),
        };
        pen.write(words, style);
    }
}
