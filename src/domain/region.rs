//! Where the service runs. Keys, hosts, models and prices of different regions are not interchangeable (contract 1.1).

use serde::{Deserialize, Serialize};

use super::Currency;

/// A region of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Region {
    /// `ap-southeast-1`, the specification's own.
    #[default]
    #[serde(rename = "ap-southeast-1")]
    Singapore,
    /// `cn-beijing`.
    #[serde(rename = "cn-beijing")]
    Beijing,
    /// `us-east-1`.
    #[serde(rename = "us-east-1")]
    Virginia,
    /// `eu-central-1`; has a workspace host only.
    #[serde(rename = "eu-central-1")]
    Frankfurt,
}

impl Region {
    /// All of them, in the order of the contract's table.
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

    /// The city, for screens.
    pub fn city(self) -> &'static str {
        match self {
            Region::Singapore => "Singapore",
            Region::Beijing => "Beijing",
            Region::Virginia => "Virginia",
            Region::Frankfurt => "Frankfurt",
        }
    }

    /// Finds a region by its id or city.
    pub fn parse(text: &str) -> Option<Region> {
        let wanted = text.trim();
        Region::ALL.into_iter().find(|r| r.id().eq_ignore_ascii_case(wanted) || r.city().eq_ignore_ascii_case(wanted))
    }

    /// The shared host's native base URL, where there is one (contract 1.1).
    pub fn base_url(self) -> Option<&'static str> {
        match self {
            Region::Singapore => Some("https://dashscope-intl.aliyuncs.com/api/v1"),
            Region::Beijing => Some("https://dashscope.aliyuncs.com/api/v1"),
            Region::Virginia => Some("https://dashscope-us.aliyuncs.com/api/v1"),
            Region::Frankfurt => None,
        }
    }

    /// Where keys of this region are made.
    pub fn console(self) -> &'static str {
        match self {
            Region::Beijing => "https://bailian.console.aliyun.com",
            _ => "https://modelstudio.console.alibabacloud.com",
        }
    }

    /// The currency of the region's price page.
    pub fn currency(self) -> Currency {
        match self {
            Region::Beijing => Currency::Cny,
            _ => Currency::Usd,
        }
    }
}
