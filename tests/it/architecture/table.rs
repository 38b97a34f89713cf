//! The import table: who may import whom, and what pure rooms never mention.

/// A room.
pub struct Room {
    /// `domain`, or `tui::view` inside the studio.
    pub name: &'static str,
    /// Rooms it may import.
    pub imports: &'static [&'static str],
    /// Paths it must never mention.
    pub banned: &'static [&'static [&'static str]],
}

/// No terminal, network, database, clock, file or environment; the studio's core draws with ratatui and keeps these too.
const CORE: &[&str] = &[
    "tokio",
    "crossterm",
    "rusqlite",
    "reqwest",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
];
/// Nor the screen.
const SCREEN: &[&str] = &["ratatui"];
const NO_ASYNC_NO_FILES: &[&str] = &["tokio", "std::fs"];
const NO_SCREEN: &[&str] = &["ratatui", "crossterm"];

macro_rules! rooms {
    ($($name:literal may [$($import:literal),*] never $banned:expr;)+) => {
        pub const ROOMS: &[Room] = &[$(Room { name: $name, imports: &[$($import),*], banned: $banned }),+];
    };
}

rooms! {
    "domain" may [] never &[CORE, SCREEN];
    "catalog" may ["domain"] never &[CORE, SCREEN];
    "prompt" may ["domain"] never &[CORE, SCREEN];
    "keymap" may ["domain"] never &[NO_ASYNC_NO_FILES];
    "theme" may ["domain"] never &[NO_ASYNC_NO_FILES];
    "config" may ["domain", "catalog", "prompt", "keymap", "theme"] never &[NO_SCREEN];
    "api" may ["domain", "catalog", "picture"] never &[NO_SCREEN];
    "picture" may ["domain"] never &[NO_SCREEN];
    "store" may ["domain", "picture"] never &[NO_SCREEN];
    "recipe" may ["domain", "catalog"] never &[CORE, SCREEN];
    "graphics" may ["domain", "picture"] never &[&["tokio", "rusqlite", "reqwest"]];
    "engine" may ["domain", "catalog", "api", "store", "picture", "recipe"] never &[NO_SCREEN];
    "tui::state" may ["domain", "catalog", "prompt", "keymap", "theme"] never &[CORE];
    "tui::action" may ["keymap", "tui::state"] never &[CORE];
    "tui::effect" may ["domain", "tui::state"] never &[CORE];
    "tui::msg" may ["domain", "keymap", "tui::state"] never &[CORE];
    "tui::layout" may ["domain", "keymap", "tui::state", "tui::action"] never &[CORE];
    "tui::update" may [
        "domain", "catalog", "prompt", "keymap", "theme", "tui::state", "tui::action", "tui::effect", "tui::msg", "tui::layout"
    ] never &[CORE];
    "tui::view" may ["domain", "catalog", "keymap", "theme", "tui::state", "tui::action", "tui::layout"] never &[CORE];
    "tui::runtime" may [
        "domain", "keymap", "config", "store", "picture", "graphics",
        "tui::state", "tui::action", "tui::effect", "tui::msg", "tui::layout", "tui::update", "tui::view"
    ] never &[&["reqwest", "rusqlite"]];
    "emulator" may [] never &[NO_SCREEN];
    "cli" may [
        "domain", "catalog", "prompt", "keymap", "theme", "config", "api", "picture", "store", "recipe", "graphics",
        "engine", "emulator", "tui::state", "tui::action", "tui::effect", "tui::msg", "tui::layout", "tui::update", "tui::view", "tui::runtime"
    ] never &[];
}

/// The row of a room.
pub fn room(name: &str) -> &'static Room {
    ROOMS.iter().find(|room| room.name == name).unwrap_or_else(|| panic!("no room {name}"))
}

/// The room a file below `src/` belongs to; `None` for `main.rs`, `lib.rs` and `tui/mod.rs`, which only name rooms.
pub fn room_of_file(path: &str) -> Option<&'static Room> {
    if path == "tui/mod.rs" {
        return Some(room("tui::runtime"));
    }
    let words: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    named(&words)
}

/// The room a path resolved from the crate's root (`["crate", "tui", "view"]`) leads into.
pub fn room_of_path(words: &[String]) -> Option<&'static str> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.split_first() {
        Some((&"crate", rest)) => named(rest).map(|room| room.name),
        _ => None,
    }
}

fn named(words: &[&str]) -> Option<&'static Room> {
    let name = match words {
        ["tui", inner, ..] => format!("tui::{inner}"),
        [outer, ..] => (*outer).to_owned(),
        [] => return None,
    };
    ROOMS.iter().find(|room| room.name == name)
}

impl Room {
    pub fn may_import(&self, other: &str) -> bool {
        self.imports.contains(&other)
    }

    /// The banned path that `words` begin with.
    pub fn banned_word(&self, words: &[String]) -> Option<&'static str> {
        let begins = |banned: &&&str| {
            let parts: Vec<&str> = banned.split("::").collect();
            words.len() >= parts.len() && parts.iter().zip(words).all(|(part, word)| part == word)
        };
        self.banned.iter().copied().flatten().find(begins).copied()
    }
}
