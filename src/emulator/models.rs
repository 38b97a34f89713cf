//! The models this server knows: their paths, counts, sizes and body layout, from contract 3.1
//! and 2.3-2.4. Not here: what a request says (`check`) and how a size is judged (`size`).

use super::Variants;
use super::inputs::InputRule;
use super::size::Sizes;

/// The generation paths, without `/api/v1` (contract 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Messages, answered at once.
    Sync,
    /// Messages, answered with a task.
    Messages,
    /// Prompt, answered with a task: the older text-to-image protocol.
    Text2Image,
    /// Prompt and images, answered with a task: the older editing protocol.
    Image2Image,
}

impl Route {
    /// All of them.
    pub const ALL: [Route; 4] = [Route::Sync, Route::Messages, Route::Text2Image, Route::Image2Image];

    pub fn path(self) -> &'static str {
        match self {
            Route::Sync => "/services/aigc/multimodal-generation/generation",
            Route::Messages => "/services/aigc/image-generation/generation",
            Route::Text2Image => "/services/aigc/text2image/image-synthesis",
            Route::Image2Image => "/services/aigc/image2image/image-synthesis",
        }
    }

    /// Whether the path needs `X-DashScope-Async: enable`.
    pub fn is_async(self) -> bool {
        self != Route::Sync
    }

    /// Whether the path speaks the older protocol: `input.prompt` in, `output.results` out.
    pub fn is_prompted(self) -> bool {
        matches!(self, Route::Text2Image | Route::Image2Image)
    }
}

/// How a model stands to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The path is its own.
    Served,
    /// The path is its family's, but this model is synchronous only (contract 6.3, row 2).
    SyncOnly,
    /// Another family's path (contract 6.3, row 3).
    Foreign,
}

/// Which body a model answers with (contract 2.3, 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Typed content items, `finished`, usage by size and tokens; one choice per image.
    Wan,
    /// Untyped content items in one choice; usage by height and width.
    Qwen,
    /// As `Qwen`, with `task_metric`.
    QwenMetric,
    /// An image item and a text item, reasoning, usage by both.
    ZImage,
}

/// How many images a request may ask for (contract 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// 1 to `max`, `default` when absent.
    Up {
        /// Largest legal `n`.
        max: u64,
        /// `n` when the request names none.
        default: u64,
    },
    /// Anything but 1 is refused with the service's own sentence (contract 3.3.10).
    OnlyOne,
    /// `n` is not looked at: one image comes back (contract 3.3.11).
    Unread,
}

/// One model.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// The name in `model`.
    pub id: &'static str,
    /// Snapshots and regional names that behave the same.
    pub aliases: &'static [&'static str],
    /// Standing on [`Route::Sync`].
    pub sync: Standing,
    /// Standing on [`Route::Messages`].
    pub messages: Standing,
    /// Standing on [`Route::Text2Image`].
    pub text2image: Standing,
    /// Standing on [`Route::Image2Image`].
    pub image2image: Standing,
    /// Body layout on the messages paths.
    pub layout: Layout,
    /// Fewest and most input images.
    pub images: (usize, usize),
    /// What an input image may be.
    pub inputs: InputRule,
    /// Images out.
    pub count: Count,
    /// Sizes.
    pub sizes: Sizes,
    /// `prompt_extend` when the request does not say (contract 3.2).
    pub extends: bool,
    /// Sequences, regions and palettes: the wan2.7 parameters.
    pub steers: bool,
    /// Text and images mixed in one answer: wan2.6-image.
    pub interleaves: bool,
}

impl Model {
    /// How this model stands to a path, under the chosen variants.
    pub fn standing(&self, route: Route, variants: Variants) -> Standing {
        match route {
            Route::Sync => self.sync,
            Route::Messages if self.steers && !variants.wan27_async => Standing::SyncOnly,
            Route::Messages if self.is_qwen2() && variants.qwen2_async => Standing::Served,
            Route::Messages => self.messages,
            Route::Text2Image if self.id == QWEN_MAX.id && variants.qwen_image_max_async => Standing::Served,
            Route::Text2Image => self.text2image,
            Route::Image2Image => self.image2image,
        }
    }

