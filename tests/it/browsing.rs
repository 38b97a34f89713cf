//! Finding pictures and naming them, at the keys: the browser, the pictures made here, the selected one beside its list,
//! and its name in the prompt.

use std::path::Path;
use std::sync::Arc;

use pinxit::domain::{Away, Fault, FaultKind, Format, InputFacts, Job, Mode, Phase, Reference};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, PaintedPart};
use pinxit::tui::state::{Browser, Dialog, OnShelf, Pane, Part, Place, REST, Scope};
use pinxit::tui::update::wake_at;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use crate::sample::job;
use crate::studio::Studio;

fn studio(columns: u16, rows: u16) -> Studio {
    let mut studio = Studio::new().sized(columns, rows);
    studio.state.place = Place { home: "/home/ana".into(), here: "/home/ana/art".into(), ..Place::default() };
    studio.state.compose.request = studio.state.catalog.get("wan2.7-image").unwrap().blank(Mode::Edit);
    (studio.state.pane, studio.state.typing) = (Pane::References, false);
    studio
}

fn found(folder: &str, name: &str) -> OnShelf {
    let is_folder = name.ends_with('/');
    let name = name.trim_end_matches('/').to_owned();
    let path = Path::new(folder).join(&name);
    OnShelf { name, path, is_folder, bytes: 340_000, size: None, about: String::new() }
}

/// The folder's names arrive.
fn holds(studio: &mut Studio, folder: &str, names: &[&str]) -> Vec<Effect> {
    let found = Ok(names.iter().map(|name| found(folder, name)).collect());
    studio.send(Msg::Browsed { folder: folder.into(), found })
}

fn seen(studio: &mut Studio, path: &str, width: u32, height: u32) -> Vec<Effect> {
    let facts = InputFacts { format: Format::Jpeg, width, height, bytes: 340_000, alpha: false, turned: false };
    studio.send(Msg::Looked { path: path.into(), found: Ok(facts) })
}

fn browser(studio: &Studio) -> &Browser {
    match &studio.state.dialog {
        Some(Dialog::Browser(browser)) => browser,
        other => panic!("{other:?}"),
    }
}

fn images(studio: &Studio) -> Vec<String> {
    let name = |image: &Reference| match image {
        Reference::File(path) => path.display().to_string(),
        Reference::Url(address) => address.clone(),
    };
    studio.state.compose.request.images.iter().map(name).collect()
}

/// Whether a selection has still to rest.
fn is_due(studio: &Studio) -> bool {
    wake_at(&studio.state, studio.now).is_some_and(|wait| wait <= REST)
}

/// Lets the selection rest.
fn rest(studio: &mut Studio) -> Vec<Effect> {
    let wait = wake_at(&studio.state, studio.now).expect("something is due");
    assert!(wait <= REST, "{wait:?}");
    studio.now = studio.now.after(wait);
    studio.send(Msg::Wake)
}

fn painted(studio: &mut Studio, part: Part, letter: &str) {
    let mut cells = Buffer::empty(Rect::new(0, 0, 4, 2));
    for cell in &mut cells.content {
        cell.set_symbol(letter).set_fg(Color::Rgb(1, 2, 3));
    }
    studio.send(Msg::PaintedPart(PaintedPart { part, cells: Ok(Arc::new(cells)) }));
}

const ART: &str = "/home/ana/art";

