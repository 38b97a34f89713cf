//! Local input pictures, from the file the user chose to the copy that is sent; and what was uploaded.

use std::path::PathBuf;

use super::*;
use crate::domain::{ModelId, Reference};

fn picture(shade: u8, kind: image::ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_pixel(24, 16, image::Luma([shade])).write_to(&mut out, kind).unwrap();
    out.into_inner()
}

impl Home {
    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn edit(&self, images: Vec<Reference>) -> Result<JobId, StoreError> {
        let mut job = new_job("make it night");
        job.request.images = images;
        Ok(self.store.enqueue(&[job], NOW)?[0])
    }

    fn copies(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.store.places().data.join("inputs")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn what_was_chosen_is_kept_whatever_becomes_of_the_file() {
    let home = home();
    let content = picture(9, image::ImageFormat::Jpeg);
    let photo = home.file("photo.png", &content);
    let url = Reference::Url("https://host/x.png".into());
    let id = home.edit(vec![url, Reference::File(photo.clone())]).unwrap();
    std::fs::remove_file(&photo).unwrap();
    let copy = home.store.input(id, 1).unwrap().unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), content);
    assert_eq!(copy.extension().unwrap(), "jpg", "named by its content");
    assert_eq!(home.store.input(id, 0).unwrap(), None, "an address is no file");
    assert_eq!(home.store.input(id, 2).unwrap(), None);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&copy), mode(copy.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn a_content_is_kept_once() {
    let home = home();
    let one = home.file("one", &picture(9, image::ImageFormat::Png));
    let same = home.file("same", &picture(9, image::ImageFormat::Png));
    let other = home.file("other", &picture(10, image::ImageFormat::Png));
    let first = home.edit(vec![Reference::File(one.clone()), Reference::File(other)]).unwrap();
    let second = home.edit(vec![Reference::File(same), Reference::File(one)]).unwrap();
    assert_eq!(home.copies().len(), 2);
    let input = |id, index| home.store.input(id, index).unwrap().unwrap();
    assert_eq!((input(first, 0), input(first, 0)), (input(second, 0), input(second, 1)));
    assert_ne!(input(first, 0), input(first, 1));
}

#[test]
fn a_file_that_is_no_picture_or_gone_means_no_job_and_no_copy() {
    let home = home();
    let good = Reference::File(home.file("good.png", &picture(9, image::ImageFormat::Png)));
    let page = home.file("page.png", b"<!doctype html><html>");
    let huge = home.file("huge.png", b"");
    std::fs::File::options().write(true).open(&huge).unwrap().set_len((256 << 20) + 1).unwrap();
    for (path, says) in [
        (page, "page.png cannot be used: not a picture: HTML"),
        (home.dir.path().join("gone.png"), "gone.png cannot be used: there is no such file"),
        (home.dir.path().join("data"), "data cannot be used: not a picture: not a regular file"),
        (huge, "huge.png cannot be used: damaged: the file has 268435457 bytes, more than any picture of ours"),
    ] {
        let fault = Fault::from(home.edit(vec![good.clone(), Reference::File(path)]).unwrap_err());
        assert!(fault.message.ends_with(says), "{fault}");
        assert_eq!((fault.kind, fault.code.as_str(), fault.billed), (FaultKind::Invalid, "image_unusable", Billed::No));
    }
    assert_eq!((home.number("SELECT count(*) FROM job"), home.copies()), (0, vec![]));
}

#[test]
fn half_a_copy_is_swept_after_a_day_and_a_copy_never() {
    let home = home();
    let photo = home.file("photo.png", &picture(9, image::ImageFormat::Png));
    let id = home.edit(vec![Reference::File(photo)]).unwrap();
    let copy = home.store.input(id, 0).unwrap().unwrap();
    let (old, young) = (copy.with_file_name(".unfinished-old"), copy.with_file_name(".unfinished-young"));
    let written = |path: &Path, hours_ago: u64| {
        let file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        let now = std::time::UNIX_EPOCH + Duration::from_millis(NOW.0.unsigned_abs());
        file.set_modified(now - Duration::from_secs(hours_ago * 3600)).unwrap();
    };
    written(&old, 25);
    written(&young, 23);
    written(&copy, 9999);
    home.store.recover(NOW).unwrap();
    assert_eq!((old.exists(), young.exists(), copy.exists()), (false, true, true));
}

#[test]
fn a_name_with_escapes_is_shown_safely() {
    let home = home();
    let path = home.file("a\x1b[2Jb.png", b"text");
    let error = home.edit(vec![Reference::File(path)]).unwrap_err().to_string();
    assert!(error.contains("a␛[2Jb.png") && !error.contains('\x1b'), "{error}");
}

#[test]
fn the_path_is_kept_absolute() {
    let home = home();
    let photo = home.file("photo.png", &picture(9, image::ImageFormat::Png));
    let here = std::env::current_dir().unwrap();
    let mut relative: PathBuf = here.components().skip(1).map(|_| "..").collect();
    relative.push(photo.strip_prefix("/").unwrap());
    let id = home.edit(vec![Reference::File(relative.clone())]).unwrap();
    assert_eq!(home.job(id).request.images, [Reference::File(here.join(relative))]);
    assert!(home.store.input(id, 0).unwrap().is_some());
}

#[test]
fn an_upload_is_used_for_its_model_and_service_until_shortly_before_its_end() {
    let home = home();
    let minutes = |count: u64| NOW.after(Duration::from_secs(count * 60));
    let (model, other) = (ModelId::from("wan2.7-image"), ModelId::from("wan2.6-image"));
    home.store.remember_upload("abc", &model, "oss://one", minutes(60)).unwrap();
    let found = |model, now| home.store.uploaded("abc", model, now).unwrap();
    assert_eq!(found(&model, NOW).as_deref(), Some("oss://one"));
    assert_eq!(found(&model, minutes(49)).as_deref(), Some("oss://one"));
    assert_eq!((found(&model, minutes(50)), found(&other, NOW)), (None, None));
    assert_eq!(home.store.uploaded("abd", &model, NOW).unwrap(), None);
    home.store.remember_upload("abc", &model, "oss://two", minutes(180)).unwrap();
    assert_eq!(found(&model, minutes(100)).as_deref(), Some("oss://two"));
    let there = Store::open(&Places { service: "there".into(), ..places(home.dir.path()) }).unwrap();
    assert_eq!(there.uploaded("abc", &model, NOW).unwrap(), None);
}
