//! One more of a picture, where pictures come from, and the history screen: at the keys of the core, in a real terminal, on
//! the command line.

use pinxit::domain::lineage::{Lineage, arrange};
use pinxit::domain::{ImageId, Job, JobId, Money, Phase};
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Msg, PaintedPart};
use pinxit::tui::state::{Dialog, Pane, Screen};

use crate::sample::{image, job, request};
use crate::studio::Studio;

/// A job made from another one's first picture, with words of its own.
fn child(id: i64, parent: i64, prompt: &str) -> Job {
    let parent = Some(ImageId { job: JobId(parent), index: 0 }.into());
    Job { parent, request: request(prompt).into(), ..job(id, Phase::Done) }
}

fn in_queue(jobs: Vec<Job>) -> Studio {
    let mut studio = Studio::new();
    studio.jobs(jobs);
    (studio.state.pane, studio.state.typing) = (Pane::Queue, false);
    studio
}

#[test]
fn one_more_shows_its_price_and_goes_by_a_chord_alone_with_a_new_seed() {
    let mut studio = in_queue(vec![child(4, 1, "a red fox")]);
    let form = studio.state.compose.form();
    assert_eq!(studio.keys("v"), [], "nothing is sent by a letter");
    let screen = studio.screen();
    for words in ["One more like #4", "a red fox", "Seed ", "1 x $0.030 = $0.030", "from #1a too", "ctrl+g send it"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert_eq!(studio.keys("<enter>y \n"), [], "neither Enter nor a yes sends it");
    let Some(Dialog::Again(page)) = &studio.state.dialog else { panic!("{:?}", studio.state.dialog) };
    let first = page.request.seed;
    studio.keys("r");
    let effects = studio.keys("<ctrl+g>");
    let [Effect::SubmitAlike { of, request: sent, estimate }] = &effects[..] else { panic!("{effects:?}") };
    let was = request("a red fox");
    assert!(sent.seed.is_some() && sent.seed != was.seed && sent.seed != first, "{sent:?}");
    assert_eq!(pinxit::domain::Request { seed: was.seed, ..(**sent).clone() }, was, "all else is the same");
    assert_eq!((*of, estimate.total()), (JobId(4), Some(Money::usd(30_000))));
    assert_eq!(studio.state.compose.form(), form, "the form has no part in it");
    assert!(studio.state.dialog.is_none());
}

#[test]
fn one_more_asks_where_a_submit_would_ask_and_is_not_sent_without_a_key() {
    let mut studio = in_queue(vec![job(1, Phase::Done), child(4, 1, "a red fox")]);
    studio.state.ask_above = Some(Money::usd(1_000));
    assert_eq!(studio.keys("v<ctrl+g>"), []);
    assert!(matches!(studio.state.dialog, Some(Dialog::Confirm(_))));
    let effects = studio.keys("y");
    assert!(matches!(effects[..], [Effect::SubmitAlike { of: JobId(4), .. }]), "{effects:?}");
    studio.state.access.missing = true;
    assert_eq!(studio.keys("v<ctrl+g>"), []);
    assert!(matches!(studio.state.dialog, Some(Dialog::Welcome(_))), "{:?}", studio.state.dialog);
    studio.keys("<esc>");
    let mut old = child(5, 1, "a hen");
    old.request = pinxit::domain::Request { model: "wan0-gone".into(), ..request("a hen") }.into();
    studio.jobs(vec![old]);
    studio.state.queue.selected = Some(JobId(5));
    studio.state.preview.wanted = None;
    assert_eq!(studio.keys("v"), []);
    assert!(studio.state.dialog.is_none() && studio.toasts().contains("no longer has"), "{}", studio.toasts());
}

#[test]
fn one_more_can_be_had_of_the_enlarged_picture_and_on_the_queue_screen() {
    let mut studio = in_queue(vec![child(4, 1, "a red fox")]);
    for keys in ["pv", "<esc>2v"] {
        studio.keys(keys);
        let Some(Dialog::Again(page)) = &studio.state.dialog else { panic!("{keys}: {:?}", studio.state.dialog) };
        assert_eq!(page.of, JobId(4));
    }
    assert!(matches!(studio.keys("<ctrl+g>")[..], [Effect::SubmitAlike { .. }]));
    let seed = studio.state.compose.request.seed;
    studio.state.compose.seed_rises = true;
    studio.state.compose.random_seed = false;
    studio.keys("v<ctrl+g>");
    assert_eq!(studio.state.compose.request.seed, seed, "the form's seed is counted up by the form's submits alone");
}

#[test]
fn the_preview_tells_what_a_picture_was_made_from_and_which_words_changed() {
    let mut studio = in_queue(vec![job(1, Phase::Done), child(4, 1, "a silver fox in rain")]);
    studio.state.queue.selected = Some(JobId(4));
    let screen = studio.screen();
    assert!(screen.contains("from #1a: 2 words changed"), "{screen}");
    studio.keys("pi");
    let screen = studio.screen();
    for words in ["a [-red-]{+silver+} fox in", "[-snow-]{+rain+}", "prompt: 2 words", "parent   #1a"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
}

/// 1 a fox; 2 and 5 from it, 4 from 2; 9 by itself.
fn farm() -> Lineage {
    let jobs = vec![
        job(1, Phase::Done),
        child(2, 1, "a silver fox in snow"),
        child(4, 2, "a silver fox in rain"),
        child(5, 1, "a red fox asleep"),
        Job { request: request("a hen, 雪中").into(), ..job(9, Phase::Failed) },
    ];
    Lineage { rows: arrange(jobs), families: Some(2), more: false, cut: false }
}

/// The history screen, answered.
fn history() -> Studio {
    let mut studio = Studio::new();
    studio.keys("my draft<esc>");
    let effects = studio.keys("4");
    assert_eq!(effects, [Effect::Lineage { words: String::new(), most: 100 }]);
    studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(farm()) });
    studio
}

