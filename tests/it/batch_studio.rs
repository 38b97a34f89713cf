//! A batch from its file to its last picture, in the studio on a real terminal: planned, run, a row mended, a row sent again;
//! counted by the emulator, and seen the same by everybody else.

use std::time::Duration;

use pinxit::domain::Phase;
use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope};

use crate::batch::store;
use crate::cli::Home;
use crate::demo::stop_typing;
use crate::pty::Pty;

/// The studio at its batches.
fn studio(home: &Home, emulator: &Emulator, size: (u16, u16), terminal: &[(&str, &str)]) -> Pty {
    let mut pty = crate::gallery::studio(home, &emulator.base_url(), size, terminal);
    pty.send("5");
    pty.wait_for("[5 Bat");
    pty
}

const UTF8: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];
const PLAIN: &[(&str, &str)] = &[("TERM", "vt100"), ("LANG", "C")];

/// A file of rows beside which the studio is started; the path to type.
fn file(home: &Home, name: &str, words: &str) -> String {
    let path = home.path().join(name);
    std::fs::write(&path, words).unwrap();
    path.to_str().unwrap().to_owned()
}

fn quick() -> Emulator {
    Emulator::spawn(Options { delays: Delays::ByPoll, plain: true, ..Options::default() }).unwrap()
}

const DEFAULTS: &str = "{\"$defaults\": true, \"model\": \"wanx2.1-t2i-turbo\", \"size\": \"512*512\"}\n";

#[test]
fn a_file_is_planned_run_mended_and_all_of_it_is_paid_for_once() {
    for (size, terminal) in [((80, 24), UTF8), ((120, 40), UTF8), ((80, 24), PLAIN)] {
        let (home, emulator) = (Home::new(), quick());
        emulator.inject(FaultRule::new(Scope::Submit, Fault::inspection()).times(2));
        let row = |number| format!("{{\"id\": \"雪-{number}\", \"prompt\": \"fox {number}\"}}\n");
        let path = file(&home, "a.jsonl", &(DEFAULTS.to_owned() + &(1..=4).map(row).collect::<String>()));
        let mut pty = studio(&home, &emulator, size, terminal);
        pty.wait_for("No batches yet.");
        pty.send("n");
        pty.wait_for("Rows for a batch");
        pty.send(&format!("{path}\r"));
        pty.wait_for("4 rows, 4 pictures: up to $0.100");
        assert_eq!(emulator.requests().len(), 0, "a plan sends nothing");
        pty.send("\x07");
        // `4/4` alone is also which row is selected, and what is spent may come a frame later.
        pty.wait("both that fail and both that do not", |screen| {
            ["ok 2", "failed 2", "4/4", "spent $0.050"].iter().all(|words| screen.contains(words))
        });
        assert!(pty.screen().contains("spent $0.050 of $0.100"), "{}", pty.screen());
        // One is changed in the form; a new job stands for it.
        pty.send("f");
        pty.wait_for("[failed]");
        pty.send("ge");
        pty.wait_for("editing #");
        pty.send(" at dusk\x07");
        pty.wait("the changed one done", |screen| screen.contains("[5 Bat") && screen.contains("ok 3"));
        // The other one is sent again as it is.
        pty.send("\x1b");
        pty.wait_for("[all]");
        pty.send("g");
        pty.wait("the failed one on top", |screen| {
            screen.contains("sends it again as it is") || screen.contains("FAILED")
        });
        pty.send("r");
        pty.wait_for("again?");
        pty.send("y");
        pty.wait("all of them done", |screen| screen.contains("ok 4") && screen.contains("DONE 4/4"));
        pty.send("E");
        pty.wait_for("Contact sheet: ");
        let page = std::fs::read_to_string(home.path().join("pictures/b1-a.html")).unwrap();
        assert_eq!(page.matches("data:image/jpeg").count(), 4);
        let ledger = emulator.ledger();
        assert_eq!((ledger.submits, ledger.billed_submits, ledger.images_delivered), (6, 4, 4));
        let jobs = store(&home, &emulator).batch_jobs(pinxit::domain::BatchId(1)).unwrap();
        let mut asked: Vec<_> = jobs.iter().map(|job| (job.phase, job.request.prompt.as_str())).collect();
        asked.sort_by_key(|(_, prompt)| *prompt);
        assert_eq!(asked.len(), 4, "the job that was replaced is no row: {asked:?}");
        assert!(asked.iter().all(|(phase, _)| *phase == Phase::Done), "{asked:?}");
        assert_eq!(asked.iter().filter(|(_, prompt)| prompt.ends_with(" at dusk")).count(), 1);
        // Whoever else looks sees the same.
        let status = home.on(&emulator, &["batch", "status", "b1"]).assert().success();
        assert!(String::from_utf8_lossy(&status.get_output().stdout).contains("4 rows: 4 done"));
        let mut second = studio(&home, &emulator, (80, 24), UTF8);
        second.wait("the same batch", |screen| screen.contains("DONE 4/4") && screen.contains("雪-1"));
        second.send("n");
        second.wait_for("Rows for a batch");
        second.send(&format!("{path}\r"));
        second.wait_for("4 rows, not sent again");
        second.send("\x07");
        second.wait("the plan closed", |screen| !screen.contains("Plan of"));
        second.send("q");
        assert_eq!(second.end(), 0);
        pty.send("q");
        assert_eq!(pty.end(), 0);
        pty.assert_given_back();
        assert_eq!(emulator.ledger().submits, 6, "the same file again sends nothing");
        if terminal == PLAIN {
            assert!(pty.bytes.is_ascii(), "something is not ASCII");
        }
    }
}

