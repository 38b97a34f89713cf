//! pinxit (Latin: "painted this"): a terminal studio for making images with Alibaba's Wan and Qwen-Image models.
//!
//! # The house
//!
//! ```text
//!   keys, paste, resize ──► tui ─── intents ──►┐             ┌──► engine ──► api ──► DashScope, or the emulator
//!         screen bytes ◄─── tui ◄── changes ───┤    store    ├◄── jobs due, wishes
//!                                              │  (SQLite +  │
//!   scripts ──────────────► cli ─── intents ──►┘   pictures) └─── results, files, ledger
//! ```
//!
//! **The store is the meeting place.** Studio and command line never send a paid call: they write intents (new jobs,
//! cancel, send again) in short transactions and read what changed. The command line asks the service itself only what costs
//! nothing: whether a task can be cancelled (`cancel`), which tasks no job knows (`rescue`) and what became of one (`fetch`), whether the key is
//! good (`doctor`). The engine takes due jobs from the store, drives each
//! through its life, and writes every step down before and after it happens. So there is one code path, whether screen,
//! script and engine share a process or not: the demo, tests and `--inline` run the engine in the program that asks, all
//! else leaves it to the background worker (`cli::worker`), a process that outlives the terminal. A file lock decides who
//! works.
//!
//! # Reading order
//!
//! 1. [`domain`]: the nouns. [`domain::Phase`] is the life of a job, the one state machine worth drawing.
//! 2. [`catalog`]: what each model can do, as data (`catalog/models.toml`), and the rules that read it.
//!    [`prompt`]: wildcards and batch files, one text to many requests.
//! 3. [`engine`]: the life of a job as one readable function; [`api`] below it, [`store`] beside it.
//! 4. [`tui`]: `update(state, now, msg)` changes, `view(state)` draws, `runtime` does; [`tui::action`] is the one table of
//!    everything a user can ask for, and the law for keymaps; help, palette, hints, `pinxit keys` and the README's table
//!    come from it. [`keymap`] and [`theme`] are data, a user's `keymap.toml` goes over the preset.
//!    The texts of the form are our own, not a widget's: [`domain::Writing`] keeps a text with its past, so that undo
//!    outlives the studio; `tui/layout/rows.rs` divides it into rows, and `view` draws it, what would be cut struck through.
//!    A line whose past ends with it, such as a filter or a path, is a text area of one line (`tui/state/line.rs`).
//! 5. [`cli`]: one file or folder for each family of subcommands, the studio's opening, and the background worker.
//!    `cli/batch/fate.rs` is the one place that decides whether a row of a batch is paid for again; the studio's batch
//!    screen asks it through [`tui::runtime::Planner`], so that a file is planned and begun by the same code everywhere. A recipe in
//!    a file is read through [`tui::runtime::Recipes`], for the same reason.
//! 6. [`recipe`]: what a picture was made from, as it stands in its file, and what other tools wrote into theirs.
//! 7. [`emulator`]: a local DashScope that shares nothing with the client, so that it cannot inherit its mistakes.
//!
//! # Who may import whom
//!
//! Enforced by `tests/it/architecture`; the graph has no cycle.
//!
//! | room | may import | must never mention |
//! |---|---|---|
//! | [`domain`] | nothing | screens, network, database, clocks, files |
//! | [`catalog`], [`prompt`] | domain | same |
//! | [`keymap`], [`theme`] | domain | async, files |
//! | [`config`] | domain, catalog, prompt, keymap, theme | screens |
//! | [`picture`] | domain | screens |
//! | [`recipe`] | domain, catalog | screens, network, database, clocks, files |
//! | [`api`] | domain, catalog, picture | screens |
//! | [`store`] | domain, picture | screens |
//! | [`graphics`] | domain, picture | network, database |
//! | [`engine`] | domain, catalog, api, store, picture, recipe | screens |
//! | `tui` core: state, action, msg, effect, layout, update, view | domain, catalog, prompt, keymap, theme, each other downward; update and view never each other | async, files, environment, clocks |
//! | [`tui::runtime`] | tui core, domain, keymap, config, store, picture, graphics | network, database |
//! | [`emulator`] | nothing of ours | screens |
//! | [`cli`] | everything | |
//!
//! [`api`] imports [`picture`] because a download that is not a picture is not a download: bytes are decoded before they
//! count as brought home.

pub mod api;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod domain;
pub mod emulator;
pub mod engine;
pub mod graphics;
pub mod keymap;
pub mod picture;
pub mod prompt;
pub mod recipe;
pub mod store;
pub mod theme;
pub mod tui;
