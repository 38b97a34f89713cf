//! The picture on the whole screen, and two of them compared: at the keys of the core.

use std::sync::Arc;

use pinxit::domain::{Away, Fault, FaultKind, ImageId, Job, JobId, Mark, Phase};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, PaintedPart};
use pinxit::tui::state::{Dialog, HeatPart, Manner, Pane, Part, Screen, Shown};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::sample::{image, job, request};
use crate::studio::Studio;

fn pictures(id: i64, count: u32) -> Job {
    Job { images: (0..count).map(|index| image(id, index)).collect(), ..job(id, Phase::Done) }
}

/// The pane of the queue has the keys, the job of this number is selected.
fn on(id: i64) -> Studio {
    let mut studio = Studio::new();
    let other = Job { request: request("a silver fox in snow").into(), ..pictures(2, 1) };
    studio.jobs(vec![pictures(1, 3), other, job(3, Phase::Failed)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio.state.queue.selected = Some(JobId(id));
    studio.keys("jk");
    studio
}

fn wanted(studio: &Studio) -> Option<String> {
    studio.state.preview.wanted.map(|id| id.to_string())
}

fn part(effects: &[Effect]) -> Part {
    let part = effects.iter().find_map(|effect| match effect {
        Effect::PaintPart(part) => Some(part.clone()),
        _ => None,
    });
    part.unwrap_or_else(|| panic!("{effects:?}"))
}

fn filled(pane: (u16, u16), letter: &'static str) -> Result<Arc<Buffer>, pinxit::domain::Fault> {
    Ok(Arc::new(Buffer::filled(Rect::new(0, 0, pane.0, pane.1), Cell::new(letter))))
}

#[test]
fn a_part_of_the_picture_is_seen_larger_and_moved_and_whole_again() {
    let mut studio = on(1);
    studio.keys("p");
    let first = part(&studio.keys("+"));
    assert!(first.region[2] < 1280 && first.region[3] < 1280, "{first:?}");
    studio.send(Msg::PaintedPart(PaintedPart { part: first.clone(), cells: filled(first.pane, "@") }));
    assert!(studio.screen().contains("@@@@") && studio.screen().contains("  2x  "), "{}", studio.screen());
    let right = part(&studio.keys("l"));
    assert!(right.region[0] > first.region[0] && right.region[1] == first.region[1], "{right:?}");
    let up = part(&studio.keys("k"));
    assert!(up.region[1] < right.region[1], "{up:?}");
    let closer = part(&studio.keys("+"));
    assert!(closer.region[2] < up.region[2]);
    studio.send(Msg::PaintedPart(PaintedPart { part: up, cells: filled((4, 4), "?") }));
    assert!(studio.screen().contains("@@@@"), "what was overtaken is not shown");
    let effects = studio.keys("0");
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::PaintPart(_))), "{effects:?}");
    assert!(!studio.screen().contains("2x"));
    studio.keys("+<esc>p");
    assert_eq!(studio.state.viewer.lens.zoom, 0, "opened anew it is whole");
}

#[test]
fn beyond_the_last_picture_of_a_job_comes_the_next_jobs_first() {
    let mut studio = on(2);
    assert_eq!(wanted(&studio).as_deref(), Some("2a"));
    studio.keys("p]");
    assert_eq!((wanted(&studio).as_deref(), studio.state.queue.selected), (Some("1a"), Some(JobId(1))));
    studio.keys("]]");
    assert_eq!(wanted(&studio).as_deref(), Some("1c"));
    studio.keys("]");
    assert_eq!(wanted(&studio).as_deref(), Some("1c"), "there is no more");
    studio.keys("[[[");
    assert_eq!(wanted(&studio).as_deref(), Some("2a"));
    studio.keys("[");
    assert_eq!(wanted(&studio).as_deref(), Some("2a"), "a job without pictures is passed over");
}