    /// Fewest and most input images, under the chosen variants.
    pub fn images_in(&self, interleave: bool, variants: Variants) -> (usize, usize) {
        match self.images {
            _ if interleave => (0, 1),
            _ if self.id == WAN26_T2I.id && variants.wan26_t2i_edits => (0, 1),
            images => images,
        }
    }

    /// The size rule, under the chosen variants.
    pub fn sizes(&self, interleave: bool, variants: Variants) -> Sizes {
        let sizes = match self.sizes {
            _ if interleave => Sizes::INTERLEAVED,
            sizes if self.is_qwen2() && variants.qwen2_snaps => sizes.snapping(),
            sizes => sizes,
        };
        if variants.small_sizes { sizes.lenient() } else { sizes }
    }

    fn is_qwen2(&self) -> bool {
        self.id.starts_with(QWEN2.id)
    }
}

/// The model of that name, snapshots and regional names included.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == name || model.aliases.contains(&name))
}

const UP_TO_FOUR: Count = Count::Up { max: 4, default: 4 };
const UP_TO_SIX: Count = Count::Up { max: 6, default: 1 };

const WAN27: Model = Model {
    id: "wan2.7-image",
    aliases: &[],
    sync: Standing::Served,
    messages: Standing::Served,
    text2image: Standing::Foreign,
    image2image: Standing::Foreign,
    layout: Layout::Wan,
    images: (0, 9),
    inputs: InputRule::WAN27,
    count: Count::Up { max: 4, default: 1 },
    sizes: Sizes::WAN27,
    extends: false,
    steers: true,
    interleaves: false,
};

const WAN26_T2I: Model = Model {
    id: "wan2.6-t2i",
    images: (0, 0),
    inputs: InputRule::WAN26,
    count: UP_TO_FOUR,
    sizes: Sizes::WAN26_T2I,
    extends: true,
    steers: false,
    ..WAN27
};

const WAN25: Model = Model {
    id: "wan2.5-t2i-preview",
    sync: Standing::Foreign,
    messages: Standing::Foreign,
    text2image: Standing::Served,
    ..WAN26_T2I
};

const WAN22: Model = Model { id: "wan2.2-t2i-flash", sizes: Sizes::WAN_OLD, ..WAN25 };

const QWEN2: Model = Model {
    id: "qwen-image-2.0",
    aliases: &["qwen-image-2.0-2026-03-03"],
    sync: Standing::Served,
    messages: Standing::Foreign,
    text2image: Standing::Foreign,
    image2image: Standing::Foreign,
    layout: Layout::Qwen,
    images: (0, 3),
    inputs: InputRule::QWEN,
    count: UP_TO_SIX,
    sizes: Sizes::QWEN2,
    extends: true,
    steers: false,
    interleaves: false,
};

const QWEN_EDIT_PLUS: Model = Model {
    id: "qwen-image-edit-plus",
    aliases: &["qwen-image-edit-plus-2025-12-15", "qwen-image-edit-plus-2025-10-30"],
    images: (1, 3),
    sizes: Sizes::QWEN_EDIT,
    ..QWEN2
};

const QWEN_PLUS: Model = Model {
    id: "qwen-image-plus",
    aliases: &[],
    text2image: Standing::Served,
    layout: Layout::QwenMetric,
    images: (0, 0),
    count: Count::OnlyOne,
    sizes: Sizes::QWEN_FIXED,
    ..QWEN2
};

const QWEN_MAX: Model = Model {
    id: "qwen-image-max",
    aliases: &["qwen-image-max-2025-12-30"],
    text2image: Standing::SyncOnly,
    ..QWEN_PLUS
};

