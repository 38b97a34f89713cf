//! The shelf: pictures found by words and fields, read in pages; stars, tags, the bin, and what is deleted for good.

use super::*;
use crate::domain::query::{Query, Sort, Stretch};
use crate::domain::{ImageId, Mark};
use crate::store::Purged;

fn id(job: i64, index: u32) -> ImageId {
    ImageId { job: JobId(job), index }
}

/// Three jobs of two pictures each: a fox, a 雪 fox by another model, a car in a project.
fn stocked() -> Home {
    let home = home();
    let mut jobs = ["a red fox", "雪中红狐, Red leaves", "a blue car"].map(new_job);
    jobs[1].request.model = "qwen-image".into();
    jobs[1].estimate = Cost::Unknown { images: 2 };
    jobs[2].project = Some("garage".into());
    jobs[2].parent = Some(JobId(1).into());
    for job in home.store.enqueue(&jobs, NOW).unwrap() {
        home.happen(job, &[Event::Start, Event::Send, Event::Answer]);
        for index in 0..2 {
            let job = home.job(job);
            home.keep(&job, index, format!("{} {index}", job.id).as_bytes()).unwrap();
        }
        home.happen(job, &[Event::Complete]);
    }
    home
}

impl Home {
    fn names(&self, query: &str) -> String {
        let query: Query = query.parse().unwrap();
        let cards = self.store.shelf(&query, Stretch::First, 99, NOW).unwrap();
        assert_eq!(self.store.count(&query, NOW).unwrap(), cards.len() as u64, "{query:?}");
        cards.iter().map(|card| card.image.id.to_string()).collect::<Vec<_>>().join(" ")
    }

    fn mark(&self, ids: &[ImageId], mark: Mark) -> Vec<ImageId> {
        self.store.mark(ids, &mark, NOW).unwrap()
    }

    fn path(&self, id: ImageId) -> PathBuf {
        self.store.card(id).unwrap().unwrap().image.path
    }
}

#[test]
fn pictures_are_found_by_words_and_fields() {
    let home = stocked();
    home.mark(&[id(1, 1)], Mark::Star(true));
    home.mark(&[id(2, 0), id(2, 1)], Mark::Reject(true));
    home.mark(&[id(3, 0)], Mark::Tag("late night".into(), true));
    for (query, found) in [
        ("", "3a 3b 2a 2b 1a 1b"),
        ("sort:old", "1a 1b 2a 2b 3a 3b"),
        ("sort:cost", "3a 3b 1a 1b 2a 2b"),
        ("sort:size", "3a 3b 2a 2b 1a 1b"),
        ("red", "2a 2b 1a 1b"),
        ("RED", "2a 2b 1a 1b"),
        ("\"red fox\"", "1a 1b"),
        ("红狐", "2a 2b"),
        ("中红狐", "2a 2b"),
        ("red !fox", "2a 2b"),
        ("-red", "3a 3b"),
        ("100%", ""),
        ("model:qwen*", "2a 2b"),
        ("model:qwen*,wan2.7-imag?", "3a 3b 2a 2b 1a 1b"),
        ("!model:QWEN-image", "3a 3b 1a 1b"),
        ("model:qwen", ""),
        ("star:yes", "1b"),
        ("star:no red", "2a 2b 1a"),
        ("rejected:yes", "2a 2b"),
        ("tag:late*", "3a"),
        ("tag:\"late night\",x", "3a"),
        ("!tag:*", "3b 2a 2b 1a 1b"),
        ("project:garage", "3a 3b"),
        ("!project:garage", "2a 2b 1a 1b"),
        ("since:1h", "3a 3b 2a 2b 1a 1b"),
        ("until:1h", ""),
        ("since:today until:today", "3a 3b 2a 2b 1a 1b"),
        ("until:2026-11-01", ""),
        ("size:8x8 ratio:1:1", "3a 3b 2a 2b 1a 1b"),
        ("ratio:16:9", ""),
        ("seed:7 -seed:8", "3a 3b 2a 2b 1a 1b"),
        ("id:2b,3", "3a 3b 2b"),
        ("job:1-2", "2a 2b 1a 1b"),
        ("#1a", "1a"),
        ("batch:1", ""),
        ("batch:spring*", ""),
        ("format:png !format:jpg", "3a 3b 2a 2b 1a 1b"),
        ("file:*fox*", "1a 1b"),
        ("file:pictures", ""),
        ("cost>0.02", "3a 3b 1a 1b"),
        ("cost<0.02", ""),
        ("cost:0.03 sort:old", "1a 1b 3a 3b"),
        ("bin:yes", ""),
    ] {
        assert_eq!(home.names(query), found, "{query}");
    }
    let card = home.store.card(id(1, 1)).unwrap().unwrap();
    assert_eq!((card.star, card.rejected, card.children, card.price), (true, false, 1, Some(Money::usd(30_000))));
    let card = home.store.card(id(3, 0)).unwrap().unwrap();
    assert_eq!((card.tags, card.parent), (vec!["late night".to_owned()], Some(JobId(1).into())));
}

