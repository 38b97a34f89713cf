//! Files of strangers, spoiled in every way: nothing panics, nothing is read without limit, and what can be written can be
//! taken out again to the byte.

use proptest::prelude::*;

use super::tests::{FORMATS, JSON, PARAMETERS, picture};
use super::*;

/// A way to spoil a file.
#[derive(Debug, Clone)]
enum Spoil {
    Cut(usize),
    Set(usize, u8),
    Flip(usize, u8),
    Insert(usize, Vec<u8>),
    Copy(usize, usize, usize),
    Remove(usize, usize),
}

fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    let at = any::<usize>;
    let piece = prop::collection::vec(any::<u8>(), 0..24);
    let one = prop_oneof![
        at().prop_map(Spoil::Cut),
        (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Set(at, byte)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Spoil::Flip(at, byte)),
        (at(), piece).prop_map(|(at, bytes)| Spoil::Insert(at, bytes)),
        (at(), at(), 0..64_usize).prop_map(|(from, to, length)| Spoil::Copy(from, to, length)),
        (at(), 0..64_usize).prop_map(|(at, length)| Spoil::Remove(at, length)),
    ];
    prop::collection::vec(one, 0..8)
}

fn spoil(mut bytes: Vec<u8>, spoils: &[Spoil]) -> Vec<u8> {
    for spoil in spoils {
        let length = bytes.len().max(1);
        // The words stand at the beginning of a file: most harm is done there.
        let near = |at: &usize| if at.is_multiple_of(3) { at % length } else { at % length.min(900) };
        match spoil {
            Spoil::Cut(at) => bytes.truncate(at % length),
            Spoil::Set(at, byte) => bytes.get_mut(near(at)).into_iter().for_each(|old| *old = *byte),
            Spoil::Flip(at, byte) => bytes.get_mut(near(at)).into_iter().for_each(|old| *old ^= byte),
            Spoil::Insert(at, more) => {
                let at = near(at).min(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Spoil::Copy(from, to, count) => {
                let from = near(from).min(bytes.len());
                let piece = bytes[from..bytes.len().min(from + count)].to_vec();
                let to = near(to).min(bytes.len());
                bytes.splice(to..to, piece);
            }
            Spoil::Remove(at, count) => {
                let at = near(at).min(bytes.len());
                bytes.drain(at..bytes.len().min(at + count));
            }
        }
    }
    bytes
}

/// Everything that can be done with a file's words.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let found = records(bytes);
    prop_assert!(found.len() <= RECORDS_MAX);
    prop_assert!(found.iter().map(|record| record.text.len()).sum::<usize>() <= TEXTS_MAX);
    for what in [Strip::Ours, Strip::All] {
        if let Ok(bare) = strip(bytes, what) {
            prop_assert!(!records(&bare).iter().any(|record| record.key == RECIPE && record.place != "tEXt"));
        }
    }
    if let Ok(with) = write(bytes, JSON, PARAMETERS) {
        prop_assert!(records(&with).iter().any(|record| record.text == JSON));
        prop_assert_eq!(strip(&with, Strip::Ours).ok(), strip(bytes, Strip::Ours).ok());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn spoiled_pictures_are_survived(which in 0..3_usize, has_words in any::<bool>(), spoils in spoils()) {
        let plain = picture(FORMATS[which]);
        let bytes = if has_words { write(&plain, JSON, PARAMETERS).unwrap() } else { plain };
        survives(&spoil(bytes, &spoils))?;
    }

    #[test]
    fn noise_behind_a_picture_s_first_bytes_is_survived(which in 0..4_usize, noise in prop::collection::vec(any::<u8>(), 0..600)) {
        let head: &[u8] = [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"RIFF\xff\0\0\0WEBP", b""][which];
        survives(&[head, &noise].concat())?;
    }

    #[test]
    fn noise_in_exif_is_survived(is_big in any::<bool>(), noise in prop::collection::vec(any::<u8>(), 0..300)) {
        let head: &[u8] = if is_big { b"MM\0*\0\0\0\x08" } else { b"II*\0\x08\0\0\0" };
        let mut gather = Gather::default();
        exif::records(&[head, &noise].concat(), &mut gather);
        let _ = exif::only_turned(&[head, &noise].concat());
    }

    #[test]
    fn every_text_comes_back(words in "\\PC{0,60}", prompt in any::<String>()) {
        let recipe = serde_json::json!({"prompt": prompt, "words": words}).to_string();
        let words = words.replace(['\0', '\n'], " ");
        let parameters = format!("{words}\nSeed: 1, Version: pinxit 0.1.0");
        for format in FORMATS {
            let with = write(&picture(format), &recipe, &parameters).unwrap();
            let found = records(&with);
            prop_assert_eq!(&found.iter().find(|record| record.key == RECIPE).unwrap().text, &recipe);
            prop_assert!(found.iter().any(|record| record.text == parameters));
            prop_assert_eq!(strip(&with, Strip::Ours).unwrap(), picture(format));
        }
    }
}
