//! The studio's core at the keys: what is typed goes in, state and effects come out.

use std::sync::Arc;

use pinxit::catalog::Catalog;
use pinxit::domain::{Caps, Depth, Job, ModelId, Money, Now, Region};
use pinxit::keymap::{Code, Key, Keymap};
use pinxit::theme::Theme;
use pinxit::tui::action::Actions;
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Changed, Msg};
use pinxit::tui::state::{Opening, State};
use pinxit::tui::update::update;
use pinxit::tui::view::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::sample::NOW;

/// A studio under test.
pub struct Studio {
    pub state: State,
    pub now: Now,
}

impl Studio {
    /// On the real service's prices, asking above 50 cents.
    pub fn new() -> Studio {
        let state = State::new(Opening {
            catalog: Arc::new(Catalog::builtin()),
            keymap: Arc::new(Keymap::builtin()),
            theme: Arc::new(Theme::named("ink", Depth::True).unwrap()),
            unicode: true,
            model: ModelId::from("wan2.7-image-pro"),
            ask_above: Some(Money::usd(500_000)),
            caps: Caps::NONE,
            region: Region::Singapore,
            demo: false,
            styles: Arc::new(pinxit::prompt::style::Styles::builtin()),
            lists: Vec::new(),
            dice: 1,
            draft: None,
        });
        Studio { state, now: NOW }.sized(120, 40)
    }

    /// With a user's keymap file that has nothing wrong.
    pub fn with_keys(mut self, text: &str) -> Studio {
        let (keymap, problems) = Keymap::builtin().with_user(text, "/home/ana/keymap.toml", &Actions);
        assert_eq!(problems, []);
        self.state.keymap = Arc::new(keymap);
        self
    }

    pub fn sized(mut self, columns: u16, rows: u16) -> Studio {
        self.send(Msg::Resize(columns, rows));
        self
    }

    pub fn send(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.state, self.now, msg)
    }

    /// Presses keys: letters as they are, others as `<ctrl+g>`.
    pub fn keys(&mut self, text: &str) -> Vec<Effect> {
        keys(text).into_iter().flat_map(|key| self.send(Msg::Key(key))).collect()
    }

    pub fn jobs(&mut self, jobs: Vec<Job>) -> Vec<Effect> {
        self.send(Msg::Changed(Changed { jobs, ..Changed::default() }))
    }

    /// What is on the screen, a line for each row.
    pub fn screen(&self) -> String {
        let (columns, rows) = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let frame = terminal.draw(|frame| view(&self.state, self.now, frame)).unwrap();
        let cells = frame.buffer.content.chunks(usize::from(columns));
        cells.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>() + "\n").collect()
    }

    pub fn toasts(&self) -> String {
        self.state.toasts.iter().map(|toast| toast.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// `a red fox<ctrl+g>` as key presses.
pub fn keys(text: &str) -> Vec<Key> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
            Some((name, after)) => {
                out.push(name.parse().unwrap());
                rest = after;
            }
            None => {
                out.push(Key::plain(if c == '\n' { Code::Enter } else { Code::Char(c) }));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}
