//! Whether a submit may be paid for without asking. Pure.

use crate::domain::{Fault, FaultKind, Money};

/// What the user has said about costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Dearer submits ask; `None` never asks (the demo's money is not real).
    pub ask_above: Option<Money>,
    /// Dearer submits are refused, whatever else was said.
    pub most: Option<Money>,
    /// Agreed beforehand.
    pub yes: bool,
    /// There is somebody to ask.
    pub can_ask: bool,
    /// So many jobs that they are asked about whatever they cost; `None` for fewer.
    pub many: Option<usize>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Send it.
    Given,
    /// Ask this first.
    Ask(String),
    /// Refuse.
    Missing(Fault),
}

/// Decides. An amount that is not known, or in another currency than its limit, counts as above it.
pub fn consent(total: Option<Money>, images: u32, terms: &Terms) -> Consent {
    let within = |limit: Money| total.is_some_and(|total| total.is_within(limit));
    let images = match (images, terms.many) {
        (count, Some(jobs)) => format!("{jobs} jobs, {count} pictures"),
        (1, None) => "1 picture".to_owned(),
        (count, None) => format!("{count} pictures"),
    };
    let said = match total {
        Some(total) => format!("This costs up to {total} ({images})."),
        None => format!("The price of this is unknown ({images})."),
    };
    if let Some(most) = terms.most.filter(|most| !within(*most)) {
        let message = format!("Not sent: {} --max-cost is {most}.", said);
        return Consent::Missing(Fault::new(FaultKind::Budget, "max_cost", message));
    }
    let is_asked = |limit: &Money| !terms.yes && (!within(*limit) || terms.many.is_some());
    let Some(limit) = terms.ask_above.filter(is_asked) else { return Consent::Given };
    match terms.can_ask {
        true => Consent::Ask(said),
        false => {
            let why = if within(limit) { "So many jobs need".to_owned() } else { format!("Above {limit} it needs") };
            let message = format!("Not sent: {said} {why} your consent.");
            Consent::Missing(
                Fault::new(FaultKind::Budget, "consent_missing", message)
                    .hint("Add --yes to agree, or raise ask_above in the settings."),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Cost, Currency};

    const TERMS: Terms = Terms {
        ask_above: Some(Money { micros: 500_000, currency: Currency::Usd }),
        most: None,
        yes: false,
        can_ask: false,
        many: None,
    };

    fn cost(images: u32) -> Cost {
        Cost::Known { unit: Money::usd(75_000), images, basis: "b".into() }
    }

    fn consent(cost: &Cost, terms: &Terms) -> Consent {
        super::consent(cost.total(), cost.images(), terms)
    }

    fn code(consent: Consent) -> &'static str {
        match consent {
            Consent::Given => "given",
            Consent::Ask(_) => "ask",
            Consent::Missing(fault) if fault.kind.exit() == 7 && fault.code == "max_cost" => "max_cost",
            Consent::Missing(fault) if fault.kind.exit() == 7 => "missing",
            Consent::Missing(_) => "other",
        }
    }

    #[test]
    fn up_to_the_limit_nothing_asks_and_above_it_something_must() {
        assert_eq!(code(consent(&cost(6), &TERMS)), "given");
        assert_eq!(code(consent(&cost(7), &TERMS)), "missing");
        assert_eq!(code(consent(&cost(7), &Terms { can_ask: true, ..TERMS })), "ask");
        assert_eq!(code(consent(&cost(7), &Terms { yes: true, ..TERMS })), "given");
        assert_eq!(code(consent(&cost(7), &Terms { ask_above: None, ..TERMS })), "given");
    }

    #[test]
    fn many_jobs_ask_whatever_they_cost() {
        let many = Terms { many: Some(25), ..TERMS };
        assert_eq!(code(consent(&cost(1), &many)), "missing");
        assert_eq!(code(consent(&cost(1), &Terms { yes: true, ..many })), "given");
        let Consent::Ask(said) = consent(&cost(1), &Terms { can_ask: true, ..many }) else { panic!("it must ask") };
        assert_eq!(said, "This costs up to $0.075 (25 jobs, 1 pictures).");
        assert_eq!(
            code(consent(&cost(1), &Terms { ask_above: None, ..many })),
            "given",
            "the demo's money is not real"
        );
    }

    #[test]
    fn an_unknown_price_counts_as_above_the_limit() {
        let unknown = Cost::Unknown { images: 1 };
        assert_eq!(code(consent(&unknown, &TERMS)), "missing");
        assert_eq!(code(consent(&unknown, &Terms { yes: true, ..TERMS })), "given");
        let most = Terms { yes: true, most: Some(Money::usd(9_000_000)), ..TERMS };
        assert_eq!(code(consent(&unknown, &most)), "max_cost");
    }

    #[test]
    fn max_cost_holds_whatever_else_was_said() {
        let most = Terms { yes: true, can_ask: true, ask_above: None, most: Some(Money::usd(74_999)), many: None };
        assert_eq!(code(consent(&cost(1), &most)), "max_cost");
        assert_eq!(code(consent(&cost(1), &Terms { most: Some(Money::usd(75_000)), ..most })), "given");
    }

    #[test]
    fn amounts_of_different_currencies_are_not_compared() {
        let yuan = Cost::Known { unit: Money { micros: 1, currency: Currency::Cny }, images: 1, basis: "b".into() };
        assert_eq!(code(consent(&yuan, &TERMS)), "missing");
    }
}
