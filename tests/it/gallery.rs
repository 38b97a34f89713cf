//! The gallery at the keys: going through it, searching it, what is said of pictures and taking it back; and the same on a
//! real terminal, with pictures made before.

use std::path::Path;

use pinxit::domain::query::{Bin, Sort, Stretch};
use pinxit::domain::{Card, Fault, FaultKind, ImageId, JobId, Mark, Phase};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, PaintedPart};
use pinxit::tui::state::{Dialog, Gallery, Screen};
use pinxit::tui::update::wake_at;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::cli::{Home, emulator};
use crate::demo::stop_typing;
use crate::pty::{Pty, Start};
use crate::sample::{card, job};
use crate::studio::Studio;

fn id(job: i64) -> ImageId {
    ImageId { job: JobId(job), index: 0 }
}

/// The last question to the shelf among effects.
fn asked(effects: &[Effect]) -> Option<(u64, Stretch, usize)> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Shelf { ticket, stretch, most, .. } => Some((*ticket, *stretch, *most)),
        _ => None,
    })
}

fn arrive(studio: &mut Studio, cards: Vec<Card>) -> Vec<Effect> {
    let ticket = studio.state.gallery.tickets;
    studio.send(Msg::Shelf { ticket, result: Ok(cards) })
}

/// Pictures of jobs from one number down to another.
fn cards(from: i64, to: i64) -> Vec<Card> {
    (to..=from).rev().map(|job| card(job, 0)).collect()
}

/// A gallery of nine pictures, the newest of job 9.
fn nine() -> Studio {
    let mut studio = Studio::new().sized(80, 24);
    let effects = studio.keys("<esc>3");
    assert_eq!(asked(&effects).map(|(_, stretch, _)| stretch), Some(Stretch::First));
    arrive(&mut studio, cards(9, 1));
    let ticket = studio.state.gallery.tickets;
    studio.send(Msg::Counted { ticket, count: 9 });
    studio
}

fn selected(studio: &Studio) -> i64 {
    studio.state.gallery.card().map_or(0, |card| card.image.id.job.0)
}

#[test]
fn one_more_of_a_picture_its_seed_and_its_command_are_had_here_too() {
    let mut studio = nine();
    studio.keys("v");
    assert!(matches!(&studio.state.dialog, Some(Dialog::Again(page)) if page.of == JobId(9)), "{}", studio.toasts());
    studio.keys("<esc>s");
    assert!(studio.toasts().contains("is kept"), "{}", studio.toasts());
    let effects = studio.keys("<space>j<space>Y");
    let [Effect::Copy(commands)] = &effects[..] else { panic!("{effects:?}") };
    assert!(commands.lines().all(|line| line.starts_with("pinxit gen -m ")), "{commands}");
    assert_eq!(commands.lines().count(), 2, "{commands}");
    assert!(matches!(&studio.keys("S")[..], [Effect::Copy(command)] if command.starts_with("scp ")));
}

/// What the store is told.
fn orders(effects: &[Effect]) -> Vec<(Vec<i64>, Mark)> {
    let order = |effect: &Effect| match effect {
        Effect::MarkPictures { images, mark } => Some((images.iter().map(|id| id.job.0).collect(), mark.clone())),
        _ => None,
    };
    effects.iter().filter_map(order).collect()
}

#[test]
fn the_grid_is_walked_by_letters_and_arrows() {
    let mut studio = nine();
    assert_eq!(studio.state.screen, Screen::Gallery);
    for (keys, at) in [
        ("l", 8),
        ("<right>", 7),
        ("j", 4),
        ("h", 5),
        ("<up>", 8),
        ("k", 8),
        ("G", 1),
        ("j", 1),
        ("g", 9),
        ("h", 9),
        ("<pagedown>", 1),
        ("<pageup>", 9),
        ("<end>", 1),
        ("<home>", 9),
    ] {
        studio.keys(keys);
        assert_eq!(selected(&studio), at, "{keys}");
    }
    let screen = studio.screen();
    assert!(screen.contains("1 of 9") && screen.contains("[3 Gal") && screen.contains("#9a"), "{screen}");
}

