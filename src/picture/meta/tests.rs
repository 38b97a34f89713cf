//! Words put into pictures of every format and taken out again, beside those of others.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use crate::picture;

pub(super) const JSON: &str = r#"{"schema":"pinxit.recipe/1","prompt":"雪中 <红狐> & \"x\" 🦊"}"#;
pub(super) const PARAMETERS: &str = "雪中红狐\nNegative prompt: blur\nSeed: 7, Size: 40x30, Version: pinxit 0.1.0";

pub(super) fn picture(format: ImageFormat) -> Vec<u8> {
    let pixels: DynamicImage = match format {
        ImageFormat::WebP => RgbaImage::from_fn(41, 30, |x, y| Rgba([x as u8, y as u8, 90, 200])).into(),
        _ => RgbImage::from_fn(41, 30, |x, y| Rgb([x as u8 * 6, y as u8 * 8, 90])).into(),
    };
    let mut out = Cursor::new(Vec::new());
    pixels.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(super) const FORMATS: [ImageFormat; 3] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];

fn pixels(bytes: &[u8]) -> Vec<u8> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    picture::verify(file.path()).unwrap();
    picture::open(file.path()).unwrap().into_raw()
}

fn found(bytes: &[u8], key: &str) -> Vec<String> {
    records(bytes).into_iter().filter(|record| record.key == key).map(|record| record.text).collect()
}

/// A PNG chunk.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(data.len() as u32).to_be_bytes(), &kind[..], data, &crc.sum().to_be_bytes()].concat()
}

/// A PNG with chunks of others behind its header.
fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let png = picture(ImageFormat::Png);
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn both_records_go_in_and_come_out_again_and_no_pixel_is_touched() {
    for format in FORMATS {
        let before = picture(format);
        let with = write(&before, JSON, PARAMETERS).unwrap();
        assert_eq!(found(&with, RECIPE), [JSON], "{format:?}");
        let key = if format == ImageFormat::Png { "parameters" } else { "UserComment" };
        assert_eq!(found(&with, key), [PARAMETERS], "{format:?}");
        assert_eq!(pixels(&with), pixels(&before), "{format:?}");
        let again = write(&with, "{}", PARAMETERS).unwrap();
        assert_eq!(found(&again, RECIPE), ["{}"], "{format:?}: in the place of the first");
        assert_eq!(strip(&again, Strip::Ours).unwrap(), before, "{format:?}: to the byte");
        assert_eq!(strip(&before, Strip::Ours).unwrap(), before);
        assert_eq!(strip(&with, Strip::All).unwrap(), before, "{format:?}");
    }
}

