//! All models, a line each.

use crate::catalog::Model;
use crate::domain::{Mode, Region};

use super::super::print;

/// The table, headings first, each line at most `columns` wide.
pub fn rows(models: &[Model], region: Region, columns: Option<usize>) -> Vec<String> {
    let head = ["MODEL", "MODES", "SIZE", "N/REQ", "PRICE", "ABOUT"].map(str::to_owned);
    let table: Vec<[String; 6]> =
        std::iter::once(head).chain(models.iter().map(|model| cells(model, region))).collect();
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let line = |row: &[String; 6]| {
        let [id, modes, size, n, price, about] = row;
        let w = &widths;
        let text =
            format!("{id:<0$}  {modes:<1$}  {size:<2$}  {n:>3$}  {price:>4$}  {about}", w[0], w[1], w[2], w[3], w[4]);
        print::cut(&text, columns)
    };
    table.iter().map(line).collect()
}

fn cells(model: &Model, region: Region) -> [String; 6] {
    let modes: Vec<_> = model.modes.iter().map(|spec| spec.mode.word()).collect();
    let first = model.modes.first().map(|spec| spec.mode).unwrap_or_default();
    let sizes = model.sizes(first);
    let size = sizes.first().map_or("-".to_owned(), ToString::to_string);
    let unit = model.cost(&model.blank(first), region).for_images(1).total();
    let price = match unit {
        Some(unit) => unit.to_string(),
        None if model.regions.contains(&region) => "unknown".to_owned(),
        None => "-".to_owned(),
    };
    [model.id.to_string(), modes.join(","), size, per_request(model, first), price, model.about.clone()]
}

/// Most pictures of one request; a job may have more.
fn per_request(model: &Model, mode: Mode) -> String {
    model.mode(mode).map_or(1, |spec| spec.per_request).to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn each_model_has_a_line_that_fits() {
        let catalog = Catalog::builtin();
        let rows = rows(catalog.models(), Region::Singapore, Some(80));
        assert_eq!(rows.len(), catalog.models().len() + 1);
        assert!(rows.iter().all(|row| row.chars().count() <= 80));
        let pro = rows.iter().find(|row| row.starts_with("wan2.7-image-pro ")).unwrap();
        assert!(pro.contains("text,series,edit") && pro.contains("$0.075"), "{pro}");
    }
}
