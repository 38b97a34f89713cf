//! The account's task list, page by page (contract 4.5): how the question is written, how a page is read, and which page is
//! the last. Not here: when to ask; each page is one of the account's questions.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::body;
use super::clock;
use super::errors;
use super::task;
use crate::domain::{Fault, FaultKind, ModelId, Stamp, TaskId};

/// The longest window the service looks at (contract 4.5).
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// Tasks asked for at once; the service may give fewer (quality 9: its maximum is not documented).
const PAGE_SIZE: u64 = 100;
/// Pages asked for in all: far more than an account fills in a day.
const PAGES_MAX: u32 = 300;
/// Pages in a row without news that are believed to be a list which moves while it is read; more are a list that never ends.
const STALE_MAX: u32 = 3;
/// The longest model name or id of a key kept, in characters.
const NAME_MAX: usize = 120;

/// How a listed task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// Not begun.
    Pending,
    /// At work.
    Running,
    /// Finished, at least in part.
    Succeeded,
    /// Ended without pictures.
    Failed,
    /// Cancelled.
    Cancelled,
    /// A word pinxit does not know, or none.
    Other,
}

impl TaskStatus {
    fn read(word: &str) -> TaskStatus {
        match word.trim().to_ascii_uppercase().as_str() {
            "PENDING" => TaskStatus::Pending,
            "RUNNING" | "SUSPENDED" => TaskStatus::Running,
            "SUCCEEDED" => TaskStatus::Succeeded,
            "FAILED" => TaskStatus::Failed,
            "CANCELED" | "CANCELLED" => TaskStatus::Cancelled,
            _ => TaskStatus::Other,
        }
    }
}

/// One task of the list. It has no pictures: ask after the task for those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id, fit to be asked after.
    pub task: TaskId,
    /// The model by its name as sent, safe to show; empty when the list does not say.
    pub model: ModelId,
    /// When the service took it in, by the service's clock.
    pub created: Option<Stamp>,
    /// How it stands.
    pub status: TaskStatus,
    /// The id of the request that made it, safe to show.
    pub request_id: Option<String>,
    /// Which key of the account made it: a name the service gives to keys, safe to show, never the key.
    pub api_key: Option<String>,
}

/// A walk over the account's tasks, of all its keys, that were taken in within a span of time. One call of
/// [`Client::tasks`](super::Client::tasks) brings one page.
#[derive(Debug, Clone)]
pub struct TaskList {
    model: Option<ModelId>,
    /// The span left, by the service's clock, in whole seconds.
    from: Stamp,
    to: Stamp,
    /// The next page of the window that is being read.
    page: u64,
    /// Tasks of this window so far.
    counted: u64,
    stale: u32,
    asked: u32,
    seen: HashSet<TaskId>,
    has_more: bool,
    is_whole: bool,
}

impl TaskList {
    /// Tasks taken in between two moments of the **service's** clock (see [`Client::clock_offset`](super::Client::clock_offset)),
    /// both seconds included. A span of more than 24 hours is read in several windows, as the service allows no longer one.
    pub fn new(from: Stamp, to: Stamp) -> TaskList {
        let from = Stamp(from.0.saturating_sub(from.0.rem_euclid(1000)));
        let to = Stamp(to.0.saturating_add((1000 - to.0.rem_euclid(1000)) % 1000)).max(from);
        TaskList {
            model: None,
            from,
            to,
            page: 1,
            counted: 0,
            stale: 0,
            asked: 0,
            seen: HashSet::new(),
            has_more: true,
            is_whole: true,
        }
    }

    /// Only those of a model, by its name as sent.
    pub fn of(self, model: ModelId) -> TaskList {
        TaskList { model: Some(model), ..self }
    }

    /// Whether there is another page to ask for.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whether it was read to its end, and held as many tasks as the service says there are: only then does it prove that a
    /// task is not there.
    pub fn is_whole(&self) -> bool {
        !self.has_more && self.is_whole
    }

    /// The end of the window that is being read.
    fn end(&self) -> Stamp {
        self.from.after(WINDOW).min(self.to)
    }

