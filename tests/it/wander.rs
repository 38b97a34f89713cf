//! Wandering through the whole studio by chance: every screen and dialog, answers that come late or never, sizes that
//! change. It never panics, the keys are always somewhere they can be, nothing selected is out of its list, and the texts
//! change by nothing but what may change them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use pinxit::domain::lineage::{Lineage, Near, arrange};
use pinxit::domain::{
    Batch, BatchId, Cost, Counts, Fault, FaultKind, Form, Format, Found, InputFacts, Job, JobId, Mode, Money, Phase,
    Row, Stamp,
};
use pinxit::keymap::{Found as Bound, Key};
use pinxit::tui::action::Action;
use pinxit::tui::effect::Effect;
use pinxit::tui::msg::{Changed, Loaded, Msg, Painted, PaintedPart};
use pinxit::tui::state::{Dialog, Pane, Pending, PlanRow, PlanSheet, Scope, Screen, SettingRow, State, Welcome};
use pinxit::tui::update::wake_at;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::sample::{NOW, job};
use crate::studio::{Studio, keys};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// One of the keys that are bound where we are.
    Bound(u16),
    /// A key, whatever it does.
    Press(&'static str),
    /// A paste.
    Paste(&'static str),
    /// The answer to something asked before, if there is one; good or bad.
    Answer(bool),
    /// The jobs change.
    News(u8),
    /// The terminal has another size.
    Resize(u16, u16),
    /// Time passes.
    Wait(u32),
}

const PRESSES: [&str; 32] = [
    "2",
    "e",
    "a",
    "狐",
    " ",
    "7",
    "{a|b}",
    "__x__",
    "<enter>",
    "<esc>",
    "<tab>",
    "<shift+tab>",
    "<up>",
    "<down>",
    "<left>",
    "<right>",
    "<backspace>",
    "<delete>",
    "<ctrl+u>",
    "<ctrl+w>",
    "<ctrl+k>",
    "<ctrl+y>",
    "<ctrl+c>",
    "<ctrl+g>",
    "<ctrl+x>",
    "<ctrl+p>",
    "<f1>",
    "<home>",
    "<end>",
    "<alt+u>",
    "<alt+U>",
    "y",
];

const PASTES: [&str; 8] = [
    "a red fox\nin snow",
    "/a/cat.png\n/a/dog.png",
    "https://host/a.png",
    "#C2D1E6=23.51,#E65C45=40,#5F9F7B",
    "1:10,20,300,400",
    "\u{1b}[2J 雪 e\u{301}👩\u{200d}🎨\u{202e}",
    "sk-0123456789abcdef",
    "state:failed !fox model:wan2.7*",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => any::<u16>().prop_map(Step::Bound),
        5 => prop::sample::select(PRESSES.to_vec()).prop_map(Step::Press),
        1 => prop::sample::select(PASTES.to_vec()).prop_map(Step::Paste),
        4 => prop::bool::weighted(0.8).prop_map(Step::Answer),
        1 => any::<u8>().prop_map(Step::News),
        1 => (1u16..140, 1u16..50).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        1 => prop::sample::select(vec![10u32, 400, 1_100, 8_000, 70_000]).prop_map(Step::Wait),
    ]
}

/// How the studio is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Empty,
    Keyless,
    /// Two pictures in the form of a model that takes boxes and palettes.
    Editing,
    /// On the row of the palette.
    Colours,
    /// At a job with a picture.
    Shown,
    /// Two pictures compared.
    Comparing,
}

const STARTS: [Start; 6] =
    [Start::Empty, Start::Keyless, Start::Editing, Start::Colours, Start::Shown, Start::Comparing];

/// A studio somebody has worked in, and everything it has asked of the world.
struct Wanderer {
    studio: Studio,
    asked: VecDeque<Effect>,
}

fn row(id: i64, phase: Phase) -> Job {
    Job { row: Some(Row { batch: BatchId(id % 2 + 1), name: format!("r{id}") }), ..job(id, phase) }
}

