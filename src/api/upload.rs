//! Stand-in: pictures on their way in (contract 7).

use super::Client;
use crate::domain::{Fault, Format, ModelId};

/// How the bytes of a local picture travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carriage {
    /// In the request itself, as this data URI.
    Inline(String),
    /// Uploaded first, to the service's temporary storage.
    Upload,
}

/// Small pictures go in the request, large ones ahead of it (contract 7.1).
pub fn carriage(bytes: &[u8], format: Format) -> Carriage {
    let _ = (bytes, format);
    todo!()
}

impl Client {
    /// Puts a picture into the service's temporary storage, for one model (by its name on the wire); its `oss://` address.
    /// Costs nothing and may be repeated.
    ///
    /// # Errors
    /// Why not; `retryable` when trying again may help.
    pub async fn upload(&self, model: &ModelId, name: &str, format: Format, bytes: Vec<u8>) -> Result<String, Fault> {
        let _ = (model, name, format, bytes);
        todo!()
    }
}
