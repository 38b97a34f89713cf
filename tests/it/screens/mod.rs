//! Whole screens: what a user sees, with styles, at the sizes that matter; and that nothing ever breaks a border.

mod list;
mod look;
mod stage;

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use list::{FOX, in_queue, lazily, screens, wrote};
use look::{ansi, draw, picture_of};
use pinxit::domain::{Billed, Currency, Depth, Mode, Money, Now, Phase, Region, Size};
use pinxit::theme::Theme;
use pinxit::tui::layout::{Layout, Panes, layout, picture_pane};
use pinxit::tui::state::{Dialog, Editor, Pane, Screen, State};
use pinxit::tui::view::view;
use stage::{done, editing, failed, job, repaint, studio, with};

fn dressed(mut state: State, theme: &str, depth: Depth, unicode: bool) -> State {
    state.theme = Arc::new(Theme::named(theme, depth).unwrap());
    state.unicode = unicode;
    repaint(&mut state);
    state
}

/// A screen as plain lines.
fn lines(state: &State) -> Vec<String> {
    let (buffer, _) = draw(state);
    let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..buffer.area.height).map(row).collect()
}

fn screen(columns: u16, rows: u16, name: &str) -> State {
    lazily(columns, rows).into_iter().find(|(known, _)| *known == name).unwrap().1()
}

fn says(state: &State, text: &str) -> bool {
    lines(state).join("\n").contains(text)
}

#[test]
fn screens_look_as_agreed() {
    for (name, state) in screens(80, 24) {
        insta::assert_snapshot!(format!("80x24-{name}"), picture_of(&state));
    }
    for name in [
        "first",
        "typing",
        "running",
        "done",
        "failed",
        "models",
        "help",
        "help-found",
        "commands",
        "commands-found",
        "jump",
        "following",
        "references",
        "no-pictures",
        "naming",
        "palette",
        "boxes",
        "swatches",
        "again",
        "viewer",
        "compare",
        "compare-heat-fitted",
        "compare-recipe",
        "lineage",
        "lineage-failed",
        "lineage-gone",
        "browser",
        "browser-made",
        "beside",
        "mention",
        "advice",
        "rewrite",
        "cost",
        "expansion",
        "story",
        "story-done",
        "split",
        "queue",
        "queue-failed",
        "queue-fetching",
        "editing",
        "themes",
        "welcome",
        "welcome-guide",
        "batch",
        "batch-empty",
        "batch-failed",
        "gallery",
        "gallery-names",
        "plan",
        "plan-wrong",
        "history",
        "history-peek",
        "too-long",
    ] {
        insta::assert_snapshot!(format!("120x40-{name}"), picture_of(&screen(120, 40, name)));
    }
    for (columns, rows, name) in [
        (38, 9, "first"),
        (100, 28, "done"),
        (64, 20, "done"),
        (44, 14, "typing"),
        (100, 28, "references"),
        (64, 20, "browser"),
        (44, 14, "browser"),
        (44, 14, "advice"),
        (64, 20, "references"),
        (100, 28, "queue"),
        (64, 20, "queue"),
        (44, 14, "queue"),
        (64, 20, "help"),
        (64, 20, "commands-found"),
        (44, 14, "jump"),
        (100, 28, "batch"),
        (64, 20, "batch"),
        (44, 14, "batch"),
        (44, 14, "plan"),
        (64, 20, "gallery"),
        (44, 14, "gallery"),
        (44, 14, "gallery-names"),
        (44, 14, "lineage"),
        (64, 20, "lineage"),
        (64, 20, "compare-heat-fitted"),
        (64, 20, "viewer"),
    ] {
        insta::assert_snapshot!(format!("{columns}x{rows}-{name}"), picture_of(&screen(columns, rows, name)));
    }
    for name in [
        "done",
        "violation",
        "queue",
        "boxes",
        "swatches",
        "browser",
        "mention",
        "rewrite",
        "advice",
        "themes",
        "welcome",
        "welcome-key",
        "help-found",
        "commands-found",
        "jump",
        "following",
        "batch",
        "gallery",
        "gallery-names",
        "plan",
        "history",
        "too-long",
        "selected",
        "viewer",
        "lineage",
    ] {
        let mono = dressed(screen(80, 24, name), "ink", Depth::Mono, false);
        insta::assert_snapshot!(format!("80x24-{name}-ascii-mono"), picture_of(&mono));
    }
}

