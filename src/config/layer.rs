//! Layers of settings, each value with its origin, for the crate `config` to lay over each other. What cannot be used is
//! left out with a notice, so that the layer below shows through.

use config::{Map, Source, Value, ValueKind};

use super::notice::Notice;
use super::setting::{Known, Setting};

/// Values from one place.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    values: Vec<(&'static str, String, String)>,
}

/// Gathers a layer, and notices about what does not fit.
#[derive(Debug)]
pub struct Gather<'a> {
    known: Known<'a>,
    layer: Layer,
    notices: &'a mut Vec<Notice>,
}

impl<'a> Gather<'a> {
    /// Begins an empty layer.
    pub fn new(known: Known<'a>, notices: &'a mut Vec<Notice>) -> Gather<'a> {
        Gather { known, layer: Layer::default(), notices }
    }

    /// Takes a value; `origin` and `line` say where it was written.
    pub fn take(&mut self, setting: &'static Setting, text: &str, origin: &str, line: usize) {
        let shown = if line > 0 { format!("{origin}:{line}") } else { origin.to_owned() };
        match setting.normal(text, self.known) {
            Ok(normal) => self.layer.values.push((setting.name, normal, shown)),
            Err(why) => {
                let text = crate::domain::text::clean(text);
                let stays = if setting.stands_broken { "nothing can be sent until it is mended" } else { "not used" };
                self.notices.push(
                    Notice::new(origin, format!("{} = {text:?} cannot be used: {why}; {stays}", setting.name)).at(line),
                );
                if setting.stands_broken {
                    self.layer.values.push((setting.name, text.into_owned(), shown));
                }
            }
        }
    }

    /// Says something about the layer's place.
    pub fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// The finished layer.
    pub fn done(self) -> Layer {
        self.layer
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let value = |text: &String, origin| Value::new(Some(origin), ValueKind::String(text.clone()));
        Ok(self.values.iter().map(|(name, text, origin)| ((*name).to_owned(), value(text, origin))).collect())
    }
}