#[test]
fn pages_of_every_order_meet_without_a_gap_in_both_directions() {
    let home = stocked();
    for sort in Sort::ALL {
        let query = Query { sort, ..Query::default() };
        let read = |stretch, most| home.store.shelf(&query, stretch, most, NOW).unwrap();
        let all = read(Stretch::First, 99);
        assert_eq!(all.len(), 6);
        for (at, card) in all.iter().enumerate() {
            let mark = sort.mark(card);
            assert_eq!(read(Stretch::After(mark), 2), all[at + 1..].iter().take(2).cloned().collect::<Vec<_>>());
            assert_eq!(read(Stretch::At(mark), 3), all[at..].iter().take(3).cloned().collect::<Vec<_>>());
            assert_eq!(read(Stretch::Before(mark), 2), all[at.saturating_sub(2)..at], "{sort:?} {at}");
        }
        assert_eq!(read(Stretch::Last, 2), all[4..]);
    }
}

#[test]
fn marks_change_what_they_change_and_others_are_told() {
    let home = stocked();
    let since = home.store.revision().unwrap();
    assert_eq!(home.mark(&[id(1, 0), id(2, 1), id(9, 0)], Mark::Star(true)), [id(1, 0), id(2, 1)]);
    assert_eq!(home.mark(&[id(1, 0)], Mark::Star(true)), [], "it has one already");
    let told: Vec<_> = home.store.changes(since, NOW).unwrap().jobs.iter().map(|job| job.id).collect();
    assert_eq!(told, [JobId(1), JobId(2)]);
    assert_eq!(home.mark(&[id(1, 0), id(1, 1)], Mark::Tag("x".into(), true)), [id(1, 0), id(1, 1)]);
    assert_eq!(home.mark(&[id(1, 0), id(9, 0)], Mark::Tag("x".into(), true)), []);
    assert_eq!(home.mark(&[id(1, 0)], Mark::Tag("x".into(), false)), [id(1, 0)]);
    assert_eq!(home.names("tag:x"), "1b");
    assert_eq!(home.store.book(&[JobId(1), JobId(3), JobId(9)], Some("garage")).unwrap(), 1);
    assert_eq!(home.store.book(&[JobId(3)], None).unwrap(), 1);
    assert_eq!(home.names("project:garage"), "1a 1b");
}

#[test]
fn several_marks_are_one_commit_and_what_all_have_is_turned() {
    let home = stocked();
    home.mark(&[id(1, 0)], Mark::Star(true));
    let all = home.store.ids(&"!car".parse().unwrap(), NOW).unwrap();
    assert_eq!(all, [id(1, 0), id(1, 1), id(2, 0), id(2, 1)]);
    let since = home.store.revision().unwrap();
    let marks = [Mark::Star(true), Mark::Tag("x".into(), true)];
    let done = home.store.mark_all(&all, &marks, true, NOW).unwrap();
    assert_eq!(done, [(all[1..].to_vec(), marks[0].clone()), (all.clone(), marks[1].clone())]);
    assert_eq!(home.store.revision().unwrap(), since + 1, "all of it at once");
    let done = home.store.mark_all(&all, &marks[..1], true, NOW).unwrap();
    assert_eq!(done, [(all.clone(), Mark::Star(false))], "all had one");
    assert_eq!(home.store.mark_all(&all, &[Mark::Star(false)], false, NOW).unwrap(), []);
    home.mark(&all[..3], Mark::Bin(true));
    home.mark(&all[..1], Mark::Star(true));
    let bytes: u64 = all[1..3].iter().map(|id| home.store.card(*id).unwrap().unwrap().image.bytes).sum();
    assert_eq!(home.store.bin_size().unwrap(), (2, bytes), "a star protects");
}

#[test]
#[ignore = "measures"]
fn a_hundred_thousand_pictures_are_marked_in_one_commit() {
    let home = crowded();
    let time = |what: &str, work: &mut dyn FnMut() -> usize| {
        let begun = std::time::Instant::now();
        let count = work();
        println!("{what}: {count} in {} ms", begun.elapsed().as_millis());
    };
    let mut all = Vec::new();
    time("named", &mut || {
        all = home.store.ids(&Query::default(), NOW).unwrap();
        all.len()
    });
    for mark in [Mark::Star(true), Mark::Tag("all".into(), true), Mark::Bin(true), Mark::Bin(false)] {
        let since = home.store.revision().unwrap();
        time(&format!("{mark:?}"), &mut || home.store.mark(&all, &mark, NOW).unwrap().len());
        time("jobs others are told of", &mut || home.store.changes(since, NOW).unwrap().jobs.len());
    }
}

