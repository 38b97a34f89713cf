//! What a run comes to before anything is asked, paid or sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::{Cost, Fault, FaultKind, Job, JobId, Money, Now, Period, text};
use crate::store::{Store, StoreError};

use super::estimate::{self, Load, MARGIN};
use super::fate::{Fate, Past, cost_again};
use super::order::{Order, Orders};

/// A row, what is known of it, and what is done about it.
#[derive(Debug)]
pub struct Line {
    /// The row.
    pub order: Order,
    /// What is done about it.
    pub fate: Fate,
    /// What that costs at most; nothing for what is not sent.
    pub cost: Cost,
}

/// Looks up what became of rows before; beside each, its job.
pub fn fates(store: &Store, orders: &[Order], resend: bool) -> Result<Vec<(Fate, Option<Job>)>, StoreError> {
    let keys: Vec<_> = orders.iter().map(|order| order.key.clone()).collect();
    let known = store.jobs_of_rows(&keys)?;
    let fate = |order: &Order| {
        let Some(&(id, _)) = known.get(&order.key) else { return Ok((Fate::New, None)) };
        let Some(job) = store.job(id)? else { return Ok((Fate::New, None)) };
        Ok((fate_of(store, &job, order.parts, resend)?, Some(job)))
    };
    orders.iter().map(fate).collect()
}

/// What is done about a row that has this job, which is sent as so many requests.
pub fn fate_of(store: &Store, job: &Job, parts: u32, resend: bool) -> Result<Fate, StoreError> {
    let ended = job.phase.is_ended();
    let missing = ended && !store.missing(job.id)?.is_empty();
    let lost = if ended { store.lost_calls(job.id)? } else { 0 };
    Ok(Fate::of(Some(Past { job, parts, missing, lost }), resend))
}

/// Known amounts, and what has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The known part.
    pub known: Money,
    /// Rows without a price.
    pub unknown: u32,
    /// Pictures billed at most.
    pub images: u32,
}

impl Sum {
    /// Of rows' costs.
    pub fn of<'a>(costs: impl Iterator<Item = &'a Cost>, zero: Money) -> Sum {
        costs.fold(Sum { known: zero, unknown: 0, images: 0 }, |mut sum, cost| {
            match cost.total() {
                Some(total) => sum.known += total,
                None => sum.unknown += 1,
            }
            sum.images = sum.images.saturating_add(cost.images());
            sum
        })
    }

    /// The whole, if all of it is known.
    pub fn total(&self) -> Option<Money> {
        (self.unknown == 0).then_some(self.known)
    }

    /// `$1.440`, `$1.440 and 3 rows of unknown price`.
    pub fn words(&self) -> String {
        match (self.unknown, self.known.micros) {
            (0, _) => self.known.to_string(),
            (rows, 0) => format!("{} of unknown price", count(rows as usize, "row")),
            (rows, _) => format!("{} and {} of unknown price", self.known, count(rows as usize, "row")),
        }
    }
}

/// `1 row`, `3 rows`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Room on one file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// A directory on it.
    pub place: PathBuf,
    /// What the pictures need.
    pub needed: u64,
    /// What is free.
    pub free: u64,
}

impl Room {
    fn fits(&self) -> bool {
        self.needed == 0 || self.needed.checked_add(MARGIN).is_some_and(|needed| needed <= self.free)
    }
}

/// A limit of the budget.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    period: Period,
    cap: Money,
    left: Money,
}

/// The whole.
#[derive(Debug)]
pub struct Plan {
    /// Where rows came from.
    pub name: String,
    /// The rows.
    pub lines: Vec<Line>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// What is sent.
    pub price: Sum,
    bases: Vec<String>,
    parallel: Option<u32>,
    time: Duration,
    time_basis: String,
    rooms: Vec<Room>,
    budget: Vec<Left>,
}

