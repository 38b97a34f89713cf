//! Pictures kitty was given: by number, as they come in pieces.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A picture that is here whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Which sending of it this is: what showed an earlier one shows nothing.
    pub sending: usize,
    /// Its bytes, in a number.
    pub hash: u64,
    pub columns: u16,
    pub rows: u16,
}

/// One of which a part is here.
#[derive(Debug)]
struct Fed {
    number: u32,
    keys: String,
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    held: BTreeMap<u32, Held>,
    fed: Option<Fed>,
    sendings: usize,
    /// What went wrong.
    pub troubles: Vec<String>,
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn key<'a>(keys: &'a str, name: &str) -> Option<&'a str> {
    keys.split(',').find_map(|key| key.strip_prefix(name)?.strip_prefix('='))
}

fn number<T: std::str::FromStr>(keys: &str, name: &str) -> Option<T> {
    key(keys, name)?.parse().ok()
}

impl Memory {
    pub fn get(&self, number: u32) -> Option<Held> {
        self.held.get(&number).copied()
    }

    /// Does what a command says, and gives the answer where one is wanted.
    pub fn command(&mut self, command: &str) -> Option<String> {
        let (keys, data) = command.split_once(';').unwrap_or((command, ""));
        if data.len() > 4096 {
            self.troubles.push(format!("a piece of {} letters", data.len()));
        }
        match (key(keys, "a"), &mut self.fed) {
            (Some("q"), _) => return number::<u32>(keys, "i").map(|number| format!("\x1b_Gi={number};OK\x1b\\")),
            (Some("d"), _) => {
                let gone: u32 = number(keys, "i").expect("whose");
                self.held.remove(&gone);
                self.fed.take_if(|fed| fed.number == gone);
            }
            (Some("T"), fed) => {
                if let Some(fed) = fed {
                    self.troubles.push(format!("picture {} was begun and never ended", fed.number));
                }
                let number = number(keys, "i").expect("its number");
                // One with the same number goes, and what showed it shows nothing.
                self.held.remove(&number);
                self.fed = Some(Fed { number, keys: keys.to_owned(), text: data.to_owned() });
            }
            (None, Some(fed)) => fed.text.push_str(data),
            (None, None) => self.troubles.push(format!("a piece of no picture: {keys}")),
            (Some(other), _) => panic!("a={other}: {keys}"),
        }
        if key(keys, "q") != Some("2") {
            self.troubles.push(format!("an answer is asked for: {keys}"));
        }
        if key(keys, "a") != Some("d") && key(keys, "m") != Some("1") {
            self.finish();
        }
        None
    }

    fn finish(&mut self) {
        let Some(Fed { number: id, keys, text }) = self.fed.take() else { return };
        let png = STANDARD.decode(text).ok().filter(|png| image::load_from_memory(png).is_ok());
        let (Some(png), Some(columns), Some(rows)) = (png, number(&keys, "c"), number(&keys, "r")) else {
            return self.troubles.push(format!("no picture: {keys}"));
        };
        self.sendings += 1;
        self.held.insert(id, Held { sending: self.sendings, hash: hash(&png), columns, rows });
    }
}
