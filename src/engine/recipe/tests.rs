//! What a picture was made from, in its file when it has its last name; and pictures that cannot carry it.
#![allow(clippy::unwrap_used)]

use sha2::{Digest, Sha256};

use crate::api::TaskState;
use crate::domain::{Job, Keeping, Metadata, Phase, text};
use crate::engine::scene::{new_job, scene};
use crate::engine::scripted::pictures;
use crate::picture::meta;
use crate::recipe::Recipe;

/// The recipe in a picture's file, which is recorded as it lies there.
fn carried(job: &Job, nth: usize) -> Option<Recipe> {
    let image = &job.images[nth];
    let bytes = std::fs::read(&image.path).unwrap();
    assert_eq!((image.bytes, &image.sha256), (bytes.len() as u64, &text::hex(&Sha256::digest(&bytes))));
    let records = meta::records(&bytes);
    let found = records.iter().find(|record| record.key == meta::RECIPE);
    found.map(|record| Recipe::parse(&record.text).unwrap())
}

#[test]
fn every_picture_carries_its_own_recipe() {
    let scene = scene();
    scene.remote.on_task(|| Ok(TaskState::Succeeded(pictures(3))));
    let job = scene.run_one("雪中红狐");
    for nth in 0..3 {
        let recipe = carried(&job, nth).unwrap();
        assert_eq!(recipe.request, *job.request);
        assert_eq!(recipe.picture.unwrap().number as usize, nth + 1);
        let origin = recipe.job.unwrap();
        assert_eq!(
            (origin.id, origin.task, origin.request_id),
            (job.id.0, job.task.clone().map(|task| task.0), job.request_id.clone())
        );
        assert_eq!(recipe.cost.unwrap().each, 0.03);
    }
    assert!(!scene.log(job.id).contains("recipe"), "{}", scene.log(job.id));
}

#[test]
fn parts_of_a_job_name_the_seed_each_was_sent_with() {
    let scene = scene();
    scene.remote.splits.set(true);
    let id = scene.ask(|request| (request.n, request.seed) = (3, Some(7)));
    scene.run(&[id]);
    let job = scene.job(id);
    assert_eq!((job.phase, job.images.len()), (Phase::Done, 3));
    for nth in 0..3 {
        let recipe = carried(&job, nth).unwrap();
        assert_eq!((recipe.request.seed, recipe.request.n), (Some(7), 3), "as it was asked");
        assert_eq!(recipe.picture.unwrap().seed, job.images[nth].seed);
    }
}

#[test]
fn a_picture_that_cannot_carry_it_is_kept_as_it_came_and_the_log_says_so() {
    let png = {
        let mut out = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(2, 2).write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    };
    for (content, why) in [
        (b"GIF89a, say".to_vec(), "a gif file has no place"),
        (png[..png.len() - 6].to_vec(), "damaged: it is not laid out"),
        (b"no picture at all".to_vec(), "not a picture"),
    ] {
        let scene = scene();
        *scene.remote.content.borrow_mut() = Some(content.clone());
        let job = scene.run_one("a red fox");
        assert_eq!((job.phase, job.images.len()), (Phase::Done, 1), "{why}");
        assert_eq!(std::fs::read(&job.images[0].path).unwrap(), content);
        let log = scene.log(job.id);
        assert!(log.contains(&format!("picture 1 is saved without its recipe: {why}")), "{why}: {log}");
    }
}

#[test]
fn a_job_says_how_much_is_kept_and_what_lies_beside_it() {
    let scene = scene();
    let mut ids = vec![];
    for (metadata, sidecar) in [(Metadata::Minimal, false), (Metadata::None, true)] {
        let mut job = new_job("a red fox");
        job.keeping = Some(Keeping { metadata, sidecar });
        ids.extend(scene.store.enqueue(&[job], scene.clock.now()).unwrap());
    }
    ids.push(scene.store.enqueue(&[scene.store.twin(ids[0]).unwrap()], scene.clock.now()).unwrap()[0]);
    scene.run(&ids);
    let [minimal, none, twin] = [0, 1, 2].map(|nth| scene.job(ids[nth]));
    for job in [&minimal, &twin] {
        let recipe = carried(job, 0).unwrap();
        assert_eq!((recipe.job, recipe.cost), (None, None));
    }
    assert_eq!(carried(&none, 0), None);
    let beside = |job: &Job| std::fs::read_to_string(format!("{}.json", job.images[0].path.display()));
    assert!(beside(&minimal).is_err());
    let recipe = Recipe::parse(&beside(&none).unwrap()).unwrap();
    assert_eq!(recipe.job.unwrap().id, none.id.0, "all of it, since the file is the only place");
}

#[test]
fn what_lies_beside_a_picture_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (picture, beside) = (dir.path().join("fox.png"), dir.path().join("fox.png.json"));
    assert_eq!(crate::store::write_beside(&picture, "{}").unwrap(), beside);
    assert_eq!(crate::store::write_beside(&picture, "{}").unwrap(), beside, "the same is as good");
    assert!(crate::store::write_beside(&picture, "{1}").is_err());
    assert_eq!(std::fs::read_to_string(&beside).unwrap(), "{}\n");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
