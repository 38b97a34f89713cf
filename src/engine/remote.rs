//! The far side as the engine sees it: five calls. The real one is the catalogue with the API client; tests script one.

use std::path::Path;
use std::sync::Arc;

use crate::api::{self, Answer, Client, Download, Listed, Partial, Refusal, Reply, TaskList, TaskState};
use crate::catalog::{Catalog, InputRule, Model, Prefer, Rate, Route};
use crate::domain::{Fault, FaultKind, Format, ModelId, Region, Request, TaskId};

/// Pixels of a picture whose size the service chooses.
const USUAL: u64 = 2048 * 2048;

/// Whatever makes pictures.
pub(super) trait Remote: 'static {
    /// How fast a model may be used; `None` for one we do not know.
    fn rate(&self, model: &ModelId) -> Option<Rate>;
    /// Ways to send a request, in the order to try them; never none.
    fn routes(&self, request: &Request) -> Result<Vec<Route>, Fault>;
    /// The requests a job's is sent as, in order; never none.
    fn parts(&self, request: &Request) -> Vec<Request>;
    /// What input pictures a request may have.
    fn inputs(&self, request: &Request) -> InputRule;
    /// How many pixels one picture of a request has, about.
    fn pixels(&self, request: &Request) -> u64;
    /// A model's name as it is sent.
    fn wire_name(&self, model: &ModelId) -> ModelId;
    /// Puts a picture where a model (by its name as sent) can read it; its address there. Costs nothing.
    async fn upload(&self, model: &ModelId, name: &str, format: Format, bytes: Vec<u8>) -> Result<String, Fault>;
    /// Sends a paid call, exactly once. `hear` is told of an answer that comes in pieces, each time as far as it is here.
    async fn submit(&self, request: &Request, route: &Route, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal>;
    /// Asks after a task.
    async fn task(&self, id: &TaskId) -> Result<TaskState, Fault>;
    /// The failure of a request's task, with advice that fits the request.
    fn advise(&self, fault: Fault, request: &Request) -> Fault;
    /// Cancels a task that has not begun; `Ok(false)` when it is too late.
    async fn cancel(&self, id: &TaskId) -> Result<bool, Fault>;
    /// Brings the next page of a list of tasks.
    async fn tasks(&self, list: &mut TaskList) -> Result<Vec<Listed>, Fault>;
    /// How far the service's clock is ahead of this machine's, in milliseconds; 0 while nothing is known.
    fn ahead(&self) -> i64;
    /// Brings a picture home into a temporary file in `dir`; goes on where the try before was cut short.
    async fn download(&self, url: &str, dir: &Path, partial: &mut Partial) -> Result<Download, Fault>;
}

/// The service.
#[derive(Debug)]
pub(super) struct Dashscope {
    /// What its models can do.
    pub(super) catalog: Arc<Catalog>,
    /// The wire.
    pub(super) client: Client,
    /// Whose rates and model names.
    pub(super) region: Region,
    /// Which route is tried first.
    pub(super) prefer: Prefer,
}

impl Dashscope {
    fn model(&self, id: &ModelId) -> Result<&Model, Fault> {
        self.catalog.get(id.as_str()).ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "unknown_model", format!("There is no model {id} in the catalogue."))
                .hint("`pinxit models` lists them; a catalogue file of your own can add one.")
        })
    }
}

impl Remote for Dashscope {
    fn rate(&self, model: &ModelId) -> Option<Rate> {
        self.catalog.get(model.as_str()).map(|model| model.rate(self.region))
    }

    fn routes(&self, request: &Request) -> Result<Vec<Route>, Fault> {
        let mode = self.model(&request.model)?.mode(request.mode);
        let routes = mode.map(|mode| mode.ways(self.prefer)).unwrap_or_default();
        if routes.is_empty() {
            let why = format!("{} has no mode {}.", request.model, request.mode);
            return Err(Fault::new(FaultKind::Invalid, "no_such_mode", why));
        }
        Ok(routes)
    }

    fn parts(&self, request: &Request) -> Vec<Request> {
        self.model(&request.model).map_or_else(|_| vec![request.clone()], |model| model.parts(request))
    }

    fn inputs(&self, request: &Request) -> InputRule {
        let mode = self.model(&request.model).ok().and_then(|model| model.mode(request.mode));
        mode.map(|mode| mode.images.clone()).unwrap_or_default()
    }

    fn pixels(&self, request: &Request) -> u64 {
        let size = self.model(&request.model).ok().and_then(|model| model.dimensions(request));
        size.map_or(USUAL, |(width, height)| u64::from(width) * u64::from(height))
    }

    fn wire_name(&self, model: &ModelId) -> ModelId {
        self.model(model).map_or_else(|_| model.clone(), |known| known.wire_name(model, self.region))
    }

    async fn upload(&self, model: &ModelId, name: &str, format: Format, bytes: Vec<u8>) -> Result<String, Fault> {
        self.client.upload(model, name, format, bytes).await
    }

    async fn submit(&self, request: &Request, route: &Route, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
        let model = self.model(&request.model).map_err(Refusal::Refused)?;
        self.client.submit(&api::call(model, route, self.region, request), hear).await
    }

    async fn task(&self, id: &TaskId) -> Result<TaskState, Fault> {
        self.client.task(id).await
    }

    fn advise(&self, fault: Fault, request: &Request) -> Fault {
        match (self.model(&request.model), self.routes(request)) {
            (Ok(model), Ok(routes)) => self.client.advise(fault, &api::call(model, &routes[0], self.region, request)),
            _ => fault,
        }
    }

    async fn cancel(&self, id: &TaskId) -> Result<bool, Fault> {
        self.client.cancel(id).await
    }

    async fn tasks(&self, list: &mut TaskList) -> Result<Vec<Listed>, Fault> {
        self.client.tasks(list).await
    }

    fn ahead(&self) -> i64 {
        self.client.clock_offset().unwrap_or(0)
    }

    async fn download(&self, url: &str, dir: &Path, partial: &mut Partial) -> Result<Download, Fault> {
        self.client.resume(url, dir, partial).await
    }
}
