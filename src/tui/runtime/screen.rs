//! The frame gate: a frame that changes nothing writes nothing; any other is one run of bytes the terminal shows at once.
//!
//! Draws into memory and makes bytes; when they leave is for the loop to say, which asks for a frame only while none is
//! on its way. A frame that is not asked for is never drawn, so a slow line skips frames and shows the newest.

use ratatui::Frame;
use ratatui::backend::Backend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::pen::Pen;
use super::sight::Sight;
use crate::graphics::{Id, Spot};

/// Frames above this many bytes hide the cursor while they are drawn, for terminals that know no synchronised output.
const HIDE_ABOVE: usize = 64;

/// What the terminal shows, and what it should show next.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: Terminal<Pen>,
    /// Where the terminal shows its cursor; `None` while it is hidden.
    cursor: Option<Position>,
    unicode: bool,
    size: Size,
    /// Pictures are drawn over the text.
    beneath: bool,
    sights: Vec<Sight>,
    /// What the terminal shows, while there are pictures in it.
    shown: Option<Buffer>,
}

impl Screen {
    /// A screen just cleared, its cursor hidden. Without `unicode` nothing but ASCII is ever written.
    pub fn new(columns: u16, rows: u16, unicode: bool) -> Screen {
        let size = Size::new(columns, rows);
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::from((Position::ORIGIN, size))) };
        let Ok(terminal) = Terminal::with_options(Pen::new(size, unicode), options);
        let (sights, shown) = (Vec::new(), None);
        Screen { terminal, cursor: None, unicode, size, beneath: false, sights, shown }
    }

    /// Whether pictures are drawn over the text, or lie where it says. The next frame must be drawn whole.
    pub fn draw_beneath(&mut self, beneath: bool) {
        self.beneath = beneath;
        self.terminal.backend_mut().draw_beneath(beneath);
    }

    /// These pictures the terminal has; the next frame shows them.
    pub fn know(&mut self, here: Vec<Id>) {
        self.terminal.backend_mut().know(here);
    }

    /// A picture has come whole: what shows it, where its place is on the screen.
    pub fn reveal(&mut self, id: Id) -> Vec<u8> {
        let (Some(shown), false) = (&self.shown, self.beneath) else { return Vec::new() };
        let places = shown.content().iter().enumerate().filter_map(|(at, cell)| {
            let (x, y) = shown.pos_of(at);
            Spot::of(cell).is_some_and(|spot| spot.id == id).then_some((x, y, cell))
        });
        let pen = self.terminal.backend_mut();
        let Ok(()) = pen.draw(places);
        let cells = pen.take();
        if cells.is_empty() {
            return cells;
        }
        self.cursor.into_iter().for_each(|place| pen.go(place));
        [b"\x1b[?2026h", &cells[..], &pen.take(), b"\x1b[?2026l"].concat()
    }

    /// Pictures in the last frame.
    pub fn sights(&self) -> &[Sight] {
        &self.sights
    }

    /// Rows of pictures made blank since this was asked last.
    pub fn take_blanked(&mut self) -> Vec<(Sight, u16)> {
        self.terminal.backend_mut().take_blanked()
    }

    /// The whole screen.
    pub fn area(&self) -> Rect {
        Rect::from((Position::ORIGIN, self.size))
    }

    /// What draws the cells in `place` that do not stand for this picture; `None` where no cell there does.
    pub fn above(&self, place: Rect, sight: Sight) -> Option<Vec<u8>> {
        let shown = self.shown.as_ref()?;
        let (mut over, mut any) = (Vec::new(), false);
        for at in place.positions() {
            let cell = shown.cell(at)?;
            if Spot::of(cell).is_some_and(|spot| Sight::of(spot, (at.x, at.y)) == sight) {
                any = true;
            } else {
                over.push((at.x, at.y, cell));
            }
        }
        if over.is_empty() {
            return any.then(Vec::new);
        }
        let mut pen = Pen::new(self.size, self.unicode);
        pen.draw_beneath(self.beneath);
        let Ok(()) = pen.draw(over.into_iter());
        any.then(|| [b"\x1b[m".to_vec(), pen.take()].concat())
    }

    /// The terminal was cleared, or has another size: the next frame is drawn whole.
    pub fn restart(&mut self, columns: u16, rows: u16) {
        let (beneath, here) = (self.beneath, self.terminal.backend_mut().known());
        *self = Screen::new(columns, rows, self.unicode);
        self.draw_beneath(beneath);
        self.know(here);
        self.terminal.backend_mut().restart();
        // Whether the cursor was left hidden is not known either.
        self.cursor = Some(Position { x: u16::MAX, y: u16::MAX });
    }

    /// Draws the next frame. `None`: the terminal shows it already.
    pub fn frame(&mut self, view: impl FnOnce(&mut Frame)) -> Option<Vec<u8>> {
        let Ok(done) = self.terminal.draw(view);
        self.sights = Sight::all(done.buffer);
        self.shown = (!self.sights.is_empty()).then(|| done.buffer.clone());
        let pen = self.terminal.backend_mut();
        let (cells, wanted) = (pen.take(), pen.wanted());
        if cells.is_empty() && wanted == self.cursor {
            return None;
        }
        let mut bytes = b"\x1b[?2026h".to_vec();
        let hide = self.cursor.is_some() && (wanted.is_none() || cells.len() > HIDE_ABOVE);
        if hide {
            bytes.extend_from_slice(b"\x1b[?25l");
        }
        bytes.extend_from_slice(&cells);
        if let Some(place) = wanted {
            pen.go(place);
            bytes.extend_from_slice(&pen.take());
            if hide || self.cursor.is_none() {
                bytes.extend_from_slice(b"\x1b[?25h");
            }
        }
        self.cursor = wanted;
        bytes.extend_from_slice(b"\x1b[?2026l");
        Some(bytes)
    }
}