#[test]
fn more_is_read_as_the_user_goes_on_and_only_a_stretch_is_kept() {
    let mut studio = Studio::new().sized(80, 24);
    studio.keys("<esc>3");
    let mut low = 5_000;
    arrive(&mut studio, cards(low, low - 119));
    for _ in 0..7 {
        let effects = studio.keys(&"<pagedown>".repeat(14));
        let (_, stretch, most) = asked(&effects).expect("more is asked for before the end is reached");
        assert!(matches!(stretch, Stretch::After(mark) if mark.image == id(low - 119)), "{stretch:?}");
        assert_eq!(most, Gallery::PAGE);
        low -= 120;
        arrive(&mut studio, cards(low, low - 119));
        assert!(studio.state.gallery.cards.len() <= Gallery::MOST);
    }
    assert_eq!(studio.state.gallery.skipped, 360, "what was passed long ago is let go");
    assert!(matches!(asked(&studio.keys("G")), Some((_, Stretch::Last, _))));
    let effects = arrive(&mut studio, cards(120, 1));
    assert_eq!((selected(&studio), studio.state.gallery.more), (1, false));
    assert!(asked(&effects).is_none(), "nothing is behind the end: {effects:?}");
    let ticket = studio.state.gallery.tickets;
    studio.send(Msg::Counted { ticket, count: 5_000 });
    assert!(studio.screen().contains("5000 of 5000"), "{}", studio.screen());
    // Back: what is before is read again.
    let effects = studio.keys(&"<pageup>".repeat(14));
    assert!(matches!(asked(&effects), Some((_, Stretch::Before(mark), _)) if mark.image == id(120)), "{effects:?}");
    let before = selected(&studio);
    arrive(&mut studio, cards(240, 121));
    assert_eq!(selected(&studio), before, "the selection stays on its picture");
    assert!(studio.state.gallery.cards.len() <= Gallery::MOST);
}

#[test]
fn a_search_is_asked_as_it_is_typed_and_what_cannot_be_read_is_said_below() {
    let mut studio = nine();
    let effects = studio.keys("/fox star:yes");
    let queries: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Shelf { query, .. } => Some(query.terms.len()),
            _ => None,
        })
        .collect();
    assert!(queries.len() > 3 && queries.last() == Some(&2), "{queries:?}");
    let old = studio.state.gallery.tickets - 1;
    studio.send(Msg::Shelf { ticket: old, result: Ok(Vec::new()) });
    assert_eq!(studio.state.gallery.cards.len(), 9, "an answer that is out of date changes nothing");
    arrive(&mut studio, cards(3, 3));
    assert_eq!(selected(&studio), 3);
    let effects = studio.keys("x");
    assert_eq!(asked(&effects), None);
    for words in ["star:yesx cannot be", "takes yes or", "cannot be read"] {
        assert!(studio.screen().contains(words), "{words}: {}", studio.screen());
    }
    studio.keys("<enter>");
    assert!(studio.state.gallery.is_typing(), "what finds nothing keeps the keys");
    assert_eq!(selected(&studio), 3, "what was found last stays");
    studio.keys("<backspace><enter>");
    assert!(!studio.state.gallery.is_typing());
    assert_eq!(studio.state.gallery.search.text(), "fox star:yes");
    let effects = studio.keys("o");
    let sorts: Vec<Sort> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Shelf { query, .. } => Some(query.sort),
            _ => None,
        })
        .collect();
    assert_eq!((sorts, studio.state.gallery.search.text()), (vec![Sort::Old], "fox star:yes sort:old"));
    arrive(&mut studio, Vec::new());
    assert!(studio.screen().contains("Nothing matches."), "{}", studio.screen());
    let effects = studio.keys("<esc>");
    assert!(studio.state.gallery.search.is_empty() && asked(&effects).is_some(), "everything again");
    let effects = studio.keys("/bin:yes<esc>");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Shelf { query, .. } if query.bin == Bin::In)));
    assert!(studio.state.gallery.search.is_empty());
}