/// A lossy WebP of one pixel, in the simple layout.
fn lossy_webp() -> Vec<u8> {
    use base64::Engine;
    let text = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn a_plain_webp_becomes_an_extended_one_of_its_own_size() {
    let with = write(&lossy_webp(), JSON, PARAMETERS).unwrap();
    assert_eq!(&with[12..16], b"VP8X");
    assert_eq!(with[20], 0x0c, "EXIF and XMP, no transparency");
    assert_eq!(with[24..30], [0, 0, 0, 0, 0, 0], "one pixel, less one");
    assert_eq!(pixels(&with), pixels(&lossy_webp()));
    assert_eq!(strip(&with, Strip::Ours).unwrap(), lossy_webp());
    let clear = write(&picture(ImageFormat::WebP), JSON, PARAMETERS).unwrap();
    assert_eq!(clear[20], 0x1c, "it has transparency, too");
    assert_eq!(clear[24..30], [40, 0, 0, 29, 0, 0]);
    assert_eq!(u32::from_le_bytes(clear[4..8].try_into().unwrap()) as usize + 8, clear.len());
}

#[test]
fn parts_of_others_stay_where_they_are() {
    let label = chunk(b"iTXt", b"AIGC\0\0\0\0\0{\"Label\":\"1\"}");
    let signed = chunk(b"caBX", b"a signed history");
    let theirs = chunk(b"tEXt", b"parameters\0a fox\nSteps: 20, Sampler: Euler, Seed: 5");
    let before = png_with(&[label.clone(), signed.clone(), theirs.clone()]);
    let with = write(&before, JSON, PARAMETERS).unwrap();
    let run = [label, signed, theirs].concat();
    assert!(with.windows(run.len()).any(|window| window == run), "in their order");
    assert_eq!(found(&with, "parameters").len(), 1, "theirs alone: the place is taken");
    assert_eq!(found(&with, "AIGC"), ["{\"Label\":\"1\"}"]);
    assert_eq!(strip(&with, Strip::Ours).unwrap(), before);
    let bare = strip(&with, Strip::All).unwrap();
    assert_eq!(records(&bare), []);
    assert!(bare.windows(4).any(|window| window == b"caBX"), "no words, so it stays");
    let mut trailing = picture(ImageFormat::Png);
    trailing.extend(b"a film behind the end");
    let with = write(&trailing, JSON, PARAMETERS).unwrap();
    assert!(with.ends_with(b"a film behind the end"));
    assert_eq!(strip(&with, Strip::Ours).unwrap(), trailing);
}

/// A JPEG with segments of others behind its header.
fn jpeg_with(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let jpeg = picture(ImageFormat::Jpeg);
    let head = 4 + usize::from(u16::from_be_bytes([jpeg[4], jpeg[5]]));
    let framed = |(marker, data): &(u8, Vec<u8>)| {
        [&[0xff, *marker], &((data.len() + 2) as u16).to_be_bytes()[..], data].concat()
    };
    let parts: Vec<u8> = segments.iter().flat_map(framed).collect();
    [&jpeg[..head], &parts, &jpeg[head..]].concat()
}

#[test]
fn exif_and_xmp_of_others_stay_the_first_and_turned_pictures_stay_turned() {
    let turned = [b"Exif\0\0", &exif::only_turned(&tiff(&[(0x0112, 3, 1, [0, 6, 0, 0])])).unwrap()[..]].concat();
    let packet = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><AIGC>1</AIGC></x:xmpmeta>".to_vec();
    let jumbf = b"JP\0\x01signed".to_vec();
    let before = jpeg_with(&[(0xe1, turned), (0xe1, packet), (0xeb, jumbf), (0xfe, b"a comment".to_vec())]);
    let with = write(&before, JSON, PARAMETERS).unwrap();
    assert_eq!(found(&with, "UserComment"), Vec::<String>::new(), "EXIF is taken");
    assert_eq!(found(&with, RECIPE), [JSON]);
    let keys: Vec<_> = records(&with).into_iter().map(|record| record.key).collect();
    assert_eq!(keys, ["XML:com.adobe.xmp", "pinxit", "comment"]);
    assert_eq!(strip(&with, Strip::Ours).unwrap(), before);
    let bare = strip(&with, Strip::All).unwrap();
    assert_eq!(records(&bare), []);
    let (facts, before) = (pixels(&bare), pixels(&before));
    assert_eq!(facts, before);
    assert!(bare.windows(6).any(|window| window == b"Exif\0\0"), "it says how it is turned");
    assert!(bare.windows(8).any(|window| window == b"\x01signed\xff"), "no words, so it stays");
}

/// A big-endian TIFF of one directory.
fn tiff(tags: &[(u16, u16, u32, [u8; 4])]) -> Vec<u8> {
    let mut out = b"MM\0*\0\0\0\x08".to_vec();
    out.extend((tags.len() as u16).to_be_bytes());
    for (tag, kind, count, value) in tags {
        out.extend([&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), value].concat());
    }
    out.extend([0; 4]);
    out
}

#[test]
fn a_packet_another_tool_added_to_keeps_its_own_words() {
    let ours = xmp::packet(JSON);
    let grown = ours.replace("</rdf:Description>", "<dc:title>Fox</dc:title></rdf:Description>");
    let segment = [b"http://ns.adobe.com/xap/1.0/\0", grown.as_bytes()].concat();
    let jpeg = jpeg_with(&[(0xe1, segment)]);
    assert_eq!(found(&jpeg, RECIPE), [JSON]);
    let bare = strip(&jpeg, Strip::Ours).unwrap();
    assert_eq!(found(&bare, RECIPE), Vec::<String>::new());
    assert!(found(&bare, "XML:com.adobe.xmp")[0].contains("<dc:title>Fox"));
}