#[test]
fn what_is_in_the_bin_comes_back_to_its_place_with_its_bytes() {
    let home = stocked();
    let (path, later) = (home.path(id(2, 0)), NOW.after(Duration::from_secs(9)));
    home.mark(&[id(1, 0)], Mark::Bin(true));
    home.store.mark(&[id(2, 0), id(2, 1)], &Mark::Bin(true), later).unwrap();
    assert_eq!((home.names(""), home.names("bin:yes")), ("3a 3b 1b".into(), "2a 2b 1a".into()));
    assert_eq!(home.names("bin:all"), "3a 3b 2a 2b 1a 1b");
    assert_eq!(home.store.last_binned().unwrap(), [id(2, 0), id(2, 1)]);
    assert_eq!(home.job(JobId(2)).images.len(), 2, "the job still has its pictures");
    home.mark(&[id(2, 0), id(2, 1)], Mark::Bin(false));
    assert_eq!(home.store.last_binned().unwrap(), [id(1, 0)]);
    assert_eq!((home.path(id(2, 0)), std::fs::read(&path).unwrap()), (path, b"2 0".to_vec()));
}

#[test]
fn only_a_purge_deletes_and_never_what_has_a_star() {
    let home = stocked();
    let all = [id(1, 0), id(1, 1), id(2, 0), id(2, 1), id(3, 0)];
    let paths = all.map(|id| home.path(id));
    home.mark(&all[..4], Mark::Bin(true));
    home.mark(&[id(1, 1)], Mark::Star(true));
    std::fs::remove_file(&paths[2]).unwrap();
    std::fs::remove_file(&paths[3]).unwrap();
    std::fs::create_dir(&paths[3]).unwrap();
    let Purged { gone, bytes, kept, .. } = home.store.purge(&all, NOW).unwrap();
    assert_eq!((gone, bytes), (vec![id(1, 0), id(2, 0)], 6));
    assert_eq!((kept.len(), kept[0].0), (1, id(2, 1)), "a folder lies in its place");
    assert_eq!(paths.each_ref().map(|path| path.is_file()), [false, true, false, false, true]);
    assert_eq!((home.names("bin:yes"), home.names("")), ("2b 1b".into(), "3a 3b".into()));
    let row = home.store.card(id(1, 0)).unwrap().unwrap();
    assert_eq!((row.purged, row.image.path), (Some(NOW), paths[0].clone()));
    assert_eq!(home.mark(&[id(1, 0)], Mark::Bin(false)), [], "what is gone does not come back");
    assert!(home.store.log(JobId(1)).unwrap().iter().any(|line| line.text.starts_with("purged /")));
    assert_eq!(home.store.missing(JobId(1)).unwrap(), [], "it is not fetched again");
}

#[test]
fn the_name_of_a_picture_that_is_gone_is_not_given_to_another() {
    let home = home();
    let out = home.dir.path().join("fox.png");
    let one = || {
        let job = NewJob { out: Some(out.clone()), ..new_job("a fox") };
        let job = home.store.enqueue(&[job], NOW).unwrap()[0];
        home.happen(job, &[Event::Start, Event::Send, Event::Answer]);
        home.keep(&home.job(job), 0, b"fox").unwrap().path
    };
    assert_eq!(one(), out);
    std::fs::remove_file(&out).unwrap();
    assert_eq!(one(), home.dir.path().join("fox-2.png"), "paid for, and kept under another name");
}

#[test]
fn many_prompts_with_the_same_letters_are_found_in_their_order() {
    let home = home();
    // More than are looked up one by one.
    let jobs: Vec<_> = (0..1_200).map(|nth| new_job(&format!("neon street {nth}"))).collect();
    let ids = home.store.enqueue(&jobs, NOW).unwrap();
    home.store
        .write(|tx, _| {
            let mut insert = tx.prepare(
                "INSERT INTO image (job, idx, path, sha256, width, height, bytes, format, seed, saved)
                 VALUES (?1, 0, CAST('/p/' || ?1 AS BLOB), '', 8, 8, 9, 'png', 7, ?1)",
            )?;
            ids.iter().try_for_each(|id| insert.execute([id.0]).map(drop))?;
            Ok(())
        })
        .unwrap();
    let query: Query = "neon".parse().unwrap();
    let page = home.store.shelf(&query, Stretch::First, 3, NOW).unwrap();
    assert_eq!(page.iter().map(|card| card.image.id.job.0).collect::<Vec<_>>(), [1200, 1199, 1198]);
    assert_eq!(home.store.count(&query, NOW).unwrap(), 1200);
    assert_eq!(home.names("\"street 77\" !777 sort:old"), "78a 771a 772a 773a 774a 775a 776a 777a 779a 780a");
}

