//! `pinxit cost`: what the ledger says, with its basis; what is unknown is said, never guessed.

use pinxit::domain::{Cost, Event};
use pinxit::store::NewJob;

use crate::cli::{Home, emulator, json as run};
use crate::queue::{billed, configure, happen, new_job, store, waiting};

#[test]
fn an_empty_ledger_is_said_kindly() {
    let home = Home::new();
    let output = home.pinxit(&["cost"]).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("Nothing has been billed yet.") && text.contains("No budget is set"), "{text}");
}

#[test]
fn sums_have_their_basis_and_unknown_prices_are_counted_in_pictures() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let store = store(&home, &emulator);
    billed(&store, NewJob { project: Some("shop".into()), ..new_job("one") }, 2);
    billed(&store, NewJob { estimate: Cost::Unknown { images: 3 }, ..new_job("two") }, 3);
    let lost = waiting(&store, &["lost", "waits"])[0];
    happen(&store, lost, &[Event::Start, Event::Send, Event::Lose]);
    configure(&home, "budget_month = \"1.00\"\n");
    let cost = |args: &[&str]| {
        let mut command = home.pinxit(&[&["cost"], args].concat());
        command.env("DASHSCOPE_HTTP_BASE_URL", emulator.base_url());
        command
    };
    let (code, told) = run(&mut cost(&["--by", "project", "--json"]));
    assert_eq!((code, told["schema"].as_str()), (0, Some("pinxit.cost/1")));
    let rows = told["rows"].as_array().unwrap();
    assert_eq!((&rows[0]["project"], &rows[0]["pictures"]), (&serde_json::Value::Null, &3.into()));
    assert_eq!((&rows[0]["unknown_price_pictures"], rows[0]["amounts"].as_array().unwrap().len()), (&3.into(), 0));
    assert_eq!((&rows[1]["amounts"][0]["amount"], &rows[1]["basis"][0]), (&0.05.into(), &"price file, 2026-04".into()));
    assert_eq!((&told["set_aside"][0]["amount"], &told["at_risk"][0]["amount"]), (&0.025.into(), &0.025.into()));
    let month = &told["budgets"][0];
    assert_eq!((&month["spent"], &month["set_aside"], &month["left"]), (&0.05.into(), &0.05.into(), &0.9.into()));

    let text = |args: &[&str]| String::from_utf8(cost(args).output().unwrap().stdout).unwrap();
    let table = text(&[]);
    for words in ["$0.050, and 3 pictures without a known price", "price file, 2026-04", "At risk", "$0.900 left"] {
        assert!(table.contains(words), "{words} in\n{table}");
    }
    let rows = text(&["--by", "model", "--csv"]);
    let expected = "model,pictures,unknown_price_pictures,currency,amount,basis\n\
                    wan2.2-t2i-flash,5,3,usd,0.050,\"price file, 2026-04\"\n";
    assert_eq!(rows, expected);
    assert!(text(&["--since", "2999-01-01"]).contains("Nothing has been billed since 2999-01-01"));
    cost(&["--since", "yesterday"]).assert().code(2);
}

#[test]
fn what_the_service_billed_is_what_is_shown() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    home.on(&emulator, &["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "512*512", "-n", "2"]).assert().success();
    let (_, told) = run(&mut home.pinxit(&["cost", "--json", "--since", "today"]));
    let total = &told["total"];
    assert_eq!(total["pictures"].as_u64(), Some(emulator.ledger().billed_images));
    assert_eq!(total["amounts"][0]["amount"].as_f64(), Some(0.05));
    assert!(total["basis"][0].as_str().unwrap().contains("20"), "the basis has a date: {total}");
}
