//! Routes that are not for a model: left for the next, remembered, and without cost to the rate.

use std::time::Duration;

use super::super::scene::{START, Scene, scene};
use super::super::scripted::{fault, route};
use crate::api::Refusal;
use crate::catalog::{Call, Rate};
use crate::domain::{FaultKind, Phase};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// A model with two routes, whose service refuses so many calls as going a wrong way.
fn with_wrong_ways(count: usize) -> Scene {
    let scene = scene();
    *scene.remote.routes.borrow_mut() = vec![route(Call::Async, "/wrong/way/x"), route(Call::Sync, "/right/way/x")];
    refuse(&scene, count);
    scene
}

fn refuse(scene: &Scene, count: usize) {
    for _ in 0..count {
        scene.remote.on_submit(|| Err(Refusal::WrongRoute(fault(FaultKind::Access, "AccessDenied", false))));
    }
}

/// The ways the paid calls took, a letter each.
fn ways(scene: &Scene) -> String {
    scene.remote.posts.borrow().iter().map(|(.., path)| &path[1..2]).collect()
}

fn remembered(scene: &Scene, later: Duration) -> usize {
    scene.store.wrong_routes(&"wan2.7-image".into(), scene.clock.now().after(later)).unwrap().len()
}

#[test]
fn a_wrong_route_is_left_for_the_next_and_not_tried_again_by_any_engine() {
    let scene = with_wrong_ways(1);
    let ids = scene.ask_for(&["one", "two"]);
    *scene.remote.rate.borrow_mut() = Rate { count: 9, per: Duration::from_secs(1), concurrent: 1 };
    scene.run(&ids);
    assert_eq!(scene.walk(ids[0]), "PREPARING SUBMITTING QUEUED PREPARING SUBMITTING WAITING FETCHING DONE");
    assert_eq!(ways(&scene), "wrr");
    let outcomes = "SELECT count(*) FROM attempt WHERE outcome = 'return' AND route = 'async way'";
    assert_eq!(scene.sql().query_row(outcomes, [], |row| row.get::<_, i64>(0)).unwrap(), 1);

    scene.run_one("by an engine that starts later");
    assert_eq!(ways(&scene), "wrrr");
    assert_eq!((remembered(&scene, Duration::ZERO), remembered(&scene, WEEK)), (1, 0), "services change");
}

#[test]
fn where_no_route_is_right_nothing_is_remembered() {
    let scene = with_wrong_ways(2);
    let job = scene.run_one("neither");
    assert_eq!((job.phase, ways(&scene).as_str(), remembered(&scene, Duration::ZERO)), (Phase::Failed, "wr", 0));

    refuse(&scene, 1);
    scene.run_one("one is right");
    refuse(&scene, 1);
    let job = scene.run_one("it was, and the other is now");
    assert_eq!((job.phase, ways(&scene).as_str()), (Phase::Done, "wrwrrw"));
}

#[test]
fn a_wrong_route_uses_up_no_turn() {
    let scene = with_wrong_ways(1);
    *scene.remote.rate.borrow_mut() = Rate { count: 2, per: Duration::from_secs(60), concurrent: 1 };
    let began = |scene: &Scene| scene.remote.posts.borrow().iter().map(|(at, ..)| at.since(START).as_secs()).max();
    scene.run_one("refused once, then made");
    scene.run_one("the second of this minute, by another engine");
    assert_eq!((ways(&scene).as_str(), began(&scene) < Some(60)), ("wrr", true), "{:?}", scene.posts());
    scene.run_one("the third waits for the next minute");
    assert_eq!(began(&scene), Some(66));

    let scene = with_wrong_ways(1);
    *scene.remote.rate.borrow_mut() = Rate { count: 2, per: Duration::from_secs(60), concurrent: 9 };
    let ids = scene.ask_for(&["1", "2", "3"]);
    scene.run(&ids);
    assert_eq!(scene.posts(), [0, 0, 0, 66], "the same in one engine");
}
