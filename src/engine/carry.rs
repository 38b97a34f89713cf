//! How local pictures get to the service: in the request, or uploaded ahead of it and remembered (contract 7).
//!
//! All of it happens before the paid call and costs nothing, so trouble that may pass is simply tried again. Pictures are
//! taken one after another, and the bytes of one are dropped before the next is read.

use std::ops::ControlFlow::{self, Break, Continue};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::input::{self, Prepared};
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{self, Carriage};
use crate::catalog::InputRule;
use crate::domain::{Fault, FaultKind, Job, Reference, Request};
use crate::store::Learned;

/// An upload lives this long (contract 7.2).
const UPLOAD_KEPT: Duration = Duration::from_secs(48 * 60 * 60);

/// Tries of an upload before the picture goes another way: about a minute.
const UPLOAD_TIMES: u32 = 6;

/// The longest data URI the service takes, counted as it is sent (contract 7.1).
const DATA_URI_MAX: usize = 10_485_760;

/// Whether addresses of earlier uploads will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uploads {
    /// Those that are remembered.
    Remembered,
    /// None: the service does not know them any more.
    Anew,
}

impl<R: Remote> Worker<R> {
    /// A request with an address for every picture. The user may still cancel.
    pub(super) async fn carry(
        &self,
        live: &Live,
        job: &Job,
        request: &Request,
        uploads: Uploads,
    ) -> ControlFlow<(), Request> {
        if !request.images.iter().any(|image| matches!(image, Reference::File(_))) {
            return Continue(request.clone());
        }
        let carried = tokio::select! {
            biased;
            () = live.cancel.notified() => {
                self.give_up(job).await;
                return Break(());
            }
            carried = self.carry_all(job, request, uploads) => carried,
        };
        match carried {
            Ok(request) => Continue(request),
            Err(fault) => {
                self.fail(live.id, fault).await;
                Break(())
            }
        }
    }

    async fn carry_all(&self, job: &Job, request: &Request, uploads: Uploads) -> Result<Request, Fault> {
        let rule = self.remote.inputs(request);
        let mut carried = request.clone();
        let count = carried.images.len();
        for (index, image) in request.images.iter().enumerate() {
            let Reference::File(name) = image else { continue };
            let nth = index + 1;
            self.say(job.id, format!("getting ready, picture {nth} of {count}")).await;
            let ready = self.ready(job, index, name, &rule).await?;
            let (was, size) = (ready.was, ready.size);
            let address = match api::carriage(&ready.bytes, ready.format) {
                Carriage::Inline(uri) => uri,
                Carriage::Upload => self.uploaded(job, &input::subject(nth, name), ready, uploads).await?,
            };
            input::place(&mut carried, index, was, size, address);
        }
        Ok(carried)
    }

    /// The copy that was made when the job was, checked and mended.
    async fn ready(&self, job: &Job, index: usize, name: &Path, rule: &InputRule) -> Result<Prepared, Fault> {
        let copy = self.insist(job.id, |worker| worker.store.input(job.id, index)).await.ok_or_else(|| {
            let message = format!("The copy of {} that was to be sent is gone.", input::subject(index + 1, name));
            Fault::new(FaultKind::Invalid, "image_gone", message).hint("Ask for it again; nothing was sent.")
        })?;
        // One at a time: a large picture takes 64 MB while it is mended (quality 3.5).
        let _alone = self.mending.acquire().await;
        let (named, rule) = (name.to_owned(), rule.clone());
        let work = move || input::prepare_as(index + 1, &named, &copy, &rule);
        let ready = tokio::task::spawn_blocking(work).await.unwrap_or_else(|broken| {
            let message = format!("pinxit itself failed at {}: {broken}.", input::subject(index + 1, name));
            Err(Fault::new(FaultKind::Other, "panic", message).hint("Please report this; nothing was sent."))
        })?;
        let known = self.store.log(job.id).unwrap_or_default();
        for notice in &ready.notices {
            let line = format!("{}: {notice}", input::subject(index + 1, name));
            if !known.iter().any(|said| said.text == line) {
                self.log(job.id, line).await;
            }
        }
        Ok(ready)
    }

    /// The address of an uploaded picture. One that cannot be uploaded goes in the request if it is small enough for that.
    async fn uploaded(&self, job: &Job, subject: &str, ready: Prepared, uploads: Uploads) -> Result<String, Fault> {
        let model = self.remote.wire_name(&job.request.model);
        let Prepared { bytes, format, sha256, .. } = ready;
        if uploads == Uploads::Remembered {
            let now = self.clock.now();
            let known = self.insist(job.id, |worker| worker.store.uploaded(&sha256, &model, now)).await;
            if let Some(url) = known {
                return Ok(url);
            }
        }
        // Named by its content: nothing of the user's file names leaves, and no two contents collide.
        let name = format!("{}.{}", &sha256[..16], format.extension());
        for tries in 1_u32.. {
            self.say(job.id, format!("uploading {}", lower(subject))).await;
            let began = self.clock.now();
            match self.remote.upload(&model, &name, format, bytes.clone()).await {
                Ok(url) => {
                    let until = began.after(UPLOAD_KEPT);
                    self.insist(job.id, |worker| worker.store.remember_upload(&sha256, &model, &url, until)).await;
                    self.log(job.id, format!("{subject} is uploaded; the service keeps it for 48 h")).await;
                    return Ok(url);
                }
                Err(fault) if fault.retryable && tries < UPLOAD_TIMES => {
                    let until = self.clock.now().after(self.pause_after(tries - 1));
                    let note = Some(format!("upload failed ({}), next try", fault.code));
                    let log = Some(format!("{subject}, upload {tries}: {fault}"));
                    self.note(job.id, Learned { note, until: Some(until), log, ..Learned::default() }).await;
                    self.clock.sleep_until(until).await;
                }
                Err(fault) => {
                    let head = format!("data:image/{};base64,", format.id());
                    if head.len() + bytes.len().div_ceil(3) * 4 > DATA_URI_MAX {
                        return Err(not_uploaded(subject, fault));
                    }
                    let line = format!("{subject} cannot be uploaded and goes in the request itself: {fault}");
                    self.log(job.id, line).await;
                    return Ok(head + &STANDARD.encode(&bytes));
                }
            }
        }
        unreachable!("the last try returns")
    }
}

fn not_uploaded(subject: &str, fault: Fault) -> Fault {
    let message =
        format!("{subject} could not be uploaded, and is too large for the request itself: {}", fault.message);
    let hint = match fault.hint.as_str() {
        "" => "Make it smaller, or retry later; nothing was sent.".to_owned(),
        hint => format!("{hint} Nothing was sent."),
    };
    Fault { message, hint, billed: crate::domain::Billed::No, ..fault }
}

fn lower(subject: &str) -> String {
    subject.replacen('P', "p", 1)
}

/// Whether the service refused because it cannot read a picture's address: unknown to it, or past its time. Such a refusal
/// comes before any work and is not billed (contract 6.2).
pub(super) fn is_address_refused(fault: &Fault) -> bool {
    let said = fault.message.to_lowercase();
    match fault.code.as_str() {
        "InvalidParameter.DataInspection" | "BadRequest.InputDownloadFailed" => true,
        "InvalidParameter" | "invalid_parameter_error" => {
            said.contains("download") || (said.contains("url") && !said.contains("url error"))
        }
        code => code.starts_with("InvalidURL"),
    }
}
