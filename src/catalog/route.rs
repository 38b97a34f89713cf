//! The ways to reach a model. What is sent along them is the API client's business.

use serde::Deserialize;

/// Which comes first in a message that holds words and pictures. The service takes either (contract 2.1); each family is
/// sent what the specification's own examples of it send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The words, then the pictures.
    #[default]
    TextFirst,
    /// The pictures, then the words.
    ImagesFirst,
}

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// One request, the answer is in it.
    Sync,
    /// One request, the answer comes in pieces as it is made (contract 5).
    Stream,
    /// A task is made and asked after.
    Async,
}

/// Which of a mode's routes is tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// The one that outlives a dropped line: a task.
    #[default]
    Durable,
    /// The one that answers soonest: streamed, or in one request.
    Fast,
}

impl Prefer {
    /// The routes in the order to try them; among routes called alike the mode's own order stays.
    pub(super) fn order(self, routes: &[Route]) -> Vec<Route> {
        let rank = |route: &Route| match (self, route.call) {
            (Prefer::Durable, Call::Async) | (Prefer::Fast, Call::Stream) => 0,
            (Prefer::Durable, _) | (Prefer::Fast, Call::Sync) => 1,
            (Prefer::Fast, Call::Async) => 2,
        };
        let mut ordered = routes.to_vec();
        ordered.sort_by_key(rank);
        ordered
    }
}

/// What a request body looks like (contract 2.1, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// `input.messages`; the negative prompt goes to `parameters`.
    Messages,
    /// `input.prompt`; the negative prompt goes to `input`.
    Prompt,
}

/// One way to reach a model. Which of a mode's routes comes first is the user's to say ([`Prefer`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Sync, streamed or async.
    pub call: Call,
    /// Shape of the body.
    pub shape: Shape,
    /// Path under the base URL, for example `/services/aigc/image-generation/generation`.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durable_begins_with_tasks_and_fast_with_what_answers_soonest() {
        let route = |call, path: &str| Route { call, shape: Shape::Messages, path: path.into() };
        let routes = [
            route(Call::Sync, "/a"),
            route(Call::Async, "/b"),
            route(Call::Stream, "/c"),
            route(Call::Async, "/d"),
            route(Call::Sync, "/e"),
        ];
        let paths = |prefer: Prefer| prefer.order(&routes).into_iter().map(|route| route.path).collect::<Vec<_>>();
        assert_eq!(paths(Prefer::Durable), ["/b", "/d", "/a", "/c", "/e"]);
        assert_eq!(paths(Prefer::Fast), ["/c", "/a", "/e", "/b", "/d"]);
    }
}
