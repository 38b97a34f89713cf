//! An account as words, as `pinxit.cost/1`, and as CSV. Pure but for the calendar.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::domain::{Currency, Money, text};

use super::super::calendar;
use super::sums::Sum;
use super::{Account, Budget, By};

/// For people: a table, where the prices are from, what may come yet, what is left.
pub fn lines(account: &Account) -> Vec<String> {
    let mut out = vec![];
    if account.sums.rows.is_empty() {
        out.push(match account.since {
            None => "Nothing has been billed yet.".to_owned(),
            Some(since) => {
                format!("Nothing has been billed since {} {}.", calendar::day(since), calendar::clock(since))
            }
        });
    } else {
        out.extend(table(account));
        let bases: Vec<_> = account.sums.total.bases.iter().map(|basis| text::clean(basis)).collect();
        if !bases.is_empty() {
            out.push(format!("Prices: {}.", bases.join("; ")));
        }
    }
    for held in &account.held {
        if held.set_aside.micros > 0 {
            out.push(format!("Set aside for jobs that have not ended: {}.", held.set_aside));
        }
        if held.at_risk.micros > 0 {
            out.push(format!("At risk, since no answer came: {}.", held.at_risk));
        }
    }
    out.extend(account.budgets.iter().map(budget));
    if account.budgets.is_empty() {
        out.push("No budget is set (budget_day and budget_month in the settings).".to_owned());
    }
    out
}

/// `Budget of the month $30.00: $18.40 spent, $0.30 set aside, $11.30 left.`
fn budget(budget: &Budget) -> String {
    let Budget { period, cap, spent } = budget;
    let aside = match spent.set_aside.micros {
        0 => String::new(),
        _ => format!(", {} set aside or at risk", spent.set_aside),
    };
    format!("Budget of the {period} {cap}: {} spent{aside}, {} left.", spent.billed, budget.left())
}

