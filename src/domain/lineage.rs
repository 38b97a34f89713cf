//! Where jobs come from, as trees: whatever was made from a job stands below it.

use std::collections::HashMap;

use super::{Job, JobId, Money};

/// A job's place in the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Kin {
    /// The job.
    pub job: Job,
    /// How many steps it is from the first of its family.
    pub depth: usize,
    /// How many jobs were made from it and from those, all told.
    pub below: usize,
}

/// Families, the one something was made in last first, and how many there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lineage {
    /// Their jobs, each below the one it was made from.
    pub rows: Vec<Kin>,
    /// How many families there are in all, where every family was asked for.
    pub families: Option<u32>,
    /// There are older families that were not asked for.
    pub more: bool,
    /// Families that are here have more jobs than there was room for.
    pub cut: bool,
}

/// What is near a job: the one it was made from, and those made from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Which job's.
    pub of: JobId,
    /// Itself.
    pub job: Option<Box<Job>>,
    /// What it was made from.
    pub parent: Option<Box<Job>>,
    /// What was made from it, the oldest first; not more than a page tells.
    pub children: Vec<JobId>,
}

/// What a branch of the tree comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// Its jobs.
    pub jobs: usize,
    /// Their pictures on disk.
    pub pictures: usize,
    /// What they were billed, as far as the service has said so and the price is known, by currency.
    pub billed: Vec<Money>,
}

/// Puts jobs into the order of their tree: the family first that something was made in last, below each job what was made
/// from it, the oldest first. A job whose parent is not among them begins a family.
pub fn arrange(mut jobs: Vec<Job>) -> Vec<Kin> {
    jobs.sort_by_key(|job| job.id);
    let places: HashMap<JobId, usize> = jobs.iter().enumerate().map(|(at, job)| (job.id, at)).collect();
    // A job is made after its parent: anything else is a mistake, and would go round for ever.
    let parent = |job: &Job| job.parent.filter(|origin| origin.job < job.id).and_then(|o| places.get(&o.job).copied());
    let parents: Vec<Option<usize>> = jobs.iter().map(parent).collect();
    let mut below = vec![0; jobs.len()];
    // Places go by age: the newest job of a branch is the one at the greatest.
    let mut newest: Vec<usize> = (0..jobs.len()).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); jobs.len()];
    let mut roots = Vec::new();
    for at in (0..jobs.len()).rev() {
        match parents[at] {
            Some(parent) => {
                below[parent] += below[at] + 1;
                newest[parent] = newest[parent].max(newest[at]);
                children[parent].push(at);
            }
            None => roots.push(at),
        }
    }
    roots.sort_by_key(|root| std::cmp::Reverse(newest[*root]));
    let mut jobs: Vec<Option<Job>> = jobs.into_iter().map(Some).collect();
    let mut rows = Vec::with_capacity(jobs.len());
    // The newest child is pushed first, so the oldest comes off first; families are wanted the other way round.
    let mut next: Vec<(usize, usize)> = roots.into_iter().rev().map(|at| (at, 0)).collect();
    while let Some((at, depth)) = next.pop() {
        rows.extend(jobs[at].take().map(|job| Kin { job, depth, below: below[at] }));
        next.extend(children[at].iter().map(|child| (*child, depth + 1)));
    }
    rows
}

/// The rows of a branch: the job at `at` and everything made from it.
pub fn branch(rows: &[Kin], at: usize) -> &[Kin] {
    rows.get(at).map_or(&[], |kin| &rows[at..(at + 1 + kin.below).min(rows.len())])
}

/// What some rows come to.
pub fn sum<'a>(rows: impl IntoIterator<Item = &'a Kin>) -> Sum {
    let mut sum = Sum::default();
    for Kin { job, .. } in rows {
        sum.jobs += 1;
        sum.pictures += job.images.len();
        let Some(billed) = job.billed_images.and_then(|_| job.cost().total()) else { continue };
        match sum.billed.iter_mut().find(|known| known.currency == billed.currency) {
            Some(known) => *known += billed,
            None => sum.billed.push(billed),
        }
    }
    sum
}