#[test]
fn the_drawer_tells_all_there_is_and_scrolls() {
    for (columns, rows) in [(120, 40), (80, 24), (60, 20)] {
        let mut studio = on(2).sized(columns, rows);
        let effects = studio.keys("pi");
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Near(JobId(2)))), "{effects:?}");
        let children = vec![JobId(7), JobId(8)];
        studio.send(Msg::Near(Ok(pinxit::domain::lineage::Near {
            of: JobId(2),
            job: None,
            parent: None,
            children,
            cards: vec![],
        })));
        let mut seen = studio.screen();
        for _ in 0..9 {
            studio.keys("<pagedown>");
            seen += &studio.screen();
        }
        for words in ["wan2.6-t2i", "1280x1280 png, 3.2 MB", "seed     7", "#7 #8", "a silver fox in snow", "-7-0.png"]
        {
            assert!(seen.contains(words), "{columns}: {words}:\n{seen}");
        }
        studio.keys("<pageup><pageup><pageup><pageup><pageup><pageup><pageup><pageup><pageup>");
        assert_eq!(studio.state.viewer.top, 0, "the end is the end");
        studio.keys("i");
        assert!(!studio.screen().contains("seed     7"));
    }
}

#[test]
fn the_command_that_fetches_it_is_copied_and_a_missing_display_names_the_key() {
    let mut studio = on(2);
    (studio.state.place.host, studio.state.place.port) = ("ana@10.0.0.5".into(), Some(2222));
    studio.keys("p");
    let effects = studio.keys("S");
    let [Effect::Copy(command)] = &effects[..] else { panic!("{effects:?}") };
    assert!(command.starts_with("scp -P 2222 ana@10.0.0.5:/home/ann/Pictures/"), "{command}");
    assert!(command.ends_with("-7-0.png .") && !command.contains('\''), "{command}");
    let effects = studio.keys("o");
    assert!(
        matches!(&effects[..], [Effect::OpenOutside(path)] if path.ends_with("093000-wan2.6-t2i-a-red-fox-in-snow-7-0.png"))
    );
    let none =
        pinxit::domain::Fault::new(pinxit::domain::FaultKind::Invalid, "no_display", "There is no display here.");
    studio.send(Msg::Opened(Err(none)));
    assert!(studio.toasts().contains("There is no display here. S copies"), "{}", studio.toasts());
    studio.state.place.host = "ana@fe80::1".into();
    studio.state.place.port = None;
    let spaced = studio.state.place.fetching(std::path::Path::new("/a b/it's.png"));
    assert_eq!(spaced, r"scp 'ana@[fe80::1]:/a b/it'\''s.png' .");
}

#[test]
fn the_command_that_makes_it_again_is_copied() {
    let mut studio = on(2);
    studio.keys("p");
    let effects = studio.keys("Y");
    let [Effect::Copy(command)] = &effects[..] else { panic!("{effects:?}") };
    // What was left to the service is left to it again.
    let left = "--set prompt_extend=null --set watermark=null";
    assert_eq!(*command, format!("pinxit gen -m wan2.6-t2i -s 1280x1280 --seed 7 {left} 'a silver fox in snow'"));
    studio.keys("s");
    assert!(studio.toasts().contains("Seed 7 is kept"), "{}", studio.toasts());
    studio.keys("<esc><esc>2");
    let effects = studio.keys("gg<space>j<space>Y");
    let Some(Effect::Copy(commands)) = effects.last() else { panic!("{effects:?}") };
    assert_eq!(commands.lines().count(), 2, "one for each marked job: {commands}");
}

