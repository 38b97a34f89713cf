//! Pictures, boxes, palettes and stories at the keys: from naming a picture to the request that is sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinxit::domain::{
    Fault, FaultKind, Format, InputFacts, Job, JobId, Mode, ModelId, Passage, Phase, Reference, Request, Size,
};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, PaintedPart};
use pinxit::tui::state::{BoxEditor, Dialog, Pane, Place, SettingRow, Standing, Wanted};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::{Value, json};

use crate::sample::{image, job};
use crate::studio::Studio;

/// The studio in a model and mode, a prompt written, the keys in the references.
fn in_mode(model: &str, mode: Mode) -> Studio {
    let mut studio = Studio::new();
    studio.state.place = Place { home: "/home/ana".into(), here: "/home/ana/art".into(), ..Place::default() };
    studio.state.compose.request = studio.state.catalog.get(model).unwrap().blank(mode);
    studio.keys("make it evening");
    (studio.state.pane, studio.state.typing) = (Pane::References, false);
    studio
}

fn file(path: &str) -> Reference {
    Reference::File(path.into())
}

fn seen(studio: &mut Studio, path: &str, width: u32, height: u32) {
    let facts = InputFacts { format: Format::Jpeg, width, height, bytes: 200_000, alpha: false, turned: false };
    studio.send(Msg::Looked { path: path.into(), found: Ok(facts) });
}

fn sent(effects: &[Effect]) -> Option<&Request> {
    effects.iter().find_map(|effect| match effect {
        Effect::Submit { orders, .. } => Some(&orders[0].0),
        _ => None,
    })
}

fn go_to(studio: &mut Studio, name: &str) {
    (studio.state.pane, studio.state.typing) = (Pane::Settings, false);
    let wanted = SettingRow::Parameter(name.into());
    studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == wanted).unwrap();
}

/// In the queue, a finished picture shown.
fn beside_a_picture(model: &str) -> Studio {
    let mut studio = in_mode(model, Mode::TextToImage);
    studio.jobs(vec![job(4, Phase::Done)]);
    studio.state.pane = Pane::Queue;
    studio
}

#[test]
fn every_model_and_every_mode_can_be_chosen() {
    let mut studio = Studio::new();
    let all: Vec<ModelId> = studio.state.catalog.models().iter().map(|model| model.id.clone()).collect();
    studio.keys("<esc>m");
    let Some(Dialog::Models(picker)) = &studio.state.dialog else { panic!("m opens the list") };
    assert_eq!(picker.matches, all);
    studio.keys("<esc>");
    for id in all {
        studio.keys(&format!("m{id}<enter>"));
        assert_eq!(studio.state.compose.request.model, id);
        (studio.state.pane, studio.state.compose.row) = (Pane::Settings, 1);
        let catalog = studio.state.catalog.clone();
        for spec in &catalog.get(id.as_str()).unwrap().modes {
            for _ in 0..4 {
                if studio.state.compose.request.mode != spec.mode {
                    studio.state.compose.row = 1;
                    studio.keys("+");
                }
            }
            assert_eq!(studio.state.compose.request.mode, spec.mode, "{id}");
            assert_eq!(studio.state.panes().contains(&Pane::References), spec.images.max > 0, "{id} {}", spec.mode);
        }
    }
}

