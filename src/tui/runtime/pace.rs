//! How fast pictures go, so that nothing typed waits behind them. What is written is soon out of our hands and long on its
//! way: sshd and the network take megabytes before a write blocks. So the terminal itself says how far it is: behind each
//! piece it is asked for its state, and only so much is on its way unanswered as the line carries in a blink.
//!
//! Pure: whoever calls tells the time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// "Are you there?", which every terminal that draws pictures answers.
pub(super) const PROBE: &[u8] = b"\x1b[5n";

/// Its answer.
pub(super) const HERE: &[u8] = b"\x1b[0n";

/// How long a key's echo may wait behind what is on its way.
const BLINK: Duration = Duration::from_millis(20);

/// Bytes on their way, before anything is known of the line: a quarter of a second on a slow one.
const AT_FIRST: usize = 16 * 1024;

/// Bytes on their way at least and at most.
const WINDOW: (usize, usize) = (4 * 1024, 512 * 1024);

/// A terminal that has not answered for so long does not.
const DEAF: Duration = Duration::from_secs(3);

/// Bytes a second where nobody can tell: inside tmux, which answers for itself.
const ASSUMED: u64 = 1024 * 1024;

/// Bytes a second below which a line is slow, and what a picture may cost there: on the slowest a second of the line.
const SLOW: [(u64, usize); 3] = [(16 * 1024, 16 * 1024), (32 * 1024, 32 * 1024), (200 * 1024, 64 * 1024)];

/// What a picture may cost elsewhere.
const CAP: usize = 1_000_000;

/// A line is judged anew after so many measures, and where it is this many quarters beyond the edge between two speeds.
const JUDGED: (u32, u64) = (3, 5);

/// What a measure takes in: answers come in clumps.
const MEASURE: (usize, Duration) = (64 * 1024, Duration::from_millis(50));

/// Frames of fewer bytes say nothing about the line.
const TELLING: usize = 8 * 1024;

/// Bytes a second, as far as known, and what follows from it; shared with the painter.
#[derive(Debug, Clone)]
pub(super) struct Speed(Arc<Known>);

#[derive(Debug)]
struct Known {
    /// 0 for not known.
    rate: AtomicU64,
    /// Which of the slow speeds; as many as there are for none.
    step: AtomicUsize,
}

impl Speed {
    fn unknown() -> Speed {
        Speed(Arc::new(Known { rate: AtomicU64::new(0), step: AtomicUsize::new(SLOW.len()) }))
    }

    fn known(&self) -> Option<u64> {
        Some(self.0.rate.load(Ordering::Relaxed)).filter(|rate| *rate > 0)
    }

    /// Bytes a second; what is assumed where nothing is known.
    pub fn rate(&self) -> u64 {
        self.known().unwrap_or(ASSUMED)
    }

    fn step(&self) -> usize {
        self.0.step.load(Ordering::Relaxed)
    }

    /// Known, and slow.
    pub fn is_slow(&self) -> bool {
        self.step() < SLOW.len()
    }

    /// Bytes a picture may cost where the user does not say.
    pub fn cap(&self) -> usize {
        SLOW.get(self.step()).map_or(CAP, |(_, cap)| *cap)
    }

    /// Judges by the rate that is known now. `closely`: else only a line well beyond the edge of what it was is another.
    fn judge(&self, closely: bool) {
        let of = |rate: u64| SLOW.iter().position(|(below, _)| rate < *below).unwrap_or(SLOW.len());
        let (rate, step) = (self.rate(), self.step());
        let judged = match closely {
            true => of(rate),
            false => of(rate.saturating_mul(JUDGED.1) / 4).min(step).max(of(rate.saturating_mul(4) / JUDGED.1)),
        };
        self.0.step.store(judged, Ordering::Relaxed);
    }

    /// How long so many bytes take.
    pub fn takes(&self, bytes: usize) -> Duration {
        Duration::from_secs_f64(bytes as f64 / self.rate() as f64)
    }

