//! What was asked, billed and delivered: the numbers a test compares with what a client believes.
//! Not here: prices, which the service keeps to itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// Counts since the start. Served as JSON at `GET /__ledger`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Generation POSTs received, refused ones included.
    pub submits: u64,
    /// The same by path, without `/api/v1`.
    pub submits_by_route: BTreeMap<String, u64>,
    /// The same by model as the request named it; `""` where it named none.
    pub submits_by_model: BTreeMap<String, u64>,
    /// Generation POSTs that are paid for.
    pub billed_submits: u64,
    /// Images that are paid for. An order counts when it is accepted and is taken back when its
    /// task fails or is cancelled; a failed image of a partly failed task never counts.
    pub billed_images: u64,
    /// The same by path, without `/api/v1`.
    pub billed_images_by_route: BTreeMap<String, u64>,
    /// Different images whose last byte was handed to a connection, undamaged.
    pub images_delivered: u64,
    /// The same by the path their orders came by.
    pub images_delivered_by_route: BTreeMap<String, u64>,
    /// The same, counting every repeated download.
    pub downloads: u64,
    /// Images that are paid for, by the prompt they were ordered with: what each order cost, where prompts differ.
    #[serde(skip)]
    pub billed_images_by_prompt: BTreeMap<String, u64>,
    /// Orders carried out, by prompt, whatever became of them.
    #[serde(skip)]
    pub orders_by_prompt: BTreeMap<String, u64>,
    /// Times something was made to go wrong.
    pub faults: u64,
    /// Bytes of result files handed to connections, spoiled ones included: a picture fetched twice counts twice, and one
    /// that was cut and gone on with counts once.
    pub file_bytes: u64,
    /// Requests under `/api/v1` answered with a status of 400 or more.
    pub refused: u64,
    /// Fields that had no effect on legal requests, as `parameters.negative_prompt`, and how often.
    pub unread: BTreeMap<String, u64>,
    /// Task queries.
    pub polls: u64,
    /// Task lists.
    pub lists: u64,
    /// Cancel requests.
    pub cancels: u64,
    /// Upload policies asked for.
    pub policies: u64,
    /// Files the upload host let in.
    pub uploads: u64,
    /// Their bytes.
    pub upload_bytes: u64,
    #[serde(skip)]
    delivered: BTreeSet<String>,
}

impl Ledger {
    pub(super) fn submit(&mut self, route: &str, model: &str) {
        self.submits += 1;
        *self.submits_by_route.entry(route.into()).or_default() += 1;
        *self.submits_by_model.entry(model.into()).or_default() += 1;
    }

    pub(super) fn unread(&mut self, fields: &[String]) {
        for field in fields {
            *self.unread.entry(field.clone()).or_default() += 1;
        }
    }

    /// An order is carried out.
    pub(super) fn order(&mut self, prompt: &str) {
        *self.orders_by_prompt.entry(prompt.into()).or_default() += 1;
    }

    /// Bills an accepted order.
    pub(super) fn bill(&mut self, route: &str, prompt: &str, images: u64) {
        if images > 0 {
            self.billed_submits += 1;
            self.bill_more(route, prompt, images);
        }
    }

    /// Bills more pictures of an order that was billed before.
    pub(super) fn bill_more(&mut self, route: &str, prompt: &str, images: u64) {
        self.billed_images += images;
        *self.billed_images_by_prompt.entry(prompt.into()).or_default() += images;
        *self.billed_images_by_route.entry(route.into()).or_default() += images;
    }

    pub(super) fn take_back(&mut self, route: &str, prompt: &str, images: u64) {
        if images > 0 {
            self.billed_submits -= 1;
            self.billed_images -= images;
            *self.billed_images_by_prompt.entry(prompt.into()).or_default() -= images;
            *self.billed_images_by_route.entry(route.into()).or_default() -= images;
        }
    }

    pub(super) fn deliver(&mut self, file: &str, route: &str) {
        self.downloads += 1;
        if self.delivered.insert(file.into()) {
            self.images_delivered += 1;
            *self.images_delivered_by_route.entry(route.into()).or_default() += 1;
        }
    }

    pub(super) fn hand_over(&mut self, bytes: usize) {
        self.file_bytes += bytes as u64;
    }

    pub(super) fn upload(&mut self, bytes: u64) {
        self.uploads += 1;
        self.upload_bytes += bytes;
    }
}

/// One generation request as it arrived.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Received {
    /// `POST`.
    pub method: String,
    /// Path with `/api/v1`.
    pub path: String,
    /// `authorization` (as `present`, never the key), `content-type`, `accept`, `user-agent` and
    /// every `x-dashscope-*`, with lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body; a JSON string where the bytes are not JSON.
    pub body: Value,
    /// The negative prompt that was heard; none where it stood in the wrong object or the model has
    /// none (contract 2.2, 3.2), or where the request is not legal.
    pub negative_prompt: Option<String>,
    /// Fields of a legal request that had no effect, as `parameters.negative_prompt`.
    pub unread: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_download_is_not_a_second_image() {
        let mut ledger = Ledger::default();
        ledger.deliver("a.png", "/sync");
        ledger.deliver("a.png", "/sync");
        ledger.deliver("b.png", "/async");
        assert_eq!((ledger.images_delivered, ledger.downloads), (2, 3));
        assert_eq!(ledger.images_delivered_by_route["/sync"], 1);
    }

    #[test]
    fn what_is_taken_back_is_not_billed() {
        let mut ledger = Ledger::default();
        ledger.bill("/sync", "a fox", 4);
        ledger.bill("/async", "a hen", 1);
        ledger.take_back("/sync", "a fox", 4);
        assert_eq!((ledger.billed_submits, ledger.billed_images), (1, 1));
        assert_eq!((ledger.billed_images_by_route["/sync"], ledger.billed_images_by_route["/async"]), (0, 1));
        assert_eq!((ledger.billed_images_by_prompt["a fox"], ledger.billed_images_by_prompt["a hen"]), (0, 1));
    }
}
