//! Prompts found again, and where jobs come from.

use super::*;
use crate::domain::{Draft, Form, Found};

/// The words of what is found.
fn found(store: &Store, query: &str) -> Vec<String> {
    store.prompts(query, 50).unwrap().iter().map(|one| one.request.prompt.clone()).collect()
}

/// What is marked in the first one found.
fn marked(store: &Store, query: &str) -> Vec<String> {
    let found = store.prompts(query, 1).unwrap();
    let Some(Found { request, marks, .. }) = found.first() else { return Vec::new() };
    marks.iter().map(|mark| request.prompt[mark.clone()].to_owned()).collect()
}

#[test]
fn prompts_are_found_by_words_in_any_order_case_and_script_newest_first() {
    let home = home();
    let store = &home.store;
    for prompt in ["A cozy flower shop", "雪中红狐，宣纸水墨", "a red fox in snow", "ai", "100% \"wool\"", "a_b\\c"]
    {
        store.enqueue(&[new_job(prompt)], NOW).unwrap();
    }
    let [shop, ink, fox, ai, wool, odd] =
        ["A cozy flower shop", "雪中红狐，宣纸水墨", "a red fox in snow", "ai", "100% \"wool\"", "a_b\\c"];
    for (query, expected) in [
        ("flower", vec![shop]),
        ("SHOP flow", vec![shop]),
        ("宣纸水", vec![ink]),
        ("红狐", vec![ink]),
        ("狐", vec![ink]),
        ("红狐 宣纸水墨", vec![ink]),
        ("fox sn", vec![fox]),
        ("ai", vec![ai]),
        ("\"wool\"", vec![wool]),
        ("0%", vec![wool]),
        ("_b", vec![odd]),
        ("b\\", vec![odd]),
        ("castle", vec![]),
        ("", vec![odd, wool, ai, fox, ink, shop]),
    ] {
        assert_eq!(found(store, query), expected, "{query}");
    }
    assert_eq!(found(store, "o"), [wool, fox, shop], "newest first");
    assert_eq!(store.prompts("", 2).unwrap().len(), 2);
    assert_eq!(marked(store, "shop COZY"), ["cozy", "shop"]);
    assert_eq!(marked(store, "红狐"), ["红狐"]);
}

#[test]
fn a_slip_of_the_finger_finds_what_nearly_has_it_after_what_has_it() {
    let home = home();
    for prompt in ["a flower shop", "flwoer power", "a stone bridge"] {
        home.store.enqueue(&[new_job(prompt)], NOW).unwrap();
    }
    assert_eq!(found(&home.store, "flwoer"), ["flwoer power", "a flower shop"]);
    assert_eq!(found(&home.store, "brigde"), ["a stone bridge"]);
    assert_eq!(marked(&home.store, "brigde"), ["bridge"]);
}

#[test]
fn each_prompt_is_there_once_with_its_newest_job_and_follows_its_edits() {
    let home = home();
    let store = &home.store;
    let jobs = [new_job("a fox"), new_job("a hen"), new_job("a fox")];
    let ids: Vec<JobId> = jobs.iter().map(|job| store.enqueue(std::slice::from_ref(job), NOW).unwrap()[0]).collect();
    let told = |query: &str| -> Vec<(JobId, u32)> {
        store.prompts(query, 9).unwrap().iter().map(|one| (one.job, one.times)).collect()
    };
    assert_eq!(told(""), [(ids[2], 2), (ids[1], 1)]);
    let revised = |id: JobId, prompt: &str| {
        let job = new_job(prompt);
        store.revise(id, &job.request, &job.estimate, NOW).unwrap();
    };
    revised(ids[2], "a hen");
    assert_eq!(told(""), [(ids[2], 2), (ids[0], 1)]);
    revised(ids[0], "an owl");
    assert_eq!((told("fox"), told("owl")), (vec![], vec![(ids[0], 1)]));
    revised(ids[2], "");
    assert_eq!(told(""), [(ids[1], 1), (ids[0], 1)]);
}

#[test]
fn a_job_remembers_what_it_was_made_from_and_so_does_its_twin() {
    let home = home();
    let first = home.store.enqueue(&[new_job("a fox")], NOW).unwrap()[0];
    let child = NewJob { parent: Some(first.into()), ..new_job("a red fox") };
    let child = home.store.enqueue(&[child], NOW).unwrap()[0];
    assert_eq!(home.store.job(child).unwrap().unwrap().parent, Some(first.into()));
    assert_eq!(home.store.twin(child).unwrap().parent, Some(first.into()));
    assert_eq!(home.store.job(first).unwrap().unwrap().parent, None);
}

#[test]
fn the_last_draft_is_kept_whole_and_is_nobodys_news() {
    let home = home();
    assert_eq!(home.store.draft().unwrap(), None);
    let revision = home.store.revision().unwrap();
    let form = |words: &str| Form::of(&new_job(words).request, Some(JobId(4).into()));
    let draft = |words: &str| Draft { form: form(words), earlier: vec![form("before")], later: vec![] };
    let other = home.store.apart().unwrap();
    home.store.keep_draft(&draft("mine"), NOW).unwrap();
    other.keep_draft(&draft("yours 狐"), NOW).unwrap();
    assert_eq!(home.store.draft().unwrap(), Some(draft("yours 狐")));
    assert_eq!(home.store.revision().unwrap(), revision, "nobody is woken by it");
    let db = rusqlite::Connection::open(home.dir.path().join("data/pinxit.db")).unwrap();
    db.execute("UPDATE draft SET draft = '{\"form\":7}'", []).unwrap();
    assert_eq!(home.store.draft().unwrap(), None, "one that cannot be read keeps no studio shut");
}

#[test]
#[ignore = "measures: run with --release -- --ignored --nocapture a_hundred_thousand"]
fn a_hundred_thousand_jobs_are_searched_fast() {
    let home = home();
    let nouns = ["fox", "harbour", "flower shop", "雪山", "lantern", "竹林", "bridge", "portrait", "teapot", "红狐"];
    let mut count = 0u32;
    for _ in 0..100 {
        let jobs: Vec<NewJob> = (0..1000)
            .map(|_| {
                count += 1;
                let pick = |by: u32| nouns[(count / by % 10) as usize];
                new_job(&format!(
                    "a {} beside a {}, morning light through mist, {} in the distance, 85 mm, take {count}",
                    pick(1),
                    pick(10),
                    pick(100)
                ))
            })
            .collect();
        home.store.enqueue(&jobs, NOW).unwrap();
    }
    for query in ["", "fox", "红狐", "harbour lantern", "take 4242", "zebra", "狼", "lanetrn teapto", "m"] {
        let begun = std::time::Instant::now();
        let found = home.store.prompts(query, 50).unwrap().len();
        println!("{query:>20}: {found:>3} in {:?}", begun.elapsed());
    }
}
