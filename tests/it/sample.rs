//! Jobs and pictures to show.

use std::path::PathBuf;
use std::sync::Arc;

use pinxit::domain::{
    Card, Cost, Format, Image, ImageId, Job, JobId, Mode, ModelId, Money, Phase, Request, Size, Stamp,
};

/// Half past nine on 22 November 2026, UTC.
pub const NOW: Stamp = Stamp(1_795_339_800_000);

pub fn request(prompt: &str) -> Request {
    Request {
        written: None,
        model: ModelId::from("wan2.6-t2i"),
        mode: Mode::TextToImage,
        prompt: prompt.into(),
        negative_prompt: String::new(),
        images: Vec::new(),
        size: Size::Pixels { width: 1280, height: 1280 },
        n: 1,
        seed: Some(7),
        options: Default::default(),
    }
}

pub fn job(id: i64, phase: Phase) -> Job {
    let request = request("a red fox in snow");
    let estimate = Cost::Known { unit: Money::usd(30_000), images: 1, basis: "contract 3.4, 2026-05".into() };
    let sent = (phase != Phase::Queued && phase != Phase::Held).then_some(NOW);
    Job {
        phase,
        sent,
        ended: phase.is_ended().then_some(Stamp(NOW.0 + 2100)),
        billed_images: (phase == Phase::Done).then_some(1),
        expected: 1,
        images: if phase == Phase::Done { vec![image(id, 0)] } else { Vec::new() },
        ..Job::queued(JobId(id), Arc::new(request), estimate, NOW)
    }
}

pub fn image(job: i64, index: u32) -> Image {
    Image {
        id: ImageId { job: JobId(job), index },
        path: PathBuf::from(format!(
            "/home/ann/Pictures/pinxit/2026-11-22/093000-wan2.6-t2i-a-red-fox-in-snow-7-{index}.png"
        )),
        sha256: "0".repeat(64),
        width: 1280,
        height: 1280,
        bytes: 3_200_000,
        format: Format::Png,
        seed: Some(7),
        saved: NOW,
    }
}

/// A picture on the shelf.
pub fn card(job: i64, index: u32) -> Card {
    Card {
        image: image(job, index),
        request: Arc::new(request("a red fox in snow")),
        asked: NOW,
        took: Some(std::time::Duration::from_millis(2_100)),
        price: Some(Money::usd(30_000)),
        project: None,
        name: None,
        batch: None,
        parent: None,
        children: 0,
        star: false,
        rejected: false,
        tags: Vec::new(),
        binned: None,
        purged: None,
    }
}