fn selected(studio: &Studio) -> Option<i64> {
    studio.state.in_history().map(|job| job.id.0)
}

#[test]
fn the_history_shows_families_as_trees_and_what_was_changed() {
    let mut studio = history();
    let screen = studio.screen();
    for words in ["[4 Hist", "2 families", "├─ 2", "│  └─ 4", "└─ 5", "9 a hen"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert_eq!(selected(&studio), Some(9), "the newest first");
    studio.keys("jjj");
    assert_eq!(selected(&studio), Some(4));
    let screen = studio.screen();
    for words in ["#4 from #2a", "in [-snow-]{+rain+}", "prompt: 1 word"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    studio.keys("gj");
    let screen = studio.screen();
    assert!(
        screen.contains("#1, first of its family") && screen.contains("its branch: 4 jobs, 4 pictures, $0.12"),
        "{screen}"
    );
    assert!(studio.send(Msg::Wake).is_empty(), "asked once");
}

#[test]
fn a_job_is_loaded_beside_itself_or_branched_off_and_undo_brings_the_draft_back() {
    let mut studio = history();
    studio.keys("jjj<enter>");
    let compose = &studio.state.compose;
    assert_eq!((studio.state.screen, compose.prompt.text().as_str()), (Screen::Compose, "a silver fox in rain"));
    assert_eq!(compose.parent.map(|parent| parent.to_string()), Some("2a".into()), "made from the same");
    studio.keys("<esc>u");
    assert_eq!((studio.state.compose.prompt.text().as_str(), studio.state.compose.parent), ("my draft", None));
    assert_eq!(studio.toasts().matches("undo brings").count(), 1, "said once: {}", studio.toasts());
    studio.keys("4");
    assert_eq!(selected(&studio), Some(4), "where the user was");
    studio.keys("b");
    let compose = &studio.state.compose;
    assert_eq!(compose.parent.map(|parent| parent.to_string()), Some("4a".into()), "made from it");
    let effects = studio.keys(", dusk<ctrl+g>");
    let Some(Effect::Submit { orders, parent }) = effects.last() else { panic!("{effects:?}") };
    assert_eq!((orders[0].0.prompt.as_str(), parent.map(|p| p.job)), ("a silver fox in rain, dusk", Some(JobId(4))));
}

#[test]
fn a_job_is_made_once_more_exactly_by_a_chord_alone() {
    let mut studio = history();
    studio.keys("jjj");
    assert_eq!(studio.keys("R<enter>y"), []);
    assert!(studio.screen().contains("#4 exactly as it was"), "{}", studio.screen());
    let effects = studio.keys("<ctrl+g>");
    let [Effect::SubmitAlike { of, request: sent, .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((*of, &**sent), (JobId(4), &request("a silver fox in rain")));
}

#[test]
fn a_branch_is_named_and_a_dead_end_folded_away_and_shown_again() {
    let mut studio = history();
    studio.keys("jj");
    assert_eq!(studio.keys("mautumn 秋<enter>"), [Effect::NameJob { job: JobId(2), name: "autumn 秋".into() }]);
    let hide = |hidden| Effect::Hide { job: JobId(2), hidden };
    assert_eq!(studio.keys("t"), [hide(true)]);
    let told = Job { hidden: true, name: Some("autumn 秋".into()), ..child(2, 1, "a silver fox in snow") };
    studio.jobs(vec![told.clone()]);
    let screen = studio.screen();
    assert!(screen.contains("'autumn 秋") && screen.contains("HIDDEN") && screen.contains("(1 job below)"), "{screen}");
    assert!(!screen.contains("└─ 4"), "{screen}");
    assert_eq!(selected(&studio), Some(2));
    assert_eq!(studio.keys("t"), [hide(false)]);
    studio.jobs(vec![Job { hidden: false, ..told }]);
    assert!(studio.screen().contains("└─ 4"));
}

#[test]
fn words_are_asked_for_and_found_ones_are_selected_and_escape_shows_all_again() {
    let mut studio = history();
    let effects = studio.keys("/rain<enter>");
    assert_eq!(effects, [Effect::Lineage { words: "rain".into(), most: 100 }]);
    studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(Lineage::default()) });
    assert_eq!(studio.state.lineage.rows.len(), 5, "an older answer is none");
    let mut found = farm();
    found.rows.retain(|kin| kin.job.id.0 < 9);
    studio.send(Msg::Lineage { words: "rain".into(), most: 100, result: Ok(found) });
    assert_eq!(selected(&studio), Some(4));
    assert!(studio.screen().contains("with: rain"));
    assert_eq!(studio.keys("<esc>"), [Effect::Lineage { words: String::new(), most: 100 }]);
    studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(farm()) });
    assert_eq!(selected(&studio), Some(4), "and stays selected");
    studio.keys("/zebra<enter>");
    studio.send(Msg::Lineage { words: "zebra".into(), most: 100, result: Ok(Lineage::default()) });
    assert!(studio.screen().contains("No job has all of these words"), "{}", studio.screen());
    studio.keys("<esc>");
    studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(farm()) });
    assert_eq!(selected(&studio), Some(4), "though nothing was found in between");
}