#[test]
fn a_picture_is_named_completed_looked_at_and_sent() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    assert_eq!(studio.keys("a"), [Effect::List("/home/ana/art/".into(), Wanted::Picture)]);
    let effects = studio.keys("~/Pic/");
    assert_eq!(effects.last(), Some(&Effect::List("/home/ana/Pic/".into(), Wanted::Picture)), "{effects:?}");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    studio.send(Msg::Listed { folder: "/home/ana/art/".into(), names: names(&["stale.png"]) });
    studio.send(Msg::Listed { folder: "/home/ana/Pic/".into(), names: names(&["cat-1.png", "cat-2.png", "trips/"]) });
    assert!(studio.keys("c<tab>").is_empty());
    let text = |studio: &Studio| match &studio.state.dialog {
        Some(Dialog::Picture(entry)) => entry.text.text().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(&studio), "~/Pic/cat-", "as far as it is clear");
    studio.keys("<tab><tab>");
    assert_eq!(text(&studio), "~/Pic/cat-1.png", "then the first of them");
    let cat = "/home/ana/Pic/cat-1.png";
    assert_eq!(studio.keys("<enter>"), [Effect::Look(cat.into())]);
    assert!(studio.state.dialog.is_none());
    assert!(sent(&studio.keys("<ctrl+g>")).is_none(), "not before it was looked at");
    assert!(studio.toasts().contains("still being looked at"), "{}", studio.toasts());
    seen(&mut studio, cat, 1200, 800);
    let effects = studio.keys("<ctrl+g>");
    assert_eq!(sent(&effects).expect("sent").images, [file(cat)]);
}

#[test]
fn a_folder_is_gone_into_and_not_taken() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    studio.keys("a");
    studio.send(Msg::Listed { folder: "/home/ana/art/".into(), names: vec!["trips/".into()] });
    assert_eq!(studio.keys("<down><enter>"), [Effect::List("/home/ana/art/trips/".into(), Wanted::Picture)]);
    assert!(studio.keys("<enter>").is_empty());
    assert!(studio.toasts().contains("is a folder"), "{}", studio.toasts());
    assert!(matches!(studio.state.dialog, Some(Dialog::Picture(_))), "what was typed is kept");
    studio.keys("<esc>");
    assert!(studio.state.compose.request.images.is_empty());
}

#[test]
fn pasted_paths_become_pictures_and_are_never_opened_twice() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    let effects = studio.send(Msg::Paste("'/a/my cat.png'\nhttps://host/dog.jpg\n".into()));
    assert_eq!(effects, [Effect::Look("/a/my cat.png".into())], "an address is the service's to fetch");
    assert!(studio.send(Msg::Wake).is_empty());
    let images = &studio.state.compose.request.images;
    assert_eq!(*images, [file("/a/my cat.png"), Reference::Url("https://host/dog.jpg".into())]);
    assert_eq!(studio.state.standing(1), Standing::Address);
}

#[test]
fn a_picture_that_cannot_be_used_is_pointed_at_and_nothing_is_sent() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    studio.send(Msg::Paste("/a/cat.png\n/a/gone.png".into()));
    seen(&mut studio, "/a/cat.png", 1200, 800);
    let fault = Fault::new(FaultKind::Invalid, "x", "there is no such file");
    studio.send(Msg::Looked { path: "/a/gone.png".into(), found: Err(fault) });
    (studio.state.pane, studio.state.references.selected) = (Pane::Queue, 0);
    assert!(sent(&studio.keys("<ctrl+g>")).is_none());
    assert_eq!((studio.state.pane, studio.state.references.selected), (Pane::References, 1));
    assert!(studio.toasts().contains("Not sent. image 2: there is no such file."), "{}", studio.toasts());
    studio.keys("x");
    assert!(sent(&studio.keys("<ctrl+g>")).is_some(), "{}", studio.toasts());
}

#[test]
fn pictures_change_places_and_their_boxes_with_them() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    studio.send(Msg::Paste("/a/1.jpg\n/a/2.jpg\n/a/3.jpg".into()));
    for path in ["/a/1.jpg", "/a/2.jpg", "/a/3.jpg"] {
        seen(&mut studio, path, 1000, 900);
    }
    (studio.state.pane, studio.state.references.selected) = (Pane::References, 1);
    studio.keys("b=10,20,300,400<enter><enter>");
    assert_eq!(studio.state.compose.request.options["bbox_list"], json!([[], [[10, 20, 300, 400]], []]));
    (studio.state.pane, studio.state.references.selected) = (Pane::References, 1);
    studio.keys("K");
    assert_eq!(studio.state.compose.request.images[0], file("/a/2.jpg"));
    assert_eq!(studio.state.compose.request.options["bbox_list"], json!([[[10, 20, 300, 400]], [], []]));
    studio.keys("jjx");
    assert_eq!(studio.state.compose.request.options["bbox_list"], json!([[[10, 20, 300, 400]], []]));
    assert!(sent(&studio.keys("<ctrl+g>")).is_some(), "{}", studio.toasts());
    studio.keys("kkx");
    assert_eq!(studio.state.compose.request.options.get("bbox_list"), None, "no box is left");
}

