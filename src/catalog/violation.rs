//! What is said about a request: rules it breaks, and remarks that stop nothing.

/// A rule that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field at fault, by its API name (`size`, `prompt`, `images`, `model`).
    pub field: String,
    /// Short machine name of the rule (`size_pixels`).
    pub rule: &'static str,
    /// What is wrong, with the value: `1000*1000 has 1,000,000 pixels`.
    pub message: String,
    /// What would be legal: `1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1`.
    pub legal: String,
    /// Where the rule is written (`spec`, `contract 3.3`).
    pub source: String,
}

/// Something worth knowing about a request that may be sent all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The field it is about, by its API name.
    pub field: String,
    /// One sentence.
    pub message: String,
}

/// A rule that a value breaks, not yet tied to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach {
    pub rule: &'static str,
    pub message: String,
    pub legal: String,
}

impl Breach {
    pub(super) fn new(rule: &'static str, message: impl Into<String>, legal: impl Into<String>) -> Breach {
        Breach { rule, message: message.into(), legal: legal.into() }
    }

    /// The breach as a fault of `field`, with the place its rule is written.
    pub(super) fn of(self, field: &str, source: &str) -> Violation {
        let Breach { rule, message, legal } = self;
        Violation { field: field.to_owned(), rule, message, legal, source: source.to_owned() }
    }
}