    fn set(&self, rate: u64) {
        self.0.rate.store(rate.max(1), Ordering::Relaxed);
    }
}

/// Whether the terminal says how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ear {
    /// Not asked yet.
    Unknown,
    Hears,
    Deaf,
}

/// The pace.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    /// As the user says.
    fixed: bool,
    ear: Ear,
    /// Asked and not answered: when, and how many bytes went before.
    flying: VecDeque<(Instant, usize)>,
    /// The shortest way there and back.
    trip: Option<Duration>,
    /// A question with nothing before it was answered: that is the way alone.
    way_is_known: bool,
    answered: Option<Instant>,
    /// Where nobody answers, and where the user says how fast: nothing more before this.
    free: Option<Instant>,
    /// How many bytes went before the first answer, and how long it took.
    first: Option<(usize, Duration)>,
    /// Bytes that arrived since the line was measured last, and how long they took.
    gathered: (usize, Duration),
    /// Measures so far.
    measures: u32,
}

impl Pace {
    /// A line of which the user may have said how fast it is, in bytes a second.
    pub fn new(said: Option<u64>) -> Pace {
        let speed = Speed::unknown();
        if let Some(rate) = said {
            speed.set(rate);
            speed.judge(true);
        }
        Pace {
            speed,
            fixed: said.is_some(),
            ear: Ear::Unknown,
            flying: VecDeque::new(),
            trip: None,
            way_is_known: false,
            answered: None,
            free: None,
            first: None,
            gathered: (0, Duration::ZERO),
            measures: 0,
        }
    }

    /// What is known of the line.
    pub fn speed(&self) -> Speed {
        self.speed.clone()
    }

    /// Nobody can be asked how far things are.
    pub fn nobody_answers(&mut self) {
        self.ear = Ear::Deaf;
        self.flying.clear();
    }

    /// The terminal answered its first question, which went out behind `bytes` so long ago. Gives what is to be sent
    /// next: a question with nothing before it, to tell the way from the line.
    pub fn first_answer(&mut self, bytes: usize, took: Duration, now: Instant) -> Vec<u8> {
        self.first = Some((bytes, took));
        self.flying.push_back((now, 0));
        PROBE.to_vec()
    }

    /// Whether so many bytes may go now; else how long to wait, `None` for until the terminal answers.
    pub fn may(&mut self, bytes: usize, now: Instant) -> Result<(), Option<Duration>> {
        if let Some(free) = self.free.filter(|free| *free > now) {
            return Err(Some(free.saturating_duration_since(now)));
        }
        if self.ear == Ear::Deaf {
            return Ok(());
        }
        let flying: usize = self.flying.iter().map(|(_, bytes)| bytes).sum();
        if flying == 0 || flying + bytes <= self.window() {
            return Ok(());
        }
        let since = self.flying.front().map(|(sent, _)| now.saturating_duration_since(*sent)).unwrap_or_default();
        match DEAF.checked_sub(since).filter(|left| !left.is_zero()) {
            Some(left) => Err(Some(left)),
            None => {
                self.nobody_answers();
                Ok(())
            }
        }
    }

    fn window(&self) -> usize {
        let Some(trip) = self.trip.filter(|_| self.answered.is_some()) else { return AT_FIRST };
        let Some(known) = self.speed.known() else { return AT_FIRST };
        let bytes = known as f64 * (trip.min(Duration::from_millis(400)) + BLINK).as_secs_f64();
        (bytes as usize).clamp(WINDOW.0, WINDOW.1)
    }

