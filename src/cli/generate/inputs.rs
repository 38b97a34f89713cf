//! Local input pictures: looked at before anything is asked or paid, and, for a dry run, shown as what they would become.

use std::path::Path;

use crate::api::{Carriage, carriage};
use crate::catalog::{ModeSpec, Violation, boxes_inside};
use crate::domain::{Fault, InputFacts, Reference, Request, text};
use crate::{engine, picture};

/// What a look at the local pictures found.
#[derive(Debug, Default)]
pub struct Looked {
    /// What will be done to copies of them.
    pub notices: Vec<String>,
    /// What no mending helps.
    pub violations: Vec<Violation>,
}

/// Looks at every local picture of a request, and whether what is marked lies within it.
pub fn look(request: &Request, spec: &ModeSpec) -> Looked {
    let mut looked = Looked::default();
    // Width and height of each picture; `None` for one that is not here.
    let mut sizes: Vec<Option<(u32, u32)>> = Vec::with_capacity(request.images.len());
    for (index, image) in request.images.iter().enumerate() {
        let Reference::File(path) = image else {
            sizes.push(None);
            continue;
        };
        let (nth, name) = (index + 1, shown(path));
        let facts = picture::facts(path).map_err(|why| unusable(why.to_string(), spec));
        sizes.push(facts.as_ref().ok().map(|facts: &InputFacts| (facts.width, facts.height)));
        match facts.and_then(|facts| spec.images.plan(&facts)) {
            Ok(mending) => {
                let said = mending.notices.iter().map(|notice| format!("image {nth} ({name}): {notice}"));
                looked.notices.extend(said);
            }
            Err(violation) => {
                let message = format!("image {nth} ({name}): {}", violation.message);
                looked.violations.push(Violation { message, ..violation });
            }
        }
    }
    let boxes = request.get("bbox_list");
    looked.violations.extend(boxes.and_then(|boxes| boxes_inside(&boxes, &sizes)));
    looked
}

fn unusable(message: String, spec: &ModeSpec) -> Violation {
    let legal = match spec.images.formats.as_slice() {
        [] => "a picture file".to_owned(),
        formats => format!("a file of {}", formats.join(", ")),
    };
    let source = spec.images.source.clone();
    Violation { field: "images".into(), rule: "not_a_picture", message, legal, source }
}

fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    text::clean(&name).into_owned()
}

/// The request as it would be sent: local pictures as the data URI or the address they become. Beside it, what would
/// happen first.
pub fn carried(request: &Request, spec: &ModeSpec) -> Result<(Request, Vec<String>), Fault> {
    let (mut carried, mut first) = (request.clone(), vec![]);
    for (index, image) in request.images.iter().enumerate() {
        let Reference::File(path) = image else { continue };
        let (nth, name) = (index + 1, shown(path));
        let prepared = engine::prepare(nth, path, &spec.images)?;
        let url = match carriage(&prepared.bytes, prepared.format) {
            Carriage::Inline(uri) => uri,
            Carriage::Upload => {
                first.push(format!("image {nth} ({name}) is uploaded first: its address is the service's to give"));
                // Named by its content, as an upload is remembered.
                format!("oss://uploaded-first/{}.{}", &prepared.sha256, prepared.format.extension())
            }
        };
        engine::place(&mut carried, index, prepared.was, prepared.size, url);
    }
    Ok((carried, first))
}
