//! Terminals that draw block glyphs themselves, whatever the font: in them finer blocks are sure to be seen, and to meet
//! without gaps.
//!
//! Read in their own change logs and sources: kitty's change log (0.19.3 mends the sextants of 0.19.0; octants in 0.40.0),
//! foot's (box drawings of its own since 1.7.0, the rest of Unicode 13 by 1.9.0; octants in 1.20.0, which crashed on a
//! sextant, mended in 1.20.1), Ghostty's history (sextants in 1.0.0, octants in 1.1.1), VTE's (sextants in March 2020,
//! before 0.62; octants in 0.78, which calls itself 7800), WezTerm's page on custom block glyphs (sextants in 20210814,
//! octants in no release yet) and Contour's history (sextants in October 2021, before 0.3). Alacritty draws sextants since
//! 0.13.2 and does not say its version; neither do others that are left out here.

use super::grid::Grid;

/// Versions from which on a terminal draws sextants, and octants.
type Since = (&'static [u32], Option<&'static [u32]>);

/// By the beginning of what a terminal calls itself, in small letters.
const KNOWN: [(&str, Since); 6] = [
    ("kitty", (&[0, 19, 3], Some(&[0, 40]))),
    ("foot", (&[1, 9], Some(&[1, 20, 1]))),
    ("ghostty", (&[1, 0], Some(&[1, 1, 1]))),
    ("vte", (&[6200], Some(&[7800]))),
    ("wezterm", (&[20_210_814], None)),
    ("contour", (&[0, 3], None)),
];

/// A version of foot that ends when it is shown a sextant.
const CRASHES: &[u32] = &[1, 20, 0];

/// The finest grid a terminal is known to draw by itself, from its name and version: `foot(1.28.0)`, `VTE(7803)`.
pub(super) fn finest(name: &str) -> Option<Grid> {
    let lower = name.to_lowercase();
    let (kind, (sextants, octants)) = KNOWN.iter().find(|(kind, _)| lower.starts_with(kind))?;
    let version = version(&lower[kind.len()..]);
    if version.is_empty() || (*kind == "foot" && version.starts_with(CRASHES)) {
        return None;
    }
    let since = |first: &[u32]| version.as_slice() >= first;
    let octants = octants.is_some_and(since).then_some(Grid::Octants);
    octants.or(since(sextants).then_some(Grid::Sextants))
}

/// The numbers of a version, from the first digit to whatever is neither digit nor dot.
fn version(rest: &str) -> Vec<u32> {
    let digits = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
    digits[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_versions_are_trusted() {
        let table = [
            ("VTE(7803)", Some(Grid::Octants)),
            ("VTE(7600)", Some(Grid::Sextants)),
            ("VTE(5202)", None),
            ("kitty(0.48.2)", Some(Grid::Octants)),
            ("kitty(0.39.1)", Some(Grid::Sextants)),
            ("kitty(0.19.2)", None),
            ("foot(1.28.0)", Some(Grid::Octants)),
            ("foot(1.20.1)", Some(Grid::Octants)),
            ("foot(1.20.0)", None),
            ("foot(1.19.0-12-gabcdef)", Some(Grid::Sextants)),
            ("ghostty 1.3.1", Some(Grid::Octants)),
            ("ghostty 1.1.0", Some(Grid::Sextants)),
            ("WezTerm 20240203-110809-5046fc22", Some(Grid::Sextants)),
            ("contour 0.6.1.7494", Some(Grid::Sextants)),
            ("XTerm(412)", None),
            ("iTerm2 3.6.0", None),
            ("xterm-kitty", None),
            ("foot", None),
            ("alacritty", None),
            ("", None),
        ];
        for (name, grid) in table {
            assert_eq!(finest(name), grid, "{name}");
        }
    }
}
