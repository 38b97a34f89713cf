//! Families, a page at a time, and the user's words on them.

use super::*;
use crate::domain::lineage::Lineage;
use crate::domain::{ImageId, Origin};

fn made_from(home: &Home, words: &str, parent: Option<JobId>) -> JobId {
    let job = NewJob { parent: parent.map(Origin::from), ..new_job(words) };
    home.store.enqueue(&[job], NOW).unwrap()[0]
}

fn told(lineage: &Lineage) -> Vec<(i64, usize)> {
    lineage.rows.iter().map(|kin| (kin.job.id.0, kin.depth)).collect()
}

/// 1 a fox; 2 from 1; 3 from 2; 4 a hen; 5 from 4; 6 from 1.
fn farm() -> Home {
    let home = home();
    let fox = made_from(&home, "a red fox", None);
    let silver = made_from(&home, "a silver fox", Some(fox));
    made_from(&home, "a silver fox in rain", Some(silver));
    let hen = made_from(&home, "a hen", None);
    made_from(&home, "a hen, 雪中", Some(hen));
    made_from(&home, "a red fox asleep", Some(fox));
    home
}

#[test]
fn families_come_whole_by_the_last_thing_made_in_them_and_a_page_at_a_time() {
    let home = farm();
    let all = home.store.lineage("", 9).unwrap();
    let fox = [(1, 0), (2, 1), (3, 2), (6, 1)];
    assert_eq!(told(&all), [&fox[..], &[(4, 0), (5, 1)]].concat(), "6 is the newest job of all");
    assert_eq!((all.families, all.more, all.cut), (Some(2), false, false));
    let page = home.store.lineage("", 1).unwrap();
    assert_eq!((told(&page), page.more), (fox.to_vec(), true));
    made_from(&home, "a hen at night", Some(JobId(5)));
    let page = home.store.lineage("", 1).unwrap();
    assert_eq!(told(&page), [(4, 0), (5, 1), (7, 2)], "something was made in the other family");
    assert_eq!(told(&home.store.family(JobId(3)).unwrap().unwrap()), [(1, 0), (2, 1), (3, 2), (6, 1)]);
    assert_eq!(home.store.family(JobId(99)).unwrap(), None);
    let near = home.store.near(JobId(2)).unwrap();
    assert_eq!((near.parent.map(|job| job.id), near.children), (Some(JobId(1)), vec![JobId(3)]));
    let near = home.store.near(JobId(1)).unwrap();
    assert_eq!((near.parent, near.children), (None, vec![JobId(2), JobId(6)]));
}

#[test]
fn words_find_the_families_they_are_in() {
    let home = farm();
    let found = |question: &str| {
        let roots = home.store.lineage(question, 9).unwrap().rows;
        roots.into_iter().filter(|kin| kin.depth == 0).map(|kin| kin.job.id.0).collect::<Vec<_>>()
    };
    assert_eq!(
        (found("RAIN"), found("fox silver"), found("雪中"), found("a")),
        (vec![1], vec![1], vec![4], vec![1, 4])
    );
    assert_eq!((found("#5"), found("wan2.7"), found("100%"), found("_")), (vec![4], vec![1, 4], vec![], vec![]));
    home.store.name_job(JobId(6), " Autumn\u{1b}[2J ").unwrap();
    assert_eq!(found("autumn"), [1]);
}

#[test]
fn a_name_and_a_dead_end_are_news_of_that_job_alone() {
    let home = farm();
    let before = home.store.revision().unwrap();
    home.store.name_job(JobId(2), "autumn\u{1b}[2J").unwrap();
    home.store.hide(JobId(6), true).unwrap();
    let news = home.store.changes(before, NOW).unwrap().jobs;
    let told: Vec<_> = news.iter().map(|job| (job.id.0, job.name.as_deref(), job.hidden)).collect();
    assert_eq!(told, [(2, Some("autumn␛[2J"), false), (6, None, true)], "and nothing in it reaches a terminal");
    home.store.name_job(JobId(2), "  ").unwrap();
    home.store.hide(JobId(6), false).unwrap();
    assert_eq!((home.job(JobId(2)).name, home.job(JobId(6)).hidden), (None, false));
    assert!(home.store.name_job(JobId(99), "x").is_err() && home.store.hide(JobId(99), true).is_err());
}

