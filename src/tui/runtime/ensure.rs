//! That somebody does the work: how, whoever opens the studio knows. Called where an order was written, and where jobs stand
//! still; never by the clock while nothing is to be done.

use std::fmt;
use std::sync::Arc;

use crate::domain::Fault;

/// Makes sure somebody does the work there is. May take a few seconds, so it is called on threads that may wait.
#[derive(Clone)]
pub struct Ensure(Arc<dyn Fn() -> Result<(), Fault> + Send + Sync>);

impl Ensure {
    /// By calling this.
    pub fn new(ensure: impl Fn() -> Result<(), Fault> + Send + Sync + 'static) -> Ensure {
        Ensure(Arc::new(ensure))
    }

    /// Returns once somebody works, or there is nothing to do.
    pub(super) fn somebody_works(&self) -> Result<(), Fault> {
        (self.0)()
    }
}

impl fmt::Debug for Ensure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ensure")
    }
}