#[test]
fn a_picture_that_was_just_made_is_starred_turned_down_and_binned_where_it_is_seen() {
    let mut studio = on(2);
    let id = ImageId { job: JobId(2), index: 0 };
    let ordered = |effects: &[Effect]| match effects {
        [Effect::MarkAll { images, marks, turn: true }] => (images.clone(), marks[0].clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(ordered(&studio.keys("f")), (vec![id], Mark::Star(true)));
    studio.send(Msg::Marked(Ok(vec![(vec![id], Mark::Star(true))])));
    assert!(studio.toasts().contains("#2a starred; u in the gallery undoes it"), "{}", studio.toasts());
    studio.keys("p");
    assert_eq!(ordered(&studio.keys("X")), (vec![id], Mark::Reject(true)));
    assert_eq!(ordered(&studio.keys("d")), (vec![id], Mark::Bin(true)));
    studio.send(Msg::Marked(Ok(vec![(vec![id], Mark::Bin(true))])));
    assert!(studio.toasts().contains("#2a in the bin; u undoes it"), "{}", studio.toasts());
    let undone = studio.keys("u");
    assert!(
        matches!(&undone[..], [Effect::MarkPictures { images, mark: Mark::Bin(false) }] if images[..] == [id]),
        "{undone:?}"
    );
}

/// Two pictures chosen one after the other, and compared.
fn comparing() -> (Studio, Vec<Effect>) {
    let mut studio = on(2);
    assert_eq!(studio.keys("c"), []);
    assert!(studio.toasts().contains("#2a is the first"), "{}", studio.toasts());
    studio.keys("j");
    let effects = studio.keys("c");
    (studio, effects)
}

fn paint(studio: &mut Studio, part: &Part, letter: &'static str) -> Vec<Effect> {
    studio.send(Msg::PaintedPart(PaintedPart { part: part.clone(), cells: filled(part.pane, letter) }))
}

#[test]
fn two_pictures_are_flipped_in_place_and_what_differs_stands_below() {
    let (mut studio, effects) = comparing();
    let first = part(&effects);
    assert!(first.path.ends_with("093000-wan2.6-t2i-a-red-fox-in-snow-7-0.png"));
    let screen = studio.screen();
    for words in ["[A #2a]", "B #1a", "[flip]", "a [-silver-]{+red+} fox", "space flip"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    // The same file in this test: only the place tells them apart, so both are painted by one answer.
    paint(&mut studio, &first, "@");
    assert!(studio.screen().contains("@@@@"));
    assert_eq!(studio.keys(" "), [], "what is painted is not asked for again");
    assert!(studio.screen().contains("[B #1a]"), "{}", studio.screen());
    studio.keys("<esc>");
    assert!(studio.state.dialog.is_none());
}

/// The line proved slow, say: what was shown is in no stock any more, and would be gone with the next redrawing.
#[test]
fn what_is_shown_is_taken_anew_without_being_asked_for() {
    let (mut studio, effects) = comparing();
    let first = part(&effects);
    for cells in ["@", "*"] {
        paint(&mut studio, &first, cells);
    }
    assert!(studio.screen().contains("****") && !studio.screen().contains("@@@@"), "{}", studio.screen());
    // Also while something else is on its way.
    let second = part(&studio.keys("+"));
    paint(&mut studio, &first, "%");
    assert!(studio.screen().contains("%%%%"), "{}", studio.screen());
    paint(&mut studio, &second, "&");
    assert!(studio.screen().contains("&&&&"), "{}", studio.screen());
}

#[test]
fn side_by_side_both_are_seen_at_the_same_place_and_painted_one_after_the_other() {
    let (mut studio, effects) = comparing();
    let Some(Dialog::Compare(page)) = &mut studio.state.dialog else { panic!() };
    page.pair[1].image.path = "/b.png".into();
    (page.pair[1].image.width, page.pair[1].image.height) = (640, 640);
    // In a square pane the first looks the same in both ways: it is asked for already.
    assert_eq!(studio.keys("m"), []);
    let second = part(&paint(&mut studio, &part(&effects), "a"));
    assert_eq!((second.path.to_str(), second.region), (Some("/b.png"), [0, 0, 640, 640]));
    assert_eq!(paint(&mut studio, &second, "b"), []);
    let screen = studio.screen();
    assert!(screen.contains("aaaa") && screen.contains("bbbb") && screen.contains("[side by side]"), "{screen}");
    let first = part(&studio.keys("+"));
    let second = part(&paint(&mut studio, &first, "c"));
    let half = |pixels: u32| i64::from(pixels);
    assert!((half(first.region[0]) - 2 * half(second.region[0])).abs() <= 8, "{first:?} {second:?}");
    assert!(first.region[2] < 1280 && second.region[2] <= 640);
    assert!(studio.screen().contains("2x both"));
}

#[test]
fn where_they_differ_is_painted_and_the_recipe_alone_needs_no_picture() {
    let (mut studio, _) = comparing();
    studio.keys("m");
    let effects = studio.keys("m");
    let heat: Vec<&Box<HeatPart>> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::PaintHeat(heat) => Some(heat),
            _ => None,
        })
        .collect();
    let [heat] = heat[..] else { panic!("{effects:?}") };
    let cells = filled(heat.first.pane, "#");
    studio.send(Msg::PaintedHeat { heat: heat.clone(), cells });
    assert!(studio.screen().contains("####") && studio.screen().contains("[difference]"));
    assert_eq!(studio.keys("m"), []);
    let Some(Dialog::Compare(page)) = &studio.state.dialog else { panic!() };
    assert_eq!(page.way, Manner::Recipe);
    assert!(studio.screen().contains("a [-silver-]{+red+} fox"));
    // Where no picture can be shown, that is said, and what differs is there all the same.
    let (mut studio, effects) = comparing();
    let first = part(&effects);
    studio.send(Msg::PaintedPart(PaintedPart { part: first, cells: filled((0, 0), " ") }));
    let screen = studio.screen();
    assert!(screen.contains("not shown in this terminal") && screen.contains("{+red+}"), "{screen}");
}

#[test]
fn the_one_that_is_meant_is_edited_and_the_first_can_be_given_up() {
    let (mut studio, _) = comparing();
    studio.state.compose.request.model = "wan2.7-image".into();
    studio.keys(" e");
    let compose = &studio.state.compose;
    assert_eq!((studio.state.screen, compose.request.images.len()), (Screen::Compose, 1));
    let mut studio = on(2);
    studio.keys("cc");
    assert!(studio.state.first_of_two.is_none() && studio.toasts().contains("no longer chosen"), "{}", studio.toasts());
}

#[test]
fn two_marked_jobs_are_compared_at_once() {
    let mut studio = on(2);
    studio.keys("2");
    studio.state.jobs.marks = [JobId(1), JobId(2)].into();
    studio.keys("=");
    let Some(Dialog::Compare(page)) = &studio.state.dialog else { panic!("{:?}", studio.state.dialog) };
    let ids: Vec<ImageId> = page.pair.iter().map(|picked| picked.image.id).collect();
    assert_eq!(ids.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1a", "2a"]);
}

#[test]
fn a_picture_in_the_bin_says_so_wherever_it_is_shown_and_how_it_comes_back() {
    let mut studio = on(1);
    studio.jobs(vec![Job { away: [(0, Away::Binned), (1, Away::Purged)].into(), ..pictures(1, 3) }]);
    studio.state.queue.selected = Some(JobId(1));
    let id = ImageId { job: JobId(1), index: 0 };
    let show = |studio: &mut Studio, image: ImageId, cells| {
        studio.state.preview.wanted = Some(image);
        studio.state.preview.shown = Some(Shown { image, pane: (20, 10), cells });
    };
    show(&mut studio, id, filled((20, 10), "@"));
    for size in [(120, 40), (80, 24)] {
        studio = studio.sized(size.0, size.1);
        studio.keys("p");
        assert!(studio.screen().contains("#1a  in the bin  1 of 3"), "{}", studio.screen());
        studio.keys("i");
        assert!(studio.screen().contains("shelf    in the bin; "), "{}", studio.screen());
        studio.keys("i<esc>");
    }
    studio = studio.sized(120, 40);
    let screen = studio.screen();
    assert!(screen.contains("#1a  in the bin  1280x1280"), "{screen}");
    assert!(screen.contains("pinxit bin --back 1a brings it back"), "{screen}");
    // One that is gone is no fault.
    let gone = ImageId { index: 1, ..id };
    show(&mut studio, gone, Err(Fault::new(FaultKind::Other, "io", "No such file.")));
    let screen = studio.screen();
    assert!(screen.contains("#1b was deleted for good.") && !screen.contains("No such file"), "{screen}");
    show(&mut studio, id, filled((20, 10), "@"));
    studio.keys("c");
    studio.state.preview.wanted = Some(ImageId { index: 2, ..id });
    studio.keys("c");
    assert!(studio.screen().contains("A #1a, in the bin"), "{}", studio.screen());
}
