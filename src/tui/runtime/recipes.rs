//! How a file is read for what it was made from: whoever opens the studio knows. Called on the thread that looks at files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::domain::{Fault, FaultKind, ModelId};
use crate::tui::msg::Loaded;

type Read = dyn Fn(&Path, &ModelId) -> Result<Loaded, Fault> + Send + Sync;

/// What the studio asks about recipes.
#[derive(Clone)]
pub struct Recipes(Arc<Read>);

impl Recipes {
    /// By calling this with a picture's or a recipe's file, and the model another tool's words are meant for.
    pub fn new(read: impl Fn(&Path, &ModelId) -> Result<Loaded, Fault> + Send + Sync + 'static) -> Recipes {
        Recipes(Arc::new(read))
    }

    /// Reads one.
    pub(super) fn read(&self, path: &Path, model: &ModelId) -> Result<Loaded, Fault> {
        (self.0)(path, model)
    }
}

impl Default for Recipes {
    /// Nobody who can read them.
    fn default() -> Recipes {
        Recipes::new(|_, _| Err(Fault::new(FaultKind::Invalid, "recipe", "No recipes are read here.")))
    }
}

impl fmt::Debug for Recipes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipes")
    }
}