    /// So many bytes of a picture go now; what is to go right behind them.
    pub fn sent(&mut self, bytes: usize, now: Instant) -> &'static [u8] {
        if self.fixed || self.ear == Ear::Deaf {
            let from = self.free.unwrap_or(now).max(now);
            self.free = Some(from + self.speed.takes(bytes));
        }
        if self.ear == Ear::Deaf {
            return b"";
        }
        self.flying.push_back((now, bytes));
        PROBE
    }

    /// A frame of so many bytes goes now; what is to go right behind it.
    pub fn frame(&mut self, bytes: usize, now: Instant) -> &'static [u8] {
        if self.ear != Ear::Hears || bytes < TELLING {
            return b"";
        }
        self.flying.push_back((now, bytes));
        PROBE
    }

    /// The terminal answered.
    pub fn answered(&mut self, now: Instant) {
        let Some((sent, bytes)) = self.flying.pop_front() else { return };
        self.ear = Ear::Hears;
        let took = now.saturating_duration_since(sent);
        self.trip = Some(self.trip.map_or(took, |trip| trip.min(took)));
        self.way_is_known |= bytes == 0;
        // Bytes came through since the answer before, or since these went, whichever is later.
        let since = self.answered.map_or(sent, |before| before.max(sent));
        self.answered = Some(now);
        if let Some((bytes, first)) = self.first.take() {
            let alone = first.saturating_sub(took);
            // Less than that is the terminal's own time to draw.
            if alone > Duration::from_millis(100) {
                self.learn(bytes, alone);
                self.speed.judge(true);
            }
        } else if bytes > 0 {
            let alone = if since == sent { took.saturating_sub(self.trip.unwrap_or_default()) } else { now - since };
            // What took no longer than nothing took went faster than can be told; but the way alone must be known.
            let least = Duration::from_millis(1);
            if since != sent || alone >= least || self.way_is_known {
                self.gather(bytes, if since == sent { alone.max(least) } else { alone });
            }
        }
    }

    /// So many bytes took so long: measures the line once that is enough to tell.
    fn gather(&mut self, bytes: usize, took: Duration) {
        let (before, span) = self.gathered;
        self.gathered = (before + bytes, span + took);
        if self.gathered.0 < MEASURE.0 && self.gathered.1 < MEASURE.1 {
            return;
        }
        let (bytes, took) = std::mem::take(&mut self.gathered);
        self.learn(bytes, took);
        self.measures += 1;
        if self.measures >= JUDGED.0 {
            self.speed.judge(false);
        }
    }

    fn learn(&self, bytes: usize, took: Duration) {
        if self.fixed {
            return;
        }
        let rate = (bytes as f64 / took.as_secs_f64().max(0.000_1)) as u64;
        // Now and then the terminal itself is busy: the newest counts for a third.
        let rate = self.speed.known().map_or(rate, |known| known.saturating_mul(2).saturating_add(rate) / 3);
        self.speed.set(rate);
    }

    /// Whatever was asked is answered to somebody else, if at all.
    pub fn nothing_awaited(&mut self) {
        self.flying.clear();
        self.first = None;
    }

    /// Answers that are still to come.
    pub fn awaits(&self) -> usize {
        self.flying.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that carries so many bytes a second, the terminal at its end so far away.
    struct Line {
        rate: f64,
        trip: Duration,
        /// When the line has carried all it was given.
        clear: Instant,
        answers: VecDeque<Instant>,
    }

    /// Sends `pieces` of 4 KiB and gives the longest time a byte would have waited behind them, and the time it took.
    fn send(pace: &mut Pace, line: &mut Line, pieces: usize) -> (Duration, Duration) {
        let (begun, mut now, mut left, mut longest) = (line.clear, line.clear, pieces, Duration::ZERO);
        while left > 0 || !line.answers.is_empty() {
            if line.answers.front().is_some_and(|at| *at <= now) {
                line.answers.pop_front();
                pace.answered(now);
                continue;
            }
            if left > 0 && pace.may(4096, now).is_ok() {
                left -= 1;
                line.clear = line.clear.max(now) + Duration::from_secs_f64(4096.0 / line.rate);
                longest = longest.max(line.clear - now);
                if !pace.sent(4096, now).is_empty() {
                    line.answers.push_back(line.clear + line.trip);
                }
                continue;
            }
            now += Duration::from_micros(500);
        }
        (longest, now - begun)
    }

    fn line(rate: f64, trip: u64) -> Line {
        Line { rate, trip: Duration::from_millis(trip), clear: Instant::now(), answers: VecDeque::new() }
    }

    #[test]
    fn nothing_waits_long_behind_a_picture_and_the_line_is_used() {
        for (rate, trip, most) in [(64.0 * 1024.0, 20, 260), (64.0 * 1024.0, 150, 300), (1e6, 2, 50), (1e6, 40, 60)] {
            let (mut pace, mut line) = (Pace::new(None), line(rate, trip));
            let (waited, took) = send(&mut pace, &mut line, 60);
            assert!(waited <= Duration::from_millis(most), "{rate} {trip}: {waited:?}");
            let best = Duration::from_secs_f64(60.0 * 4096.0 / rate);
            assert!(took <= best * 2 + Duration::from_millis(400), "{rate} {trip}: {took:?} of {best:?}");
            assert_eq!(pace.speed().is_slow(), rate < 1e5, "{}", pace.speed().rate());
        }
    }

    #[test]
    fn a_line_that_turns_slow_or_fast_is_judged_anew() {
        let (mut pace, mut line) = (Pace::new(None), line(2e6, 5));
        pace.first_answer(0, Duration::ZERO, line.clear);
        pace.answered(line.clear + line.trip);
        line.clear += line.trip;
        send(&mut pace, &mut line, 80);
        assert_eq!((pace.speed().is_slow(), pace.speed().cap()), (false, CAP));
        for (rate, cap) in [(60e3, 64 * 1024), (24e3, 32 * 1024), (8e3, 16 * 1024), (90e3, 64 * 1024), (2e6, CAP)] {
            line.rate = rate;
            send(&mut pace, &mut line, 40);
            assert_eq!(pace.speed().cap(), cap, "{rate}: measured {}", pace.speed().rate());
        }
        // Close to an edge it stays what it was.
        for rate in [190e3, 215e3, 195e3] {
            line.rate = rate;
            send(&mut pace, &mut line, 20);
            assert!(!pace.speed().is_slow(), "{rate}");
        }
    }

    #[test]
    fn the_first_answer_tells_a_slow_line_from_a_long_way() {
        let now = Instant::now();
        for (took, trip, slow) in [(400, 380, false), (900, 400, true), (40, 2, false), (200, 20, true)] {
            let mut pace = Pace::new(None);
            assert_eq!(pace.first_answer(8_000, Duration::from_millis(took), now), PROBE);
            pace.answered(now + Duration::from_millis(trip));
            assert_eq!(pace.speed().is_slow(), slow, "{took} {trip}");
        }
    }

    #[test]
    fn who_does_not_answer_is_sent_what_is_assumed() {
        let (mut pace, now) = (Pace::new(None), Instant::now());
        let mut sent = 0;
        while pace.may(4096, now).is_ok() {
            pace.sent(4096, now);
            sent += 4096;
        }
        assert_eq!(sent, AT_FIRST);
        let later = now + DEAF;
        assert!(pace.may(4096, later).is_ok());
        assert_eq!(pace.sent(4096, later), b"", "and is not asked again");
        assert!(
            pace.may(4096, later).is_err_and(|wait| wait == Some(Duration::from_millis(3).max(pace.speed.takes(4096))))
        );
        assert!(pace.may(4096, later + Duration::from_millis(5)).is_ok());
    }

    #[test]
    fn what_the_user_says_holds() {
        let (mut pace, now) = (Pace::new(Some(40_960)), Instant::now());
        assert!(pace.speed().is_slow() && pace.speed().cap() == 64 * 1024);
        assert!(pace.may(4096, now).is_ok());
        pace.sent(4096, now);
        assert_eq!(pace.may(4096, now), Err(Some(Duration::from_millis(100))));
        pace.answered(now + Duration::from_millis(1));
        assert_eq!(pace.speed().rate(), 40_960);
    }
}