#[test]
#[ignore = "prints frames for the eye: run with --ignored --nocapture"]
fn frames() {
    let looks = [
        ("ink", true),
        ("paper", true),
        ("dusk", true),
        ("high-contrast", true),
        ("terminal", true),
        ("mono", true),
        ("ink", false),
    ];
    for depth in [Depth::True, Depth::Indexed, Depth::Ansi, Depth::Mono] {
        for ((theme, unicode), (columns, rows)) in looks
            .into_iter()
            .flat_map(|look| [(80, 24), (120, 40), (100, 28), (64, 20), (44, 14)].map(|size| (look, size)))
        {
            for (name, state) in screens(columns, rows) {
                let glyphs = if unicode { "" } else { "-ascii" };
                println!("=== {theme}-{depth}{glyphs}-{columns}x{rows}-{name}");
                print!("{}", ansi(&dressed(state, theme, depth, unicode)));
            }
        }
    }
}

#[test]
fn an_ascii_terminal_gets_ascii_only_and_our_own_words_whole() {
    for (columns, rows) in [(120, 40), (80, 24), (64, 20), (44, 14), (38, 9)] {
        for (name, state) in screens(columns, rows) {
            let text = lines(&dressed(state, "ink", Depth::Ansi, false)).join("\n");
            assert!(text.is_ascii(), "{name} at {columns}x{rows}: {text}");
        }
    }
    let mut state = wrote(with(studio(80, 24), done(1, 1)), "a red fox");
    state.header.region = Region::Beijing;
    state.header.spent_today = vec![Money { micros: 500_000, currency: Currency::Cny }];
    let text = lines(&dressed(state, "ink", Depth::True, false)).join("\n");
    assert!(text.contains("today CNY 0.50"), "{text}");
    assert!(!text.contains('?'), "only the user's letters may turn into question marks: {text}");
}

#[test]
fn a_terminal_without_colours_gets_none() {
    for (name, mut state) in screens(80, 24) {
        state = dressed(state, "paper", Depth::Mono, true);
        state.preview.shown = None;
        if let Some(Dialog::Boxes(editor)) = &mut state.dialog {
            editor.shown = None;
        }
        if let Some(Dialog::Browser(browser)) = &mut state.dialog {
            browser.thumb.shown = None;
        }
        if let Some(Dialog::Compare(compare)) = &mut state.dialog {
            compare.painted = [None, None, None];
        }
        state.references.beside.shown = None;
        state.gallery.thumbs.shown.clear();
        state.lineage.thumbs = Default::default();
        let (buffer, _) = draw(&state);
        let coloured = |cell: &&ratatui::buffer::Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
        assert_eq!(buffer.content.iter().find(coloured), None, "{name}");
        let told = |cell: &&ratatui::buffer::Cell| cell.modifier.intersects(Modifier::BOLD | Modifier::REVERSED);
        assert!(buffer.content.iter().any(|cell| told(&cell)), "{name}");
    }
}

#[test]
fn every_state_of_a_job_is_a_word_in_the_queue_and_beside_it() {
    for phase in Phase::ALL {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let state = in_queue(with(studio(columns, rows), job(7, phase, "a red fox")));
            let count = lines(&state).iter().map(|line| line.matches(phase.word()).count()).sum::<usize>();
            assert_eq!(count, 2, "{phase} at {columns}x{rows}");
        }
    }
}