#[test]
fn older_families_are_read_at_the_end_and_all_of_it_again_when_something_is_made() {
    let mut studio = history();
    let mut many = farm();
    many.more = true;
    let effects = studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(many) });
    assert_eq!(effects, [Effect::Lineage { words: String::new(), most: 200 }], "the end is in sight");
    studio.send(Msg::Lineage { words: String::new(), most: 200, result: Ok(farm()) });
    assert_eq!(studio.jobs(vec![child(4, 2, "a silver fox in rain")]), [], "one that is known");
    let effects = studio.jobs(vec![Job { created: pinxit::domain::Stamp(i64::MAX), ..child(12, 5, "new") }]);
    assert_eq!(effects, [Effect::Lineage { words: String::new(), most: 200 }]);
}

#[test]
fn a_job_of_the_history_is_peeked_at_and_the_form_stays_as_it_is() {
    let mut studio = history();
    let form = studio.state.compose.form();
    let effects = studio.keys("jjjp");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Near(JobId(4)))), "{effects:?}");
    let wanted = ImageId { job: JobId(4), index: 0 };
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Paint { image, .. } if *image == wanted)),
        "{effects:?}"
    );
    let screen = studio.screen();
    assert!(screen.contains("parent   #2a") && screen.contains("a silver fox in rain"), "{screen}");
    studio.jobs(vec![job(3, Phase::Done)]);
    assert_eq!(studio.state.preview.wanted, Some(wanted), "whatever happens below");
    studio.keys("]");
    assert_eq!(studio.state.preview.wanted, Some(ImageId { job: JobId(5), index: 0 }), "the next job's picture");
    studio.keys("<esc>");
    assert_eq!((studio.state.compose.form(), selected(&studio)), (form, Some(5)));
    studio.keys("gp");
    assert!(studio.screen().contains("#9 has no picture: FAILED"), "{}", studio.screen());
    let _ = image(1, 0);
}

/// The same with a picture file of its own for each job.
fn pictured() -> Studio {
    let mut studio = history();
    let mut farm = farm();
    for image in farm.rows.iter_mut().flat_map(|kin| &mut kin.job.images) {
        image.path = format!("/home/ana/{}.png", image.id).into();
    }
    studio.state.lineage.rows = farm.rows;
    rest(&mut studio);
    studio
}

/// Long enough for small pictures to be wanted.
fn rest(studio: &mut Studio) -> Vec<Effect> {
    studio.now = studio.now.after(pinxit::tui::state::REST);
    studio.send(Msg::Wake)
}

fn asked(effects: &[Effect]) -> Vec<(String, (u16, u16))> {
    let part = |effect: &Effect| match effect {
        Effect::PaintPart(part) => Some((part.path.display().to_string(), part.pane)),
        _ => None,
    };
    effects.iter().filter_map(part).collect()
}