/// What these cells of text cost on the line at most, drawn once in the middle of a screen.
pub(super) fn cost(cells: &Buffer) -> usize {
    let (left, top) = (120, 100);
    let mut pen = Pen::new(Size::new(cells.area.width + left + 1, cells.area.height + top + 1), true);
    let placed = cells.content().iter().enumerate().map(|(at, cell)| {
        let (x, y) = cells.pos_of(at);
        (x + left, y + top, cell)
    });
    let Ok(()) = pen.draw(placed);
    // Each row may begin with a style of its own, and the frame around it ends in another.
    pen.take().len() + usize::from(cells.area.height) * 32
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style, Stylize};
    use ratatui::text::Line;
    use ratatui::widgets::{Block, Paragraph};

    use super::super::wire::tests::terminal;
    use super::*;

    /// A stand-in for the studio: a header, a prompt with its counter, settings, a queue and a footer.
    fn studio(prompt: &str) -> impl FnOnce(&mut Frame) + '_ {
        move |frame| {
            let area = frame.area();
            let grey = Style::new().fg(Color::Rgb(120, 124, 135));
            let pane = |title: String| Block::bordered().title(title.bold()).border_style(grey);
            let header = Line::from(vec![" pinxit ".reversed(), " DEMO ".bold(), " today $0.30  month $12.40".into()]);
            frame.render_widget(header, Rect { height: 1, ..area });
            let left = Rect::new(0, 1, area.width / 2, area.height - 2);
            let right = Rect::new(area.width / 2, 1, area.width - area.width / 2, area.height - 2);
            let counter = format!(" Prompt {}/2100 ", prompt.chars().count());
            frame.render_widget(Paragraph::new(prompt).block(pane(counter)), left);
            let rows: Vec<Line> = (0..area.height)
                .map(|i| {
                    Line::from(vec![
                        format!(" {i:>4} ").fg(Color::Rgb(90, 160, 240)),
                        "RUNNING ".green(),
                        "a cozy flower shop, tulips, mist, 85mm".into(),
                    ])
                })
                .collect();
            frame.render_widget(Paragraph::new(rows).block(pane(" Queue ".into())), right);
            frame.render_widget(
                "Ctrl+G generate   Tab next pane   Esc stop typing   ? keys".fg(Color::Rgb(120, 124, 135)),
                Rect::new(0, area.height - 1, area.width, 1),
            );
            frame.set_cursor_position((left.x + 1 + prompt.chars().count() as u16, left.y + 1));
        }
    }

    #[test]
    fn a_wide_letter_at_the_end_of_what_is_erased_is_overwritten() {
        let mut screen = Screen::new(40, 2, true);
        screen.frame(|frame| frame.render_widget("a bcdefghijklm宣  |", frame.area())).expect("a frame");
        let bytes = screen.frame(|frame| frame.render_widget("a                 |", frame.area())).expect("a frame");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains("\x1b[12X\x1b[12C "), "{text:?}");
    }

    fn shown(parser: &vt100::Parser) -> Vec<String> {
        parser.screen().rows(0, 200).map(|row| row.trim_end().to_owned()).collect()
    }

    #[test]
    fn an_unchanged_frame_writes_nothing() {
        let mut screen = Screen::new(120, 40, true);
        let first = screen.frame(studio("a red fox")).expect("the first frame");
        assert!(first.starts_with(b"\x1b[?2026h") && first.ends_with(b"\x1b[?2026l"));
        assert_eq!(screen.frame(studio("a red fox")), None);
    }

    #[test]
    fn frames_are_small() {
        let mut screen = Screen::new(120, 40, true);
        let first = screen.frame(studio("a red fox")).expect("the first frame");
        assert!(first.len() <= 8_000, "the first frame of 120x40 took {} bytes", first.len());
        let typed = screen.frame(studio("a red fox ")).expect("a counter moved");
        assert!(typed.len() <= 64, "a typed space took {} bytes: {:?}", typed.len(), String::from_utf8_lossy(&typed));
        let typed = screen.frame(studio("a red fox i")).expect("a letter more");
        assert!(typed.len() <= 64, "a typed letter took {} bytes: {:?}", typed.len(), String::from_utf8_lossy(&typed));
    }

    #[test]
    fn a_letter_at_the_cursor_costs_the_letter() {
        let line = |text: &'static str| {
            move |frame: &mut Frame| {
                frame.render_widget(text, frame.area());
                frame.set_cursor_position((text.len() as u16, 0));
            }
        };
        let mut screen = Screen::new(40, 4, true);
        screen.frame(line("ab"));
        assert_eq!(screen.frame(line("abc")).as_deref(), Some(&b"\x1b[?2026hc\x1b[?2026l"[..]));
    }

    #[test]
    fn a_cursor_that_moves_hides_or_comes_back_is_a_frame() {
        let cursor = |place: Option<(u16, u16)>| {
            move |frame: &mut Frame| place.into_iter().for_each(|p| frame.set_cursor_position(p))
        };
        let mut screen = Screen::new(40, 4, true);
        assert_eq!(screen.frame(cursor(None)), None);
        assert_eq!(
            screen.frame(cursor(Some((3, 1)))).as_deref(),
            Some(&b"\x1b[?2026h\x1b[2;4H\x1b[?25h\x1b[?2026l"[..])
        );
        assert_eq!(screen.frame(cursor(Some((5, 1)))).as_deref(), Some(&b"\x1b[?2026h\x1b[2C\x1b[?2026l"[..]));
        assert_eq!(screen.frame(cursor(Some((5, 1)))), None);
        assert_eq!(screen.frame(cursor(None)).as_deref(), Some(&b"\x1b[?2026h\x1b[?25l\x1b[?2026l"[..]));
    }

    #[test]
    fn wide_letters_and_emoji_leave_nothing_behind() {
        let texts =
            ["雪中红狐 in snow", "a🦊b👩\u{200d}🎨c end", "cafe\u{301} ❤\u{fe0f} x", "plain ascii text", "狐", ""];
        let mut screen = Screen::new(24, 3, true);
        let mut vt = terminal(3, 24);
        for text in texts {
            let draw =
                |frame: &mut Frame| frame.render_widget(Paragraph::new(text).block(Block::bordered()), frame.area());
            vt.process(&screen.frame(draw).expect("another text"));
            let mut fresh = terminal(3, 24);
            fresh.process(&Screen::new(24, 3, true).frame(draw).expect("a first frame"));
            assert_eq!(shown(&vt), shown(&fresh), "{text}");
            assert!(shown(&vt)[1].ends_with('│'), "{text}: {:?}", shown(&vt));
        }
    }

    #[test]
    fn after_a_resize_everything_is_drawn_for_the_new_size() {
        let mut screen = Screen::new(120, 40, true);
        screen.frame(studio("a red fox"));
        for (columns, rows) in [(80, 24), (100, 50), (40, 10)] {
            screen.restart(columns, rows);
            // A terminal of the new size, with what the change of size left of the old picture.
            let mut vt = terminal(rows, columns);
            vt.process(b"\x1b[?25l\x1b[3;3H\x1b[44mleft over");
            vt.process(&screen.frame(studio("a red fox")).expect("whole"));
            let mut fresh = terminal(rows, columns);
            fresh.process(&Screen::new(columns, rows, true).frame(studio("a red fox")).expect("first"));
            assert_eq!(shown(&vt), shown(&fresh));
            assert_eq!(vt.screen().cursor_position(), fresh.screen().cursor_position());
            assert!(!vt.screen().hide_cursor());
            assert_eq!(screen.frame(studio("a red fox")), None);
        }
    }
}