#[test]
fn stars_rejects_and_tags_are_for_the_marked_ones_else_for_the_selected_one_and_can_be_taken_back() {
    let mut studio = nine();
    assert_eq!(orders(&studio.keys("f")), [(vec![9], Mark::Star(true))]);
    assert!(studio.state.gallery.card().unwrap().star, "it is seen at once");
    studio.keys("  ");
    assert_eq!((selected(&studio), studio.state.gallery.marks.len()), (7, 2));
    assert_eq!(orders(&studio.keys("f")), [(vec![8], Mark::Star(true))], "the other has one");
    assert_eq!(orders(&studio.keys("f")), [(vec![9, 8], Mark::Star(false))], "all had one");
    assert_eq!(orders(&studio.keys("X")), [(vec![9, 8], Mark::Reject(true))]);
    let tags = orders(&studio.keys("tshop, 夜市，<enter>"));
    assert_eq!(tags, [(vec![9, 8], Mark::Tag("shop".into(), true)), (vec![9, 8], Mark::Tag("夜市".into(), true))]);
    assert!(studio.toasts().contains("2 pictures tagged; u undoes it"), "{}", studio.toasts());
    studio.keys("t");
    let offered = studio.state.gallery.tags.as_ref().map(|line| line.text());
    assert_eq!(offered, Some("shop, 夜市, "), "what all have is offered");
    assert!(studio.screen().contains("Tags shop, "), "{}", studio.screen());
    let changed = orders(&studio.keys("<ctrl+u>shop<enter>"));
    assert_eq!(changed, [(vec![9, 8], Mark::Tag("夜市".into(), false))], "one taken out of the line is taken off");
    assert_eq!(orders(&studio.keys("u")), [(vec![9, 8], Mark::Tag("夜市".into(), true))]);
    assert_eq!(orders(&studio.keys("u")).len(), 2, "both tags");
    assert_eq!(orders(&studio.keys("u")), [(vec![9, 8], Mark::Reject(false))]);
    studio.keys("<esc>");
    assert!(studio.state.gallery.marks.is_empty());
    assert_eq!(orders(&studio.keys("tleft<esc>")), [], "dropped");
    assert_eq!(orders(&studio.keys("uuu")).len(), 3);
    assert_eq!(orders(&studio.keys("u")), []);
    assert!(studio.toasts().contains("nothing to undo"), "{}", studio.toasts());
    assert!(studio.state.gallery.cards.iter().all(|card| !card.star && !card.rejected && card.tags.is_empty()));
}

#[test]
fn the_bin_takes_pictures_out_of_sight_and_undo_brings_them_back() {
    let mut studio = nine();
    studio.keys("l");
    assert_eq!(orders(&studio.keys("d")), [(vec![8], Mark::Bin(true))]);
    assert_eq!((selected(&studio), studio.state.gallery.cards.len()), (7, 8), "the next one is in its place");
    assert!(studio.screen().contains("2 of 8"), "{}", studio.screen());
    studio.keys("G");
    assert_eq!(orders(&studio.keys("d")), [(vec![1], Mark::Bin(true))]);
    assert_eq!(selected(&studio), 2);
    assert_eq!(orders(&studio.keys("u")), [(vec![1], Mark::Bin(false))]);
    // The store says that something changed; what is there is read again.
    let effects = studio.jobs(vec![job(1, Phase::Done)]);
    assert_eq!(asked(&effects).map(|(_, stretch, _)| stretch), Some(Stretch::First));
    let mut back = cards(9, 1);
    back.remove(1);
    arrive(&mut studio, back);
    assert_eq!((selected(&studio), studio.state.gallery.cards.len()), (2, 8), "the selection stays on its picture");
    studio.keys("/bin:yes<enter>");
    let mut binned = card(8, 0);
    binned.binned = Some(studio.now);
    arrive(&mut studio, vec![binned]);
    assert!(studio.screen().contains("in the bin"), "{}", studio.screen());
    assert!(!studio.keys("D<enter>").contains(&Effect::EmptyBin), "enter alone deletes nothing");
    assert!(studio.screen().contains("Those with a star stay"), "{}", studio.screen());
    assert!(!studio.keys("n").contains(&Effect::EmptyBin));
    assert_eq!(orders(&studio.keys("d")), [(vec![8], Mark::Bin(false))], "from the bin it comes back");
    assert!(studio.screen().contains("The bin is empty."), "{}", studio.screen());
    assert!(studio.keys("Dy").contains(&Effect::EmptyBin));
    let left: Vec<_> = studio.state.gallery.undo.iter().flat_map(|step| &step.done).map(|(_, mark)| mark).collect();
    assert_eq!(left, [&Mark::Bin(false)], "what is gone is not brought back");
}

