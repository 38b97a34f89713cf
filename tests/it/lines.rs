//! Lines at the keys: filters, searches, paths, values, boxes and colours are edited in their middle, letter by letter of
//! every script, and the cursor is in sight.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use pinxit::domain::Phase;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{Pane, SettingRow};
use pinxit::tui::view::view;

use crate::sample::job;
use crate::studio::Studio;

/// The column and row of the terminal's cursor.
fn cursor(studio: &Studio) -> (u16, u16) {
    let (columns, rows) = studio.state.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| view(&studio.state, studio.now, frame)).unwrap();
    let place = terminal.get_cursor_position().unwrap();
    (place.x, place.y)
}

/// What stands on the screen right of the cursor, and left of it, in its row.
fn around(studio: &Studio) -> (String, String) {
    let (column, row) = cursor(studio);
    let line = studio.screen().lines().nth(usize::from(row)).unwrap().to_owned();
    // None of the lines looked at here has a wide letter: a letter is a column.
    let (before, after) = line.char_indices().nth(usize::from(column)).map(|(at, _)| line.split_at(at)).unwrap();
    (before.trim_end_matches(' ').to_owned(), after.to_owned())
}

fn settings(keys: &str) -> Studio {
    let mut studio = Studio::new();
    studio.keys("<esc>");
    studio.state.pane = Pane::Settings;
    let is_size = |row: &SettingRow| matches!(row, SettingRow::Parameter(name) if name == "size");
    studio.state.compose.row = studio.state.setting_rows().iter().position(is_size).unwrap();
    studio.keys(keys);
    studio
}

fn opened(keys: &str) -> Studio {
    let mut studio = Studio::new();
    studio.jobs((1..4).map(|id| job(id, Phase::Done)).collect());
    studio.keys(keys);
    studio
}

#[test]
fn every_line_is_edited_in_its_middle() {
    for (open, label) in [
        ("<esc>m", "Filter: "),
        ("<ctrl+p>", "Do: "),
        ("<f1>", "Find: "),
        ("<ctrl+r>", "Find: "),
        ("<esc>2/", "Filter  "),
        ("<esc>5n", "┃ "),
    ] {
        let mut studio = opened(open);
        studio.keys("red fx pale<alt+b><left><left>o");
        let (before, after) = around(&studio);
        assert!(before.ends_with(&format!("{label}red fo")), "{open}: {before:?} | {after:?}");
        assert!(after.starts_with("x pale "), "{open}: {before:?} | {after:?}");
        studio.keys("<home>a <end>r<ctrl+w><ctrl+a><alt+d><delete>");
        let (before, after) = around(&studio);
        assert!(after.starts_with("red fox "), "{open}: {before:?} | {after:?}");
        studio.keys("<ctrl+k>");
        studio.send(Msg::Paste("hen\n".into()));
        studio.keys("<left><ctrl+y>");
        assert!(studio.screen().contains(&format!("{label}hered fox n")), "{open}:\n{}", studio.screen());
        studio.keys("<ctrl+u><ctrl+_>");
        assert!(studio.screen().contains(&format!("{label}hered fox n")), "{open}: undone");
    }
}

#[test]
fn a_value_is_typed_over_where_the_cursor_is() {
    let mut studio = settings("<enter><ctrl+u>1280*70<left>2<enter>");
    assert_eq!(studio.state.compose.request.size.to_string(), "1280*720");
    studio.keys("<enter><home><delete><delete><delete><delete>1440<esc>");
    assert_eq!(studio.state.compose.request.size.to_string(), "1280*720", "left as it was");
}

#[test]
fn a_line_is_what_the_user_sees_as_letters() {
    let mut studio = opened("<esc>2/");
    studio.keys("雪👩\u{200d}🎨狐<left><backspace>");
    assert_eq!(studio.state.jobs.filter.text(), "雪狐", "a painter goes at once");
    let (start, row) = cursor(&studio);
    studio.keys("<left>");
    assert_eq!(cursor(&studio), (start - 2, row), "a letter of two columns");
    studio.keys("<delete>");
    assert_eq!(studio.state.jobs.filter.text(), "狐");
}

#[test]
fn the_cursor_of_a_long_line_stays_in_sight() {
    for (columns, rows) in [(80, 24), (120, 40), (44, 14)] {
        let mut studio = opened("<esc>2/").sized(columns, rows);
        let long: String = (0..120).map(|at| char::from(b'a' + (at % 26))).collect();
        studio.send(Msg::Paste(long.clone()));
        for step in 0..=long.len() {
            let (column, _) = cursor(&studio);
            assert!(column < columns, "{step}");
            let (before, after) = around(&studio);
            let at = long.len() - step;
            let letter = |at: usize| long.get(at..=at).unwrap_or(" ");
            assert!(after.starts_with(letter(at)), "{columns}: {at}: {before:?} | {after:?}");
            assert!(at == 0 || before.ends_with(letter(at - 1)), "{columns}: {at}: {before:?} | {after:?}");
            studio.keys("<left>");
        }
    }
}

#[test]
fn keys_of_a_list_go_on_working_while_its_line_is_typed() {
    let mut studio = opened("<ctrl+p>screen<left><left><down>");
    let before = studio.screen();
    studio.keys("<ctrl+n>");
    assert_ne!(studio.screen(), before, "the selection moves");
    assert!(studio.screen().contains("Do: screen"), "{}", studio.screen());
    studio.keys("<esc>");
    assert!(studio.state.dialog.is_none());
}