/// Whether a job has every word of a question: in its prompt, its name, its model, or as its number. Nothing asked finds
/// nothing.
pub fn has_words(job: &Job, question: &str) -> bool {
    let lower = |text: &str| text.to_lowercase();
    let (prompt, name) = (lower(&job.request.prompt), lower(job.name.as_deref().unwrap_or_default()));
    let model = lower(job.request.model.as_str());
    let mut words = question.split_whitespace().map(lower).peekable();
    let has = |word: String| {
        let number = word.trim_start_matches('#').parse() == Ok(job.id.0);
        number || prompt.contains(&word) || name.contains(&word) || model.contains(&word)
    };
    words.peek().is_some() && words.all(has)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Cost, Mode, Request, Stamp};

    fn job(id: i64, parent: Option<i64>) -> Job {
        let request =
            Request { prompt: format!("fox {id} 雪"), ..Request::new("wan2.7-image".into(), Mode::TextToImage) };
        let estimate = Cost::Known { unit: Money::usd(30_000), images: 2, basis: "b".into() };
        let parent = parent.map(|id| JobId(id).into());
        Job { parent, ..Job::queued(JobId(id), Arc::new(request), estimate, Stamp(0)) }
    }

    fn told(rows: &[Kin]) -> Vec<(i64, usize, usize)> {
        rows.iter().map(|kin| (kin.job.id.0, kin.depth, kin.below)).collect()
    }

    #[test]
    fn a_family_stands_by_its_newest_job_and_children_are_oldest_first() {
        let jobs = [(1, None), (2, Some(1)), (3, None), (4, Some(2)), (5, Some(1)), (6, Some(2)), (7, Some(99))];
        let rows = arrange(jobs.into_iter().rev().map(|(id, parent)| job(id, parent)).collect());
        let expected = [(7, 0, 0), (1, 0, 4), (2, 1, 2), (4, 2, 0), (6, 2, 0), (5, 1, 0), (3, 0, 0)];
        assert_eq!(told(&rows), expected);
        let ids = |rows: &[Kin]| rows.iter().map(|kin| kin.job.id.0).collect::<Vec<_>>();
        assert_eq!((ids(branch(&rows, 2)), ids(branch(&rows, 5)), branch(&rows, 7).len()), (vec![2, 4, 6], vec![5], 0));
        let later = arrange(vec![job(1, None), job(3, None), job(8, Some(1))]);
        assert_eq!(told(&later), [(1, 0, 1), (8, 1, 0), (3, 0, 0)]);
    }

    #[test]
    fn neither_a_ring_nor_a_long_chain_is_the_end_of_it() {
        assert_eq!(told(&arrange(vec![job(1, Some(2)), job(2, Some(1))])), [(1, 0, 1), (2, 1, 0)]);
        let chain = (1..=20_000).map(|id| job(id, (id > 1).then_some(id - 1))).collect();
        let rows = arrange(chain);
        assert_eq!((rows[0].below, rows.last().map(|kin| kin.depth)), (19_999, Some(19_999)));
    }

    #[test]
    fn a_branch_comes_to_what_was_billed_and_to_nothing_that_is_only_expected() {
        let mut rows = arrange(vec![job(1, None), job(2, Some(1)), job(3, Some(1))]);
        rows[0].job.billed_images = Some(1);
        rows[2].job.billed_images = Some(2);
        assert_eq!(sum(&rows), Sum { jobs: 3, pictures: 0, billed: vec![Money::usd(90_000)] });
        assert_eq!(sum(&rows[1..2]).billed, []);
    }

    #[test]
    fn words_are_found_in_prompt_name_and_model_and_a_number_finds_its_job() {
        let job = Job { name: Some("Autumn".into()), ..job(12, None) };
        for found in ["FOX", "雪 autumn", "2.7", "#12", "12 fox"] {
            assert!(has_words(&job, found), "{found}");
        }
        for none in ["", "  ", "fox winter", "#13"] {
            assert!(!has_words(&job, none), "{none}");
        }
    }
}