/// A gallery of 5,000 pictures, of which 120 were read.
fn thousands() -> Studio {
    let mut studio = Studio::new().sized(80, 24);
    studio.keys("<esc>3");
    arrive(&mut studio, cards(5_000, 4_881));
    let ticket = studio.state.gallery.tickets;
    studio.send(Msg::Counted { ticket, count: 5_000 });
    studio
}

#[test]
fn all_that_are_found_are_marked_and_what_is_done_to_them_is_done_and_taken_back_at_once() {
    let mut studio = thousands();
    let effects = studio.keys("A");
    let [Effect::ShelfIds { ticket, query }] = &effects[..] else { panic!("{effects:?}") };
    assert!(query.is_open());
    let all: Vec<ImageId> = (1..=5_000).map(id).collect();
    studio.send(Msg::ShelfIds { ticket: ticket + 1, result: Ok(vec![id(1)]) });
    assert_eq!(studio.state.gallery.marks.len(), 120, "no answer to this question");
    studio.send(Msg::ShelfIds { ticket: *ticket, result: Ok(all.clone()) });
    assert!(studio.toasts().contains("5,000 pictures marked"), "{}", studio.toasts());
    assert!(studio.screen().contains("5000 marked"), "{}", studio.screen());
    // One is taken out; a star for all others, those that were not read too. The store finds out which have one.
    studio.keys(" ");
    let effects = studio.keys("f");
    let [Effect::MarkAll { images, marks, turn: true }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((images.len(), images.contains(&id(5_000)), &marks[..]), (4_999, false, &[Mark::Star(true)][..]));
    let changed: Vec<ImageId> = images[..4_990].to_vec();
    studio.send(Msg::Marked(Ok(vec![(changed.clone(), Mark::Star(true))])));
    assert!(studio.toasts().contains("4,990 pictures starred; u undoes it"), "{}", studio.toasts());
    assert!(studio.state.gallery.cards[30].star && studio.state.gallery.marks.len() == 4_999);
    let undone = orders(&studio.keys("u"));
    assert_eq!((undone.len(), undone[0].0.len(), &undone[0].1), (1, 4_990, &Mark::Star(false)));
    arrive(&mut studio, cards(5_000, 4_881));
    // Tags are put on; none is taken off that is not known here.
    let effects = studio.keys("tshop, night<enter>");
    let tags = [Mark::Tag("shop".into(), true), Mark::Tag("night".into(), true)];
    let marked = |effect: &Effect| matches!(effect, Effect::MarkAll { images, marks, turn: false } if images.len() == 4_999 && marks[..] == tags);
    assert!(effects.iter().any(marked), "{effects:?}");
    // Into the bin only when the number was read.
    assert_eq!(studio.keys("d<enter>"), []);
    assert!(studio.screen().contains("Put 4,999 pictures into the bin?"), "{}", studio.screen());
    let effects = studio.keys("y");
    let [Effect::MarkAll { images, marks, turn: false }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((images.len(), &marks[..]), (4_999, &[Mark::Bin(true)][..]));
    let images = images.clone();
    let effects = studio.send(Msg::Marked(Ok(vec![(images, Mark::Bin(true))])));
    assert!(asked(&effects).is_some(), "what is left is read: {effects:?}");
    assert_eq!((studio.state.gallery.marks.len(), studio.state.gallery.cards.len()), (0, 1));
    assert_eq!(orders(&studio.keys("u"))[0].0.len(), 4_999);
    // What cannot be carried out says so.
    let fault = Fault::new(FaultKind::Other, "io", "The disk is full.");
    studio.send(Msg::Marked(Err(fault)));
    assert!(studio.toasts().contains("The disk is full."), "{}", studio.toasts());
}

#[test]
fn marks_that_were_taken_off_meanwhile_stay_off_and_the_clipboard_takes_no_thousands() {
    let mut studio = thousands();
    studio.keys("A<esc>");
    let ticket = studio.state.gallery.asked_ids;
    studio.send(Msg::ShelfIds { ticket, result: Ok((1..=5_000).map(id).collect()) });
    assert!(studio.state.gallery.marks.is_empty());
    studio.keys("A");
    let ticket = studio.state.gallery.asked_ids;
    studio.send(Msg::ShelfIds { ticket, result: Ok((1..=5_000).map(id).collect()) });
    assert_eq!(studio.keys("y"), []);
    assert!(studio.toasts().contains("pinxit list"), "{}", studio.toasts());
    studio.keys("D");
    studio.send(Msg::BinSize(1_234, 5_600_000));
    assert!(studio.screen().contains("Delete 1,234 pictures (5.6 MB) for good?"), "{}", studio.screen());
}

#[test]
fn a_picture_goes_to_the_form_as_it_was_made_or_as_what_to_edit_and_its_path_to_the_clipboard() {
    let mut studio = nine();
    assert!(matches!(&studio.keys("y")[..], [Effect::Copy(path)] if path.ends_with("-0.png")));
    studio.keys("  ");
    let copied = studio.keys("y");
    assert!(matches!(&copied[..], [Effect::Copy(paths)] if paths.lines().count() == 2), "{copied:?}");
    studio.keys("<esc>a");
    assert_eq!((studio.state.screen, studio.state.compose.parent), (Screen::Compose, Some(JobId(7).into())));
    assert_eq!(studio.state.compose.prompt.text(), "a red fox in snow");
    studio.keys("<esc>3e");
    assert!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))) || studio.state.screen == Screen::Compose);
}