/// A store of a hundred thousand pictures, most of them with words of their own; few with stars and tags.
fn crowded() -> Home {
    let home = home();
    let nouns = ["fox", "harbour", "flower shop", "雪山", "lantern", "竹林", "bridge", "portrait", "teapot", "红狐"];
    let models = ["wan2.7-image", "wan2.7-image-pro", "wan2.6-t2i", "qwen-image-2.0", "qwen-image-plus"];
    for thousand in 0..50_u32 {
        let one = |nth: u32| {
            let count = thousand * 1_000 + nth;
            let pick = |by: u32| nouns[(count / by % 10) as usize];
            let neon = if count.is_multiple_of(997) { ", neon signs" } else { "" };
            let words = format!(
                "a {} beside a {}, morning light, {} far off{neon}, take {count}",
                pick(1),
                pick(10),
                pick(100)
            );
            let mut job = new_job(&words);
            job.request.model = models[(count % 5) as usize].into();
            job
        };
        home.store.enqueue(&(0..1_000).map(one).collect::<Vec<_>>(), NOW).unwrap();
    }
    home.store
        .write(|tx, _| {
            tx.execute_batch(
                "WITH RECURSIVE two (idx) AS (VALUES (0) UNION ALL SELECT 1 FROM two LIMIT 2)
                 INSERT INTO image (job, idx, path, sha256, width, height, bytes, format, seed, saved, star)
                 SELECT job.id, two.idx, CAST('/home/somebody/pictures/2026-11-22/093112-wan2.7-image-' || job.id || '-' || two.idx ||
                     '.png' AS BLOB), printf('%064d', job.id), 1024 + job.id % 7 * 128, 1024, 2000000 + job.id, 'png',
                     job.id * 7, 1700000000000 + job.id * 1000000, job.id % 5000 = 0 FROM job CROSS JOIN two;
                 INSERT INTO tag (job, idx, word) SELECT job, idx, 'shop' FROM image WHERE job % 3 = 0;",
            )?;
            Ok(())
        })
        .unwrap();
    home
}

#[test]
#[ignore = "measures; its figures stand in tests/bench/shelf.txt"]
fn a_page_of_a_hundred_thousand_pictures_and_a_search_are_there_at_once() {
    use std::fmt::Write as _;
    let home = crowded();
    let mut told = String::new();
    let page = |query: &Query, stretch| home.store.shelf(query, stretch, 60, NOW).unwrap();
    let mut slowest = Duration::ZERO;
    for text in [
        "",
        "neon",
        "fox",
        "红狐",
        "狐",
        "model:wan2.7* \"neon\"",
        "model:wan2.7* star:yes since:7d \"neon\"",
        "star:yes",
        "tag:shop !fox",
        "zebra",
        "!morning",
        "seed:350000",
        "file:*-49999-1.png",
        "sort:old",
        "sort:cost fox",
        "sort:size",
        "model:wan9*",
    ] {
        let query: Query = text.parse().unwrap();
        let begun = std::time::Instant::now();
        let first = page(&query, Stretch::First);
        let took = begun.elapsed();
        let last = first.last().map(|card| query.sort.mark(card));
        let begun = std::time::Instant::now();
        let far = last.map(|mark| page(&query, Stretch::After(mark)).len());
        let next = begun.elapsed();
        let begun = std::time::Instant::now();
        let count = home.store.count(&query, NOW).unwrap();
        let _ = writeln!(
            told,
            "{text:>42}: {:>2} of {count:>6} in {:>5.1} ms, the next {} in {:>5.1} ms, counted in {:>5.1} ms",
            first.len(),
            took.as_secs_f64() * 1e3,
            far.unwrap_or(0),
            next.as_secs_f64() * 1e3,
            begun.elapsed().as_secs_f64() * 1e3
        );
        slowest = slowest.max(took).max(next);
    }
    let build = if cfg!(debug_assertions) { "" } else { "--release " };
    let command = format!("cargo test {build}--lib store::tests::shelf:: -- --ignored --nocapture");
    let told = format!("{command}\n100,000 pictures of 50,000 jobs\n{told}slowest page: {} ms\n", slowest.as_millis());
    println!("{told}");
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/shelf.txt"), told).unwrap();
}
