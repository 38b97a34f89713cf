//! The architecture, as a test: who imports whom, what pure rooms never mention, how long files and functions are, and
//! that every file says what lives in it. The table is the one `src/lib.rs` draws.

mod source;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use source::Source;

/// Longest file, without its tests.
const FILE_LINES: usize = 400;
/// Longest function, from its opening brace to its closing one.
const FUNCTION_LINES: usize = 60;

/// Everything wrong with one file.
fn offences(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(format!("{path}: begins without //! saying what lives here"));
    }
    let source = match Source::parse(path, text) {
        Ok(source) => source,
        Err(error) => return vec![format!("{path}: does not parse: {error}")],
    };
    if source.lines > FILE_LINES {
        found.push(format!("{path}: {} lines, at most {FILE_LINES}", source.lines));
    }
    for (name, lines) in source.functions.iter().filter(|(_, lines)| *lines > FUNCTION_LINES) {
        found.push(format!("{path}: fn {name} has {lines} lines, at most {FUNCTION_LINES}"));
    }
    let Some(room) = table::room_of_file(path) else { return found };
    for (line, words) in &source.paths {
        if let Some(other) = table::room_of_path(words).filter(|other| *other != room.name)
            && !room.may_import(other)
        {
            found.push(format!("{path}:{line}: {} must not import {other}", room.name));
        }
        if let Some(word) = room.banned_word(words) {
            found.push(format!("{path}:{line}: {} must never mention {word}", room.name));
        }
    }
    found
}

fn rust_files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// Every source file, as its path below `src/` and its text.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let name = |file: &PathBuf| file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), std::fs::read_to_string(file).unwrap())).collect()
}

#[test]
fn every_file_keeps_the_rules_of_its_room() {
    let sources = sources();
    assert!(sources.len() > 40, "the sources were not found");
    let found: Vec<_> = sources.iter().flat_map(|(path, text)| offences(path, text)).collect();
    assert!(found.is_empty(), "{} offences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_room_has_a_row_in_the_table() {
    for path in sources().keys().filter(|path| path.contains('/')) {
        assert!(table::room_of_file(path).is_some(), "{path} belongs to no room of the table");
    }
}

#[test]
fn the_table_itself_has_no_cycle() {
    for room in table::ROOMS {
        let mut seen = Vec::new();
        let mut next: Vec<&str> = room.imports.to_vec();
        while let Some(name) = next.pop() {
            assert_ne!(name, room.name, "{} reaches itself", room.name);
            if !seen.contains(&name) {
                seen.push(name);
                next.extend(table::room(name).imports);
            }
        }
    }
}

#[test]
fn planted_violations_are_found() {
    let planted = [
        ("domain/x.rs", "//! x\nuse crate::store::Store;\n", "domain must not import store"),
        ("domain/x.rs", "//! x\nuse ratatui::style::Style;\n", "domain must never mention ratatui"),
        ("catalog/x.rs", "//! x\nuse std::fs;\n", "catalog must never mention std::fs"),
        ("catalog/x.rs", "//! x\nuse std::{fmt, time::{Duration, Instant}};\n", "never mention std::time::Instant"),
        ("emulator/x.rs", "//! x\nfn f() { let _ = crate::domain::Size::Auto; }\n", "emulator must not import domain"),
        ("tui/view/x.rs", "//! x\nuse super::super::update::update;\n", "tui::view must not import tui::update"),
        (
            "tui/update/x.rs",
            "//! x\nuse crate::{domain::Now, tui::{view, state::State}};\n",
            "must not import tui::view",
        ),
        (
            "tui/state/x.rs",
            "//! x\nfn f() { assert!(crate::picture::sniff(&[]).is_ok()) }\n",
            "must not import picture",
        ),
        ("tui/update/x.rs", "//! x\nasync fn f() { tokio::task::yield_now().await }\n", "must never mention tokio"),
        ("store/x.rs", "use std::fs;\n", "begins without //!"),
    ];
    for (path, text, expected) in planted {
        let found = offences(path, text);
        assert!(found.iter().any(|offence| offence.contains(expected)), "{path}: {found:?}");
    }
    let long_function = format!("//! x\nfn long() {{\n{}}}\n", "    step();\n".repeat(FUNCTION_LINES));
    assert!(offences("store/x.rs", &long_function)[0].contains("fn long has 62 lines"));
    let long_file = format!("//! x\n{}", "const X: u8 = 0;\n".repeat(FILE_LINES));
    assert!(offences("store/x.rs", &long_file)[0].contains("401 lines"));
}

#[test]
fn tests_inside_a_file_are_free_to_use_what_they_need() {
    let body = "    fn t() {}\n".repeat(FILE_LINES);
    let text = format!("//! x\n#[cfg(test)]\nmod tests {{\n    use std::fs;\n    use crate::store::Store;\n{body}}}\n");
    assert_eq!(offences("domain/x.rs", &text), Vec::<String>::new());
}
