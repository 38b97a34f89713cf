//! What is wanted: the flags, laid over the JSON of `--request`. Whether a model can do it is decided later.

use serde_json::Value;

use crate::domain::{Mode, Request, Size};

use super::args::{EditArgs, GenArgs, Order, Switch};
use super::ratio::Ratio;

/// What is wanted; `None` or empty for what was not said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wish {
    /// Model, by name.
    pub model: Option<String>,
    /// The words; `-` for stdin.
    pub prompt: Option<String>,
    /// Input pictures as they were written: files, addresses, data URIs.
    pub pictures: Vec<String>,
    /// A series or a story; otherwise the pictures decide.
    pub mode: Option<Mode>,
    /// Size of the result.
    pub size: Option<Size>,
    /// Or its shape.
    pub ar: Option<Ratio>,
    /// How many.
    pub n: Option<u32>,
    /// Seed.
    pub seed: Option<u32>,
    /// A style around the words, by name.
    pub style: Option<String>,
    /// What to keep out.
    pub negative: Option<String>,
    /// Other parameters, by API name.
    pub options: Vec<(String, Value)>,
    /// Marked regions in their short form.
    pub boxes: Vec<String>,
    /// Colours in their short form, or `@FILE`.
    pub palette: Option<String>,
    /// `--set`, as written.
    pub set: Vec<(String, String)>,
    /// Seconds to wait.
    pub timeout: Option<u64>,
    /// A recipe's request, which all this changes.
    pub base: Option<Request>,
}

impl Wish {
    /// As the flags of `gen` say.
    pub fn of_gen(args: &GenArgs) -> Wish {
        Wish { prompt: args.prompt.clone(), pictures: args.refs.clone(), ..Wish::of_order(&args.order) }
    }

    /// As the flags of `edit` say.
    pub fn of_edit(args: &EditArgs) -> Wish {
        let wish = Wish::of_order(&args.order);
        let mode = wish.mode.or(Some(Mode::Edit));
        let pictures = args.images.iter().chain(&args.refs).cloned().collect();
        Wish { prompt: args.prompt.clone(), pictures, mode, ..wish }
    }

    /// As the flags both share say.
    pub fn of_order(order: &Order) -> Wish {
        let asked = &order.asked;
        let series = asked.sequential.then_some(Mode::Sequential);
        Wish {
            model: asked.model.clone(),
            mode: series.or(asked.interleave.then_some(Mode::Interleave)),
            size: asked.size,
            ar: asked.ar,
            n: asked.n,
            seed: asked.seed,
            style: asked.style.clone(),
            negative: asked.negative.clone(),
            options: options(order),
            boxes: order.pictures.bbox.clone(),
            palette: asked.palette.clone(),
            set: asked.set.clone(),
            timeout: order.service.timeout,
            ..Wish::default()
        }
    }

    /// This wish, and where it says nothing, the one below.
    pub fn over(self, below: Wish) -> Wish {
        let has_size = self.size.is_some() || self.ar.is_some();
        let mut options = below.options;
        options.retain(|(name, _)| name != "bbox_list" || self.boxes.is_empty());
        options.retain(|(name, _)| name != "color_palette" || self.palette.is_none());
        options.extend(self.options);
        let pictures = if self.pictures.is_empty() { below.pictures } else { self.pictures };
        // `edit` says no more than that there are pictures; a series or a story of them is the JSON's to ask for.
        let mode = match (self.mode, below.mode) {
            (None | Some(Mode::Edit), Some(mode)) => Some(mode),
            (mode, _) => mode,
        };
        Wish {
            model: self.model.or(below.model),
            prompt: self.prompt.or(below.prompt),
            pictures,
            mode,
            size: if has_size { self.size } else { below.size },
            ar: self.ar,
            n: self.n.or(below.n),
            seed: self.seed.or(below.seed),
            style: self.style.or(below.style),
            negative: self.negative.or(below.negative),
            options,
            boxes: self.boxes,
            palette: self.palette,
            set: self.set,
            timeout: self.timeout.or(below.timeout),
            base: self.base.or(below.base),
        }
    }

    /// What a model is asked to do.
    pub fn mode(&self) -> Mode {
        let plain = if self.pictures.is_empty() { Mode::TextToImage } else { Mode::Edit };
        let base = self.base.as_ref().map(|base| base.mode);
        match (self.mode, base) {
            // Pictures given to what had none make an edit of it; a series or a story stays one.
            (None | Some(Mode::Edit), Some(Mode::TextToImage)) => self.mode.unwrap_or(plain),
            (None | Some(Mode::Edit), Some(base)) => base,
            (mode, _) => mode.unwrap_or(plain),
        }
    }
}

fn options(order: &Order) -> Vec<(String, Value)> {
    let asked = &order.asked;
    let switch = |switch: Option<Switch>| switch.map(|switch| Value::Bool(switch.is_on()));
    let given = [
        ("thinking_mode", switch(asked.thinking)),
        ("prompt_extend", switch(asked.extend)),
        ("watermark", asked.watermark.then_some(Value::Bool(true))),
        ("max_images", asked.max_images.map(Value::from)),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::args::RequestFlags;
    use super::*;

    #[test]
    fn flags_win_over_what_lies_below_and_leave_the_rest() {
        let asked = RequestFlags { n: Some(2), watermark: true, ..RequestFlags::default() };
        let args = GenArgs { order: Order { asked, ..Order::default() }, ..GenArgs::default() };
        let below = Wish {
            prompt: Some("below".into()),
            n: Some(4),
            seed: Some(7),
            mode: Some(Mode::Sequential),
            options: vec![("watermark".into(), false.into()), ("prompt_extend".into(), true.into())],
            ..Wish::default()
        };
        let wish = Wish::of_gen(&args).over(below);
        assert_eq!((wish.n, wish.seed, wish.prompt.as_deref()), (Some(2), Some(7), Some("below")));
        assert_eq!(wish.mode(), Mode::Sequential);
        // Options are set in order: the last one holds.
        assert_eq!(wish.options.last(), Some(&("watermark".to_owned(), Value::Bool(true))));
    }

    #[test]
    fn pictures_make_an_edit_unless_a_series_or_a_story_is_asked_for() {
        let mode = |pictures: &[&str], interleave| {
            let asked = RequestFlags { interleave, ..RequestFlags::default() };
            let refs = pictures.iter().map(|text| (*text).to_owned()).collect();
            Wish::of_gen(&GenArgs { refs, order: Order { asked, ..Order::default() }, ..GenArgs::default() }).mode()
        };
        assert_eq!((mode(&[], false), mode(&["a.png"], false)), (Mode::TextToImage, Mode::Edit));
        assert_eq!(mode(&["a.png"], true), Mode::Interleave);
    }
}
