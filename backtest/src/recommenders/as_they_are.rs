//! Requests as they are stated: what all others are to be better than.

use sim::model::vpa::Stated;

use super::{Recommender, Rule};
use crate::history::{Container, Sample};

/// Requests as they are.
pub const RULE: Rule = Rule {
    id: "as-they-are",
    name: "as they are",
    about: "requests as the manifests or the columns of the usage file state them",
    begin: |container| Box::new(AsTheyAre(container)),
};

struct AsTheyAre<'c>(&'c Container);

impl Recommender for AsTheyAre<'_> {
    fn sees(&mut self, _: &Sample) {}

    fn recommend(&mut self, now_ms: i64) -> Stated {
        self.0.stated_at(now_ms).requests
    }
}