#[test]
fn a_failed_job_says_what_happened_what_to_do_and_whether_it_was_billed() {
    let text = lines(&in_queue(with(studio(120, 40), failed(3)))).join(" ");
    for part in [
        "The service refused the prompt",
        "Change the words",
        "Nothing was billed.",
        "DataInspectionFailed",
        "7f3c2a10",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(says(&in_queue(with(studio(120, 40), failed(3))), "$0.000"));
    let mut unsure = failed(3);
    unsure.fault.as_mut().unwrap().billed = Billed::Unknown;
    let state = in_queue(with(studio(120, 40), unsure));
    assert!(says(&state, "This may have been billed.") && says(&state, "$0.075?"));
}

#[test]
fn a_finished_picture_shows_its_path_and_cost_at_every_size_it_fits() {
    for (columns, rows) in [(80, 24), (100, 24), (120, 40), (90, 18), (64, 20)] {
        let state = screen(columns, rows, "done");
        assert!(says(&state, "41870233-1.png") && says(&state, "$0.075"), "{columns}x{rows}");
    }
}

#[test]
fn the_cost_line_says_what_a_submit_costs_and_why_it_may_not_go() {
    let mut state = wrote(studio(80, 24), "a red fox");
    assert!(says(&state, "1 x $0.075 = $0.075"));
    state.compose.request.n = 4;
    assert!(says(&state, "4 x $0.075 = $0.300"));
    state.ask_above = Some(Money::usd(250_000));
    assert!(says(&state, "asks first (> $0.25)"));
    state.header.demo = true;
    assert!(says(&state, "not real money") && !says(&state, "asks first"));
    assert!(says(&screen(80, 24, "violation"), "! 8192*8192"));
    let mine = "[[model]]\nid = \"mine\"\nlike = \"wan2.6-t2i\"\n";
    let (catalog, problems) = pinxit::catalog::Catalog::builtin().with_user(mine);
    assert!(problems.is_empty(), "{problems:?}");
    let request = catalog.get("mine").unwrap().blank(Mode::TextToImage);
    (state.catalog, state.compose.request, state.header.demo) = (Arc::new(catalog), request, false);
    assert!(says(&state, "price unknown  (asks first)"));
}

#[test]
fn the_counter_warns_in_words() {
    let at = |count| wrote(studio(80, 24), &"x".repeat(count));
    assert!(says(&at(24), " 24/5000 "));
    assert!(says(&at(4600), " 4600/5000, 400 left "));
    assert!(says(&at(5012), " 5012/5000, 12 too many "));
}

#[test]
fn the_cursor_stands_after_the_text_and_only_while_typing() {
    let cursor = |state: &State| draw(state).1;
    assert_eq!(cursor(&wrote(studio(80, 24), "")), Some((2, 2)));
    assert_eq!(cursor(&wrote(studio(80, 24), "雪a")), Some((5, 2)));
    assert_eq!(cursor(&wrote(studio(80, 24), "one\ntwo")), Some((5, 3)));
    assert_eq!(
        cursor(&wrote(studio(80, 24), &"x".repeat(76))),
        Some((78, 2)),
        "in the blank column, not on the border"
    );
    let mut state = wrote(studio(80, 24), "a");
    state.typing = false;
    assert_eq!(cursor(&state), None);
    assert!(cursor(&screen(80, 24, "models")).is_some(), "in the filter");
    assert!(cursor(&screen(80, 24, "value")).is_some(), "after the value");
    assert!(cursor(&screen(80, 24, "help")).is_some(), "in what is looked for");
    assert!(cursor(&screen(80, 24, "commands")).is_some(), "in what is looked for");
}

#[test]
fn hints_are_keys_that_work_and_help_is_among_them() {
    for pane in Pane::ALL {
        for columns in [40, 60, 80, 120] {
            let mut state = editing(columns, 24);
            (state.pane, state.typing) = (pane, false);
            let footer = lines(&state).pop().unwrap();
            assert!(footer.contains("? keys"), "{footer}");
            assert_eq!(footer.contains(": commands"), columns >= 80, "{footer}");
            assert!(footer.contains("ctrl+g generate"), "{footer}");
        }
    }
    assert!(lines(&studio(80, 24)).pop().unwrap().contains("f1 keys"), "a letter would be typed");
    let mut state = in_queue(with(studio(80, 24), done(1, 1)));
    assert!(!lines(&state).pop().unwrap().contains("send again"), "a finished job is not sent again");
    state = in_queue(with(state, failed(2)));
    assert!(lines(&state).pop().unwrap().contains("send again"));
}

#[test]
fn an_older_picture_stays_until_its_successor_is_ready() {
    let mut state = with(with(studio(80, 24), done(1, 1)), done(2, 1));
    state.preview.shown = with(studio(80, 24), done(1, 1)).preview.shown;
    assert!(says(&state, "#1a  2048x1152") && says(&state, "#2 DONE"));
    state.preview.shown = None;
    assert!(says(&state, "Opening #2a"));
}

fn overlap(a: Rect, b: Rect) -> bool {
    !a.intersection(b).is_empty()
}

fn all(panes: &Panes) -> [(&'static str, Rect); 9] {
    [
        ("header", panes.header),
        ("prompt", panes.prompt),
        ("negative", panes.negative),
        ("references", panes.references),
        ("settings", panes.settings),
        ("cost", panes.cost),
        ("queue", panes.queue),
        ("preview", panes.preview),
        ("footer", panes.footer),
    ]
}

/// The frame of a pane is whole: nothing but its own glyphs on the sides and the bottom, no wide letter reaching into it.
fn check_frame(buffer: &Buffer, name: &str, area: Rect) -> Result<(), TestCaseError> {
    let known = ["│", "┃", "|", "┌", "┐", "└", "┘", "┏", "┓", "┗", "┛", "+"];
    for y in area.top()..area.bottom() {
        for x in [area.left(), area.right() - 1] {
            let symbol = buffer[(x, y)].symbol();
            prop_assert!(known.contains(&symbol), "{name}: {symbol:?} at {x},{y}");
        }
        let last = buffer[(area.right() - 2, y)].symbol();
        prop_assert!(last.width() <= 1, "{name}: {last:?} runs over the border");
    }
    // A remark may stand in the bottom, with the line on both sides of it.
    for x in [area.left() + 1, area.right() - 2] {
        let symbol = buffer[(x, area.bottom() - 1)].symbol();
        prop_assert!(["─", "━", "-", "="].contains(&symbol), "{name}: {symbol:?} in the bottom");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_screen_is_divided_without_overlap_at_every_size(
        columns in 1u16..=300,
        rows in 1u16..=100,
        pane in 0usize..5,
        edits: bool,
    ) {
        let mut state = if edits { editing(columns, rows) } else { studio(columns, rows) };
        state.pane = Pane::ALL[pane];
        prop_assume!(state.panes().contains(&state.pane));
        let Layout::Panes(panes) = layout(&state) else {
            prop_assert!(columns < 40 || rows < 10);
            prop_assert_eq!(picture_pane(&state), None);
            return Ok(());
        };
        let area = Rect::new(0, 0, columns, rows);
        for (at, (name, rect)) in all(&panes).into_iter().enumerate() {
            prop_assert!(rect.is_empty() || area.intersection(rect) == rect, "{} {:?}", name, rect);
            for (other, second) in all(&panes).into_iter().skip(at + 1) {
                prop_assert!(!overlap(rect, second), "{} and {}", name, other);
            }
        }
        prop_assert!(panes.cost.width >= 30 && panes.cost.height == 1, "the cost is always in sight");
        let focused = [panes.prompt, panes.negative, panes.references, panes.settings, panes.queue][pane];
        prop_assert!(focused.height >= 3, "the pane with the keys is in sight");
        prop_assert!(panes.picture.is_empty() || panes.preview.intersection(panes.picture) == panes.picture);
        if columns >= 80 && rows >= 24 {
            prop_assert!(panes.picture.width >= 34 && panes.picture.height >= 12, "{:?}", panes.picture);
        }
    }

    #[test]
    fn no_text_breaks_a_border_at_any_size(
        columns in 1u16..=140,
        rows in 1u16..=50,
        which in 0usize..1000,
        pane in 0usize..5,
        unicode: bool,
        text in "\\PC{0,120}|[雪🦊👩\u{200d}\u{301}\u{ff9e} a]{0,200}",
    ) {
        let mut screens = lazily(columns, rows);
        let (_, made) = screens.swap_remove(which % screens.len());
        let mut state = made();
        state.pane = Pane::ALL[pane];
        prop_assume!(state.panes().contains(&state.pane));
        state.typing &= state.pane.is_text();
        state.unicode = unicode;
        state.compose.prompt = Editor::new(&text);
        state.compose.negative = Editor::new(&text);
        let mut running = job(12, Phase::Running, &text);
        running.story = vec![pinxit::domain::Passage::Text(text.clone()), pinxit::domain::Passage::Picture(0)];
        running.note.clone_from(&text);
        state.jobs.log.lines.push(("09:31:11".into(), text.clone()));
        state = with(state, running);
        let (buffer, cursor) = draw(&state);
        if let Some((x, y)) = cursor {
            prop_assert!(x < columns && y < rows);
        }
        // What may follow a key, and the pictures a mention may mean, lie over the panes below.
        prop_assume!(state.prefix.is_none() && state.references.mention.is_none());
        if let (Layout::Panes(panes), None, []) = (layout(&state), &state.dialog, state.toasts.as_slice()) {
            for (name, area) in all(&panes) {
                if area.height >= 2 && area.width >= 4 && !["header", "footer", "cost"].contains(&name) {
                    check_frame(&buffer, name, area)?;
                }
            }
        }
        if let (Layout::Queue(board), None, []) = (layout(&state), &state.dialog, state.toasts.as_slice()) {
            for (name, area) in [("jobs", board.jobs), ("detail", board.detail)] {
                if area.height >= 2 {
                    check_frame(&buffer, name, area)?;
                }
            }
        }
    }
}

#[test]
fn news_never_cover_the_cost() {
    for (columns, rows) in [(120, 40), (80, 24), (64, 20), (44, 14), (40, 10)] {
        let state = screen(columns, rows, "toasts");
        assert!(says(&state, "4 x $0.075 = $0.300"), "{columns}x{rows}");
        assert!(says(&state, "nearly full"), "{columns}x{rows}");
    }
}

#[test]
fn a_picture_enlarged_takes_all_but_one_line() {
    let mut state = with(studio(80, 24), done(1, 1));
    let small = picture_pane(&state).unwrap();
    state.dialog = Some(Dialog::Zoom);
    assert_eq!((small, picture_pane(&state).unwrap()), ((34, 12), (80, 23)));
    assert!(says(&state, "#1a") && says(&state, "esc close"));
}

#[test]
fn the_ratio_stands_beside_a_size_and_the_pixels_beside_a_name() {
    let mut state = studio(80, 24);
    assert!(says(&state, "2048*1152  16:9"));
    state.compose.request.size = "2K".parse::<Size>().unwrap();
    assert!(says(&state, "2K  2048*2048"));
    assert!(says(&wrote(state, FOX), "雪"));
}

#[test]
fn the_queue_screen_is_divided_without_overlap_and_its_selected_row_is_in_sight() {
    for columns in [40, 59, 60, 79, 80, 99, 100, 120, 200] {
        for rows in [10, 12, 16, 17, 24, 40, 60] {
            for name in ["queue", "queue-filter"] {
                let state = screen(columns, rows, name);
                let Layout::Queue(board) = layout(&state) else { panic!("{name} at {columns}x{rows}") };
                let parts = [board.header, board.jobs, board.detail, board.filter, board.footer];
                let cells: u32 = parts.iter().map(|part| part.area()).sum();
                assert_eq!(cells, u32::from(columns) * u32::from(rows), "{name} at {columns}x{rows}: {parts:?}");
                for (at, part) in parts.iter().enumerate() {
                    assert!(parts[at + 1..].iter().all(|other| !overlap(*part, *other)), "{parts:?}");
                }
                assert!(board.facts.is_empty() || board.detail.intersection(board.facts) == board.facts);
                assert!(board.log.is_empty() || board.detail.intersection(board.log) == board.log);
                assert!(!overlap(board.facts, board.log));
                assert!(lines(&state).iter().any(|line| line.contains("▸")), "{name} at {columns}x{rows}");
            }
        }
    }
}

#[test]
fn the_batch_screen_is_divided_without_overlap_and_its_selected_row_is_in_sight() {
    for columns in [40, 59, 60, 79, 80, 99, 100, 120, 200] {
        for rows in [10, 12, 16, 17, 18, 24, 40, 60] {
            for name in ["batch", "batch-failed", "batch-empty"] {
                let state = screen(columns, rows, name);
                let Layout::Batch(stack) = layout(&state) else { panic!("{name} at {columns}x{rows}") };
                let parts = [stack.header, stack.batches, stack.progress, stack.rows, stack.row, stack.footer];
                let cells: u32 = parts.iter().map(|part| part.area()).sum();
                assert_eq!(cells, u32::from(columns) * u32::from(rows), "{name} at {columns}x{rows}: {parts:?}");
                for (at, part) in parts.iter().enumerate() {
                    assert!(parts[at + 1..].iter().all(|other| !overlap(*part, *other)), "{parts:?}");
                }
                let inside = lines(&state).into_iter().skip(usize::from(stack.rows.y));
                let marked = inside.take(usize::from(stack.rows.height)).any(|line| line.contains("▸"));
                assert!(marked || name == "batch-empty", "{name} at {columns}x{rows}");
            }
        }
    }
}

#[test]
fn the_batch_screen_says_how_far_it_is_what_it_costs_and_what_can_be_done() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let state = screen(columns, rows, "batch");
        for words in [
            "5/9",
            "ok 3   failed 1   unsure 1   running 2   waiting 2",
            "spent $0.225 of $0.675",
            "img/min",
            " left",
            "in flight 2 of 2",
            "雪",
            "RUNNING",
        ] {
            assert!(says(&state, words), "{words} at {columns}x{rows}:\n{}", lines(&state).join("\n"));
        }
        let state = screen(columns, rows, "batch-failed");
        for words in
            ["PAUSED: P lets it go on", "[failed]", "1 marked", "e changes it, r sends it again", "hero-gold #23"]
        {
            assert!(says(&state, words), "{words} at {columns}x{rows}:\n{}", lines(&state).join("\n"));
        }
        assert!(!says(&state, "RUNNING") && says(&state, "UNSURE"), "only what needs the user");
        let state = screen(columns, rows, "batch-empty");
        assert!(says(&state, "No batches yet.") && says(&state, "n plans a file") && says(&state, "pinxit batch run"));
    }
}

#[test]
fn the_header_says_screens_limits_and_what_is_set_aside() {
    let top = |state: &State| lines(state).swap_remove(0);
    let mut state = screen(120, 24, "queue-failed");
    assert!(top(&state).contains("1 Compose [2 Queue] 2>4 3 Gallery 4 History 5 Batch "), "{}", top(&state));
    assert!(top(&state).contains("PAUSED"), "{}", top(&state));
    assert!(top(&state).contains("today $0.42/5.00   month $18.40/30.00 +$0.45"), "{}", top(&state));
    state.header.spent_today.push(Money { micros: 500_000, currency: Currency::Cny });
    assert!(top(&state).contains("today $0.42/5.00 + ¥0.50"), "{}", top(&state));
    let narrow = top(&screen(80, 24, "queue-failed"));
    assert!(narrow.contains("3 Gal 4 Hist 5 Bat  PAUSED") && narrow.contains("today $0.42/5.00"), "{narrow}");
    assert!(
        top(&screen(44, 14, "queue-failed")).contains("1 [2] 2>4 3 4 5  PAUSED"),
        "{}",
        top(&screen(44, 14, "queue-failed"))
    );
    state.show(Screen::Compose);
    assert!(
        top(&state).contains("[1 Compose] 2 Queue 2>4 3 Gallery 4 History 5 Batch") && top(&state).contains("PAUSED")
    );
}

#[test]
fn a_budget_that_is_reached_is_said_whole() {
    let words = "Not sent. Not sent: the budget of the month is $30.000: $29.950 spent and $0.025 set aside, this would add $0.075. \
                 Raise budget.month in the settings, or wait for the first of the next month. (budget_month, nothing was billed)";
    for (columns, rows) in [(120, 40), (80, 24), (64, 20), (44, 14)] {
        let mut state = screen(columns, rows, "typing");
        state.toasts = (1..3)
            .map(|id| format!("#{id} done"))
            .chain([words.to_owned()])
            .map(|text| pinxit::tui::state::Toast { text, tone: pinxit::tui::state::Tone::Bad, until: stage::NOW })
            .collect();
        let shown = lines(&state).join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words.split_whitespace() {
            assert!(shown.contains(word), "{word} at {columns}x{rows}: {shown}");
        }
    }
}

#[test]
fn a_note_that_counts_down_shows_the_seconds_left() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        assert!(says(&screen(columns, rows, "queue"), "next try in 4 s"), "{columns}x{rows}");
    }
}