#[test]
fn boxes_must_lie_inside_their_picture_and_read() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    studio.send(Msg::Paste("/a/1.jpg".into()));
    go_to(&mut studio, "bbox_list");
    studio.keys("<enter>1:ten<enter>");
    assert!(studio.toasts().contains("bbox_list") && studio.toasts().contains("ten"), "{}", studio.toasts());
    assert!(studio.state.compose.typed.is_some(), "what was typed is kept");
    studio.keys("<ctrl+u>1:0,0,1001,20<enter>");
    // What is typed before the picture was looked at is held against it afterwards.
    seen(&mut studio, "/a/1.jpg", 1000, 900);
    assert!(sent(&studio.keys("<ctrl+g>")).is_none());
    assert!(studio.toasts().contains("1001"), "{}", studio.toasts());
    assert_eq!(studio.state.pane, Pane::Settings);
}

/// Two pictures in the form, the second one being marked at 80x24: a column stands for 36 of its pixels, a row for 72.
fn marking() -> Studio {
    let mut studio = in_mode("wan2.7-image-pro", Mode::Edit);
    studio.send(Msg::Resize(80, 24));
    studio.send(Msg::Paste("/a/clock.jpg\n/a/room.jpg".into()));
    seen(&mut studio, "/a/clock.jpg", 800, 600);
    seen(&mut studio, "/a/room.jpg", 1706, 1279);
    studio.state.references.selected = 1;
    studio.keys("b");
    studio
}

fn says(studio: &Studio, text: &str) -> bool {
    studio.screen().contains(text)
}

fn editor(studio: &Studio) -> &BoxEditor {
    match &studio.state.dialog {
        Some(Dialog::Boxes(editor)) => editor,
        other => panic!("{other:?}"),
    }
}

#[test]
fn corners_move_by_cells_and_when_zoomed_by_pixels() {
    let mut studio = marking();
    let asked = editor(&studio).asked.clone().unwrap();
    assert_eq!((asked.path, asked.region), (PathBuf::from("/a/room.jpg"), [0, 0, 1706, 1279]));
    studio.keys("a");
    let begin = editor(&studio).corners().unwrap();
    studio.keys("hk");
    let (step_x, step_y) = (editor(&studio).corners().unwrap()[0], editor(&studio).corners().unwrap()[1]);
    let step = (begin[0] - step_x, begin[1] - step_y);
    let pane = editor(&studio).asked.as_ref().unwrap().pane;
    assert_eq!(step, (1706u32.div_ceil(u32::from(pane.0)).max(step.0), step.0 * 2), "a cell, which is twice as high");
    studio.keys("L");
    assert_eq!(editor(&studio).corners().unwrap()[0], step_x + 8 * step.0);
    studio.keys("H");
    let mut zooms = 0;
    while !says(&studio, "1 step = 1 px") {
        studio.keys("z");
        zooms += 1;
        assert!(zooms < 12, "never a pixel");
    }
    studio.keys("lj");
    assert_eq!(editor(&studio).corners().unwrap()[..2], [step_x + 1, step_y + 1]);
    let seen = editor(&studio).asked.clone().unwrap().region;
    assert!(seen[2] < 100 && (seen[0]..seen[0] + seen[2]).contains(&step_x), "{seen:?} around the corner");
    // The other corner is brought into sight when it is its turn.
    studio.keys("<tab>");
    let region = editor(&studio).asked.clone().unwrap().region;
    assert!((region[0]..=region[0] + region[2]).contains(&begin[2]), "{region:?}");
    studio.keys("<left><enter>");
    let expected = [step_x + 1, step_y + 1, begin[2] - 1, begin[3]];
    assert_eq!(studio.state.compose.request.options["bbox_list"], json!([[], [expected]]));
}

