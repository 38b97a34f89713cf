//! Jobs whose pictures would have no room.

use std::cell::Cell;
use std::rc::Rc;

use super::super::scene::scene;
use crate::domain::Phase;

#[test]
fn a_job_without_room_for_its_pictures_is_sent_when_there_is() {
    let mut scene = scene();
    // One picture of ten million pixels, and some to spare: 86 MB.
    let looks = Rc::new(Cell::new(0));
    scene.room = {
        let looks = looks.clone();
        Rc::new(move |_| {
            looks.set(looks.get() + 1);
            Some(if looks.get() <= 20 { 12_000_000 } else { 86_000_000 })
        })
    };
    let job = scene.run_one("a red fox");
    assert_eq!((job.phase, job.fault.clone()), (Phase::Done, None));
    assert_eq!((looks.get(), scene.posts()), (21, vec![20 * 60]), "a look a minute, however long, and one call");
    let note: String = scene
        .sql()
        .query_row("SELECT note FROM walk WHERE job = ?1 AND note LIKE 'not sent%' LIMIT 1", [job.id.0], |row| {
            row.get(0)
        })
        .unwrap();
    let pictures = scene.store.places().pictures.display().to_string();
    assert_eq!(note, format!("not sent: 12 MB are free in {pictures}, about 86 MB are needed, next look"));
    let log = scene.log(job.id);
    assert_eq!(log.matches("nothing is billed, and it is sent when there is room").count(), 1, "{log}");
}

#[test]
fn a_disk_that_says_nothing_of_itself_keeps_nobody_waiting() {
    let job = scene().run_one("a red fox");
    assert_eq!(job.phase, Phase::Done);
}