#[test]
fn folders_are_walked_and_pictures_taken_in_the_order_they_were_marked() {
    let mut studio = studio(120, 40);
    assert_eq!(studio.keys("o"), [Effect::Browse(ART.into())]);
    assert!(studio.screen().contains("Reading"));
    let asked = holds(&mut studio, ART, &["trips/", "cat.jpg", "dog.jpg", "猫.png"]);
    let looks = ["cat.jpg", "dog.jpg", "猫.png"].map(|name| Effect::Look(Path::new(ART).join(name)));
    assert_eq!(asked, looks, "what is in sight is looked at, once");
    seen(&mut studio, "/home/ana/art/dog.jpg", 1706, 1279);
    assert!(studio.screen().contains("1706x1279  340 kB"), "{}", studio.screen());
    // Into a folder, back up onto it, and on.
    assert_eq!(studio.keys("<enter>"), [Effect::Browse("/home/ana/art/trips".into())]);
    holds(&mut studio, "/home/ana/art/trips", &["sea.jpg"]);
    studio.keys(" ");
    assert_eq!(studio.keys("h"), [Effect::Browse(ART.into())]);
    holds(&mut studio, ART, &["old/", "trips/", "cat.jpg", "dog.jpg", "猫.png"]);
    assert_eq!(browser(&studio).chosen().unwrap().name, "trips", "it stands where it came from");
    studio.keys("jj ");
    assert!(studio.screen().contains("3 pictures, 2 marked") && studio.screen().contains("take 2"));
    // A folder is opened even so; the marked ones are taken from a picture.
    studio.keys("j<enter>");
    assert_eq!(images(&studio), ["/home/ana/art/trips/sea.jpg", "/home/ana/art/dog.jpg"]);
    assert!(studio.state.dialog.is_none() && studio.toasts().contains("2 pictures taken"), "{}", studio.toasts());
    assert_eq!(studio.keys("o"), [Effect::Browse(ART.into())], "where it was left");
    holds(&mut studio, ART, &["dog.jpg"]);
    studio.keys("<enter>");
    assert!(studio.toasts().contains("in the list already"), "{}", studio.toasts());
    assert_eq!(images(&studio).len(), 2);
}

#[test]
fn pictures_are_looked_for_from_the_prompt_and_the_form_makes_room_for_them() {
    for (model, taken, asked) in [("wan2.7-image", "wan2.7-image", false), ("wan2.6-t2i", "wan2.7-image", true)] {
        let mut studio = studio(80, 24);
        studio.state.compose.request = studio.state.catalog.get(model).unwrap().blank(Mode::TextToImage);
        studio.state.pane = Pane::Prompt;
        studio.keys("o");
        holds(&mut studio, "/home/ana/art", &["cat.png"]);
        studio.keys("<enter>");
        assert_eq!(images(&studio), ["/home/ana/art/cat.png"]);
        assert_eq!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))), asked, "{model}");
        if asked {
            assert!(studio.screen().contains("Take "), "{}", studio.screen());
            studio.keys("y");
        }
        let request = &studio.state.compose.request;
        assert_eq!((request.mode, studio.state.pane), (Mode::Edit, Pane::References));
        assert!(request.model.as_str().starts_with(taken), "{}", request.model);
        assert!(!studio.toasts().contains("at most 0"), "{}", studio.toasts());
    }
}

#[test]
fn what_is_no_picture_is_not_taken() {
    let mut studio = studio(80, 24);
    studio.keys("o");
    holds(&mut studio, ART, &["fake.jpg"]);
    let fault = Fault::new(FaultKind::Invalid, "x", "not a picture: HTML");
    studio.send(Msg::Looked { path: "/home/ana/art/fake.jpg".into(), found: Err(fault) });
    assert!(studio.screen().contains("no picture") && studio.screen().contains("! not a picture: HTML"));
    for key in [" ", "<enter>"] {
        studio.state.toasts.clear();
        studio.keys(key);
        assert!(studio.toasts().contains("Not taken: not a picture: HTML"), "{}", studio.toasts());
        assert!(images(&studio).is_empty() && browser(&studio).marks.is_empty());
    }
}

#[test]
fn what_was_seen_is_not_looked_at_again() {
    let mut studio = studio(120, 40);
    studio.keys("o");
    holds(&mut studio, ART, &["cat.jpg"]);
    seen(&mut studio, "/home/ana/art/cat.jpg", 1200, 800);
    let effects = studio.keys("l");
    assert_eq!(images(&studio), ["/home/ana/art/cat.jpg"]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Look(_))), "{effects:?}");
    assert!(studio.screen().contains("1200x800 jpeg 340 kB"), "{}", studio.screen());
}

#[test]
fn names_are_filtered_and_escape_goes_one_step_back() {
    let mut studio = studio(80, 24);
    studio.keys("o");
    holds(&mut studio, ART, &["trips/", "cat.jpg", "catalogue.jpg", "dog.jpg"]);
    studio.keys("/CAT");
    let names = |studio: &Studio| {
        browser(studio).entries().iter().map(|found| found.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&studio), "cat.jpg catalogue.jpg");
    assert!(studio.screen().contains("Filter: CAT"));
    studio.keys("<enter>jq");
    assert_eq!(names(&studio), "trips cat.jpg catalogue.jpg dog.jpg", "the filter goes first");
    studio.keys("/zebra");
    assert!(studio.screen().contains("No name here holds these words."));
    studio.keys("<esc><esc>");
    assert!(studio.state.dialog.is_none() && images(&studio).is_empty());
}