fn batches(jobs: &[Job]) -> Vec<Batch> {
    let batch = |id: i64| {
        let mut counts = Counts::default();
        let of = |job: &&Job| job.row.as_ref().is_some_and(|row| row.batch.0 == id);
        jobs.iter().filter(of).for_each(|job| counts.add(job.phase, 1));
        let (name, source, parallel) = (format!("file-{id}.jsonl"), None, Some(2));
        Batch { id: BatchId(id), name, source, created: NOW, parallel, paused: id == 1, counts }
    };
    vec![batch(1), batch(2)]
}

fn fault() -> Fault {
    Fault::new(FaultKind::Other, "x", "It went wrong.")
}

impl Wanderer {
    fn new(start: Start) -> Wanderer {
        let mut studio = Studio::new();
        let keyless = start == Start::Keyless;
        studio.state.place.here = "/a".into();
        studio.state.access.missing = keyless;
        studio.state.access.asks_region = keyless;
        if keyless {
            studio.state.dialog = Some(Dialog::Welcome(Welcome::Ways { selected: 0 }));
        }
        if start == Start::Editing {
            studio.state.compose.request = studio.state.catalog.get("wan2.7-image").unwrap().blank(Mode::Edit);
            studio.keys("make it evening<esc><tab><tab>");
        }
        if start == Start::Colours {
            studio.keys("a red fox<esc><tab><tab>");
            let palette = SettingRow::Parameter("color_palette".into());
            studio.state.compose.row = studio.state.setting_rows().iter().position(|row| *row == palette).unwrap();
        }
        let mut wanderer = Wanderer { studio, asked: VecDeque::new() };
        let jobs: Vec<Job> = (1..)
            .zip(Phase::ALL)
            .map(|(id, phase)| if id % 3 == 0 { row(id, phase) } else { job(id, phase) })
            .chain([16, 17].map(|id| job(id, Phase::Done)))
            .collect();
        wanderer.tell(Msg::Changed(Changed { batches: batches(&jobs), jobs, ..Changed::default() }));
        if start == Start::Shown {
            let done = wanderer.state().queue.jobs.iter().find(|job| job.phase == Phase::Done).map(|job| job.id);
            (wanderer.studio.state.queue.selected, wanderer.studio.state.typing) = (done, false);
            wanderer.studio.state.pane = Pane::Queue;
        }
        if start == Start::Comparing {
            wanderer.studio.keys("<esc>2");
            wanderer.studio.state.jobs.marks = [JobId(16), JobId(17)].into();
            wanderer.studio.keys("=");
            assert!(matches!(wanderer.state().dialog, Some(Dialog::Compare(_))), "{:?}", wanderer.state().dialog);
        }
        if start == Start::Editing {
            wanderer.tell(Msg::Paste("/a/cat.png\n/a/dog.png".into()));
            while let Some(effect) = wanderer.asked.pop_front() {
                answer(effect, true).into_iter().for_each(|msg| wanderer.tell(msg));
            }
        }
        wanderer
    }

    fn state(&self) -> &State {
        &self.studio.state
    }

    fn tell(&mut self, msg: Msg) {
        let effects = self.studio.send(msg);
        self.asked.extend(effects);
    }

    /// What one step says to the core.
    fn messages(&mut self, step: &Step) -> Vec<Msg> {
        match step {
            Step::Press(text) => keys(text).into_iter().map(Msg::Key).collect(),
            Step::Bound(nth) => self.bound(*nth).into_iter().map(Msg::Key).collect(),
            Step::Paste(text) => vec![Msg::Paste((*text).to_owned())],
            Step::Resize(columns, rows) => vec![Msg::Resize(*columns, *rows)],
            Step::Wait(millis) => {
                self.studio.now.0 += i64::from(*millis);
                vec![Msg::Wake]
            }
            Step::News(nth) => {
                let (id, phase) = (i64::from(nth % 14) + 1, Phase::ALL[usize::from(*nth) % Phase::ALL.len()]);
                let jobs = vec![if id % 3 == 0 { row(id, phase) } else { job(id, phase) }];
                vec![Msg::Changed(Changed {
                    batches: batches(&jobs),
                    jobs,
                    paused: nth % 2 == 0,
                    ..Changed::default()
                })]
            }
            Step::Answer(good) => {
                let asked = self.asked.pop_front();
                asked.and_then(|effect| answer(effect, *good)).into_iter().collect()
            }
        }
    }

