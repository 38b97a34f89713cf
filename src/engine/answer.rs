//! An answer that is here: taken apart and written down before anything else is done with it.

use std::ops::ControlFlow::{self, Break, Continue};

use super::hear;
use super::remote::Remote;
use super::worker::{Live, Worker};
use crate::api::{Answer, Item};
use crate::domain::{Billed, Event, Fault, FaultKind, Mode, Request};
use crate::store::Learned;

impl<R: Remote> Worker<R> {
    /// The answer to a request is here and paid for: written down before anything else is done with it.
    pub(super) async fn answered(&self, live: &Live, request: &Request, answer: Answer) -> ControlFlow<()> {
        let story = hear::story(request, &answer);
        let Answer { items, billed, actual_prompt, request_id, .. } = answer;
        let (mut urls, mut failed) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Item::Picture(url) => urls.push(url),
                Item::Failed(fault) => failed.push(fault),
                Item::Text(_) => {}
            }
        }
        let made = urls.len() as u32;
        let known = Learned {
            request_id,
            actual_prompt,
            story,
            billed: Some(billed.unwrap_or(made)),
            asked: live.asked.take(),
            log: Some(bill(made, billed)),
            ..Learned::default()
        };
        if urls.is_empty() {
            let fault = failed.into_iter().next().unwrap_or_else(|| {
                Fault::new(FaultKind::Other, "no_pictures", "The service answered without a picture.")
            });
            let billed = if known.billed > Some(0) { Billed::Yes } else { fault.billed };
            self.fall(live.id, fault.billed(billed), known).await;
            return Break(());
        }
        let fault = failed.first().map(|first| Fault {
            kind: FaultKind::Partial,
            message: format!("{} of {} pictures failed: {}", failed.len(), failed.len() + urls.len(), first.message),
            ..first.clone()
        });
        let fault = fault.or_else(|| too_few(request, made, billed));
        let note = Some(format!("fetching {}", pictures(made)));
        self.record(live.id, Event::Answer, Learned { urls: Some(urls), fault, note, ..known }).await;
        Continue(())
    }
}

/// Said of an answer with fewer pictures than were asked for and not a word about the others: some layouts have no place for
/// one (contract 13.2). A sequence and a story may always be shorter.
fn too_few(request: &Request, made: u32, billed: Option<u32>) -> Option<Fault> {
    let is_exact = matches!(request.mode, Mode::TextToImage | Mode::Edit);
    let message =
        format!("The service made {made} of {} pictures and does not say what became of the others.", request.n);
    let (hint, paid) = match billed {
        Some(count) if count <= made => ("Only those made were billed.", Billed::No),
        _ => ("They may have been billed.", Billed::Unknown),
    };
    (is_exact && made < request.n).then(|| Fault::new(FaultKind::Partial, "too_few", message).hint(hint).billed(paid))
}

/// What was made and what was billed, and whether that is the same.
fn bill(made: u32, billed: Option<u32>) -> String {
    let answer = pictures(made);
    match billed {
        Some(count) if count == made => format!("answer: {answer}, billed as such"),
        Some(count) => format!("answer: {answer}, but {count} billed: they should be the same"),
        None => format!("answer: {answer}; the service does not say what it billed, taken as {made}"),
    }
}

/// `1 picture`, `2 pictures`
fn pictures(count: u32) -> String {
    format!("{count} picture{}", if count == 1 { "" } else { "s" })
}