impl Plan {
    /// Makes it. Reads the store and the disks, changes nothing.
    pub fn of(
        name: &str,
        orders: Orders,
        (store, config): (&Store, &Config),
        (parallel, resend): (Option<u32>, bool),
        now: Now,
    ) -> anyhow::Result<Plan> {
        let Orders { list, notes } = orders;
        let fates = fates(store, &list, resend)?;
        let line = |(order, (fate, job)): (Order, (Fate, Option<Job>))| {
            let cost = match (fate, job) {
                (Fate::New | Fate::Anew(_), _) => order.cost.clone(),
                (Fate::Again(_), Some(job)) => cost_again(&job),
                _ => order.cost.for_images(0),
            };
            Line { order, fate, cost }
        };
        let lines: Vec<Line> = list.into_iter().zip(fates).map(line).collect();
        let sent = || lines.iter().filter(|line| line.fate.sends());
        let currency = config.settings.region.currency();
        let price = Sum::of(sent().map(|line| &line.cost), Money::zero(currency));
        let mut bases: Vec<_> = sent().filter_map(|line| basis(&line.cost)).collect();
        bases.sort();
        bases.dedup();
        let loads = loads(sent(), store)?;
        Ok(Plan {
            name: name.to_owned(),
            price,
            bases,
            parallel,
            time: estimate::time(&loads, parallel),
            time_basis: estimate::basis(&loads, parallel, config.settings.region),
            rooms: rooms(sent(), &store.places().pictures)?,
            budget: budget(store, now)?,
            notes,
            lines,
        })
    }

    /// Rows a test holds for.
    pub fn rows(&self, which: impl Fn(Fate) -> bool) -> usize {
        self.lines.iter().filter(|line| which(line.fate)).count()
    }

    /// Refuses to begin what would not fit on the disk.
    pub fn fits(&self) -> Result<(), Fault> {
        let Some(room) = self.rooms.iter().find(|room| !room.fits()) else { return Ok(()) };
        let (needed, free) = (estimate::amount(room.needed), estimate::amount(room.free));
        let message = format!(
            "Not sent: the pictures need about {needed} and {} to spare, and {} has {free} free.",
            estimate::amount(MARGIN),
            text::clean(&room.place.to_string_lossy()),
        );
        let hint = "Free some space, or send the pictures elsewhere with -o.";
        Err(Fault::new(FaultKind::Other, "disk_full", message).hint(hint))
    }

    /// For people, a line each.
    pub fn words(&self) -> Vec<String> {
        let (rows, sent) = (self.lines.len(), self.rows(Fate::sends));
        let images: u32 = self.lines.iter().map(|line| line.order.cost.images()).sum();
        let requests: u32 = self.lines.iter().map(|line| line.order.parts).sum();
        let head = [count(rows, "row"), count(images as usize, "picture"), count(requests as usize, "request")];
        let mut out = vec![format!("{}: {}", self.name, head.join(", "))];
        let mut say = |what: &str, words: String| out.push(format!("  {what:<10} {words}"));
        let pictures = count(self.price.images as usize, "picture");
        let bases = if self.bases.is_empty() { String::new() } else { format!(" ({})", self.bases.join("; ")) };
        say(
            "to send",
            match sent {
                0 => "nothing".to_owned(),
                _ => format!("{}, {pictures}: up to {}{bases}", count(sent, "row"), self.price.words()),
            },
        );
        let mut rows = |what: &str, words: &str, which: &dyn Fn(Fate) -> bool| {
            let found = self.rows(which);
            if found > 0 {
                say(what, format!("{}, {words}", count(found, "row")));
            }
        };
        rows("again", "of those: they failed before, and what is sent now was not billed then", &|fate| {
            matches!(fate, Fate::Anew(_) | Fate::Again(_))
        });
        rows("fetched", "paid for and not here: this costs nothing", &|fate| matches!(fate, Fate::Fetch(_)));
        rows("finished", "not sent again", &|fate| matches!(fate, Fate::Done(_)));
        rows("under way", "not sent again", &|fate| matches!(fate, Fate::Join(_)));
        rows("unsure", "sent, no answer, may be billed: not sent again", &|fate| matches!(fate, Fate::Unsure(_)));
        rows("in doubt", "ended short, may have been billed: --resend-unsure sends them again", &|fate| {
            matches!(fate, Fate::Doubt(_))
        });
        if sent > 0 {
            let flight = self.parallel.map(|most| format!(" at {most} in flight")).unwrap_or_default();
            say("time", format!("{}{flight} ({})", estimate::about(self.time), self.time_basis));
            for room in &self.rooms {
                let place = text::clean(&room.place.to_string_lossy()).into_owned();
                let fits = if room.fits() { "" } else { ": it does not fit" };
                let (needed, free) = (estimate::amount(room.needed), estimate::amount(room.free));
                say("disk", format!("about {needed} of {free} free in {place}{fits}"));
            }
        }
        for Left { period, cap, left } in &self.budget {
            let fits = if self.breaks(*left) { ": it does not fit" } else { "" };
            say("budget", format!("{left} left of {cap} this {period}{fits}"));
        }
        out.extend(self.notes.iter().map(|note| format!("note: {note}")));
        out
    }

