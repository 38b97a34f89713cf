//! How an emulator behaves: what it is started with. Not here: what can go wrong (`faults`).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::faults::FaultRule;

/// How an emulator behaves. Everything has a default that suits `pinxit demo`.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one key that is right. `None`: any key that starts with `sk-` but not with `sk-sp-`.
    pub key: Option<String>,
    /// How long a task stays in each state.
    pub delays: Delays,
    /// What goes wrong from the start; more can be added with [`super::Emulator::inject`].
    pub faults: Vec<FaultRule>,
    /// Fixes every id. `None` takes one from the clock, so that a task id of an earlier run is
    /// unknown instead of naming somebody else's task.
    pub seed: Option<u64>,
    /// Which of two documented behaviours to show where sources disagree.
    pub variants: Variants,
    /// Keeps the service's rates (contract 3.5): 429 `Throttling.RateQuota` beyond them, and tasks
    /// that wait for a free place.
    pub rates: bool,
    /// Whose rates and models. `None`: Singapore's rates, and every model.
    pub region: Option<Region>,
    /// Fills each picture with one colour of its own instead of painting it: for whoever counts
    /// pictures and never looks at them.
    pub plain: bool,
}

/// Where the service would stand (contract 3.5, 3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Region {
    /// `ap-southeast-1`.
    #[default]
    Singapore,
    /// `cn-beijing`.
    Beijing,
    /// `us-east-1`.
    Virginia,
    /// `eu-central-1`: tasks only.
    Frankfurt,
}

impl Region {
    /// All of them.
    pub const ALL: [Region; 4] = [Region::Singapore, Region::Beijing, Region::Virginia, Region::Frankfurt];

    /// The service's name of the region.
    pub fn id(self) -> &'static str {
        match self {
            Region::Singapore => "ap-southeast-1",
            Region::Beijing => "cn-beijing",
            Region::Virginia => "us-east-1",
            Region::Frankfurt => "eu-central-1",
        }
    }
}

/// Where the sources of the contract disagree or are silent, the reading that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Variants {
    /// An unknown model answers 404 `ModelNotFound` instead of 400 `InvalidParameter`
    /// (contract 11).
    pub unknown_model_404: bool,
    /// A FAILED task carries `code` and `message` beside `output` instead of inside
    /// (contract 4.3).
    pub failure_on_top: bool,
    /// qwen-image-max is accepted on the asynchronous text2image path (contract 12, row 1).
    pub qwen_image_max_async: bool,
    /// wan2.7 is accepted on the asynchronous image-generation path (contract 12, row 9).
    pub wan27_async: bool,
    /// Several pictures of wan2.7 or wan2.6-t2i stand in one choice instead of one choice each
    /// (contract 13.2).
    pub wan_one_choice: bool,
    /// Several pictures of qwen stand in one choice each instead of one choice (contract 2.4).
    pub qwen_choice_each: bool,
    /// A CANCELED task tells its times (contract 13.5).
    pub canceled_times: bool,
    /// CANCELED is spelled CANCELLED (contract 4.2).
    pub cancelled_spelling: bool,
    /// A PENDING task tells its times, and a RUNNING one of the newer protocol (contract 13.5).
    pub early_times: bool,
    /// Every 429 says when to come back, in `Retry-After` (contract 13.8).
    pub retry_after: bool,
    /// Where a model takes files of 20 MB, a data URI may carry as much (contract 13.10).
    pub large_data_uris: bool,
    /// wan2.6-t2i takes one input image (contract 13.12).
    pub wan26_t2i_edits: bool,
    /// qwen-image-2.0 is accepted on the asynchronous image-generation path (contract 13.13).
    pub qwen2_async: bool,
    /// Pictures of qwen-image-2.0 are rounded to multiples of 16, as those of qwen-image-edit-max
    /// are. Contract 3.1 knows an area rule only, so this is not the reading shown unasked; its
    /// machine-readable form names the 16 for both families.
    pub qwen2_snaps: bool,
    /// wan2.7 refuses `negative_prompt` and `prompt_extend` instead of ignoring them
    /// (contract 13.3).
    pub wan27_strict: bool,
    /// `1024x1024` and `2k` are sizes too (contract 13.7).
    pub loose_sizes: bool,
    /// The 1280*1280 minimum of wan2.6-t2i and wan2.5-t2i-preview is not enforced (contract 13.7).
    pub small_sizes: bool,
    /// A sequence or story ends one picture early where it has more than one: the count asked for
    /// is a ceiling (contract 3.3.8).
    pub short_series: bool,
    /// `oss://` without its header answers `InvalidParameter.DataInspection` instead of
    /// `invalid_parameter_error` (contract 11).
    pub oss_header_inspection: bool,
    /// A stream is asked for by header and by `parameters.stream`, or refused (contract 5); without
    /// this the header is enough, as the vendor's SDK sends it.
    pub sse_pair: bool,
    /// Streams end their lines with CRLF and put a space behind a field's colon (contract 5).
    pub sse_crlf: bool,
    /// Streams send a comment before each event (contract 5).
    pub sse_pings: bool,
    /// Streams say `finished: true` in every event, not in the last one only (contract 5).
    pub sse_finished: bool,
    /// A refused stream keeps its HTTP status instead of saying 200 (contract 5).
    pub sse_error_status: bool,
    /// The task list gives ten tasks a page, whatever size is asked for (contract 4.5 knows no most).
    pub small_pages: bool,
    /// Milliseconds before a new task is listed; it can be asked after at once (contract 4.5 is silent).
    pub list_delay_ms: u32,
    /// Tasks of the same model that other keys of the account send within ten seconds of each task of the client's; they
    /// stand in its list (contract 4.5).
    pub foreign_tasks: u32,
}

impl Default for Variants {
    fn default() -> Self {
        Variants {
            unknown_model_404: false,
            failure_on_top: false,
            qwen_image_max_async: false,
            wan27_async: true,
            wan_one_choice: false,
            qwen_choice_each: false,
            canceled_times: false,
            cancelled_spelling: false,
            early_times: false,
            retry_after: false,
            large_data_uris: false,
            wan26_t2i_edits: false,
            qwen2_async: false,
            qwen2_snaps: false,
            wan27_strict: false,
            loose_sizes: false,
            small_sizes: false,
            short_series: false,
            oss_header_inspection: false,
            sse_pair: false,
            sse_crlf: false,
            sse_pings: false,
            sse_finished: false,
            sse_error_status: false,
            small_pages: false,
            list_delay_ms: 0,
            foreign_tasks: 0,
        }
    }
}

/// How a task moves from PENDING over RUNNING to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delays {
    /// By time. A synchronous call takes the sum of both.
    After {
        /// Time in PENDING.
        pending: Duration,
        /// Time in RUNNING.
        running: Duration,
    },
    /// By question: every task query answers the state and then moves it on, so three queries
    /// read PENDING, RUNNING and the end. A synchronous call answers at once.
    ByPoll,
}

impl Default for Delays {
    /// Half a second of waiting and one and a half of painting: long enough to be seen.
    fn default() -> Self {
        Delays::After { pending: Duration::from_millis(500), running: Duration::from_millis(1500) }
    }
}
