//! Whether anybody answers: with the key, and without it. Costs nothing.

use std::time::{Duration, Instant};

use super::client::Client;
use crate::domain::{Fault, TaskId};

/// A task that cannot exist, to ask after for free.
const NO_TASK: &str = "00000000-0000-0000-0000-000000000000";

impl Client {
    /// Whether the service answers at all and takes the key, and the round trip; asks for a task that does not exist
    /// (free).
    ///
    /// # Errors
    /// Why not.
    pub async fn ping(&self) -> Result<Duration, Fault> {
        let asked = Instant::now();
        self.task(&TaskId(NO_TASK.to_owned())).await?;
        Ok(asked.elapsed())
    }

    /// Whether anybody answers at the address, and the round trip. The key is not sent, so the answer is a refusal; that is
    /// enough.
    ///
    /// # Errors
    /// Why nobody answers.
    pub async fn knock(&self) -> Result<Duration, Fault> {
        let asked = Instant::now();
        let request = self.api().get(self.url(&format!("/tasks/{NO_TASK}"))).timeout(self.patience());
        let response = request.send().await.map_err(|error| self.trouble(&error).fault())?;
        self.learn(&response);
        Ok(asked.elapsed())
    }
}