#[test]
fn the_same_keys_mark_the_same_box_whatever_the_terminal_shows() {
    let keys = "aHHKK<tab>LJllzzjh<tab>a=989,515,1138,681<enter>%57.97,40.27,66.71,53.24<enter>o<enter>";
    let marked = |painted: bool| {
        let mut studio = marking();
        if painted {
            let part = editor(&studio).asked.clone().unwrap();
            let cells = Ok(Arc::new(Buffer::empty(Rect::new(0, 0, part.pane.0, part.pane.1))));
            studio.send(Msg::PaintedPart(PaintedPart { part, cells }));
            assert!(editor(&studio).shown.is_some());
        }
        studio.keys(keys);
        studio.state.compose.request.options["bbox_list"].clone()
    };
    let boxes = marked(true);
    assert_eq!(boxes, marked(false));
    assert_eq!((boxes[0].as_array().unwrap().len(), boxes[1].as_array().unwrap().len()), (0, 2));
    // In percent as near as two decimals are.
    assert_eq!(boxes[1][1], json!([989, 515, 1138, 681]));
}

#[test]
fn a_box_without_area_or_outside_is_not_taken_and_the_third_is_refused() {
    let mut studio = marking();
    for (typed, says) in [
        ("=1,2,3<enter>", "x1,y1,x2,y2"),
        ("=300,20,10,400<enter>", "no area"),
        ("=0,0,1707,1279<enter>", "the picture at 1706,1279"),
        ("%0,0,101,50<enter>", "the picture at 1706,1279"),
    ] {
        studio.keys(typed);
        assert!(studio.toasts().contains(says), "{typed}: {}", studio.toasts());
        assert!(editor(&studio).typed.is_some(), "{typed} stays open");
        studio.keys("<esc>");
        assert!(editor(&studio).corners().is_none());
    }
    studio.keys("=10,20,11,21<enter>zzzzzz");
    studio.keys("l<enter>");
    assert!(studio.toasts().contains("Box 1 of image 2 has no area"), "{}", studio.toasts());
    studio.keys("ll<enter>");
    let across = json!([[], [[11, 20, 13, 21]]]);
    assert_eq!(studio.state.compose.request.options["bbox_list"], across, "across the other");
    studio.keys("baa");
    assert!(studio.toasts().contains("2 boxes at most"), "{}", studio.toasts());
    studio.keys("<esc>");
    assert_eq!(studio.state.compose.request.options["bbox_list"], across, "left as it was");
    studio.keys("bd<enter>");
    assert_eq!(studio.state.compose.request.options.get("bbox_list"), None);
}

#[test]
fn boxes_say_why_there_are_none() {
    let mut studio = in_mode("wan2.6-image", Mode::Edit);
    studio.keys("b");
    assert!(studio.toasts().contains("wan2.6-image takes no boxes") && studio.toasts().contains("wan2.7-image"));
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    studio.keys("b");
    assert!(studio.toasts().contains("add one first"), "{}", studio.toasts());
    studio.send(Msg::Paste("https://example.com/a.png".into()));
    studio.keys("b");
    assert!(studio.toasts().contains("typed in the settings"), "{}", studio.toasts());
}

#[test]
fn a_palette_is_typed_in_its_short_form_and_opened_in_it_again() {
    let mut studio = in_mode("wan2.7-image", Mode::TextToImage);
    go_to(&mut studio, "color_palette");
    studio.keys("<enter>");
    studio.send(Msg::Paste("#C2D1E6=23.51,#E65C45=40,#5F9F7B".into()));
    studio.keys("<enter>");
    let effects = studio.keys("<ctrl+g>");
    let palette = &sent(&effects).unwrap_or_else(|| panic!("{}", studio.toasts())).options["color_palette"];
    assert_eq!(palette[2], json!({"hex": "#5F9F7B", "ratio": "36.49%"}));
    studio.keys("<enter>");
    assert!(says(&studio, "#5F9F7B") && says(&studio, "36.49 %") && says(&studio, "sum 100.00 %"));
    studio.keys("j=");
    assert!(says(&studio, "#E65C45=40.00"), "as it is typed");
    studio.keys("<esc>ddd<enter>");
    assert_eq!(studio.state.compose.request.options.get("color_palette"), None, "none takes it off");
}

