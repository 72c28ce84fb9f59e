//! random: any of the options.
// Cluster Autoscaler: expander/random/random.go

use super::{About, ExpansionOption};

pub(super) fn best<'o>(
    options: Vec<&'o ExpansionOption>,
    about: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    let count = options.len() as u64;
    if count == 0 {
        return options;
    }
    let drawn = usize::try_from(about.draw % count).unwrap_or(0);
    vec![options[drawn]]
}