    /// Whether what is sent breaks a limit, as far as is known before.
    pub fn is_over_budget(&self) -> bool {
        self.budget.iter().any(|limit| self.breaks(limit.left))
    }

    fn breaks(&self, left: Money) -> bool {
        self.price.known.currency == left.currency && self.price.known.micros > left.micros.max(0)
    }

    /// One JSON object, `pinxit.plan/1`.
    pub fn json(&self) -> Value {
        let images: u32 = self.lines.iter().map(|line| line.order.cost.images()).sum();
        let requests: u32 = self.lines.iter().map(|line| line.order.parts).sum();
        let Sum { known, unknown, images: sent_images } = self.price;
        let room = |room: &Room| json!({"place": room.place, "needed_bytes": room.needed, "margin_bytes": MARGIN, "free_bytes": room.free, "fits": room.fits()});
        let left = |&Left { period, cap, left }: &Left| json!({"period": period, "cap": cap.units(), "left": left.units(), "currency": cap.currency, "fits": !self.breaks(left)});
        json!({
            "schema": "pinxit.plan/1",
            "source": self.name,
            "rows": self.lines.len(),
            "images": images,
            "requests": requests,
            "send": {"rows": self.rows(Fate::sends), "images": sent_images},
            "again": self.rows(|fate| matches!(fate, Fate::Anew(_) | Fate::Again(_))),
            "fetch": self.rows(|fate| matches!(fate, Fate::Fetch(_))),
            "finished": self.rows(|fate| matches!(fate, Fate::Done(_))),
            "under_way": self.rows(|fate| matches!(fate, Fate::Join(_))),
            "unsure": self.rows(|fate| matches!(fate, Fate::Unsure(_))),
            "in_doubt": self.rows(|fate| matches!(fate, Fate::Doubt(_))),
            "price": {
                "total": self.price.total().map(Money::units),
                "known": known.units(),
                "currency": known.currency,
                "unknown_rows": unknown,
                "basis": self.bases,
            },
            "time": {"seconds": self.time.as_secs(), "parallel": self.parallel, "basis": self.time_basis},
            "disk": self.rooms.iter().map(room).collect::<Vec<_>>(),
            "budget": self.budget.iter().map(left).collect::<Vec<_>>(),
            "notes": self.notes,
            "list": self.lines.iter().map(row).collect::<Vec<_>>(),
        })
    }
}

fn row(line: &Line) -> Value {
    let Order { name, line: number, request, cost, parts, out, .. } = &line.order;
    json!({
        "row": name,
        "line": number,
        "fate": line.fate.word(),
        "job": line.fate.job().map(|id: JobId| id.to_string()),
        "model": request.model,
        "mode": request.mode,
        "size": request.size,
        "images": cost.images(),
        "requests": parts,
        "price": cost.total().map(Money::units),
        "prompt": request.prompt,
        "out": out,
    })
}