#[test]
fn pictures_that_wait_keep_nobody_awake_where_there_is_no_place_for_them() {
    let mut studio = nine();
    studio.keys("G");
    studio.send(Msg::Resize(10, 5));
    assert_eq!(wake_at(&studio.state, studio.now), None);
    studio.send(Msg::Resize(80, 24));
    studio.keys("g<enter>");
    let wake = wake_at(&studio.state, studio.now);
    assert!(wake.is_none_or(|wake| !wake.is_zero()), "{wake:?}");
}

#[test]
fn two_pictures_are_compared_and_one_of_them_is_kept() {
    let mut studio = nine();
    studio.keys("cl");
    assert!(studio.toasts().contains("#9a is the first"), "{}", studio.toasts());
    studio.keys("c");
    assert!(matches!(studio.state.dialog, Some(Dialog::Compare(_))));
    assert!(studio.screen().contains("A #9a") && studio.screen().contains("B #8a"), "{}", studio.screen());
    assert_eq!(orders(&studio.keys("]")), [(vec![8], Mark::Star(true)), (vec![9], Mark::Reject(true))]);
    assert!(studio.toasts().contains("#8a starred, #9a rejected; u undoes it"), "{}", studio.toasts());
    studio.keys("<esc>");
    assert_eq!(orders(&studio.keys("u")), [(vec![9], Mark::Reject(false)), (vec![8], Mark::Star(false))]);
    // Two that are marked, the older one first.
    studio.keys("g  c");
    assert!(studio.screen().contains("A #8a") && studio.screen().contains("B #9a"), "{}", studio.screen());
    assert_eq!(orders(&studio.keys("[")), [(vec![8], Mark::Star(true)), (vec![9], Mark::Reject(true))]);
}

#[test]
fn small_pictures_are_asked_for_once_in_sight_the_selected_one_first() {
    let mut studio = Studio::new().sized(80, 24);
    studio.keys("<esc>3");
    let effects = arrive(&mut studio, cards(100, 1));
    let thumbs = |effects: &[Effect]| -> Vec<pinxit::tui::state::Part> {
        let part = |effect: &Effect| match effect {
            Effect::PaintPart(part) => Some(part.clone()),
            _ => None,
        };
        effects.iter().filter_map(part).collect()
    };
    let parts = thumbs(&effects);
    assert_eq!(parts.len(), 9, "as many as are in sight");
    let newest = studio.state.gallery.card().unwrap().image.path.clone();
    assert_eq!(parts.last().map(|part| part.path.clone()), Some(newest), "the last wish goes first");
    let cells = std::sync::Arc::new(Buffer::empty(Rect::new(0, 0, 17, 6)));
    let painted = Msg::PaintedPart(PaintedPart { part: parts[0].clone(), cells: Ok(cells) });
    assert_eq!(thumbs(&studio.send(painted)), [], "they are not asked for again");
    studio.keys("m");
    assert!(studio.state.gallery.is_list());
    assert_eq!(thumbs(&studio.keys("jj")), [], "names need no pictures");
    let part = parts[1].clone();
    let fault = Fault::new(FaultKind::Other, "x", "damaged");
    studio.keys("m");
    studio.send(Msg::PaintedPart(PaintedPart { part, cells: Err(fault) }));
}

