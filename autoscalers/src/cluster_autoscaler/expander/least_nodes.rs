//! least-nodes: the options that add the fewest nodes.
// Cluster Autoscaler: expander/leastnodes/leastnodes.go

use super::{About, ExpansionOption, least_by};

pub(super) fn best<'o>(
    mut options: Vec<&'o ExpansionOption>,
    _: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    options.retain(|option| option.nodes > 0);
    least_by(options, |option| option.nodes)
}