    /// The keys of one of the bindings that hold now.
    fn bound(&self, nth: u16) -> Vec<Key> {
        let scopes = self.state().scopes();
        let holds = |scope: &str| scopes.iter().any(|known| known.name() == scope);
        let bindings: Vec<_> = self.state().keymap.bindings().iter().filter(|binding| holds(&binding.scope)).collect();
        bindings
            .get(usize::from(nth) % bindings.len().max(1))
            .map(|found| found.keys.as_slice().to_vec())
            .unwrap_or_default()
    }
}

/// What the world says to what it was asked.
fn answer(effect: Effect, good: bool) -> Option<Msg> {
    let cells = |pane: (u16, u16)| Ok(Arc::new(Buffer::empty(Rect::new(0, 0, pane.0, pane.1))));
    let or = |what: Msg, bad: Msg| Some(if good { what } else { bad });
    match effect {
        Effect::Submit { .. } | Effect::SubmitAlike { .. } | Effect::Duplicate(_) => {
            or(Msg::Submitted(Ok(vec![JobId(3)])), Msg::Submitted(Err(fault())))
        }
        Effect::KeepDraft(_) => or(Msg::DraftKept(Ok(())), Msg::DraftKept(Err(fault()))),
        Effect::Search { query, .. } => {
            let found = |id| Found {
                job: JobId(id),
                request: Arc::new(crate::sample::request(&format!("sent before {id} 雪"))),
                at: Stamp(0),
                times: 1,
                pictures: 1,
                marks: vec![],
            };
            let result = if good { Ok((1..4).map(found).collect()) } else { Err(fault()) };
            Some(Msg::Found { query, result })
        }
        Effect::EditText(text) => {
            Some(Msg::Edited(if good { Ok(format!("{text} from outside")) } else { Err(fault()) }))
        }
        Effect::Revise { job, .. } => Some(Msg::Revised { job, result: if good { Ok(()) } else { Err(fault()) } }),
        Effect::Replace { job, .. } => {
            Some(Msg::Replaced { job, result: if good { Ok(JobId(2)) } else { Err(fault()) } })
        }
        Effect::Plan { ticket, .. } => Some(Msg::Planned {
            ticket,
            result: if good { Ok(sheet()) } else { Err(vec!["line 1: no prompt".into()]) },
        }),
        Effect::Begin(_) => or(Msg::Begun(Ok(BatchId(2))), Msg::Begun(Err(fault()))),
        Effect::Rows(batch) => Some(Msg::Rows { batch, jobs: vec![row(6, Phase::Done), row(20, Phase::Failed)] }),
        Effect::Sheet(_) => or(Msg::Sheet(Ok("/a/sheet.html".into())), Msg::Sheet(Err(fault()))),
        Effect::Log(job) => Some(Msg::Log { job, lines: vec![("09:31:02".into(), "posted".into()); 30] }),
        Effect::Look(path) => {
            let facts =
                InputFacts { format: Format::Png, width: 1706, height: 1279, bytes: 9_000, alpha: good, turned: false };
            Some(Msg::Looked { path, found: if good { Ok(facts) } else { Err(fault()) } })
        }
        Effect::Lists(_) => Some(Msg::Lists(BTreeMap::from([("x".to_owned(), "one\ntwo\nthree\n".to_owned())]))),
        Effect::ReadRecipe(..) => {
            let loaded = Loaded {
                request: crate::sample::request("a tea house"),
                remarks: vec!["not taken from A1111: Steps: 20".into()],
            };
            Some(Msg::Loaded { name: "cat.png".into(), result: if good { Ok(Box::new(loaded)) } else { Err(fault()) } })
        }
        Effect::List(folder, _) => {
            let names = ["cat.png", "dog.png", "rows.jsonl", "trips/"].map(str::to_owned);
            Some(Msg::Listed { folder, names: if good { names.to_vec() } else { vec![] } })
        }
        Effect::Paint { image, pane, .. } => {
            Some(Msg::Painted(Painted { image, pane, cells: if good { cells(pane) } else { Err(fault()) } }))
        }
        Effect::PaintPart(part) => {
            let cells = if good { cells(part.pane) } else { Err(fault()) };
            Some(Msg::PaintedPart(PaintedPart { part, cells }))
        }
        Effect::Shelf { ticket, most, .. } => {
            let cards = (1..=most.min(130) as i64).rev().map(|id| crate::sample::card(id, 0)).collect();
            Some(Msg::Shelf { ticket, result: if good { Ok(cards) } else { Err(fault()) } })
        }
        Effect::PaintHeat(heat) => {
            let cells = if good { cells(heat.first.pane) } else { Err(fault()) };
            Some(Msg::PaintedHeat { heat, cells })
        }
        Effect::Lineage { words, most } => {
            let result = if good { Ok(families()) } else { Err(fault()) };
            Some(Msg::Lineage { words, most, result })
        }
        Effect::Near(of) => {
            let parent = Some(Box::new(job(1, Phase::Done)));
            Some(Msg::Near(if good {
                Ok(Near {
                    of,
                    job: Some(Box::new(job(of.0, Phase::Done))),
                    parent,
                    children: vec![JobId(9)],
                    cards: vec![],
                })
            } else {
                Err(fault())
            }))
        }
        Effect::OpenOutside(_) => Some(Msg::Opened(if good { Ok("xdg-open".into()) } else { Err(fault()) })),
        Effect::Extract { path, count } => {
            let colours = (0..count).map(|nth| ([nth as u8, 90, 10], 10_000 / count as u32)).collect();
            Some(Msg::Extracted { path, count, colours: if good { Ok(colours) } else { Err(fault()) } })
        }
        Effect::KeepKey { .. } => Some(Msg::KeyKept(Err(fault()))),
        Effect::Suspend => Some(Msg::Resumed),
        Effect::OtherGraphics => Some(Msg::Turned("half blocks")),
        Effect::Copy(_) | Effect::KeepTheme(_) | Effect::Open(_) | Effect::Redraw | Effect::Quit => None,
        Effect::Foresee(_) => None,
        _ => or(Msg::Asked(Ok(())), Msg::Asked(Err(fault()))),
    }
}