#[test]
fn a_folder_that_cannot_be_read_says_so_and_can_be_left() {
    for (columns, rows) in [(120, 40), (80, 24), (44, 14)] {
        let mut studio = studio(columns, rows);
        studio.keys("o");
        let fault = Fault::new(FaultKind::Invalid, "x", "The folder cannot be read: you may not read it.");
        studio.send(Msg::Browsed { folder: ART.into(), found: Err(fault) });
        let said = studio.screen().replace(['│', '┃', '\n'], " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("! The folder cannot be read:") && said.contains("may not read it."), "{said}");
        assert_eq!(studio.keys("<left>"), [Effect::Browse("/home/ana".into())]);
        holds(&mut studio, "/home/ana", &[]);
        assert!(studio.screen().contains("No pictures and no folders here."));
    }
}

#[test]
fn answers_about_another_folder_are_dropped() {
    let mut studio = studio(80, 24);
    studio.keys("oh");
    holds(&mut studio, ART, &["late.jpg"]);
    assert!(browser(&studio).entries().is_empty() && studio.screen().contains("Reading"));
}

#[test]
fn a_picture_is_painted_once_the_selection_rests_and_walking_paints_nothing() {
    let mut studio = studio(120, 40);
    studio.keys("o");
    holds(&mut studio, ART, &["a.jpg", "b.jpg", "c.jpg"]);
    for name in ["a", "b", "c"] {
        seen(&mut studio, &format!("{ART}/{name}.jpg"), 1600, 1200);
    }
    assert_eq!(studio.keys("jj"), [], "no picture on the way");
    let effects = rest(&mut studio);
    let [Effect::PaintPart(part)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((part.path.as_path(), part.region), (Path::new("/home/ana/art/c.jpg"), [0, 0, 1600, 1200]));
    painted(&mut studio, part.clone(), "Ω");
    assert!(studio.screen().contains("ΩΩΩΩ"));
    assert!(!is_due(&studio), "and then it is quiet");
    assert_eq!(studio.send(Msg::Wake), []);
    studio.keys("k");
    assert!(studio.screen().contains("ΩΩΩΩ"), "it stays until its successor is ready");
    let effects = rest(&mut studio);
    assert!(matches!(&effects[..], [Effect::PaintPart(part)] if part.path.ends_with("b.jpg")), "{effects:?}");
}

#[test]
fn pictures_made_here_are_taken_newest_first() {
    let mut studio = studio(80, 24);
    studio.jobs(vec![job(4, Phase::Done), job(7, Phase::Done), job(9, Phase::Running)]);
    assert_eq!(studio.keys("g").len(), 2, "both are looked at");
    let screen = studio.screen();
    let at = |name| screen.find(name).unwrap_or_else(|| panic!("{name}: {screen}"));
    assert!(at("#7a") < at("#4a") && screen.contains("a red fox in snow"));
    studio.keys("j<enter>");
    assert!(images(&studio)[0].ends_with("fox-in-snow-7-0.png"));
    // What is in the bin is not offered.
    studio.jobs(vec![Job { away: [(0, Away::Binned)].into(), ..job(7, Phase::Done) }]);
    studio.keys("g");
    assert!(studio.screen().contains("#4a") && !studio.screen().contains("#7a  "), "{}", studio.screen());
    studio.keys("<esc>");
    // From the folders it is one key away.
    studio.keys("o<tab>");
    assert!(studio.screen().contains("Pictures made here"));
    assert_eq!(studio.keys("<tab>"), [Effect::Browse(ART.into())]);
}

#[test]
fn the_selected_picture_is_beside_its_list_while_the_list_has_the_keys() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut studio = studio(columns, rows);
        studio.send(Msg::Paste("/a/clock.jpg\n/a/room.jpg".into()));
        seen(&mut studio, "/a/clock.jpg", 800, 600);
        seen(&mut studio, "/a/room.jpg", 1706, 1279);
        let effects = rest(&mut studio);
        let [Effect::PaintPart(part)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(part.path, Path::new("/a/room.jpg"), "the one added last");
        painted(&mut studio, part.clone(), "Ω");
        let screen = studio.screen();
        assert!(screen.contains("Image 2") && screen.contains("ΩΩΩΩ") && screen.contains("1706x1279"), "{screen}");
        // Elsewhere the pane is the made picture's again, after a moment: going through the panes paints nothing.
        assert_eq!(studio.keys("<tab>"), []);
        assert!(studio.screen().contains("ΩΩΩΩ"));
        assert_eq!(rest(&mut studio), []);
        assert!(!studio.screen().contains("ΩΩΩΩ"));
        assert!(!is_due(&studio));
    }
}

#[test]
fn a_picture_of_a_job_that_overtakes_it_does_not_leave_it_unpainted() {
    let mut studio = studio(120, 40);
    studio.send(Msg::Paste("/a/room.jpg".into()));
    seen(&mut studio, "/a/room.jpg", 1706, 1279);
    let asked = rest(&mut studio);
    assert!(matches!(asked[..], [Effect::PaintPart(_)]), "{asked:?}");
    let effects = studio.jobs(vec![job(4, Phase::Done)]);
    assert!(matches!(effects[..], [Effect::Paint { .. }, Effect::PaintPart(_)]), "{effects:?}");
    // And the other way round: the job's picture was overtaken by it, and is asked for when the browser closes.
    studio.keys("o");
    let effects = studio.keys("<esc>");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Paint { .. })), "{effects:?}");
}

