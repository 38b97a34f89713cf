//! The account's other users: keys of other people and programs, whose tasks stand in the same list (contract 4.5). Not here:
//! tasks of the client (`submit`).

use std::sync::Arc;

use super::check::Order;
use super::host::Host;
use super::ids::mix;
use super::tasks::{End, Task};

/// The name the service gives to their key.
const KEY: &str = "2";
/// How long before and after an order of the client's theirs may come.
const NEAR_MS: u64 = 10_000;

/// For each order of the client's the others send so many of the same model, as many before as after it; those that are
/// still to come are listed when they have come. They cost the client nothing.
pub fn send_along(host: &Arc<Host>, order: &Order, now: i64) {
    for nth in 0..u64::from(host.variants.foreign_tasks) {
        let prompt = format!("a lighthouse in fog, {}", nth + 1);
        let order = Order { prompt, ..order.clone() };
        let urls = host.hang(&order);
        let (id, request) = (host.ids.next(), host.ids.next());
        let near = (mix(nth ^ mix(now as u64)) % NEAR_MS) as i64;
        let at = if nth % 2 == 0 { now - near } else { now + near };
        let mut task = Task::new(id, request, order, urls, End::Success { failed: 0 });
        task.api_key_id = KEY;
        host.others().add(task, at);
    }
}