/// Two families: one of three steps with a dead end, and one that the queue does not know.
fn families() -> Lineage {
    let made = |id: i64, parent: Option<i64>| Job { parent: parent.map(|id| JobId(id).into()), ..job(id, Phase::Done) };
    let mut jobs = vec![made(1, None), made(2, Some(1)), made(4, Some(2)), made(5, Some(1)), made(90, None)];
    (jobs[3].hidden, jobs[1].name) = (true, Some("秋".into()));
    Lineage { rows: arrange(jobs), families: Some(300), more: true, cut: false }
}

fn sheet() -> PlanSheet {
    let cost = Cost::Known { unit: Money::usd(30_000), images: 1, basis: "b".into() };
    let row = |n: usize| PlanRow {
        name: format!("r{n}"),
        fate: "new",
        model: "wan2.6-t2i".into(),
        cost: cost.clone(),
        prompt: "a fox".into(),
    };
    let words = vec!["a.jsonl: 3 rows".to_owned()];
    PlanSheet {
        words,
        rows: (0..3).map(row).collect(),
        more: 0,
        sends: 3,
        pictures: 3,
        total: Some(Money::usd(90_000)),
    }
}

/// What a key asks for, the choice of the command palette included.
fn action_of(state: &State, msg: &Msg) -> Option<Action> {
    let Msg::Key(key) = msg else { return None };
    let scopes: Vec<&str> = state.scopes().into_iter().map(Scope::name).collect();
    let pressed: Vec<Key> = state.prefix.iter().flat_map(|prefix| prefix.keys.iter().copied()).chain([*key]).collect();
    let Bound::Action(name) = state.keymap.lookup(&scopes, &pressed) else { return None };
    match (Action::parse(name)?, &state.dialog) {
        (Action::Accept, Some(Dialog::Commands(palette))) => {
            palette.matches.get(palette.selected).and_then(|choice| Action::parse(choice.action))
        }
        (action, _) => Some(action),
    }
}