    /// The path of the next page, below the base.
    pub(super) fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("start_time", &clock::compact(self.from));
        query.append_pair("end_time", &clock::compact(self.end()));
        if let Some(model) = &self.model {
            query.append_pair("model_name", model.as_str());
        }
        query.append_pair("page_no", &self.page.to_string());
        query.append_pair("page_size", &PAGE_SIZE.to_string());
        format!("/tasks/?{}", query.finish())
    }

    /// Takes a page in; gives the tasks that were not on an earlier one. A list that moves while it is read shows some twice.
    ///
    /// # Errors
    /// About the question: there is no list in the answer. The same page is asked for again.
    pub(crate) fn take(&mut self, body: &Value) -> Result<Vec<Listed>, Fault> {
        let rows = rows(body)?;
        let listed = rows.iter().filter_map(read);
        let news: Vec<Listed> = listed.filter(|listed| self.seen.insert(listed.task.clone())).collect();
        self.asked += 1;
        self.counted += news.len() as u64;
        self.stale = if news.is_empty() { self.stale + 1 } else { 0 };
        self.turn(body, rows.len() as u64);
        Ok(news)
    }

    /// On to the next page, the next window, or the end. Whatever the answer says of more is believed, within limits: the
    /// service need not obey the size of page it was asked for.
    fn turn(&mut self, body: &Value, rows: u64) {
        let size = number(body, "page_size").filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let is_counted = number(body, "total").map(|total| self.counted >= total);
        let is_last = number(body, "total_page").map(|pages| self.page >= pages);
        let leaves_more = match (is_counted, is_last) {
            (None, None) => rows >= size,
            hints => hints.0 == Some(false) || hints.1 == Some(false),
        };
        let is_cut_off = self.asked >= PAGES_MAX || self.stale >= STALE_MAX;
        if leaves_more && rows > 0 && !is_cut_off {
            self.page += 1;
            return;
        }
        self.is_whole &= !leaves_more;
        let end = self.end();
        self.has_more = end < self.to && self.asked < PAGES_MAX;
        self.is_whole &= end >= self.to || self.has_more;
        (self.from, self.page, self.counted, self.stale) = (end, 1, 0, 0);
    }
}

/// The rows of a page: under `data`, or under `tasks`, where the vendor's SDK looks for them.
fn rows(body: &Value) -> Result<&[Value], Fault> {
    let places = ["/data", "/tasks", "/output/data", "/output/tasks"];
    if let Some(rows) = places.iter().find_map(|place| body.pointer(place)?.as_array()) {
        return Ok(rows);
    }
    let request_id = body::request_id(body);
    if let Some(complaint) = body::complaint(body) {
        return Err(errors::fault(errors::meaning(200, &complaint), &complaint, request_id));
    }
    if number(body, "total") == Some(0) {
        return Ok(&[]);
    }
    let message = "The service's answer holds no list of tasks.";
    Err(Fault::new(FaultKind::Other, "odd_answer", message).request_id(request_id).retryable())
}

/// One row; `None` where it names no task that could be asked after.
fn read(row: &Value) -> Option<Listed> {
    let text = |names: &[&str]| names.iter().find_map(|name| row.get(*name)?.as_str()).unwrap_or_default();
    let task = TaskId(text(&["task_id"]).to_owned());
    task::is_safe(&task).then(|| Listed {
        model: ModelId(body::shown(text(&["model_name", "model"]), NAME_MAX)),
        created: row.get("gmt_create").and_then(moment),
        status: TaskStatus::read(text(&["status", "task_status"])),
        request_id: body::request_id(row),
        api_key: row.get("api_key_id").and_then(name),
        task,
    })
}

/// Milliseconds since 1970, or a time in words.
fn moment(value: &Value) -> Option<Stamp> {
    let text = || value.as_str().and_then(|text| text.trim().parse().ok().map(Stamp).or_else(|| clock::read(text)));
    value.as_i64().map(Stamp).or_else(text)
}