fn table(account: &Account) -> Vec<String> {
    let head = [account.by.word().to_uppercase(), "PICTURES".into(), "AMOUNT".into()];
    let row = |name: String, sum: &Sum| [name, sum.pictures.to_string(), amount(sum)];
    let rows = account.sums.rows.iter().map(|(key, sum)| row(name(key, account.by), sum));
    let table: Vec<_> = std::iter::once(head).chain(rows).chain([row("total".into(), &account.sums.total)]).collect();
    let width = |at: usize| table.iter().map(|row| row[at].width()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let line = |[name, pictures, amount]: &[String; 3]| {
        let gap = " ".repeat(first.saturating_sub(name.width()));
        format!("{name}{gap}  {pictures:>second$}  {amount}")
    };
    table.iter().map(line).collect()
}

fn name(key: &str, by: By) -> String {
    match (key, by) {
        ("", By::Project) => "(no project)".to_owned(),
        ("", _) => "(no batch)".to_owned(),
        _ => text::clean(key).into_owned(),
    }
}

/// `$0.900, and 3 pictures without a known price`
fn amount(sum: &Sum) -> String {
    let mut parts: Vec<_> = sum.amounts.values().map(Money::to_string).collect();
    match sum.unpriced {
        0 => {}
        1 => parts.push("1 picture without a known price".to_owned()),
        count => parts.push(format!("{count} pictures without a known price")),
    }
    parts.join(", and ")
}

/// For scripts.
pub fn document(account: &Account) -> Value {
    let by = account.by.word();
    let row = |(key, sum): &(String, Sum)| {
        let mut row = json!({by: if key.is_empty() { Value::Null } else { key.as_str().into() }});
        if let (Some(row), Value::Object(more)) = (row.as_object_mut(), document_of(sum)) {
            row.extend(more);
        }
        row
    };
    let sums = |pick: fn(&crate::store::HeldBack) -> Money| -> Vec<Value> {
        account.held.iter().map(pick).filter(|money| money.micros > 0).map(money).collect()
    };
    let budget = |budget: &Budget| {
        json!({
            "period": budget.period,
            "currency": budget.cap.currency,
            "cap": budget.cap.units(),
            "spent": budget.spent.billed.units(),
            "set_aside": budget.spent.set_aside.units(),
            "left": budget.left().units(),
        })
    };
    json!({
        "schema": "pinxit.cost/1",
        "by": by,
        "since": account.since,
        "rows": account.sums.rows.iter().map(row).collect::<Vec<_>>(),
        "total": document_of(&account.sums.total),
        "set_aside": sums(|held| held.set_aside),
        "at_risk": sums(|held| held.at_risk),
        "budgets": account.budgets.iter().map(budget).collect::<Vec<_>>(),
    })
}

fn document_of(sum: &Sum) -> Value {
    json!({
        "pictures": sum.pictures,
        "unknown_price_pictures": sum.unpriced,
        "amounts": sum.amounts.values().copied().map(money).collect::<Vec<_>>(),
        "basis": sum.bases,
    })
}

fn money(money: Money) -> Value {
    json!({"currency": money.currency, "amount": money.units()})
}

/// A row for each name and currency; amounts exact, empty where no price is known.
pub fn csv(account: &Account) -> Vec<String> {
    let mut out = vec![format!("{},pictures,unknown_price_pictures,currency,amount,basis", account.by.word())];
    for (key, sum) in &account.sums.rows {
        let bases: Vec<_> = sum.bases.iter().map(String::as_str).collect();
        let line = |currency: &str, amount: String| {
            let (name, basis) = (quoted(key), quoted(&bases.join("; ")));
            format!("{name},{},{},{currency},{amount},{basis}", sum.pictures, sum.unpriced)
        };
        if sum.amounts.is_empty() {
            out.push(line("", String::new()));
        }
        for (currency, money) in &sum.amounts {
            let word = match currency {
                Currency::Usd => "usd",
                Currency::Cny => "cny",
            };
            out.push(line(word, money.to_string().trim_start_matches(currency.sign()).to_owned()));
        }
    }
    out
}

/// A field of a CSV row. A spreadsheet must not take a name for a formula.
fn quoted(field: &str) -> String {
    let field = text::clean(field);
    let safe = if field.starts_with(['=', '+', '-', '@']) { format!("'{field}") } else { field.into_owned() };
    if safe.contains([',', '"']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::super::sums::{Sums, sample::bill};
    use super::*;
    use crate::domain::{Period, Spent};
    use crate::store::HeldBack;

    fn account(by: By) -> Account {
        let bills = [bill("m", 2, Some(Money::usd(75_000))), bill("m", 1, None)];
        let spent = Spent { billed: Money::usd(950_000), set_aside: Money::usd(30_000) };
        Account {
            by,
            since: None,
            sums: Sums::of(&bills, by),
            held: vec![HeldBack { set_aside: Money::usd(0), at_risk: Money::usd(30_000) }],
            budgets: vec![Budget { period: Period::Month, cap: Money::usd(1_000_000), spent }],
        }
    }

    #[test]
    fn people_read_a_table_the_basis_and_what_is_left() {
        let expected = "\
MODEL  PICTURES  AMOUNT
m             3  $0.150, and 1 picture without a known price
total         3  $0.150, and 1 picture without a known price
Prices: price file, 2026-04.
At risk, since no answer came: $0.030.
Budget of the month $1.000: $0.950 spent, $0.030 set aside or at risk, $0.020 left.";
        assert_eq!(lines(&account(By::Model)).join("\n"), expected);
        let empty = Account { sums: Sums::default(), held: vec![], budgets: vec![], ..account(By::Day) };
        assert_eq!(lines(&empty)[0], "Nothing has been billed yet.");
    }

    #[test]
    fn scripts_get_numbers_and_spreadsheets_no_formulas() {
        let told = document(&account(By::Project));
        assert_eq!(
            (&told["rows"][0]["project"], &told["total"]["unknown_price_pictures"]),
            (&json!("shop"), &json!(1))
        );
        assert_eq!(
            (&told["rows"][0]["amounts"][0]["amount"], &told["budgets"][0]["left"]),
            (&json!(0.15), &json!(0.02))
        );
        assert_eq!((told["set_aside"].clone(), &told["at_risk"][0]["currency"]), (json!([]), &json!("usd")));
        let rows = csv(&account(By::Batch));
        assert_eq!(rows[1], "\"3 spring, \"\"hero\"\"\",3,1,usd,0.150,\"price file, 2026-04\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
    }

    #[test]
    fn a_budget_that_is_overspent_has_nothing_left() {
        let spent = Spent { billed: Money::usd(9), set_aside: Money::usd(9) };
        assert_eq!(Budget { period: Period::Day, cap: Money::usd(10), spent }.left().micros, 0);
    }
}