/// A screen of a studio that is tested elsewhere, as plain lines.
pub fn text_of(state: &State, now: Now) -> String {
    let mut terminal = Terminal::new(TestBackend::new(state.size.0, state.size.1)).unwrap();
    let frame = terminal.draw(|frame| view(state, now, frame)).unwrap();
    let row = |y| (0..frame.area.width).map(|x| frame.buffer[(x, y)].symbol()).collect::<String>();
    (0..frame.area.height).map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_gallery_keeps_its_pictures_apart_and_its_selected_one_in_sight_at_every_size() {
    for (columns, rows) in [(40, 10), (44, 14), (64, 20), (80, 24), (100, 28), (120, 40), (200, 60)] {
        let mut state = stage::gallery(studio(columns, rows), 40);
        for selected in [0, 7, 39] {
            state.gallery.selected = selected;
            let Layout::Gallery(wall) = layout(&state) else { panic!("{columns}x{rows}") };
            let sight = wall.sight(&state);
            assert!(sight.contains(&selected), "{selected} at {columns}x{rows}: {sight:?}");
            let cells: Vec<Rect> = (0..wall.room()).map(|nth| wall.cell(nth)).collect();
            for (at, cell) in cells.iter().enumerate() {
                assert!(!cell.is_empty() && wall.grid.union(*cell) == wall.grid, "{cell:?} at {columns}x{rows}");
                assert!(cells[..at].iter().all(|other| !overlap(*other, *cell)), "{cell:?} at {columns}x{rows}");
            }
            let name = format!("#{}", state.gallery.cards[selected].image.id);
            assert!(says(&state, &name), "{name} at {columns}x{rows}: {}", lines(&state).join("\n"));
        }
    }
    let names = stage::gallery(studio(80, 24), 40);
    for words in ["1 of 2311", "1 marked", "* star", "tags", "rejected", "from #1039a", "$0.075"] {
        assert!(says(&names, words), "{words}: {}", lines(&names).join("\n"));
    }
}