#[test]
fn the_picture_a_job_was_made_from_is_remembered_in_jobs_and_drafts() {
    use crate::domain::{Draft, Form};
    let home = home();
    let first = home.one();
    let origin = Origin::from(ImageId { job: first, index: 1 });
    let child = NewJob { parent: Some(origin), ..new_job("a red fox, closer") };
    let child = home.store.enqueue(&[child], NOW).unwrap()[0];
    assert_eq!(home.job(child).parent.map(|parent| parent.to_string()), Some("1b".to_owned()));
    assert_eq!(home.store.twin(child).unwrap().parent, Some(origin));
    let draft = Draft { form: Form::of(&new_job("x").request, Some(origin)), earlier: vec![], later: vec![] };
    home.store.keep_draft(&draft, NOW).unwrap();
    assert_eq!(home.store.draft().unwrap(), Some(draft));
}

#[test]
fn one_more_of_a_job_has_its_parent_its_place_and_its_pictures_though_their_files_are_gone() {
    use crate::domain::Reference;
    let home = home();
    let first = home.one();
    let cat = home.dir.path().join("cat.png");
    image::RgbImage::from_pixel(64, 64, image::Rgb([9, 90, 200])).save(&cat).unwrap();
    let bytes = std::fs::read(&cat).unwrap();
    let (parent, out) = (Some(Origin::from(first)), Some(home.dir.path().join("out/")));
    let mut job = NewJob { parent, out: out.clone(), project: Some("shop".into()), ..new_job("a cat") };
    job.request.images = vec![Reference::File(cat.clone())];
    let id = home.store.enqueue(&[job.clone()], NOW).unwrap()[0];
    std::fs::remove_file(&cat).unwrap();
    let asked = Request { seed: Some(99), ..job.request.clone() };
    let more = home.store.like(id, asked, job.estimate.clone()).unwrap();
    assert_eq!((more.parent, more.project.as_deref(), more.request.seed), (parent, Some("shop"), Some(99)));
    assert_eq!(more.out.map(|out| out.ends_with("out")), Some(true));
    let [Reference::File(path)] = &more.request.images[..] else { panic!("{:?}", more.request.images) };
    assert_eq!(std::fs::read(path).unwrap(), bytes, "a copy was kept");
}

#[test]
fn a_family_larger_than_a_page_is_cut_and_says_so() {
    let home = home();
    let first = home.one();
    let jobs: Vec<NewJob> =
        (0..5_100).map(|nth| NewJob { parent: Some(first.into()), ..new_job(&format!("fox {nth}")) }).collect();
    home.store.enqueue(&jobs, NOW).unwrap();
    let found = home.store.lineage("", 9).unwrap();
    assert_eq!((found.rows.len(), found.cut, found.rows[0].job.id), (5_000, true, first));
}

#[test]
#[ignore = "measures: tests/bench/lineage.txt has the command"]
fn the_history_of_a_hundred_thousand_jobs_is_read_fast() {
    let home = home();
    let mut count = 0;
    for _ in 0..100 {
        let jobs: Vec<NewJob> = (0..1000)
            .map(|_| {
                count += 1;
                new_job(&format!("a fox beside a lantern, morning light through mist, 85 mm, take {count}"))
            })
            .collect();
        home.store.enqueue(&jobs, NOW).unwrap();
    }
    // Families of five: who each was made from is put in afterwards, as it is not known before the commit.
    home.store
        .write(|tx, _| {
            tx.execute("UPDATE job SET parent = id - 1 WHERE id % 5 IN (2, 3)", [])?;
            tx.execute("UPDATE job SET parent = id - id % 5 + 1 WHERE id % 5 = 4", [])?;
            Ok(tx.execute("UPDATE job SET parent = id - 4 WHERE id % 5 = 0", [])?)
        })
        .unwrap();
    let time = |what: &str, work: &dyn Fn() -> usize| {
        let begun = std::time::Instant::now();
        let found = work();
        println!("{what:>32}: {found:>5} jobs in {:?}", begun.elapsed());
    };
    let rows = |lineage: Lineage| lineage.rows.len();
    for most in [100, 1000] {
        time(&format!("the newest {most} families"), &|| rows(home.store.lineage("", most).unwrap()));
    }
    for words in ["lantern", "take 4242", "zebra", "#77"] {
        time(&format!("with {words:?}"), &|| rows(home.store.lineage(words, 100).unwrap()));
    }
    time("one family", &|| rows(home.store.family(JobId(50_000)).unwrap().unwrap()));
    time("what is near a job", &|| home.store.near(JobId(50_001)).unwrap().children.len());
    // The worst there can be: one family of them all.
    home.store.write(|tx, _| Ok(tx.execute("UPDATE job SET parent = 1 WHERE id > 1", [])?)).unwrap();
    time("a single family of them all", &|| rows(home.store.lineage("", 100).unwrap()));
}
