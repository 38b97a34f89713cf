//! The wan2.7 parameters that steer a picture: regions and palettes (contract 3.3.5, 3.3.6).
//! Not here: every other parameter (`check`).

use serde_json::Value;

use super::refusal::Refusal;
use super::size::Pixels;

/// Reads `bbox_list`: one list per input image, at most two boxes each, `[x1,y1,x2,y2]` in pixels.
///
/// # Errors
/// What is wrong with it.
pub fn read_boxes(list: &Value, images: usize) -> Result<Vec<Vec<[u32; 4]>>, Refusal> {
    let Some(outer) = list.as_array() else {
        return Err(wrong_boxes("must be an array"));
    };
    if outer.len() != images {
        return Err(wrong_boxes("length must equal the number of input images"));
    }
    outer.iter().map(read_image).collect()
}

fn read_image(boxes: &Value) -> Result<Vec<[u32; 4]>, Refusal> {
    let Some(boxes) = boxes.as_array() else {
        return Err(wrong_boxes("must hold one array per image"));
    };
    if boxes.len() > 2 {
        return Err(wrong_boxes("supports at most 2 boxes per image"));
    }
    let read = |corners: &Value| {
        let corners: Option<Vec<u32>> =
            corners.as_array()?.iter().map(|corner| corner.as_u64()?.try_into().ok()).collect();
        let corners: [u32; 4] = corners?.try_into().ok()?;
        (corners[0] < corners[2] && corners[1] < corners[3]).then_some(corners)
    };
    let wrong = || wrong_boxes("boxes must be [x1,y1,x2,y2] with x1<x2 and y1<y2");
    boxes.iter().map(|corners| read(corners).ok_or_else(wrong)).collect()
}

/// Refuses boxes that reach out of their images, where the image's size is known.
pub fn check_edges(boxes: &[Vec<[u32; 4]>], edges: &[Option<Pixels>]) -> Result<(), Refusal> {
    for (boxes, edge) in boxes.iter().zip(edges) {
        let Some((width, height)) = edge else { continue };
        if boxes.iter().any(|[_, _, right, bottom]| right > width || bottom > height) {
            return Err(wrong_boxes("boxes must lie within their image"));
        }
    }
    Ok(())
}

fn wrong_boxes(why: &str) -> Refusal {
    Refusal::parameter(format!("bbox_list {why}"))
}

/// Reads `color_palette`: 3 to 10 entries whose ratios, two decimals each, sum to exactly 100.00%.
/// Gives colours and their shares of one.
///
/// # Errors
/// What is wrong with it.
pub fn read_palette(palette: &Value) -> Result<Vec<([u8; 3], f32)>, Refusal> {
    let wrong = |why: &str| Refusal::parameter(format!("color_palette {why}"));
    let entries = palette.as_array().ok_or_else(|| wrong("must be an array"))?;
    if !(3..=10).contains(&entries.len()) {
        return Err(wrong("must hold 3 to 10 colors"));
    }
    let mut sum = 0;
    let mut colours = Vec::with_capacity(entries.len());
    for entry in entries {
        let colour = entry["hex"].as_str().and_then(colour).ok_or_else(|| wrong("hex must look like #C2D1E6"))?;
        let hundredths = entry["ratio"].as_str().and_then(hundredths);
        let hundredths = hundredths.ok_or_else(|| wrong("ratio must be a string like 23.51%"))?;
        sum += hundredths;
        colours.push((colour, hundredths as f32 / 10_000.0));
    }
    if sum == 10_000 { Ok(colours) } else { Err(wrong("ratios must sum to 100.00%")) }
}

/// `#C2D1E6` as red, green, blue.
fn colour(text: &str) -> Option<[u8; 3]> {
    let hex =
        text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

/// `23.51%` as 2351: integers, because the official example does not sum to 100 in binary.
fn hundredths(ratio: &str) -> Option<u32> {
    let (whole, part) = ratio.strip_suffix('%')?.split_once('.')?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || whole.len() > 3 || !plain(part) || part.len() != 2 {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn palette(ratios: &[&str]) -> Value {
        ratios.iter().map(|ratio| json!({"hex": "#C2D1E6", "ratio": ratio})).collect()
    }

    #[test]
    fn a_palette_sums_to_a_hundred_in_hundredths() {
        let eight = ["23.51%", "20.13%", "15.97%", "13.27%", "10.20%", "7.40%", "6.09%", "3.43%"];
        assert!(read_palette(&palette(&eight)).is_ok());
        assert!(read_palette(&palette(&["50.00%", "25.00%", "25.00%"])).is_ok());
        assert!(read_palette(&palette(&["50.00%", "25.00%", "24.99%"])).is_err());
        assert!(read_palette(&palette(&["50.00%", "50.00%"])).is_err());
        assert!(read_palette(&palette(&["50%", "25.00%", "25.00%"])).is_err());
        assert!(read_palette(&palette(&["50.0%", "25.00%", "25.00%"])).is_err());
        assert!(
            read_palette(&json!([
                {"hex": "C2D1E6", "ratio": "50.00%"},
                {"hex": "#C2D1E6", "ratio": "25.00%"},
                {"hex": "#C2D1E6", "ratio": "25.00%"},
            ]))
            .is_err()
        );
    }

    #[test]
    fn boxes_come_one_list_per_image_and_two_at_most() {
        let one = json!([989, 515, 1138, 681]);
        assert!(read_boxes(&json!([[], [one]]), 2).is_ok());
        assert!(read_boxes(&json!([[one, one], []]), 2).is_ok());
        assert!(read_boxes(&json!([[one]]), 2).is_err());
        assert!(read_boxes(&json!([[one, one, one]]), 1).is_err());
        assert!(read_boxes(&json!([[[10, 10, 5, 20]]]), 1).is_err());
        assert!(read_boxes(&json!([[[1, 2, 3]]]), 1).is_err());
        assert!(read_boxes(&json!([[[0.5, 2, 3, 4]]]), 1).is_err());
        assert!(read_boxes(&json!("[]"), 0).is_err());
    }

    #[test]
    fn boxes_stay_within_images_that_are_known() {
        let boxes = vec![vec![], vec![[0, 0, 100, 50]]];
        assert!(check_edges(&boxes, &[None, Some((100, 50))]).is_ok());
        assert!(check_edges(&boxes, &[None, Some((99, 50))]).is_err());
        assert!(check_edges(&boxes, &[None, None]).is_ok());
    }

    #[test]
    fn a_palette_is_read_as_colours_and_shares() {
        let palette = json!([
            {"hex": "#C2D1E6", "ratio": "50.00%"},
            {"hex": "#000000", "ratio": "25.00%"},
            {"hex": "#ffffff", "ratio": "25.00%"},
        ]);
        let read = read_palette(&palette).unwrap();
        assert_eq!(read[0], ([0xc2, 0xd1, 0xe6], 0.5));
        assert_eq!(read[2].0, [255, 255, 255]);
    }
}
