//! The account's task list, read by the client from the emulator.

use std::collections::HashSet;
use std::time::Duration;

use pinxit::api::{Client, Endpoint, Listed, TaskList, TaskState, TaskStatus};
use pinxit::catalog::Catalog;
use pinxit::domain::{Mode, Region, Request, Stamp, TaskId};
use pinxit::emulator::{Delays, Emulator, Fault, FaultRule, Options, Scope, Variants};

const MODEL: &str = "wan2.2-t2i-flash";

/// A client of an emulator, and tasks it sent.
struct Bench {
    emulator: Emulator,
    client: Client,
}

impl Bench {
    fn new(variants: Variants) -> Bench {
        let emulator = Emulator::spawn(Options { delays: Delays::ByPoll, plain: true, variants, ..Options::default() });
        let emulator = emulator.unwrap();
        let endpoint = Endpoint { base_url: emulator.base_url(), key: "sk-test".to_owned().into() };
        Bench { client: Client::new(endpoint).unwrap(), emulator }
    }

    async fn send(&self, prompt: &str) -> TaskId {
        let catalog = Catalog::builtin();
        let model = catalog.get(MODEL).unwrap();
        let request = Request { prompt: prompt.into(), ..model.blank(Mode::TextToImage) };
        let routes = model.mode(request.mode).unwrap().ways(Default::default());
        let call = pinxit::api::call(model, &routes[0], Region::Singapore, &request);
        match self.client.submit(&call, &mut |_| ()).await.unwrap() {
            pinxit::api::Reply::Task { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    /// The service's time, as far as we know it.
    fn now(&self) -> Stamp {
        let ours = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
        Stamp(ours + self.client.clock_offset().unwrap())
    }

    /// A minute around now.
    fn list(&self) -> TaskList {
        let now = self.now();
        TaskList::new(Stamp(now.0 - 60_000), now.after(Duration::from_secs(60)))
    }

    async fn read(&self, list: &mut TaskList) -> Vec<Listed> {
        let mut found = Vec::new();
        while list.has_more() {
            found.extend(self.client.tasks(list).await.unwrap());
        }
        found
    }
}

#[tokio::test]
async fn a_lost_call_is_found_again_by_its_prompt() {
    let bench = Bench::new(Variants { foreign_tasks: 4, ..Variants::default() });
    let ours = bench.send("a fox, known").await;
    bench.emulator.inject(FaultRule::new(Scope::Submit, Fault::LostReply).times(1));
    let catalog = Catalog::builtin();
    let model = catalog.get(MODEL).unwrap();
    let request = Request { prompt: "a fox, lost".into(), ..model.blank(Mode::TextToImage) };
    let routes = model.mode(request.mode).unwrap().ways(Default::default());
    let call = pinxit::api::call(model, &routes[0], Region::Singapore, &request);
    assert!(bench.client.submit(&call, &mut |_| ()).await.is_err());

    let mut list = bench.list().of(MODEL.into());
    let found = bench.read(&mut list).await;
    assert!(list.is_whole());
    let mine = found.iter().find(|listed| listed.task == ours).unwrap();
    assert_eq!((mine.model.as_str(), mine.status), (MODEL, TaskStatus::Pending));
    assert!(mine.created.unwrap().since(Stamp(bench.now().0 - 10_000)) > Duration::ZERO, "{mine:?}");
    let strangers = found.iter().filter(|listed| listed.api_key != mine.api_key).count();
    assert!(strangers > 0, "others use the account: {found:?}");
    let lost: Vec<_> = found.iter().filter(|listed| listed.api_key == mine.api_key && listed.task != ours).collect();
    assert_eq!(lost.len(), 1, "{found:?}");
    assert!(lost[0].request_id.is_some() && lost[0].request_id != mine.request_id);
    let answer = loop {
        if let TaskState::Succeeded(answer) = bench.client.task(&lost[0].task).await.unwrap() {
            break answer;
        }
    };
    assert_eq!(answer.orig_prompt.as_deref(), Some("a fox, lost"));

    let mut elsewhere = bench.list().of("wan2.7-image".into());
    assert_eq!((bench.read(&mut elsewhere).await, elsewhere.is_whole()), (vec![], true));
}

#[tokio::test]
async fn every_task_is_read_from_pages_that_are_smaller_than_asked_for() {
    let bench = Bench::new(Variants { small_pages: true, ..Variants::default() });
    let mut sent = HashSet::new();
    for nth in 0..25 {
        sent.insert(bench.send(&format!("a fox, {nth}")).await);
    }
    let mut list = bench.list();
    bench.emulator.inject(FaultRule::new(Scope::List, Fault::throttled()).times(1));
    let fault = bench.client.tasks(&mut list).await.unwrap_err();
    assert!(fault.retryable, "{fault}");
    let found = bench.read(&mut list).await;
    assert_eq!((found.len(), list.is_whole()), (25, true));
    assert_eq!(found.into_iter().map(|listed| listed.task).collect::<HashSet<_>>(), sent);
    assert_eq!(bench.emulator.ledger().lists, 4, "three pages, one of them twice");
}

#[tokio::test]
async fn the_services_clock_is_followed_and_a_new_task_may_be_listed_late() {
    let bench = Bench::new(Variants { list_delay_ms: 30_000, ..Variants::default() });
    assert_eq!(bench.client.clock_offset(), None);
    let task = bench.send("a fox").await;
    assert!(bench.client.clock_offset().unwrap().abs() < 5_000, "{:?}", bench.client.clock_offset());
    let mut list = bench.list();
    assert_eq!((bench.read(&mut list).await, list.is_whole()), (vec![], true));
    bench.emulator.age(Duration::from_secs(31));
    let found = bench.read(&mut bench.list()).await;
    assert_eq!(found.iter().map(|listed| &listed.task).collect::<Vec<_>>(), [&task]);
}
