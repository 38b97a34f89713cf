//! S2, never paying by surprise: the price before, a stop that is not walked past, a budget that holds, and an unknown price
//! that is said.

use pinxit::domain::{Cost, Money};
use pinxit::emulator::Emulator;
use pinxit::store::NewJob;

use super::{STAGES, Sitting, frames};
use crate::cli::{Home, json};
use crate::queue::{billed, configure, new_job, store};

/// The line with the price.
fn cost_line(screen: &str) -> String {
    screen.lines().find(|line| line.contains(" x ") && line.contains('=')).unwrap_or_default().to_owned()
}

#[test]
fn story_s2_the_price_follows_the_number_of_pictures_in_the_next_frame() {
    for stage in STAGES {
        let mut it = Sitting::new(stage);
        it.pty.send("a red fox");
        it.pty.wait_for("1 x $0.075 = $0.075");
        it.stop_typing();
        it.pty.send("\t\t");
        it.go_to("Images");
        for (count, price) in [(2, "$0.150"), (3, "$0.225"), (4, "$0.300")] {
            let bytes = it.answer("l");
            assert_eq!(
                frames(&bytes),
                1,
                "the number and the price come together: {:?}",
                String::from_utf8_lossy(&bytes)
            );
            let screen = it.pty.screen();
            assert!(cost_line(&screen).contains(&format!("{count} x $0.075 = {price}")), "{screen}");
            assert!(bytes.len() <= 200, "it took {} bytes: {:?}", bytes.len(), String::from_utf8_lossy(&bytes));
        }
        assert_eq!(it.emulator.ledger().submits, 0);
        it.leave();
    }
}

#[test]
fn story_s2_a_dear_series_asks_and_enter_is_no_answer() {
    for stage in STAGES {
        let mut it = Sitting::new(stage);
        it.pty.send("four seasons of one garden");
        it.stop_typing();
        it.pty.send("\t\t");
        it.go_to("Mode");
        it.then("l", "sequential");
        it.go_to("Size");
        it.then("l", "1K");
        it.go_to("Images");
        it.pty.send("\r\x1512\r");
        it.pty.wait_for("12 x $0.075 = $0.900  asks first (> $0.50)");
        it.then("\x07", "Send this?");
        // None of these is a yes, the chord that brought the question included.
        it.answer("\r\r \x07\t");
        assert!(it.pty.screen().contains("Send this?"), "{}", it.pty.screen());
        it.pty.send("n");
        it.pty.wait("the form", |screen| !screen.contains("Send this?"));
        it.then("\x07", "Send this?");
        it.pty.send("y");
        it.pty.wait_for("1 done");
        let ledger = it.emulator.ledger();
        assert_eq!((ledger.submits, ledger.billed_images, it.home.pictures()), (1, 12, 12), "{}", it.pty.screen());
        it.leave();
    }
}

#[test]
fn story_s2_a_budget_that_is_spent_refuses_in_the_studio_and_in_scripts() {
    for stage in STAGES {
        let mut it = Sitting::with(stage, vec![], &[], |home: &Home, emulator: &Emulator| {
            configure(home, "budget_month = \"1.00\"\n");
            let estimate = Cost::Known { unit: Money::usd(50_000), images: 19, basis: "price file, 2026-04".into() };
            billed(&store(home, emulator), NewJob { estimate, ..new_job("earlier") }, 19);
        });
        it.pty.wait("what is spent, and of what", |screen| {
            screen.contains("$0.95/1.00") || screen.contains("$0.950/1.00")
        });
        it.pty.send("a red fox");
        it.pty.wait_for("1 x $0.075 = $0.075");
        it.then("\x07", "Not sent.");
        it.pty.wait("why", |screen| screen.contains("budget of the month"));
        assert!(it.pty.screen().contains("a red fox"), "what was written stays");
        let gen_it = ["gen", "a red fox", "--json"];
        let (code, told) = json(&mut it.home.on(&it.emulator, &gen_it));
        assert_eq!((code, told["error"]["billed"].as_str()), (7, Some("no")), "{told:#}");
        let (code, _) = json(&mut it.home.on(&it.emulator, &[&gen_it[..], &["--yes"]].concat()));
        assert_eq!(code, 7, "agreeing does not raise a budget");
        assert_eq!(it.emulator.requests().len(), 0, "nothing was sent");
        it.stop_typing();
        it.leave();
    }
}

/// A model of the user's own, whose price nobody said.
const UNPRICED: &str =
    "[[model]]\nid = \"wan2.1-t2i-turbo\"\nlike = \"wan2.2-t2i-flash\"\nabout = \"Nobody knows its price\"\n";

#[test]
fn story_s2_an_unknown_price_is_said_asks_and_is_marked_in_the_ledger() {
    for stage in STAGES {
        let mut it = Sitting::with(stage, vec![], &[], |home: &Home, _: &Emulator| {
            configure(home, "model = \"wan2.1-t2i-turbo\"\n");
            std::fs::write(home.path().join("config/catalog.toml"), UNPRICED).unwrap();
        });
        it.pty.send("a red fox");
        it.pty.wait_for("1 x price unknown  (asks first)");
        it.then("\x07", "Send this?");
        it.pty.wait("the same word in the question", |screen| {
            screen.contains("the catalogue has none for wan2.1-t2i-turbo")
        });
        it.answer("\r");
        assert!(it.pty.screen().contains("Send this?"), "{}", it.pty.screen());
        let typed = ["gen", "a red fox", "--json"];
        let (code, told) = json(&mut it.home.on(&it.emulator, &typed));
        assert_eq!((code, told["error"]["code"].as_str()), (7, Some("consent_missing")), "{told:#}");
        assert_eq!(it.emulator.requests().len(), 0);
        it.pty.send("y");
        it.pty.wait_for("DONE");
        assert_eq!(it.emulator.ledger().billed_images, 1);
        let (_, cost) = json(&mut it.home.on(&it.emulator, &["cost", "--json"]));
        let total = &cost["total"];
        assert_eq!(
            (total["pictures"].as_u64(), total["unknown_price_pictures"].as_u64()),
            (Some(1), Some(1)),
            "{cost:#}"
        );
        it.stop_typing();
        it.leave();
    }
}
