//! Money set aside, and limits.

use super::*;
use crate::domain::{Caps, Currency, Period};

fn within(home: &Home, day: i64) -> Store {
    home.store.clone().within(Caps { day: Some(Money::usd(day)), month: None })
}

fn aside(home: &Home) -> i64 {
    home.store.spent(Period::Day, Currency::Usd, NOW).unwrap().set_aside.micros
}

#[test]
fn what_is_set_aside_becomes_what_is_billed_and_ends_with_the_job() {
    let home = home();
    let id = home.one();
    assert_eq!(aside(&home), 60_000);
    home.happen(id, &[Event::Start, Event::Send]);
    let learned = Learned { billed: Some(1), urls: Some(vec!["https://h/a".into()]), ..Learned::default() };
    home.store.record(id, Event::Answer, learned, NOW).unwrap();
    let spent = home.store.spent(Period::Day, Currency::Usd, NOW).unwrap();
    assert_eq!((spent.billed.micros, spent.set_aside.micros), (30_000, 30_000));
    home.happen(id, &[Event::Complete]);
    assert_eq!(aside(&home), 0, "the rest was never billed");
}

#[test]
fn a_submit_that_does_not_fit_leaves_nothing_behind() {
    let home = home();
    let store = within(&home, 100_000);
    store.enqueue(&[new_job("fits")], NOW).unwrap();
    let fault = Fault::from(store.enqueue(&[new_job("one"), new_job("two")], NOW).unwrap_err());
    assert_eq!((fault.kind.exit(), fault.code.as_str()), (7, "budget_day"));
    assert_eq!(
        fault.message,
        "Not sent: the budget of the day is $0.100: $0.000 spent and $0.060 set aside, this would add $0.120."
    );
    assert_eq!(home.number("SELECT count(*) FROM job"), 1);
    let unpriced = NewJob { estimate: Cost::Unknown { images: 2 }, ..new_job("no price") };
    store.enqueue(&[unpriced], NOW).unwrap();
    let yuan = Cost::Known { unit: Money { micros: 9_000_000, currency: Currency::Cny }, images: 2, basis: "b".into() };
    store.enqueue(&[NewJob { estimate: yuan, ..new_job("yuan") }], NOW).unwrap();
}

#[test]
fn a_call_whose_answer_was_lost_stays_at_risk_for_its_period() {
    let home = home();
    let id = home.one();
    home.happen(id, &[Event::Start, Event::Send, Event::Lose]);
    assert_eq!(aside(&home), 60_000, "once, not as a reserve and as a risk");
    let store = within(&home, 119_999);
    assert!(store.ask(Intent::Retry(id), NOW).is_err(), "it may pay twice, and that does not fit");
    assert_eq!(aside(&home), 60_000, "the refused wish changed nothing");
    within(&home, 120_000).ask(Intent::Retry(id), NOW).unwrap();
    home.happen(id, &[Event::Retry]);
    assert_eq!(aside(&home), 120_000);
    home.happen(id, &[Event::Cancel]);
    assert_eq!(aside(&home), 60_000, "giving up does not take the first call back");
    let next_day = Stamp(NOW.0 + 26 * 3_600_000);
    assert_eq!(home.store.spent(Period::Day, Currency::Usd, next_day).unwrap().set_aside.micros, 0);
}

#[test]
fn of_two_who_want_the_last_cent_one_gets_it() {
    let home = home();
    let others: Vec<_> = (0..2).map(|_| Store::open(&places(home.dir.path())).unwrap()).collect();
    for round in 1..=50 {
        let cap = Caps { day: Some(Money::usd(round * 60_000)), month: None };
        let racers: Vec<_> = others
            .iter()
            .map(|store| {
                let store = store.clone().within(cap);
                std::thread::spawn(move || store.enqueue(&[new_job("the last cent")], NOW).is_ok())
            })
            .collect();
        let won = racers.into_iter().map(|racer| racer.join().unwrap()).filter(|won| *won).count();
        assert_eq!(won, 1, "round {round}");
    }
}

#[test]
fn a_bill_keeps_what_it_was_booked_under_and_a_look_at_a_limit_takes_nothing() {
    let home = home();
    let batch = home.store.new_batch(&NewBatch { name: "spring".into(), ..NewBatch::default() }, NOW).unwrap();
    let row = NewRow { batch, name: "1".into(), key: "k".into() };
    let job = NewJob { project: Some("shop".into()), row: Some(row), ..new_job("a fox") };
    let id = home.store.enqueue(&[job], NOW).unwrap()[0];
    home.happen(id, &[Event::Start, Event::Send]);
    let learned = Learned { billed: Some(1), urls: Some(vec!["https://h/a".into()]), ..Learned::default() };
    home.store.record(id, Event::Answer, learned, NOW).unwrap();
    let bills = home.store.bills(NOW).unwrap();
    assert_eq!((bills.len(), bills[0].images, bills[0].unit), (1, 1, Some(Money::usd(30_000))));
    assert_eq!((bills[0].project.as_deref(), bills[0].batch.clone()), (Some("shop"), Some((batch, "spring".into()))));
    assert_eq!(home.store.bills(Stamp(NOW.0 + 1)).unwrap(), []);

    let cost = new_job("next").estimate;
    assert_eq!(within(&home, 120_000).overrun(&[&cost], NOW).unwrap(), None);
    assert!(within(&home, 119_999).overrun(&[&cost], NOW).unwrap().is_some());
    assert_eq!(home.number("SELECT count(*) FROM job"), 1);
}

#[test]
fn what_is_set_aside_and_what_is_at_risk_are_told_apart() {
    let home = home();
    let (_, lost) = (home.one(), home.one());
    home.happen(lost, &[Event::Start, Event::Send, Event::Lose]);
    let told = |home: &Home| {
        let held = home.store.held_back(NOW).unwrap();
        (held.len(), held[0].set_aside.micros, held[0].at_risk.micros)
    };
    assert_eq!(told(&home), (1, 60_000, 60_000));
    home.happen(lost, &[Event::Cancel]);
    assert_eq!(told(&home), (1, 60_000, 60_000), "giving up does not take the call back");
}

#[test]
#[ignore = "1,000 rounds; the README names the command"]
fn the_last_cent_a_thousand_times() {
    let home = home();
    let others: Vec<_> = (0..2).map(|_| Store::open(&places(home.dir.path())).unwrap()).collect();
    for round in 1..=1_000 {
        let cap = Caps { day: Some(Money::usd(round * 60_000)), month: None };
        let start = std::sync::Barrier::new(2);
        let race = |store: &Store| {
            let store = store.clone().within(cap);
            start.wait();
            store.enqueue(&[new_job("the last cent")], NOW).is_ok()
        };
        let won = std::thread::scope(|scope| {
            let racers: Vec<_> = others.iter().map(|store| scope.spawn(|| race(store))).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 1, "round {round}");
    }
}

#[test]
fn a_change_that_costs_no_more_is_not_held_against_a_limit() {
    let home = home();
    let id = home.one();
    let request = (*home.job(id).request).clone();
    let cost = |images| Cost::Known { unit: Money::usd(30_000), images, basis: "spec".into() };
    let store = within(&home, 10_000);
    store.revise(id, &request, &cost(2), NOW).unwrap();
    store.revise(id, &request, &cost(1), NOW).unwrap();
    assert_eq!(aside(&home), 30_000);
    assert!(store.revise(id, &request, &cost(2), NOW).is_err(), "a dearer one is");
    assert_eq!(aside(&home), 30_000, "and changes nothing");
}