#[test]
fn everything_wrong_with_a_file_is_listed_and_nothing_can_be_run() {
    let (home, emulator) = (Home::new(), quick());
    let path = file(&home, "bad.jsonl", "{\"prompt\": \"a\", \"sead\": 7}\nnot json\n");
    let mut pty = studio(&home, &emulator, (80, 24), UTF8);
    pty.send("n");
    pty.wait_for("Rows for a batch");
    pty.send(&format!("{path}\r"));
    pty.wait("both lines", |screen| screen.contains("jsonl:1: sead") && screen.contains("jsonl:2:"));
    pty.send("\x07");
    pty.wait_for("Nothing can be sent while something is wrong");
    pty.send("\x1b");
    pty.wait("no plan", |screen| !screen.contains("Plan of"));
    assert_eq!((emulator.requests().len(), store(&home, &emulator).batches().unwrap().len()), (0, 0));
    assert_eq!(pty.settle(Duration::from_millis(400)), 0, "idle is silent");
}

#[test]
fn every_way_of_the_prompt_in_the_form_becomes_a_row() {
    let (home, emulator) = (Home::new(), quick());
    let mut pty = studio(&home, &emulator, (80, 24), UTF8);
    pty.send("1m");
    pty.wait_for("wan2.6-t2i");
    pty.send("wanx21turbo\r");
    pty.wait_for("wanx2.1-t2i-turbo");
    pty.send("ia {red|blue} fox");
    pty.wait_for("{red|blue} fox");
    stop_typing(&mut pty);
    pty.send("B");
    pty.wait("the plan", |screen| screen.contains("a red fox") && screen.contains("a blue fox"));
    pty.send("\x07");
    pty.wait("the plan closed", |screen| !screen.contains("Plan of"));
    pty.send("5");
    pty.wait("both done", |screen| screen.contains("DONE 2/2"));
    let asked = emulator.requests();
    let mut prompts: Vec<_> =
        asked.iter().filter_map(|request| request.body["input"]["prompt"].as_str().map(str::to_owned)).collect();
    prompts.sort();
    assert_eq!(prompts, ["a blue fox", "a red fox"]);
    let seeds: Vec<_> = asked.iter().filter_map(|request| request.body["parameters"]["seed"].as_u64()).collect();
    assert!(seeds.len() == 2 && seeds[0] == seeds[1], "what differs is the words: {seeds:?}");
}
