//! A store of an older version, opened by this one.

use rusqlite::Connection;

use super::*;
use crate::domain::{Image, ImageId, Passage};

/// A file as version 1 wrote it: a job in each of some phases, with its attempt, a picture, a bill and a wish.
fn of_version_1(root: &Path) {
    std::fs::create_dir_all(root.join("data")).unwrap();
    let db = Connection::open(root.join("data/pinxit.db")).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch(include_str!("../schema-1.sql")).unwrap();
    db.execute_batch(
        r#"
        INSERT INTO job (request, model, service, estimate, created, phase, since, sent, ended, revision)
        SELECT '{"model":"wan2.7-image","mode":"text-to-image","prompt":"a fox","size":"2K","n":1}', 'wan2.7-image',
            'here', '{"known":{"unit":{"micros":30000,"currency":"usd"},"images":1,"basis":"spec"}}', 1000, value, 2000,
            iif(value = 'QUEUED', NULL, 1500), iif(value = 'DONE', 2000, NULL), 1
        FROM json_each('["DONE", "QUEUED", "FETCHING", "WAITING", "UNSURE", "FAILED"]');
        INSERT INTO attempt (job, model, sent, settled, outcome) VALUES
            (1, 'wan2.7-image', 1500, 1900, 'answer'), (3, 'wan2.7-image', 1500, 1900, 'answer'),
            (4, 'wan2.7-image', 1500, NULL, NULL), (5, 'wan2.7-image', 1500, 1900, 'lose'),
            (6, 'wan2.7-image', 1500, 1900, 'fail');
        INSERT INTO promise VALUES (1, 0, 'https://host/a'), (3, 0, 'https://host/b');
        INSERT INTO image VALUES (1, 0, CAST('/p/a.png' AS BLOB), 'ab', 8, 8, 99, 'png', 7, 1950);
        INSERT INTO ledger VALUES (1, 1, 'wan2.7-image', 1, 30000, 'usd', 'spec', 1900);
        INSERT INTO intent (at, intent) VALUES (2000, '{"cancel":4}');
        INSERT INTO log (job, at, text) VALUES (1, 1000, 'queued');
        PRAGMA user_version = 1;
        "#,
    )
    .unwrap();
}

#[test]
fn a_store_of_version_1_is_brought_up_to_date_with_all_that_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    of_version_1(dir.path());
    let store = Store::open(&places(dir.path())).unwrap();
    let copy = &good_copies(&dir.path().join("data"))[..];
    let [copy] = copy else { panic!("one copy, made before: {copy:?}") };
    let version: i64 =
        Connection::open(&copy.path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1, "as it was");
    let jobs = store.changes(0, NOW).unwrap().jobs;
    let answered: Vec<_> = jobs.iter().map(|job| (job.phase, job.answered)).collect();
    assert_eq!(
        answered,
        [
            (Phase::Done, 1),
            (Phase::Queued, 0),
            (Phase::Fetching, 1),
            (Phase::Waiting, 0),
            (Phase::Unsure, 0),
            (Phase::Failed, 0)
        ]
    );
    let done = &jobs[0];
    assert_eq!((done.request.prompt.as_str(), &done.story, &done.document), ("a fox", &vec![], &None));
    assert_eq!(
        done.images,
        [Image {
            id: ImageId { job: JobId(1), index: 0 },
            path: "/p/a.png".into(),
            sha256: "ab".into(),
            width: 8,
            height: 8,
            bytes: 99,
            format: Format::Png,
            seed: Some(7),
            saved: Stamp(1950),
        }]
    );
    assert_eq!(store.missing(JobId(3)).unwrap(), [(0, "https://host/b".to_owned())]);
    assert_eq!(store.take_intents().unwrap(), [Intent::Cancel(JobId(4))]);
    assert_eq!(store.changes(0, Stamp(1900)).unwrap().spent_month, [Money::usd(30_000)]);

    // And it works as a new one does.
    let story = vec![Passage::Text("once".into()), Passage::Picture(0)];
    store.record(JobId(4), Event::Answer, Learned { story: Some(story.clone()), ..Learned::default() }, NOW).unwrap();
    let told = store.job(JobId(4)).unwrap().unwrap();
    assert_eq!((told.answered, told.story), (1, story));
}

#[test]
fn a_store_brought_up_to_date_is_shaped_like_a_new_one() {
    let shape = |store: &Store| -> Vec<String> {
        store
            .read(|tx| {
                let mut found = tx.prepare(
                    "SELECT m.name || ' ' || i.name || ' ' || i.type || ' ' || i.\"notnull\" FROM sqlite_schema m
                     JOIN pragma_table_info(m.name) i ORDER BY 1",
                )?;
                let rows = found.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap()
    };
    let dir = tempfile::tempdir().unwrap();
    of_version_1(dir.path());
    let old = shape(&Store::open(&places(dir.path())).unwrap());
    assert!(old.iter().any(|column| column.starts_with("upload until")), "{old:?}");
    assert_eq!(old, shape(&home().store));
}

#[test]
fn a_store_of_version_3_has_its_prompts_found_and_takes_parents_and_drafts() {
    let dir = tempfile::tempdir().unwrap();
    of_version_1(dir.path());
    let db = Connection::open(dir.path().join("data/pinxit.db")).unwrap();
    db.execute_batch(include_str!("../schema-2.sql")).unwrap();
    db.execute_batch(include_str!("../schema-3.sql")).unwrap();
    db.execute_batch(
        r#"INSERT INTO job (request, model, service, estimate, created, phase, since, revision)
           VALUES ('{"model":"wan2.7-image","mode":"text-to-image","prompt":"a \"hen\", 雪中红狐","n":1}', 'wan2.7-image', 'here',
               '{"unknown":{"images":1}}', 3000, 'QUEUED', 3000, 2);
           PRAGMA user_version = 3;"#,
    )
    .unwrap();
    drop(db);
    let store = Store::open(&places(dir.path())).unwrap();
    let found = |query: &str| -> Vec<(JobId, u32, u32)> {
        store.prompts(query, 9).unwrap().iter().map(|one| (one.job, one.times, one.pictures)).collect()
    };
    assert_eq!(found("a fox"), [(JobId(6), 6, 0)], "six jobs asked with the same words");
    assert_eq!(found("红狐"), [(JobId(7), 1, 0)]);
    let jobs = store.changes(0, NOW).unwrap().jobs;
    assert!(jobs.len() == 7 && jobs.iter().all(|job| job.parent.is_none()));
    let child = NewJob { parent: Some(JobId(1).into()), ..new_job("a fox") };
    let id = store.enqueue(&[child], NOW).unwrap()[0];
    assert_eq!(found("fox"), [(id, 7, 0)]);
    assert_eq!(store.draft().unwrap(), None);
}