fn basis(cost: &Cost) -> Option<String> {
    match cost {
        Cost::Known { basis, .. } => Some(basis.clone()),
        Cost::Unknown { .. } => None,
    }
}

fn loads<'a>(sent: impl Iterator<Item = &'a Line>, store: &Store) -> Result<Vec<Load>, StoreError> {
    let mut loads: BTreeMap<_, Load> = BTreeMap::new();
    for line in sent {
        let order = &line.order;
        let model = &order.request.model;
        if !loads.contains_key(model) {
            let load = Load { model: model.clone(), requests: 0, rate: order.rate, median: store.median_run(model)? };
            loads.insert(model.clone(), load);
        }
        if let Some(load) = loads.get_mut(model) {
            load.requests = load.requests.saturating_add(order.parts);
        }
    }
    Ok(loads.into_values().collect())
}

/// Room on every file system pictures go to.
fn rooms<'a>(sent: impl Iterator<Item = &'a Line>, usual: &Path) -> anyhow::Result<Vec<Room>> {
    let mut rooms: BTreeMap<u64, Room> = BTreeMap::new();
    let mut known: BTreeMap<PathBuf, u64> = BTreeMap::new();
    for line in sent {
        let place = line.order.out.as_deref().and_then(Path::parent).unwrap_or(usual);
        if !known.contains_key(place) {
            let (device, room) = look(place)?;
            known.insert(place.to_owned(), device);
            rooms.entry(device).or_insert(room);
        }
        let pixels = line.order.pixels.unwrap_or(estimate::USUAL_PIXELS) * u64::from(line.cost.images());
        let room = known.get(place).and_then(|device| rooms.get_mut(device));
        room.into_iter().for_each(|room| room.needed = room.needed.saturating_add(estimate::bytes(pixels)));
    }
    Ok(rooms.into_values().collect())
}

/// The file system a directory is on, or will be once it is made.
fn look(place: &Path) -> std::io::Result<(u64, Room)> {
    use std::os::unix::fs::MetadataExt;
    let there = place.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("/"));
    let device = there.metadata()?.dev();
    let stat = rustix::fs::statvfs(there)?;
    Ok((device, Room { place: there.to_owned(), needed: 0, free: stat.f_bavail.saturating_mul(stat.f_frsize) }))
}

fn budget(store: &Store, now: Now) -> Result<Vec<Left>, StoreError> {
    let caps = [(Period::Day, store.caps().day), (Period::Month, store.caps().month)];
    let left = |(period, cap): (Period, Option<Money>)| {
        let cap = cap?;
        let spent = store.spent(period, cap.currency, now).map(|spent| spent.total().micros);
        Some(spent.map(|spent| Left { period, cap, left: Money { micros: cap.micros.saturating_sub(spent), ..cap } }))
    };
    caps.into_iter().filter_map(left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_prices_are_said_beside_the_known_sum() {
        let known = Cost::Known { unit: Money::usd(30_000), images: 2, basis: "b".into() };
        let sum = |costs: &[Cost]| Sum::of(costs.iter(), Money::usd(0));
        assert_eq!(sum(&[known.clone(), known.clone()]).words(), "$0.120");
        let mixed = sum(&[known, Cost::Unknown { images: 1 }]);
        assert_eq!(
            (mixed.words().as_str(), mixed.total(), mixed.images),
            ("$0.060 and 1 row of unknown price", None, 3)
        );
        assert_eq!(sum(&[Cost::Unknown { images: 1 }, Cost::Unknown { images: 1 }]).words(), "2 rows of unknown price");
    }

    #[test]
    fn pictures_fit_only_with_a_margin() {
        let room = |needed, free| Room { place: "/".into(), needed, free }.fits();
        assert!(room(1_000, MARGIN + 1_000) && !room(1_001, MARGIN + 1_000) && room(0, 0) && !room(u64::MAX, u64::MAX));
    }
}