#[test]
fn shares_are_balanced_to_the_hundredth_and_locked_ones_stay() {
    let mut studio = in_mode("wan2.7-image", Mode::TextToImage);
    go_to(&mut studio, "color_palette");
    studio.keys("<enter>ac2d1e6=50<enter>ae65c45<enter>amauve<enter>");
    assert!(studio.toasts().contains("mauve"), "{}", studio.toasts());
    studio.keys("<ctrl+u>#5F9F7B=30<enter><enter>");
    assert!(studio.toasts().contains("The shares sum to 130.00 %"), "{}", studio.toasts());
    // The first is locked, the selected third stays: the second gives.
    studio.keys("kklGjjb<enter>");
    let palette = |studio: &Studio| studio.state.compose.request.options["color_palette"].clone();
    let share = |palette: &Value, at: usize| palette[at]["ratio"].as_str().unwrap().to_owned();
    let made = palette(&studio);
    assert_eq!([0, 1, 2].map(|at| share(&made, at)), ["50.00%", "20.00%", "30.00%"]);
    assert_eq!(made[0]["hex"], "#C2D1E6");
    studio.keys("<enter>+++b<enter>");
    let made = palette(&studio);
    assert_eq!(share(&made, 0), "53.00%");
    assert!(sent(&studio.keys("<ctrl+g>")).is_some(), "{}", studio.toasts());
}

#[test]
fn colours_come_from_a_picture() {
    let mut studio = in_mode("wan2.7-image", Mode::TextToImage);
    go_to(&mut studio, "color_palette");
    studio.keys("<enter>x");
    assert!(studio.toasts().contains("no picture"), "{}", studio.toasts());
    studio.keys("<esc>");
    studio.send(Msg::Paste("/a/room.jpg".into()));
    studio.state.compose.request.images = vec![file("/a/room.jpg")];
    go_to(&mut studio, "color_palette");
    studio.keys("<enter>");
    let effects = studio.keys("x");
    let Some(Effect::Extract { path, count }) = effects.first().cloned() else { panic!("{effects:?}") };
    assert_eq!((path.as_path(), count), (Path::new("/a/room.jpg"), 8));
    let Some(Effect::Extract { count: 9, .. }) = studio.keys("]").first().cloned() else { panic!("one more") };
    let found = Ok(vec![([1, 2, 3], 5000), ([4, 5, 6], 3000), ([7, 8, 9], 2000)]);
    studio.send(Msg::Extracted { path: path.clone(), count: 8, colours: found.clone() });
    assert!(!says(&studio, "#010203"), "an older answer");
    studio.send(Msg::Extracted { path, count: 9, colours: found });
    assert!(says(&studio, "#010203") && studio.toasts().contains("3 colours of room.jpg, and it has no more"));
    studio.keys("<enter>");
    assert_eq!(studio.state.compose.request.options["color_palette"][0], json!({"hex": "#010203", "ratio": "50.00%"}));
}

#[test]
fn pictures_stay_when_the_model_changes_and_the_surplus_is_said() {
    let mut studio = in_mode("wan2.7-image", Mode::Edit);
    let paths: Vec<String> = (1..=5).map(|nth| format!("/a/{nth}.jpg")).collect();
    studio.send(Msg::Paste(paths.join("\n")));
    for path in &paths {
        seen(&mut studio, path, 1000, 900);
    }
    studio.keys("mqwen-image-edit-plus<enter>");
    assert_eq!(studio.state.compose.request.images.len(), 5);
    assert_eq!((studio.state.standing(2) == Standing::Surplus, studio.state.standing(3)), (false, Standing::Surplus));
    assert!(sent(&studio.keys("<ctrl+g>")).is_none());
    assert!(studio.toasts().contains("5 pictures given"), "{}", studio.toasts());
    assert_eq!((studio.state.pane, studio.state.references.selected), (Pane::References, 3));
    studio.keys("xx");
    assert!(sent(&studio.keys("<ctrl+g>")).is_some(), "{}", studio.toasts());
}