#[test]
fn an_enlarged_picture_is_the_selected_one_and_the_form_keeps_its_own() {
    let mut studio = nine();
    studio.jobs(vec![job(20, Phase::Done)]);
    arrive(&mut studio, cards(9, 1));
    studio.keys("<enter>");
    assert!(matches!(studio.state.dialog, Some(Dialog::Zoom)));
    assert_eq!(studio.state.preview.wanted, Some(id(9)));
    studio.keys("<right>");
    assert_eq!((studio.state.preview.wanted, selected(&studio)), (Some(id(8)), 8));
    studio.jobs(vec![job(21, Phase::Done)]);
    assert_eq!(studio.state.preview.wanted, Some(id(8)), "news do not turn the page");
    studio.keys("<esc>1");
    assert_eq!(studio.state.preview.wanted, Some(id(20)), "the form's own picture");
}

#[test]
fn nothing_is_read_while_another_screen_is_shown() {
    let mut studio = nine();
    studio.keys("1");
    assert_eq!(asked(&studio.jobs(vec![job(12, Phase::Done)])), None);
    let effects = studio.keys("<esc>3");
    assert!(asked(&effects).is_some(), "what came meanwhile is read on return");
    arrive(&mut studio, cards(12, 4));
    assert!(studio.screen().contains("#12a"), "{}", studio.screen());
    let ticket = studio.state.gallery.tickets;
    studio.state.gallery.stale = true;
    studio.send(Msg::Wake);
    let fault = Fault::new(FaultKind::Other, "store", "The data store failed.");
    studio.send(Msg::Shelf { ticket: ticket + 1, result: Err(fault) });
    assert!(studio.screen().contains("The data store failed."), "{}", studio.screen());
}

/// The studio on the service of an emulator, where nothing is typed; it does the work itself.
pub fn studio(home: &Home, url: &str, size: (u16, u16), terminal: &[(&str, &str)]) -> Pty {
    let place = home.path().to_str().unwrap();
    let mut env = vec![
        ("PINXIT_HOME", place),
        ("HOME", place),
        ("PATH", "/usr/bin:/bin"),
        ("DASHSCOPE_API_KEY", "sk-test"),
        ("DASHSCOPE_HTTP_BASE_URL", url),
        ("PINXIT_WORKER", "inline"),
    ];
    env.extend_from_slice(terminal);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &[], env: &env, size }.start();
    pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    stop_typing(&mut pty);
    pty
}

const UTF8: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")];
const PLAIN: &[(&str, &str)] = &[("TERM", "vt100"), ("LANG", "C")];

#[test]
fn pictures_are_found_starred_binned_and_brought_back_on_a_real_terminal() {
    for (size, terminal) in [((80, 24), UTF8), ((120, 40), PLAIN)] {
        let (home, service) = (Home::new(), emulator(vec![]));
        for (prompt, count) in [("a red fox in snow", "2"), ("a blue car", "1")] {
            let args = ["gen", prompt, "-n", count, "-m", "wan2.2-t2i-flash", "-s", "512*512", "--yes"];
            home.on(&service, &args).assert().success();
        }
        let mut pty = studio(&home, &service.base_url(), size, terminal);
        pty.send("3");
        pty.wait("the pictures, newest first", |screen| {
            ["[3 Gal", "1 of 3", "#2a", "#1a", "#1b", "a blue car"].iter().all(|words| screen.contains(words))
        });
        if terminal == UTF8 {
            pty.wait("small pictures", |screen| screen.contains('▀') || screen.contains('▄'));
        }
        pty.send("/fox");
        pty.wait("what is looked for", |screen| screen.contains("1 of 2") && !screen.contains("#2a"));
        pty.send("\r");
        pty.send("f");
        pty.wait_for("* star");
        pty.send("d");
        pty.wait("one is gone", |screen| screen.contains("in the bin; u undoes it") && screen.contains("1 of 1"));
        pty.send("u");
        pty.wait("both are back", |screen| screen.contains("of 2") && screen.contains("#1a"));
        stop_search(&mut pty);
        pty.send("q");
        assert_eq!(pty.end(), 0);
        pty.assert_given_back();
        let told = home.pinxit(&["list", "star:yes", "--json"]).output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        assert_eq!((&told["count"], &told["images"][0]["id"]), (&1.into(), &"1a".into()), "the store was told");
    }
}

