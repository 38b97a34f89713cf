//! The glyphs of our own chrome, for terminals with Unicode and for those with ASCII only.

use ratatui::symbols::border;

/// Glyphs, each as wide in both sets.
#[derive(Debug)]
pub struct Glyphs {
    /// A pane's border.
    pub border: border::Set<'static>,
    /// The border of the pane that has the keys.
    pub focused: border::Set<'static>,
    /// Points at the selected row.
    pub marker: &'static str,
    /// Stands for text that was cut off.
    pub more: &'static str,
    /// Stands for the beginning of a path that was cut off.
    pub before: &'static str,
    /// Between two words of one heading.
    pub dot: &'static str,
    /// The corner of a box that moves.
    pub handle: &'static str,
    /// A cell of a bar.
    pub bar: &'static str,
    /// Before good news.
    pub good: &'static str,
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

static UNICODE_GLYPHS: Glyphs = Glyphs {
    border: border::PLAIN,
    focused: border::THICK,
    marker: "▸",
    more: "…",
    before: "…",
    dot: "·",
    handle: "◆",
    bar: "━",
    good: "✓",
};

static ASCII_GLYPHS: Glyphs = Glyphs {
    border: ASCII,
    focused: border::Set { horizontal_top: "=", horizontal_bottom: "=", ..ASCII },
    marker: ">",
    more: "~",
    before: "...",
    dot: "-",
    handle: "X",
    bar: "=",
    good: "+",
};

impl Glyphs {
    /// The set for this terminal.
    pub fn of(unicode: bool) -> &'static Glyphs {
        if unicode { &UNICODE_GLYPHS } else { &ASCII_GLYPHS }
    }
}