static MODELS: &[Model] = &[
    Model { id: "wan2.7-image-pro", sizes: Sizes::WAN27_PRO, ..WAN27 },
    WAN27,
    Model {
        id: "wan2.6-image",
        images: (1, 4),
        inputs: InputRule::WAN26,
        count: UP_TO_FOUR,
        sizes: Sizes::WAN26_IMAGE,
        extends: true,
        steers: false,
        interleaves: true,
        ..WAN27
    },
    WAN26_T2I,
    WAN25,
    WAN22,
    Model { id: "wan2.2-t2i-plus", ..WAN22 },
    Model { id: "wanx2.1-t2i-turbo", aliases: &["wan2.1-t2i-turbo"], ..WAN22 },
    Model { id: "wanx2.1-t2i-plus", aliases: &["wan2.1-t2i-plus"], ..WAN22 },
    Model { id: "wanx2.0-t2i-turbo", ..WAN22 },
    Model {
        id: "wan2.5-i2i-preview",
        text2image: Standing::Foreign,
        image2image: Standing::Served,
        images: (1, 3),
        inputs: InputRule::WAN25,
        sizes: Sizes::WAN25_I2I,
        ..WAN25
    },
    Model {
        id: "qwen-image-2.0-pro",
        aliases: &["qwen-image-2.0-pro-2026-04-22", "qwen-image-2.0-pro-2026-03-03"],
        ..QWEN2
    },
    QWEN2,
    Model { id: "qwen-image-edit-max", aliases: &["qwen-image-edit-max-2026-01-16"], ..QWEN_EDIT_PLUS },
    QWEN_EDIT_PLUS,
    Model { id: "qwen-image-edit", aliases: &[], count: Count::Unread, sizes: Sizes::UNREAD, ..QWEN_EDIT_PLUS },
    QWEN_MAX,
    QWEN_PLUS,
    Model { id: "qwen-image-plus-2026-01-09", text2image: Standing::SyncOnly, ..QWEN_PLUS },
    Model { id: "qwen-image", ..QWEN_PLUS },
    Model {
        id: "z-image-turbo",
        aliases: &[],
        layout: Layout::ZImage,
        images: (0, 0),
        count: Count::Unread,
        sizes: Sizes::Z_IMAGE,
        extends: false,
        ..QWEN2
    },
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_is_one_model() {
        let names: Vec<&str> =
            MODELS.iter().flat_map(|model| std::iter::once(model.id).chain(model.aliases.iter().copied())).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(find("qwen-image-2.0-pro-2026-03-03").is_some());
        assert!(find("wan9").is_none());
    }

    #[test]
    fn paths_are_those_of_the_contract() {
        let served = |name: &str| {
            let model = find(name).unwrap();
            Route::ALL.map(|route| model.standing(route, Variants::default()))
        };
        use Standing::{Foreign, Served, SyncOnly};
        assert_eq!(served("wan2.7-image-pro"), [Served, Served, Foreign, Foreign]);
        assert_eq!(served("wan2.6-image"), [Served, Served, Foreign, Foreign]);
        assert_eq!(served("wan2.6-t2i"), [Served, Served, Foreign, Foreign]);
        assert_eq!(served("wan2.5-t2i-preview"), [Foreign, Foreign, Served, Foreign]);
        assert_eq!(served("wan2.1-t2i-plus"), [Foreign, Foreign, Served, Foreign]);
        assert_eq!(served("wan2.5-i2i-preview"), [Foreign, Foreign, Foreign, Served]);
        assert_eq!(served("qwen-image-2.0"), [Served, Foreign, Foreign, Foreign]);
        assert_eq!(served("qwen-image-plus"), [Served, Foreign, Served, Foreign]);
        assert_eq!(served("qwen-image"), [Served, Foreign, Served, Foreign]);
        assert_eq!(served("qwen-image-max"), [Served, Foreign, SyncOnly, Foreign]);
        assert_eq!(served("qwen-image-edit"), [Served, Foreign, Foreign, Foreign]);
        assert_eq!(served("z-image-turbo"), [Served, Foreign, Foreign, Foreign]);
    }

    #[test]
    fn variants_change_standings() {
        let other = Variants { qwen_image_max_async: true, wan27_async: false, ..Variants::default() };
        let standing = |name: &str, route| find(name).unwrap().standing(route, other);
        assert_eq!(standing("qwen-image-max", Route::Text2Image), Standing::Served);
        assert_eq!(standing("wan2.7-image", Route::Messages), Standing::SyncOnly);
        assert_eq!(standing("wan2.6-t2i", Route::Messages), Standing::Served);
        let qwen2 = Variants { qwen2_async: true, ..Variants::default() };
        for (name, expected) in [("qwen-image-2.0-pro", Standing::Served), ("qwen-image-edit", Standing::Foreign)] {
            assert_eq!(find(name).unwrap().standing(Route::Messages, qwen2), expected, "{name}");
        }
    }
}
