//! What would be sent, without sending it: `--dry-run` as JSON, `--curl` as commands. The calls are made by the same
//! functions as the real ones.

use serde_json::{Map, Value, json};

use crate::api::{self, Call};
use crate::catalog::{self, Route};
use crate::domain::{Cost, Money, text::quoted};

use super::Plan;
use super::inputs;

/// The calls of all requests, in order, and what is known about them.
#[derive(Debug)]
pub struct Draft {
    /// Where the service is.
    base_url: String,
    /// One for each part.
    calls: Vec<Call>,
    /// Ways to the model, in the order they are tried; the calls take the first.
    routes: Vec<Route>,
    /// Done before the calls.
    first: Vec<String>,
}

impl Draft {
    /// Drafts what a plan would send.
    pub fn of(plan: &Plan) -> anyhow::Result<Draft> {
        let Plan { config, model, spec, jobs, .. } = plan;
        let (settings, routes) = (&config.settings, spec.ways(config.settings.prefer));
        let route = routes.first().ok_or_else(|| anyhow::anyhow!("{} has no route", model.id))?;
        let call = |part| api::call(model, route, settings.region, &part);
        let (mut calls, mut first) = (vec![], vec![]);
        for (request, _) in jobs {
            let (carried, before) = inputs::carried(request, spec)?;
            calls.extend(model.parts(&carried).into_iter().map(call));
            first.extend(before);
        }
        // Pictures that several jobs are made from are uploaded once.
        first.dedup();
        Ok(Draft { base_url: settings.base_url()?, calls, routes, first })
    }

    fn url(&self, call: &Call) -> String {
        format!("{}{}", self.base_url, call.path)
    }

    /// One JSON object, `pinxit.dry-run/1`.
    pub fn json(&self, plan: &Plan) -> Value {
        let request = |call: &Call| {
            let headers: Map<String, Value> =
                call.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
            json!({"method": call.method, "url": self.url(call), "headers": headers, "body": call.body})
        };
        let route = |route: &Route| json!({"call": word(route.call), "path": route.path});
        let warnings: Vec<_> = plan.warnings.iter().chain(&self.first).collect();
        json!({
            "schema": "pinxit.dry-run/1",
            "requests": self.calls.iter().map(request).collect::<Vec<_>>(),
            "routes": self.routes.iter().map(route).collect::<Vec<_>>(),
            "price": price(&plan.cost),
            "notes": plan.notes,
            "warnings": warnings,
        })
    }

    /// One command for each call, for any POSIX shell. The key is named, never written.
    pub fn curl(&self) -> String {
        let remarks: String = self.first.iter().map(|remark| format!("# {remark}\n")).collect();
        let commands: Vec<_> = self.calls.iter().map(|call| self.command(call)).collect();
        format!("{remarks}{}", commands.join("\n\n"))
    }

    fn command(&self, call: &Call) -> String {
        // A stream is shown as it comes.
        let streams = self.routes.first().is_some_and(|route| route.call == catalog::Call::Stream);
        let flags = if streams { "-sSN" } else { "-sS" };
        let mut out = format!("curl {flags} -X {} {} \\\n", call.method, quoted(&self.url(call)));
        out.push_str("  -H \"Authorization: Bearer $DASHSCOPE_API_KEY\" \\\n");
        for (name, value) in &call.headers {
            out.push_str(&format!("  -H {} \\\n", quoted(&format!("{name}: {value}"))));
        }
        // A body with a picture in it is longer than an argument may be, so it goes in by stdin. No line of it can be the
        // closing word: within texts JSON has no line feeds.
        out.push_str(&format!("  --data-binary @- <<'JSON'\n{:#}\nJSON", call.body));
        out
    }
}

/// How a route is called, as the catalogue spells it.
fn word(call: catalog::Call) -> &'static str {
    match call {
        catalog::Call::Sync => "sync",
        catalog::Call::Stream => "stream",
        catalog::Call::Async => "async",
    }
}

fn price(cost: &Cost) -> Value {
    let (unit, basis) = match cost {
        Cost::Known { unit, basis, .. } => (Some(*unit), basis.as_str()),
        Cost::Unknown { .. } => (None, "price unknown"),
    };
    json!({
        "images": cost.images(),
        "unit": unit.map(Money::units),
        "total": cost.total().map(Money::units),
        "currency": unit.map(|unit| unit.currency),
        "basis": basis,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_word_survives_its_own_quotes() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn an_unknown_price_is_not_nothing() {
        let known = Cost::Known { unit: Money::usd(30_000), images: 3, basis: "b".into() };
        let expected = json!({"images": 3, "unit": 0.03, "total": 0.09, "currency": "usd", "basis": "b"});
        assert_eq!(price(&known), expected);
        let told = price(&Cost::Unknown { images: 2 });
        assert_eq!((&told["total"], &told["images"]), (&Value::Null, &json!(2)));
    }
}
