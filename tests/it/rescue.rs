//! Calls whose answer was lost, against the emulator's own list; and tasks that no job here was made for.

use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope, Variants};

use crate::cli::{Home, json as run};

const SMALL: [&str; 6] = ["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "512*512"];

fn emulator(faults: Vec<FaultRule>, variants: Variants) -> Emulator {
    let options =
        Options { faults, variants, plain: true, delays: Delays::ByPoll, seed: Some(1), ..Options::default() };
    Emulator::spawn(options).unwrap()
}

fn once(fault: Fault) -> Vec<FaultRule> {
    vec![FaultRule { count: Some(1), ..FaultRule::new(Scope::Submit, fault) }]
}

#[test]
fn a_lost_call_is_found_in_a_list_of_others_and_brought_home() {
    let variants = Variants { list_delay_ms: 300, foreign_tasks: 2, small_pages: true, ..Variants::default() };
    let (home, emulator) = (Home::new(), emulator(once(Fault::LostReply), variants));
    let (code, result) = run(&mut home.on(&emulator, &[&SMALL[..], &["--json"]].concat()));
    assert_eq!((code, result["state"].as_str()), (0, Some("DONE")), "{result:#}");
    let ledger = emulator.ledger();
    assert_eq!((ledger.submits, ledger.billed_images, ledger.images_delivered, home.pictures()), (1, 1, 1, 1));
}

#[test]
fn tasks_of_another_machine_are_listed_and_adopted() {
    let (elsewhere, here, emulator) = (Home::new(), Home::new(), emulator(vec![], Variants::default()));
    let (_, theirs) = run(&mut elsewhere.on(&emulator, &[&SMALL[..], &["--json"]].concat()));
    let task = theirs["task_id"].as_str().unwrap();
    let (code, list) = run(&mut here.on(&emulator, &["rescue", "--json"]));
    assert_eq!((code, list["tasks"][0]["task_id"].as_str()), (0, Some(task)), "{list:#}");
    assert_eq!((&list["tasks"][0]["status"], &list["tasks"][0]["pictures"]), (&"SUCCEEDED".into(), &1.into()));
    let (_, known) = run(&mut elsewhere.on(&emulator, &["rescue", "--json"]));
    assert_eq!(known["tasks"].as_array().unwrap().len(), 0, "a job there has it");

    let (code, adopted) = run(&mut here.on(&emulator, &["rescue", "--adopt", task, "--json"]));
    assert_eq!(
        (code, adopted["state"].as_str(), adopted["model"].as_str()),
        (0, Some("DONE"), Some("wan2.2-t2i-flash"))
    );
    assert_eq!((here.pictures(), emulator.ledger().submits), (1, 1), "nothing was sent");
    here.on(&emulator, &["rescue", "--adopt", task]).assert().code(2);
    let output = here.on(&emulator, &["rescue", "--adopt", "all"]).assert().success();
    assert!(String::from_utf8_lossy(&output.get_output().stderr).contains("Nothing to adopt"));
}

#[test]
fn the_user_may_say_which_task_is_a_lost_call() {
    let (home, emulator) =
        (Home::new(), emulator(once(Fault::LostReply), Variants { list_delay_ms: 3_600_000, ..Variants::default() }));
    let (code, unsure) = run(&mut home.on(&emulator, &[&SMALL[..], &["--json"]].concat()));
    assert_eq!((code, unsure["state"].as_str()), (10, Some("UNSURE")), "looked for in vain: {unsure:#}");
    emulator.age(std::time::Duration::from_secs(3_700));
    let (_, list) = run(&mut home.on(&emulator, &["rescue", "--json"]));
    assert_eq!(list["unsure"][0]["job"], "1");
    let task = list["tasks"][0]["task_id"].as_str().unwrap();
    home.on(&emulator, &["rescue", "--adopt", task, "--for", "9"]).assert().code(2);
    let (code, result) = run(&mut home.on(&emulator, &["rescue", "--adopt", task, "--for", "1", "--json"]));
    assert_eq!((code, result["state"].as_str(), result["job"].as_str()), (0, Some("DONE"), Some("1")), "{result:#}");
    assert_eq!((emulator.ledger().submits, home.pictures()), (1, 1));
}