#[test]
fn small_pictures_of_a_job_and_of_what_it_was_made_from_are_painted_once_the_selection_rests() {
    let mut studio = pictured();
    assert_eq!(asked(&studio.keys("jj")), [], "who walks through paints nothing");
    let effects = rest(&mut studio);
    let told = asked(&effects);
    assert_eq!(told.iter().map(|(path, _)| &path[..]).collect::<Vec<_>>(), ["/home/ana/2a.png", "/home/ana/1a.png"]);
    for (effect, letter) in effects.iter().zip(["@", "&"]) {
        let Effect::PaintPart(part) = effect else { panic!("{effect:?}") };
        let area = ratatui::layout::Rect::new(0, 0, part.pane.0, part.pane.1);
        let cells = ratatui::buffer::Buffer::filled(area, ratatui::buffer::Cell::new(letter));
        let painted = PaintedPart { part: part.clone(), cells: Ok(std::sync::Arc::new(cells)) };
        studio.send(Msg::PaintedPart(painted));
    }
    let screen = studio.screen();
    for words in ["#2a ", "from #1a", "@@@@", "&&&&"] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert_eq!((asked(&rest(&mut studio)), studio.send(Msg::Wake)), (vec![], vec![]), "and then it is quiet");
    studio.keys("j");
    let screen = studio.screen();
    assert!(!screen.contains("@@@@") && screen.contains("#4 from #2a"), "not under another one's name:\n{screen}");
    studio.send(Msg::Resize(80, 24));
    let told = asked(&rest(&mut studio));
    assert!(matches!(&told[..], [(path, (columns, 7))] if path.ends_with("4a.png") && *columns < 24), "{told:?}");
    let lines = studio.screen().lines().filter(|line| line.contains("DONE ")).count();
    assert_eq!(lines, 4, "and the tree is still there");
}

#[test]
fn a_small_picture_that_cannot_be_shown_leads_to_why_and_a_terminal_without_pictures_asks_for_none() {
    let mut studio = pictured();
    studio.keys("j");
    let [Effect::PaintPart(part)] = &rest(&mut studio)[..] else { panic!("one picture") };
    let fault = pinxit::domain::Fault::new(pinxit::domain::FaultKind::Other, "picture_unusable", "it is gone");
    studio.send(Msg::PaintedPart(PaintedPart { part: part.clone(), cells: Err(fault) }));
    assert!(studio.screen().contains("cannot be shown: p"), "{}", studio.screen());
    studio.keys("k");
    assert_eq!(asked(&rest(&mut studio)), [], "one that failed has none");
    let mut rows = studio.state.lineage.rows.clone();
    rows[3].job.away.insert(0, pinxit::domain::Away::Purged);
    studio.state.lineage.rows = rows;
    studio.keys("jjj");
    let told = asked(&rest(&mut studio));
    assert!(told.iter().all(|(path, _)| !path.ends_with("4a.png")), "{told:?}");
    assert!(studio.screen().contains("#4a is deleted for good"), "{}", studio.screen());
    studio.keys("kkk");
    studio.send(Msg::Drawn { how: "none", kib: 0 });
    studio.keys("jj");
    assert_eq!(asked(&rest(&mut studio)), []);
    assert!(!studio.screen().contains("from #1a\n") && studio.screen().contains("prompt: "), "{}", studio.screen());
}

#[test]
fn the_tree_is_turned_over_by_pages_and_most_steps_move_nothing() {
    let mut studio = history();
    let jobs = (1..=90).map(|id| job(id, Phase::Done)).collect();
    let found = Lineage { rows: arrange(jobs), families: Some(90), more: false, cut: false };
    studio.send(Msg::Lineage { words: String::new(), most: 100, result: Ok(found) });
    studio.send(Msg::Resize(80, 24));
    let mut to = |keys: &str| {
        studio.keys(keys);
        let screen = studio.screen();
        let rows = screen.lines().skip(2).take_while(|line| !line.starts_with('┗'));
        let numbers =
            rows.filter_map(|line| line.trim_matches(['┃', ' ', '▸', '>']).split(' ').next()?.parse::<i64>().ok());
        (selected(&studio), numbers.collect::<Vec<_>>())
    };
    let (_, first) = to("<home>");
    assert_eq!((first[0], first.len()), (90, 11), "a page: {first:?}");
    assert_eq!(to("<pagedown>"), (Some(81), first.clone()), "what is in sight stays");
    let (at, second) = to("j");
    assert_eq!((at, second[0], second[1]), (Some(80), 81, 80), "the next page, with a row of the one before");
    assert_eq!(to("jjjjjj"), (Some(74), second.clone()), "most steps move nothing");
    assert_eq!(to("<ctrl+u>").0, Some(78));
    assert_eq!(to("<ctrl+d><ctrl+d>").0, Some(70));
    assert_eq!(to("<pageup><pageup><pageup>").0, Some(90));
    let (at, last) = to("<end>");
    assert_eq!((at, last.last(), last.len()), (Some(1), Some(&1), 11), "the last page is full");
    assert_eq!(to("<pagedown>").0, Some(1));
    assert_eq!(to("<home>"), (Some(90), first));
}

