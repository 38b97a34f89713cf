//! Names of jobs, images, models and server tasks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A job in our own store: a small number the user can type, counted from 1 for each data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = std::num::ParseIntError;

    /// Reads `1043` and `#1043`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim_start_matches('#').parse().map(JobId)
    }
}

/// A batch in our own store, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub i64);

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One picture of a job: the job and the picture's place in the answer, shown as `1043a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImageId {
    /// The job that made it.
    pub job: JobId,
    /// Place in the answer, from 0.
    pub index: u32,
}

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // a..z, then aa..az, ba..: as spreadsheet columns are named.
        let mut letters = Vec::new();
        let mut rest = self.index + 1;
        while rest > 0 {
            letters.push(char::from(b'a' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        write!(f, "{}{}", self.job, letters.iter().rev().collect::<String>())
    }
}

/// Not a picture's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture is a job's number and letters, such as 12b")]
pub struct NotAPicture;

impl FromStr for ImageId {
    type Err = NotAPicture;

    /// Reads `1043a` and `#1043a`.
    fn from_str(text: &str) -> Result<Self, NotAPicture> {
        let text = text.strip_prefix('#').unwrap_or(text);
        let (number, letters) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or(NotAPicture)?);
        let job = JobId(number.parse().map_err(|_| NotAPicture)?);
        let count = letters.chars().try_fold(0_u32, |count, letter| {
            let value = letter.is_ascii_lowercase().then(|| u32::from(letter) - u32::from('a') + 1)?;
            count.checked_mul(26)?.checked_add(value)
        });
        let index = count.and_then(|count| count.checked_sub(1)).ok_or(NotAPicture)?;
        Ok(ImageId { job, index })
    }
}

/// What a job was made from: a job, and which of its pictures where it was a picture. Written as `1043` and `1043b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Origin {
    /// The job.
    pub job: JobId,
    /// The picture's place in the answer, from 0; `None`: the job's words and settings alone.
    pub picture: Option<u32>,
}

/// An origin in a file: a number, or a picture's name.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Job(i64),
    Picture(String),
}

impl From<Origin> for Written {
    fn from(origin: Origin) -> Written {
        match origin.picture {
            None => Written::Job(origin.job.0),
            Some(_) => Written::Picture(origin.to_string()),
        }
    }
}

impl TryFrom<Written> for Origin {
    type Error = String;

    fn try_from(written: Written) -> Result<Origin, String> {
        match written {
            Written::Job(job) => Ok(JobId(job).into()),
            Written::Picture(name) => name.parse(),
        }
    }
}

impl From<JobId> for Origin {
    fn from(job: JobId) -> Origin {
        Origin { job, picture: None }
    }
}

impl From<ImageId> for Origin {
    fn from(image: ImageId) -> Origin {
        Origin { job: image.job, picture: Some(image.index) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.picture {
            Some(index) => ImageId { job: self.job, index }.fmt(f),
            None => self.job.fmt(f),
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    /// Reads `1043`, `#1043` and `1043b`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(image) = text.parse::<ImageId>() {
            return Ok(image.into());
        }
        let number = text.strip_prefix('#').unwrap_or(text);
        let job = Some(number).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let job = job.and_then(|number| number.parse().ok()).map(JobId);
        job.map(Origin::from).ok_or_else(|| "write a job's number (12) or a picture's name (12b)".to_owned())
    }
}

/// A model's name as the service spells it, for example `wan2.7-image-pro`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(pub String);

impl ModelId {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for ModelId {
    fn from(name: &str) -> Self {
        ModelId(name.to_owned())
    }
}

/// The service's name for an asynchronous task. Valid for 24 hours (contract 4.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub String);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_lettered_like_columns() {
        let name = |index| ImageId { job: JobId(7), index }.to_string();
        assert_eq!((name(0), name(25), name(26), name(52)), ("7a".into(), "7z".into(), "7aa".into(), "7ba".into()));
        for index in [0, 1, 25, 26, 52, 701, 702] {
            assert_eq!(format!("#{}", name(index)).parse(), Ok(ImageId { job: JobId(7), index }));
        }
        for wrong in ["", "7", "a", "7A", "7a1", "-7a", "7 a", "7zzzzzzzzzzz", "99999999999999999999a"] {
            assert_eq!(wrong.parse::<ImageId>(), Err(NotAPicture), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_read_as_it_is_written() {
        for index in [0, 1, 25, 26, 52, 701, 702] {
            let origin = Origin::from(ImageId { job: JobId(7), index });
            assert_eq!(origin.to_string().parse(), Ok(origin));
            let text = serde_json::to_string(&origin).expect("plain data");
            assert_eq!(serde_json::from_str::<Origin>(&text).expect("as written"), origin);
        }
        assert_eq!("#12".parse(), Ok(Origin::from(JobId(12))));
        // As drafts of before had it.
        assert_eq!(serde_json::from_str::<Origin>("12").expect("a number"), JobId(12).into());
        for wrong in ["", "b", "12B", "12.png", "x12", "12-", "12zzzzzzzzz", "99999999999999999999"] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }
}