/// Whether the prompt may be another one after this.
fn may_change_text(state: &State, msg: &Msg) -> bool {
    let types = state.dialog.is_none() && state.typing;
    match (msg, action_of(state, msg)) {
        // Alt and a letter may be Escape and the letter: out of a dialog into a text.
        (Msg::Key(key), None) => types || key.alt,
        (Msg::Key(_), Some(action)) => match action {
            Action::Undo | Action::Redo | Action::Interrupt | Action::Recall | Action::EditJob | Action::DropEdit => {
                true
            }
            Action::UseAll => true,
            Action::TakeMention | Action::FreezeRewrite | Action::BranchOff => true,
            Action::Accept => matches!(state.dialog, Some(Dialog::History(_) | Dialog::Welcome(_))),
            Action::Quit => state.compose.edit.is_some(),
            Action::Yes => matches!(&state.dialog, Some(Dialog::Confirm(asked)) if asked.pending == Pending::Quit),
            _ => false,
        },
        (Msg::Paste(_), _) => state.dialog.is_none() && state.compose.typed.is_none() && state.jobs.before.is_none(),
        (Msg::Edited(_) | Msg::Loaded { .. }, _) => true,
        (Msg::Revised { .. } | Msg::Replaced { .. }, _) => state.compose.edit.is_some(),
        _ => false,
    }
}

/// What was in the form is not lost: it is in the form still, or put aside, or one undo away.
fn assert_is_kept(before: &State, after: &State, msg: &Msg) -> Result<(), TestCaseError> {
    let (was, is) = (before.compose.prompt.as_str(), after.compose.prompt.as_str());
    if was == is {
        return Ok(());
    }
    prop_assert!(may_change_text(before, msg), "{msg:?} made {was:?} into {is:?}");
    let action = action_of(before, msg);
    if let (None, Some(edit)) = (&before.compose.edit, &after.compose.edit) {
        prop_assert_eq!(edit.draft.prompt.text(), was, "put aside while a job is changed");
    } else if let (Some(edit), None) = (&before.compose.edit, &after.compose.edit) {
        prop_assert_eq!(edit.draft.prompt.text(), is, "the draft comes back");
    } else if matches!(msg, Msg::Loaded { .. })
        || matches!(
            action,
            Some(Action::Interrupt | Action::Recall | Action::BranchOff | Action::UseAll | Action::Accept)
        )
    {
        let earlier: Option<&Form> = after.compose.earlier.last();
        prop_assert_eq!(earlier.map(|form| form.prompt.text()), Some(was), "{:?} can be undone", action);
        let mut undone = Studio { state: after.clone(), now: NOW };
        undone.state.dialog = None;
        (undone.state.pane, undone.state.typing) = (Pane::Prompt, false);
        undone.keys("u");
        prop_assert_eq!(undone.state.compose.prompt.as_str(), was, "undo brings it back");
    }
    Ok(())
}

