//! `--style`: the words a style puts around the prompt, and what it keeps out.

use crate::catalog::Model;
use crate::config::Config;
use crate::domain::{Fault, FaultKind, Request, Written};
use crate::prompt::style::Style;

/// The style of that name.
pub fn find<'a>(config: &'a Config, name: &str) -> Result<&'a Style, Fault> {
    let unknown = || {
        let fault = Fault::new(FaultKind::Invalid, "style_unknown", config.styles.unknown(name));
        fault.hint("`pinxit styles` lists those there are.")
    };
    config.styles.get(name).ok_or_else(unknown)
}

/// Keeps out what the style does, where the model has a place for that, and keeps what was written for the recipe.
pub fn finish(style: &Style, written: String, model: &Model, request: &mut Request) {
    let spec = model.mode(request.mode);
    if spec.is_some_and(|spec| spec.parameter("negative_prompt").is_some()) {
        request.negative_prompt = style.without(&request.negative_prompt);
    }
    request.written = Some(Written { template: written, style: Some(style.name.clone()) });
}
