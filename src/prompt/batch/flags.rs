//! What flags of other tools mean here.

/// What a flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// A field or parameter, by its name.
    Field(&'static str),
    /// A seed; a negative one is none.
    Seed,
    /// Pixels across.
    Width,
    /// Pixels down.
    Height,
    /// One factor of the number of pictures.
    Times,
    /// Something these models have no use for.
    Foreign,
}

/// Flags and their meaning; dashes within names are underscores.
const FLAGS: [(&str, Flag); 28] = [
    ("prompt", Flag::Field("prompt")),
    ("negative_prompt", Flag::Field("negative")),
    ("negative", Flag::Field("negative")),
    ("no", Flag::Field("negative")),
    ("model", Flag::Field("model")),
    ("mode", Flag::Field("mode")),
    ("size", Flag::Field("size")),
    ("ar", Flag::Field("ar")),
    ("aspect", Flag::Field("ar")),
    ("refs", Flag::Field("refs")),
    ("ref", Flag::Field("refs")),
    ("reference_images", Flag::Field("refs")),
    ("id", Flag::Field("id")),
    ("out", Flag::Field("out")),
    ("tags", Flag::Field("tags")),
    ("tag", Flag::Field("tags")),
    ("project", Flag::Field("project")),
    ("thinking", Flag::Field("thinking_mode")),
    ("extend", Flag::Field("prompt_extend")),
    ("enable_sequential", Flag::Field("enable_sequential")),
    ("enable_interleave", Flag::Field("enable_interleave")),
    ("seed", Flag::Seed),
    ("width", Flag::Width),
    ("height", Flag::Height),
    ("n", Flag::Times),
    ("n_iter", Flag::Times),
    ("batch_size", Flag::Times),
    ("batch_count", Flag::Times),
];

/// Flags that steer other models: Stable Diffusion's first, then Midjourney's.
const FOREIGN: [&str; 56] = [
    "sd_model",
    "steps",
    "cfg_scale",
    "sampler_name",
    "sampler_index",
    "sampler",
    "scheduler",
    "styles",
    "subseed",
    "subseed_strength",
    "seed_resize_from_h",
    "seed_resize_from_w",
    "restore_faces",
    "tiling",
    "clip_skip",
    "eta",
    "denoising_strength",
    "enable_hr",
    "hr_scale",
    "hr_upscaler",
    "hr_second_pass_steps",
    "do_not_save_samples",
    "do_not_save_grid",
    "outpath_samples",
    "outpath_grids",
    "prompt_for_display",
    "v",
    "version",
    "niji",
    "s",
    "stylize",
    "style",
    "c",
    "chaos",
    "q",
    "quality",
    "w",
    "weird",
    "iw",
    "sref",
    "sw",
    "cref",
    "cw",
    "oref",
    "ow",
    "p",
    "profile",
    "stop",
    "tile",
    "raw",
    "draft",
    "fast",
    "relax",
    "turbo",
    "stealth",
    "public",
];

/// What `name`, its dashes underscores, means; `None` for what nobody knows.
pub(super) fn meaning(name: &str) -> Option<Flag> {
    let own = FLAGS.iter().find(|(flag, _)| *flag == name).map(|(_, flag)| *flag);
    own.or_else(|| FOREIGN.contains(&name).then_some(Flag::Foreign))
}

/// Names of all flags that mean something here.
pub(super) fn names<'a>() -> impl Iterator<Item = &'a str> {
    FLAGS.iter().map(|(name, _)| *name)
}
