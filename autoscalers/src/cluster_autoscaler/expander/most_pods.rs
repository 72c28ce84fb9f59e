//! most-pods: the options that make room for the most pods.
// Cluster Autoscaler: expander/mostpods/mostpods.go

use std::cmp::Reverse;

use super::{About, ExpansionOption, least_by};

pub(super) fn best<'o>(
    options: Vec<&'o ExpansionOption>,
    _: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    least_by(options, |option| Reverse(option.pods.len()))
}