#[test]
fn texts_of_every_kind_and_encoding_are_read() {
    let packed = [b"workflow\0\0", &deflated(b"{\"nodes\":[]}")[..]].concat();
    let packed_too = ["Title\0\x01\0zh\0\u{6807}\0".as_bytes(), &deflated("雪".as_bytes())].concat();
    let png = png_with(&[
        chunk(b"tEXt", b"Author\0Andr\xe9"),
        chunk(b"tEXt", "prompt\0雪".as_bytes()),
        chunk(b"zTXt", &packed),
        chunk(b"iTXt", &packed_too),
    ]);
    let texts: Vec<_> = records(&png).into_iter().map(|record| (record.place, record.key, record.text)).collect();
    let of = |place, key: &str, text: &str| (place, key.to_owned(), text.to_owned());
    assert_eq!(
        texts,
        [
            of("tEXt", "Author", "André"),
            of("tEXt", "prompt", "雪"),
            of("zTXt", "workflow", "{\"nodes\":[]}"),
            of("iTXt", "Title", "雪")
        ]
    );
    let mut little = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
    little.extend(b"\x01\0\x86\x92\x07\0\x0c\0\0\0\x2c\0\0\0\0\0\0\0UNICODE\0a\0\xea\x96");
    assert_eq!(found(&jpeg_with(&[(0xe1, little)]), "UserComment"), ["a雪"], "little-endian, as some write it");
}

#[test]
fn a_bomb_and_too_many_texts_are_left_alone() {
    let bomb = [b"boom\0\0", &deflated(&vec![b'x'; 64 << 20])[..]].concat();
    let bombs: Vec<_> = (0..40).map(|_| chunk(b"zTXt", &bomb)).collect();
    assert_eq!(records(&png_with(&bombs)), []);
    let many: Vec<_> = (0..2000).map(|nth| chunk(b"tEXt", format!("k{nth}\0v").as_bytes())).collect();
    assert_eq!(records(&png_with(&many)).len(), RECORDS_MAX);
    let mut broken = chunk(b"tEXt", b"k\0v");
    broken[9] ^= 1;
    assert_eq!(records(&png_with(&[broken])), [], "its checksum is wrong");
    let huge = chunk(b"tEXt", &[b"k\0", &vec![b'v'; TEXT_MAX + 1][..]].concat());
    assert_eq!(records(&png_with(&[huge])), []);
}

#[test]
fn a_recipe_that_does_not_fit_is_refused_and_a_format_without_a_place_too() {
    let long = format!("{{\"prompt\":\"{}\"}}", "x".repeat(70_000));
    let refused = write(&picture(ImageFormat::Jpeg), &long, PARAMETERS).unwrap_err();
    assert_eq!(refused.to_string(), "the recipe is too long for a jpeg file");
    assert_eq!(found(&write(&picture(ImageFormat::Png), &long, PARAMETERS).unwrap(), RECIPE), [long]);
    let bmp = picture(ImageFormat::Bmp);
    assert!(matches!(write(&bmp, JSON, PARAMETERS), Err(Unwritable::NoPlace(Format::Bmp))));
    assert!(matches!(write(b"<html>", JSON, PARAMETERS), Err(Unwritable::Unusable(_))));
}

#[test]
fn long_parameters_give_way_to_the_recipe() {
    let long = format!("{}\nVersion: pinxit 0.1.0", "雪".repeat(40_000));
    let with = write(&picture(ImageFormat::Jpeg), JSON, &long).unwrap();
    assert_eq!((found(&with, RECIPE).len(), found(&with, "UserComment").len()), (1, 0));
}

#[test]
fn a_file_is_changed_in_one_step_and_keeps_its_rights_and_links() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("fox.png"), dir.path().join("link.png"));
    std::fs::write(&file, picture(ImageFormat::Png)).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert!(rewrite(&link, |bytes| write(bytes, JSON, PARAMETERS)).unwrap());
    assert_eq!(open(&link).unwrap().len(), 2);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(!rewrite(&file, |bytes| Ok(bytes.to_vec())).unwrap());
    assert!(rewrite(&file, |bytes| strip(&bytes[..60], Strip::Ours)).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left behind");
}