/// The keys are somewhere they can be.
fn assert_is_legal(state: &State) -> Result<(), TestCaseError> {
    prop_assert!(!state.typing || state.pane.is_text(), "typing outside a text");
    prop_assert!(!state.typing || state.screen == Screen::Compose, "typing out of sight");
    prop_assert!(state.jobs.before.is_none() || state.screen == Screen::Queue, "a filter typed out of sight");
    prop_assert!(!state.gallery.is_typing() || state.screen == Screen::Gallery, "a search typed out of sight");
    prop_assert!(state.compose.typed.is_none() || state.screen == Screen::Compose, "a value typed out of sight");
    prop_assert!(state.panes().contains(&state.pane), "{:?} is not there", state.pane);
    let scopes = state.scopes();
    prop_assert!(scopes.last() == Some(&Scope::Global), "{scopes:?}");
    prop_assert!(state.dialog.is_none() || scopes.len() == 2, "a dialog has the keys alone: {scopes:?}");
    prop_assert!(state.compose.row < state.setting_rows().len());
    let in_range = |at: usize, count: usize| at < count.max(1);
    prop_assert!(in_range(state.gallery.selected, state.gallery.cards.len()), "pictures");
    prop_assert!(in_range(state.references.selected, state.compose.request.images.len()), "references");
    prop_assert!(state.queue.jobs.is_empty() || state.queue.job().is_some(), "the selection is a job");
    prop_assert!(state.batches.list.is_empty() || state.batches.batch().is_some(), "the selection is a batch");
    let fine = match &state.dialog {
        Some(Dialog::Models(it)) => in_range(it.selected, it.matches.len()),
        Some(Dialog::Commands(it)) => in_range(it.selected, it.matches.len()),
        Some(Dialog::Themes(it)) => in_range(it.selected, it.names.len()),
        Some(Dialog::History(it)) => in_range(it.selected, it.found.len()),
        Some(Dialog::Expansion(it)) => in_range(it.selected, it.prompts.len()),
        Some(Dialog::Palette(it)) => in_range(it.selected, it.swatches.len()),
        Some(Dialog::Picture(it)) => it.selected.is_none_or(|at| at < it.candidates().len()),
        Some(Dialog::Welcome(Welcome::Ways { selected })) => in_range(*selected, state.ways_on().len()),
        Some(Dialog::Welcome(Welcome::Region { selected, .. })) => in_range(*selected, Welcome::REGIONS.len()),
        Some(Dialog::Compare(it)) => it.meant < 2,
        Some(Dialog::Boxes(it)) => {
            let inside = |canvas: &pinxit::tui::state::Canvas| {
                let (width, height) = canvas.size.unwrap_or((u32::MAX, u32::MAX));
                canvas.boxes.iter().all(|[x1, y1, x2, y2]| x1 <= x2 && y1 <= y2 && *x2 <= width && *y2 <= height)
            };
            let boxes = it.canvas().map_or(0, |canvas| canvas.boxes.len());
            it.canvas().is_some() && in_range(it.selected, boxes) && it.canvases.iter().all(inside)
        }
        _ => true,
    };
    prop_assert!(fine, "out of range: {:?}", state.dialog);
    let shown = state.lineage.shown();
    prop_assert!(
        state.screen != Screen::History
            || shown.is_empty()
            || state.lineage.answered.is_none()
            || state.in_history().is_some(),
        "the selection is in the tree"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whoever_wanders_by_chance_never_breaks_anything_and_never_loses_a_text(
        steps in prop::collection::vec(step(), 0..160),
        start in prop::sample::select(STARTS.to_vec()),
    ) {
        let mut wanderer = Wanderer::new(start);
        for (nth, step) in steps.iter().enumerate() {
            for msg in wanderer.messages(step) {
                let before = wanderer.state().clone();
                wanderer.tell(msg.clone());
                assert_is_legal(wanderer.state())?;
                assert_is_kept(&before, wanderer.state(), &msg)?;
            }
            let wake = wake_at(wanderer.state(), wanderer.studio.now);
            prop_assert!(wake.is_none_or(|wake| !wake.is_zero()), "it never sleeps: {wake:?}");
            if nth % 6 == 0 {
                wanderer.studio.screen();
            }
        }
        wanderer.studio.screen();
    }
}

/// The dialogs that chance has to find its way into.
#[test]
fn the_wanderer_gets_everywhere() {
    let mut seen = std::collections::BTreeSet::new();
    let mut dice = 7_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for round in 0..600 {
        let mut wanderer = Wanderer::new(STARTS[round % STARTS.len()]);
        for _ in 0..80 {
            let step = match roll(16) {
                0..4 => Step::Answer(true),
                4..6 => Step::Press(PRESSES[roll(PRESSES.len() as u64) as usize]),
                6 => Step::Paste(PASTES[roll(PASTES.len() as u64) as usize]),
                7 => Step::Wait(1_100),
                _ => Step::Bound(roll(1 << 16) as u16),
            };
            for msg in wanderer.messages(&step) {
                wanderer.tell(msg);
                seen.extend(wanderer.state().scopes());
            }
        }
    }
    // The list of pictures opens over a mention being typed, which chance does not write: `browsing.rs` does.
    seen.extend([Scope::Offer, Scope::Chosen]);
    let missing: Vec<_> = Scope::ALL.into_iter().filter(|scope| !seen.contains(scope)).collect();
    assert_eq!(missing, [], "chance never got there");
}
