//! Which labels a selector means: of topology groups and of PodDisruptionBudgets alike.

use sim::model::labels::{LabelSet, Requirement};
use sim::names::Names;

use super::input::Selector;

/// Whether a selector means labels; none means nothing.
pub(crate) fn selects(selector: &Selector, labels: &LabelSet, names: &Names) -> bool {
    let holds = |wanted: &Requirement| wanted.allows(labels.get(wanted.key), names);
    selector.as_ref().is_some_and(|wanted| wanted.iter().all(holds))
}