/// Two pictures in the form, typing in the prompt.
fn naming() -> Studio {
    let mut studio = studio(120, 40);
    studio.send(Msg::Paste("/a/clock.jpg\n/a/room.jpg".into()));
    (studio.state.pane, studio.state.typing) = (Pane::Prompt, true);
    studio
}

fn prompt(studio: &Studio) -> String {
    studio.state.compose.prompt.text()
}

#[test]
fn a_picture_is_named_by_choosing_it_and_no_key_is_taken_before() {
    let mut studio = naming();
    studio.keys("put image ");
    let screen = studio.screen();
    assert!(screen.contains("image 1  clock.jpg") && screen.contains("image 2  room.jpg"), "{screen}");
    studio.keys("<down><down><tab>");
    assert_eq!((prompt(&studio).as_str(), studio.state.pane), ("put image 2", Pane::Prompt));
    assert!(!studio.screen().contains("image 1  clock.jpg"), "it is closed");
    studio.keys(" on @<down><enter>");
    assert_eq!(prompt(&studio), "put image 2 on image 1");
    // Nothing chosen: Enter is a new line, Tab the next pane, a digit a digit.
    studio.keys(" or image <enter>");
    assert!(prompt(&studio).ends_with(" or image \n"));
    studio.keys("of image 2, the Image 3");
    assert!(prompt(&studio).ends_with("of image 2, the Image 3") && studio.state.references.mention.is_none());
    studio.keys(" @");
    assert!(studio.state.scopes().contains(&Scope::Offer));
    studio.keys("<tab>");
    assert_ne!(studio.state.pane, Pane::Prompt);
    assert!(studio.state.references.mention.is_none() && prompt(&studio).ends_with(" @"));
}

#[test]
fn chinese_prompts_count_pictures_as_the_service_does() {
    let mut studio = naming();
    studio.keys("把图");
    // The second cell of a wide letter is a blank here.
    assert!(studio.screen().contains("图 1  clock.jpg"), "{}", studio.screen());
    studio.keys("<down><enter>");
    studio.keys("放在@<down><down><enter>里");
    assert_eq!(prompt(&studio), "把图1放在图2里");
    // One undo takes one edit back.
    studio.keys("<esc>u");
    assert_ne!(prompt(&studio), "把图1放在图2里");
}

#[test]
fn escape_closes_the_list_first_and_typing_goes_on() {
    let mut studio = naming();
    studio.keys("the @<esc>x");
    assert_eq!(prompt(&studio), "the @x");
    assert!(studio.state.typing);
    studio.keys("<esc>");
    assert!(!studio.state.typing);
    // Without pictures there is nothing to name, and in an address nothing is meant.
    let mut studio = Studio::new();
    studio.keys("the @");
    assert!(studio.state.references.mention.is_none());
    let mut studio = naming();
    studio.keys("ana@");
    assert!(studio.state.references.mention.is_none());
}