#[test]
fn a_model_that_only_edits_explains_itself_and_never_switches_silently() {
    let mut studio = in_mode("wan2.6-image", Mode::Edit);
    assert!(studio.keys("<ctrl+g>").is_empty());
    let Some(Dialog::Confirm(question)) = studio.state.dialog.clone() else { panic!("it offers a way") };
    assert!(question.lines.join(" ").contains("needs 1 to 4 pictures"), "{:?}", question.lines);
    assert!(studio.keys("<enter>n").is_empty());
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.6-image"));
    studio.keys("<ctrl+g>");
    assert!(sent(&studio.keys("y")).is_none(), "taking it sends nothing");
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.6-t2i"));
    assert!(sent(&studio.keys("<ctrl+g>")).is_some());
    let mut studio = in_mode("wan2.6-image", Mode::Edit);
    studio.keys("w");
    assert_eq!(studio.state.compose.request.model, ModelId::from("wan2.6-t2i"), "the key says what it does");
}

#[test]
fn the_picture_shown_becomes_image_one_of_an_edit() {
    let mut studio = beside_a_picture("wan2.7-image");
    let effects = studio.keys("e");
    let path = image(4, 0).path;
    assert_eq!(effects, [Effect::Look(path.clone())]);
    let request = &studio.state.compose.request;
    assert_eq!((request.mode, &request.images), (Mode::Edit, &vec![Reference::File(path.clone())]));
    assert!(studio.toasts().contains("#4a is image 1 of the next request (edit)"), "{}", studio.toasts());
    studio.keys("e");
    assert_eq!(studio.state.compose.request.images.len(), 1, "once is enough");
    seen(&mut studio, path.to_str().unwrap(), 1280, 1280);
    assert!(sent(&studio.keys("<ctrl+g>")).is_some(), "{}", studio.toasts());
}

#[test]
fn a_model_without_editing_asks_before_another_is_taken() {
    let mut studio = beside_a_picture("wan2.6-t2i");
    assert!(studio.keys("e").is_empty());
    assert!(studio.keys("n").is_empty());
    assert_eq!(studio.state.compose.request, studio.state.catalog.get("wan2.6-t2i").unwrap().blank(Mode::TextToImage));
    studio.keys("e");
    assert_eq!(studio.keys("y"), [Effect::Look(image(4, 0).path)]);
    let request = &studio.state.compose.request;
    assert_eq!((request.model.as_str(), request.mode), ("wan2.7-image", Mode::Edit), "no dearer than before");
    assert_eq!(studio.state.compose.prompt.text(), "make it evening");
}