/// On a home and an emulator: what `gen` printed.
fn made(home: &crate::cli::Home, emulator: &pinxit::emulator::Emulator, words: &str, more: &[&str]) -> String {
    let args: Vec<&str> = ["gen", words, "-m", "wan2.2-t2i-flash", "-s", "512*512", "--json", "--yes", "-q"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let (code, result) = crate::cli::json(&mut home.on(emulator, &args));
    assert_eq!(code, 0, "{result}");
    assert_eq!(result["images"][0]["parent"].as_str(), more.get(1).copied(), "{result}");
    result["job"].as_str().unwrap().to_owned()
}

fn told(home: &crate::cli::Home, args: &[&str]) -> String {
    let output = home.pinxit(args).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_command_line_makes_children_and_shows_the_tree_as_text_json_and_a_graph() {
    let (home, emulator) = (crate::cli::Home::new(), crate::cli::emulator(vec![]));
    made(&home, &emulator, "a red fox in snow", &[]);
    made(&home, &emulator, "a silver fox in rain", &["--parent", "1a"]);
    made(&home, &emulator, "a silver fox in rain, 雪中", &["--parent", "2"]);
    made(&home, &emulator, "a \"hen\"", &[]);
    let posts = emulator.ledger().submits;
    let wrong = home.on(&emulator, &["gen", "x", "-m", "wan2.2-t2i-flash", "--parent", "1c", "--yes"]).assert().code(2);
    let said = String::from_utf8_lossy(&wrong.get_output().stderr).into_owned();
    assert!(said.contains("there is no picture 1c"), "{said}");
    home.on(&emulator, &["gen", "x", "-m", "wan2.2-t2i-flash", "--parent", "99", "--yes"]).assert().code(2);
    assert_eq!((emulator.ledger().submits, posts), (4, 4), "nothing was sent");

    let text = told(&home, &["tree"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("4  1 img  $0.025  DONE  a \"hen\""), "{text}");
    assert!(lines[1].starts_with("1  1 img") && lines[2].starts_with("`- 2  1 img"), "{text}");
    assert!(lines[2].contains("from 1a: 2 words, seed changed"), "{text}");
    assert!(lines[3].starts_with("   `- 3  1 img") && lines[3].ends_with("seed changed"), "{text}");
    assert_eq!(told(&home, &["tree", "3"]).lines().count(), 3);
    assert_eq!(told(&home, &["tree", "--find", "雪中"]).lines().count(), 3);

    told(&home, &["name", "2", "silver \u{1b}[2J"]);
    told(&home, &["hide", "2"]);
    let text = told(&home, &["tree", "1"]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("`- 2  'silver ␛[2J'  1 img") && text.contains("hidden, 1 below"), "{text}");
    assert_eq!(told(&home, &["tree", "1", "--all"]).lines().count(), 3);
    told(&home, &["hide", "2", "--show"]);

    let (_, tree) = crate::cli::json(&mut home.pinxit(&["tree", "1a", "--json"]));
    assert_eq!((tree["schema"].as_str(), tree["jobs"].as_array().map(Vec::len)), (Some("pinxit.tree/1"), Some(3)));
    let second = &tree["jobs"][1];
    assert_eq!((second["job"].as_str(), second["parent"].as_str()), (Some("2"), Some("1a")));
    assert_eq!(second["changed"], serde_json::json!(["prompt", "seed"]));
    assert_eq!((second["depth"].as_u64(), second["below"].as_u64()), (Some(1), Some(1)));
    assert!((tree["billed"][0]["amount"].as_f64().unwrap() - 0.075).abs() < 1e-9, "{tree}");

    let graph = told(&home, &["tree", "--dot"]);
    assert!(graph.starts_with("digraph pinxit {") && graph.trim_end().ends_with('}'), "{graph}");
    assert!(graph.contains("1 -> 2 [label=\"2 words, seed changed\"];"), "{graph}");
    assert!(graph.contains(r#"4 [label="4\na \"hen\""];"#), "{graph}");
    home.pinxit(&["tree", "99"]).assert().code(2);
}