/// Escape, and everything is shown again.
fn stop_search(pty: &mut Pty) {
    pty.send("\x1b");
    pty.wait_for("All pictures");
}

/// A hundred thousand pictures in a home, of which no file is there.
fn crowd(home: &Home, service: &str) {
    let places = pinxit::store::Places {
        data: home.path().join("data"),
        pictures: home.path().join("pictures"),
        service: service.to_owned(),
    };
    drop(pinxit::store::Store::open(&places).unwrap());
    let db = rusqlite::Connection::open(home.path().join("data/pinxit.db")).unwrap();
    db.execute_batch(
        r#"BEGIN;
        WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 50000)
        INSERT INTO job (request, model, service, estimate, created, phase, since, sent, ended, cleared, revision)
        SELECT json_object('model', 'wan2.7-image', 'mode', 'text-to-image', 'n', 2, 'prompt', 'a ' ||
                CASE i % 7 WHEN 0 THEN 'fox' WHEN 1 THEN 'harbour' WHEN 2 THEN '雪山' ELSE 'lantern' END ||
                ' in morning light' || CASE WHEN i % 997 = 0 THEN ', neon signs' ELSE '' END || ', take ' || i),
            'wan2.7-image', 'elsewhere', '{"known":{"unit":{"micros":30000,"currency":"usd"},"images":2,"basis":"b"}}',
            1700000000000 + i, 'DONE', 1700000000000 + i, 1700000000000 + i, 1700000009000 + i, i < 49000, 0 FROM n;
        INSERT INTO image (job, idx, path, sha256, width, height, bytes, format, seed, saved, star)
        SELECT job.id, two.value, CAST('/gone/' || job.id || '-' || two.value || '.png' AS BLOB), '', 1024, 1024,
            2000000, 'png', job.id, job.created, job.id % 5000 = 0 FROM job CROSS JOIN json_each('[0,1]') AS two;
        COMMIT;"#,
    )
    .unwrap();
}

#[test]
#[ignore = "measures; its figures stand in tests/bench/gallery.txt"]
fn a_gallery_of_a_hundred_thousand_pictures_opens_at_once_and_stays_small() {
    let home = Home::new();
    let service = emulator(vec![]);
    crowd(&home, "elsewhere");
    let mut pty = studio(&home, &service.base_url(), (120, 40), UTF8);
    pty.wait("the newest jobs", |screen| screen.contains("#50000") || screen.contains("50000"));
    let mut told = String::new();
    let mut time = |pty: &mut Pty, what: &str, keys: &str, seen: &str| {
        let begun = std::time::Instant::now();
        pty.send(keys);
        pty.wait_for(seen);
        told += &format!("{what}: {} ms\n", begun.elapsed().as_millis());
    };
    time(&mut pty, "key 3 to the first page on the screen", "3", "#49998a");
    time(&mut pty, "until they are counted", "", "of 100000");
    time(&mut pty, "to the last picture", "G", "#1b");
    time(&mut pty, "a search of few", "/\"neon signs\"", "1 of 100");
    time(&mut pty, "a search by field", " star:yes", "Nothing matches");
    pty.send("\x1b");
    pty.wait_for("All pictures");
    time(&mut pty, "all of them marked", "A", "100,000 pictures marked");
    time(&mut pty, "all of them given a star, but for those that have one", "f", "99,980 pictures starred");
    time(&mut pty, "taken back", "u", "Undone");
    for _ in 0..40 {
        pty.send("\x1b[6~");
    }
    pty.wait("forty pages on", |screen| !screen.contains("#50000a"));
    pty.settle(std::time::Duration::from_millis(500));
    let status = std::fs::read_to_string(format!("/proc/{}/status", pty.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
    told += &format!("most memory: {peak}\n");
    let build = if cfg!(debug_assertions) { "" } else { "--release " };
    let command = format!("cargo test {build}--test it gallery:: -- --ignored --nocapture");
    println!("{told}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/gallery.txt");
    std::fs::write(file, format!("{command}\n100,000 pictures of 50,000 jobs, 120x40, what the screen shows\n{told}"))
        .unwrap();
    pty.send("q");
    assert_eq!(pty.end(), 0);
}
