//! How often to ask after a task, and how long to wait before trying again. Pure.

use std::time::Duration;

use crate::domain::Stamp;

/// How patient the engine is with an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From the submit to the first question after the task.
    pub first_poll: Duration,
    /// The longest span between two questions.
    pub longest_poll: Duration,
    /// Before the first repetition of something that failed; doubled each time.
    pub first_retry: Duration,
    /// The longest span between two repetitions.
    pub longest_retry: Duration,
}

impl Pace {
    /// For the service: 3 s, x 1.5, at most 10 s (contract 4.6: 5 to 10 s on the pages, 3 s to begin with in the guide).
    pub const SERVICE: Pace = Pace {
        first_poll: Duration::from_secs(3),
        longest_poll: Duration::from_secs(10),
        first_retry: Duration::from_secs(2),
        longest_retry: Duration::from_secs(60),
    };

    /// For an emulator on this machine, whose pictures take a second or two and whose questions cost nothing.
    pub const LOOPBACK: Pace = Pace {
        first_poll: Duration::from_millis(150),
        longest_poll: Duration::from_millis(250),
        first_retry: Duration::from_millis(100),
        longest_retry: Duration::from_secs(1),
    };

    /// The pace for a base URL.
    pub fn for_url(base_url: &str) -> Pace {
        let host = url::Url::parse(base_url).ok();
        let local = host.as_ref().and_then(|url| url.host()).is_some_and(|host| match host {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        });
        if local { Pace::LOOPBACK } else { Pace::SERVICE }
    }
}

/// The longest a question is put off because earlier tasks of the model took that long.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// When to ask after one task.
#[derive(Debug)]
pub(super) struct Schedule {
    pace: Pace,
    /// When it will be worth asking, by the model's median so far.
    ripe: Option<Stamp>,
    step: Duration,
}

impl Schedule {
    /// For a task that was sent then, of a model that takes so long.
    pub(super) fn new(pace: Pace, sent: Stamp, median: Option<Duration>) -> Schedule {
        let ripe = median.map(|median| sent.after((median * 4 / 5).min(PATIENCE)));
        Schedule { pace, ripe, step: pace.first_poll }
    }

    /// The next moment to ask. Once the service is at work there is nothing to see before the picture is nearly done; nor is
    /// there where so many tasks are followed (`crowded`) that nobody watches one begin.
    pub(super) fn next(&mut self, now: Stamp, running: bool, crowded: bool) -> Stamp {
        let soon = now.after(self.step);
        // Further off than it was ever put: the wall clock was set back.
        self.ripe = self.ripe.filter(|ripe| *ripe <= now.after(PATIENCE));
        if (running || crowded)
            && let Some(ripe) = self.ripe.take_if(|ripe| *ripe > soon)
        {
            self.step = self.pace.first_poll;
            return ripe;
        }
        self.step = (self.step * 3 / 2).min(self.pace.longest_poll);
        soon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(median: Option<u64>, running_from: usize) -> Vec<f64> {
        asked_in(false, median, running_from)
    }

    fn asked_in(crowd: bool, median: Option<u64>, running_from: usize) -> Vec<f64> {
        let mut schedule = Schedule::new(Pace::SERVICE, Stamp(0), median.map(Duration::from_secs));
        let mut now = Stamp(0);
        (0..6)
            .map(|nth| {
                now = schedule.next(now, nth >= running_from, crowd);
                now.0 as f64 / 1e3
            })
            .collect()
    }

    #[test]
    fn questions_grow_rarer_and_wait_for_the_time_a_picture_takes() {
        assert_eq!(asked(None, 1), [3.0, 7.5, 14.25, 24.25, 34.25, 44.25]);
        assert_eq!(asked(Some(60), 1)[..3], [3.0, 48.0, 51.0], "at work: asked again at 0.8 of the median");
        assert_eq!(asked(Some(60), 9)[..3], [3.0, 7.5, 14.25], "not begun: the median says nothing yet");
        assert_eq!(asked(Some(4), 1)[..2], [3.0, 7.5], "a median that is nearly over changes nothing");
        assert_eq!(asked_in(true, Some(60), 9)[..2], [48.0, 51.0], "in a crowd the first question is worth its while");
        assert_eq!(asked_in(true, None, 9)[..2], [3.0, 7.5], "nothing is known of the model yet");
    }

    #[test]
    fn only_this_machine_is_asked_in_quick_steps() {
        for near in ["http://127.0.0.1:8765/api/v1", "http://[::1]:1/", "http://localhost/api/v1"] {
            assert_eq!(Pace::for_url(near), Pace::LOOPBACK, "{near}");
        }
        for far in ["https://dashscope-intl.aliyuncs.com/api/v1", "https://localhost.evil.tld", "", "127.0.0.1"] {
            assert_eq!(Pace::for_url(far), Pace::SERVICE, "{far}");
        }
    }
}
