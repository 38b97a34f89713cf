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