fn name(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => body::shown(text, NAME_MAX),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn number(body: &Value, name: &str) -> Option<u64> {
    let value = body.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// 2024-03-01 00:00:00 in UTC+8.
    const START: Stamp = Stamp(1_709_222_400_000);

    fn hour() -> TaskList {
        TaskList::new(START, START.after(Duration::from_secs(3600)))
    }

    fn page(ids: std::ops::Range<u32>, rest: Value) -> Value {
        let rows: Vec<Value> = ids.map(|id| json!({"task_id": format!("t-{id}")})).collect();
        let mut page = json!({"data": rows});
        page.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        page
    }

    /// Reads from a service that answers page number by page number; gives the ids and how many pages were asked for.
    fn walk(mut list: TaskList, answer: impl Fn(u32) -> Value) -> (usize, u32, bool) {
        let (mut found, mut asked) = (0, 0);
        while list.has_more() {
            asked += 1;
            found += list.take(&answer(asked)).unwrap().len();
            assert!(asked <= PAGES_MAX, "it never ends");
        }
        (found, asked, list.is_whole())
    }

    #[test]
    fn the_captured_page_is_read() {
        let text = r#"{"total":1,"data":[{"api_key_id":"42677","caller_parent_id":"1493478651020171","caller_uid":"1493478651020171","end_time":1709260685184,"gmt_create":1709260684485,"model_name":"text-embedding-async-v2","region":"cn-beijing","request_id":"db5ce040-4548-9919-9a75-3385ee152335","start_time":1709260684527,"status":"SUCCEEDED","task_id":"6075262c-b56d-4968-9abf-2a9784a90f3e","user_api_unique_key":"apikey:v1:embeddings:text-embedding:text-embedding:text-embedding-async-v2"}],"total_page":1,"page_no":1,"request_id":"fcb29ae5-a352-9e7b-901c-e53525376cde","page_size":10}"#;
        let mut list = hour();
        assert!(!list.is_whole(), "not before it is read");
        let listed = list.take(&serde_json::from_str(text).unwrap()).unwrap();
        let expected = Listed {
            task: TaskId("6075262c-b56d-4968-9abf-2a9784a90f3e".into()),
            model: "text-embedding-async-v2".into(),
            created: Some(Stamp(1_709_260_684_485)),
            status: TaskStatus::Succeeded,
            request_id: Some("db5ce040-4548-9919-9a75-3385ee152335".into()),
            api_key: Some("42677".into()),
        };
        assert_eq!((listed, list.has_more(), list.is_whole()), (vec![expected], false, true));
    }

    #[test]
    fn rows_are_read_as_far_as_they_go() {
        let body = json!({"tasks": [
            {"task_id": "a", "gmt_create": "2024-03-01 00:00:01.500", "status": "CANCELLED", "api_key_id": 7},
            {"task_id": "b", "gmt_create": "1709222400000", "task_status": "running", "model": "wan\u{1b}[2J"},
            {"task_id": "c", "gmt_create": null, "status": "DREAMING", "api_key_id": ""},
            {"task_id": "../../uploads"}, {"task_id": 7}, {}, "d", null,
        ], "total": 3});
        let mut list = hour();
        let listed = list.take(&body).unwrap();
        let told: Vec<_> = listed.iter().map(|l| (l.task.0.as_str(), l.created, l.status)).collect();
        assert_eq!(
            told,
            [
                ("a", Some(Stamp(START.0 + 1500)), TaskStatus::Cancelled),
                ("b", Some(START), TaskStatus::Running),
                ("c", None, TaskStatus::Other),
            ]
        );
        assert_eq!((listed[0].api_key.as_deref(), listed[2].api_key.as_deref()), (Some("7"), None));
        assert_eq!(listed[1].model.as_str(), "wan␛[2J");
        assert!(list.is_whole());
    }

    #[test]
    fn the_question_is_written_in_beijing_time_and_whole_seconds() {
        let list = TaskList::new(Stamp(START.0 + 900), Stamp(START.0 + 61_001)).of("wan2.7-image&x".into());
        assert_eq!(
            list.path(),
            "/tasks/?start_time=20240301000000&end_time=20240301000102&model_name=wan2.7-image%26x&page_no=1&page_size=100"
        );
    }

    #[test]
    fn all_pages_are_read_whatever_their_size() {
        let short =
            |rest: fn(u32) -> Value| walk(hour(), move |nth| page((nth - 1) * 10..(nth * 10).min(25), rest(nth)));
        assert_eq!(short(|nth| json!({"total": 25, "total_page": 3, "page_size": 10, "page_no": nth})), (25, 3, true));
        // A page size that is not obeyed and not owned up to, and one that is told in words.
        assert_eq!(short(|_| json!({"total": 25, "total_page": 1, "page_size": 100})), (25, 3, true));
        assert_eq!(short(|_| json!({"total_page": "3"})), (25, 3, true));
        assert_eq!(short(|_| json!({"page_size": 10})), (25, 3, true));
        assert_eq!(short(|_| json!({"total": 10, "total_page": 3})), (25, 3, true), "the total of a page");
        assert_eq!(walk(hour(), |_| json!({"data": null, "total": 0})), (0, 1, true));
        assert_eq!(walk(hour(), |_| json!({"data": []})), (0, 1, true));
    }

    #[test]
    fn a_list_that_never_ends_is_left() {
        let more = || json!({"total": 9_999_999, "total_page": 99_999});
        assert_eq!(walk(hour(), |_| page(0..10, more())), (10, 4, false), "the same page again and again");
        assert_eq!(walk(hour(), |nth| page(nth..nth + 1, more())).1, PAGES_MAX);
        assert_eq!(walk(hour(), |nth| page(0..(2 - nth.min(2)), more())), (1, 2, false), "an empty page is the end");
        let says_nothing = |nth| page((nth - 1) * 100..nth * 100, json!({}));
        assert_eq!(walk(hour(), says_nothing), (PAGES_MAX as usize * 100, PAGES_MAX, false));
    }

    #[test]
    fn a_list_that_moves_while_it_is_read_shows_each_task_once() {
        // Newest first: three tasks come in after the first page, and push three of it onto the second.
        let answer = |nth| match nth {
            1 => page(10..20, json!({"total": 20, "page_size": 10})),
            2 => page(7..17, json!({"total": 23, "page_size": 10})),
            3 => page(0..7, json!({"total": 23, "page_size": 10})),
            _ => page(0..0, json!({"total": 23, "page_size": 10})),
        };
        assert_eq!(walk(hour(), answer), (20, 4, false), "three were never seen, and that is known");
    }

    #[test]
    fn more_than_a_day_is_read_in_windows_of_a_day() {
        let days = |hours: u64| TaskList::new(START, START.after(Duration::from_secs(hours * 3600)));
        let mut list = days(30);
        assert!(list.path().contains("start_time=20240301000000&end_time=20240302000000&"), "{}", list.path());
        list.take(&page(0..3, json!({"total": 3}))).unwrap();
        assert!(list.has_more() && !list.is_whole());
        assert!(
            list.path().contains("start_time=20240302000000&end_time=20240302060000&page_no=1&"),
            "{}",
            list.path()
        );
        list.take(&page(3..5, json!({"total": 2}))).unwrap();
        assert!(list.is_whole());
        assert_eq!(walk(days(24), |_| page(0..1, json!({"total": 1}))), (1, 1, true));
        let decades = TaskList::new(Stamp(0), START);
        assert_eq!(walk(decades, |_| page(0..0, json!({"total": 0}))), (0, PAGES_MAX, false));
    }

    #[test]
    fn an_answer_without_a_list_is_about_the_question() {
        let mut list = hour();
        let fault = list.take(&json!({"code": "Throttling.RateQuota", "message": "slow down"})).unwrap_err();
        assert_eq!((fault.kind, fault.retryable), (FaultKind::Throttled, true));
        let fault = list.take(&json!({"request_id": "r"})).unwrap_err();
        assert_eq!(
            (fault.code.as_str(), fault.retryable, fault.request_id.as_deref()),
            ("odd_answer", true, Some("r"))
        );
        assert!(list.has_more() && list.path().contains("page_no=1&"), "the same page is asked for again");
    }
}