#[test]
fn missing_pictures_are_fetched_again_without_asking_because_it_is_free() {
    for phase in Phase::ALL {
        for (expected, saved) in [(2, 1), (1, 1)] {
            let mut studio = Studio::new();
            let mut kept = job(1, phase);
            (kept.expected, kept.images) = (expected, (0..saved).map(|index| image(1, index)).collect());
            studio.jobs(vec![kept]);
            (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
            let asked = studio.keys("R").contains(&Effect::Refetch(JobId(1)));
            let may = matches!(phase, Phase::Failed | Phase::Partial | Phase::Expired | Phase::Cancelled);
            assert_eq!(asked, may && expected > saved, "{phase}");
            assert!(studio.state.dialog.is_none());
        }
    }
}

/// Three pictures of a model that makes one a request, two of them answered.
fn two_of_three(phase: Phase) -> Job {
    let mut split = job(1, phase);
    let mut request = (*split.request).clone();
    (request.model, request.n, request.size) =
        ("qwen-image-plus".into(), 3, Size::Pixels { width: 1328, height: 1328 });
    split.request = request.into();
    split.estimate = split.estimate.for_images(3);
    (split.answered, split.expected) = (2, 2);
    split.images = (0..2).map(|index| image(1, index)).collect();
    split
}

#[test]
fn sending_the_rest_again_costs_the_rest() {
    for phase in [Phase::Partial, Phase::Failed] {
        let mut studio = Studio::new();
        studio.jobs(vec![two_of_three(phase)]);
        (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
        studio.keys("r");
        let Some(Dialog::Confirm(question)) = &studio.state.dialog else { panic!("{phase}: {}", studio.toasts()) };
        let said = question.lines.join(" ");
        assert!(said.contains("up to $0.030. 1 of its 3 requests"), "{said}");
        assert_eq!(studio.keys("y"), [Effect::Retry(JobId(1))]);
    }
}

#[test]
fn nothing_is_sent_again_where_every_request_was_answered_and_all_of_it_where_nothing_came() {
    let ask = |kept: Job| {
        let mut studio = Studio::new();
        studio.jobs(vec![kept]);
        (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
        studio.keys("r");
        (studio.state.dialog.clone(), studio.toasts())
    };
    let mut answered = two_of_three(Phase::Partial);
    (answered.answered, answered.expected) = (3, 3);
    let (dialog, said) = ask(answered);
    assert!(dialog.is_none() && said.contains("can be fetched again, which costs nothing"), "{said}");
    let mut empty = two_of_three(Phase::Expired);
    empty.images.clear();
    let (Some(Dialog::Confirm(question)), _) = ask(empty) else { panic!("it asks") };
    let said = question.lines.join(" ");
    assert!(said.contains("up to $0.090.") && said.contains("costs nothing"), "{said}");
}

/// A story of so many paragraphs.
fn told(phase: Phase, paragraphs: usize) -> Job {
    let mut story = job(1, phase);
    story.images = vec![image(1, 0), image(1, 1)];
    story.story = (0..paragraphs).map(|nth| Passage::Text(format!("paragraph {nth}"))).collect();
    story.story.insert(0, Passage::Picture(0));
    story.story.push(Passage::Picture(1));
    story
}

#[test]
fn a_story_is_followed_while_it_grows_and_scrolled_at_will() {
    let mut studio = Studio::new();
    studio.jobs(vec![told(Phase::Running, 40)]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    assert_eq!(studio.state.preview.line, None, "it follows the end");
    studio.keys("<pageup><pageup>");
    let line = studio.state.preview.line.expect("it stays where it was put");
    studio.jobs(vec![told(Phase::Running, 50)]);
    assert_eq!(studio.state.preview.line, Some(line));
    studio.keys(&"<pagedown>".repeat(20));
    assert_eq!(studio.state.preview.line, None, "at the end it follows again");
    studio.jobs(vec![told(Phase::Done, 50)]);
    let kept = studio.state.preview.line.expect("whoever read the end is not thrown to the beginning");
    assert!(kept > line);
    studio.keys("[");
    assert_eq!(studio.state.preview.line, None.or(Some(kept)), "the first picture is wanted already");
    studio.keys("]");
    assert_eq!(studio.state.preview.wanted, Some(image(1, 1).id));
    studio.keys("[");
    assert_eq!((studio.state.preview.wanted, studio.state.preview.line), (Some(image(1, 0).id), Some(0)));
}

#[test]
fn a_job_with_pictures_is_loaded_with_them() {
    let mut studio = Studio::new();
    let mut edit = job(1, Phase::Done);
    let mut request = (*edit.request).clone();
    (request.model, request.mode, request.images) = ("wan2.7-image".into(), Mode::Edit, vec![file("/a/cat.png")]);
    edit.request = request.into();
    studio.jobs(vec![edit]);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    let effects = studio.keys("a");
    assert_eq!(effects, [Effect::Look(PathBuf::from("/a/cat.png"))]);
    assert_eq!(studio.state.compose.request.images, [file("/a/cat.png")]);
}
