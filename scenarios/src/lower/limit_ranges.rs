//! LimitRanges: the bounds of pods and containers, by namespace.

use manifests::context::ClusterContext;
use manifests::limit_ranges::{CONTAINER, POD};
use sim::model::Model;
use sim::model::containers::Amounts;
use sim::model::limit_range::{Bounded, LimitRange, Limits};

use super::Lowering;
use super::requests::amount;
use crate::diagnostic::Diagnostic;
use crate::kube::{self, LimitRangeItem, ResourceList};

impl Lowering<'_> {
    /// The LimitRanges of the cluster.
    pub(super) fn limit_ranges(&mut self, context: &ClusterContext) {
        for (range, error) in limit_ranges(&mut self.model, context) {
            let name = range.metadata.full_name();
            self.found.push(Diagnostic::new("E0301", format!("LimitRange {name}: {error}")));
        }
    }
}

/// Adds the LimitRanges of a cluster to a model; those that are wrong are handed back.
pub(crate) fn limit_ranges<'c>(
    model: &mut Model,
    context: &'c ClusterContext,
) -> Vec<(&'c kube::LimitRange, String)> {
    let mut wrong = Vec::new();
    for (namespace, ranges) in context.limit_ranges() {
        let namespace = model.names.intern(namespace);
        for range in ranges {
            let limits = range.spec.limits.iter().filter_map(|item| limits(item).transpose());
            match limits.collect::<Result<Vec<_>, _>>() {
                Ok(limits) => {
                    let name = model.names.intern(&range.metadata.name);
                    let own = model.limit_ranges.entry(namespace).or_default();
                    own.push(LimitRange { name, limits });
                }
                Err(error) => wrong.push((range, error)),
            }
        }
    }
    wrong
}

/// The bounds of containers or pods; of claims there are none here.
fn limits(item: &LimitRangeItem) -> Result<Option<Limits>, String> {
    let of = match item.kind.as_str() {
        CONTAINER => Bounded::Container,
        POD => Bounded::Pod,
        _ => return Ok(None),
    };
    let (min, max) = (amounts(&item.min, amount)?, amounts(&item.max, amount)?);
    let max_limit_request_ratio = amounts(&item.max_limit_request_ratio, |_, it| it.milli())?;
    Ok(Some(Limits { of, min, max, max_limit_request_ratio }))
}

fn amounts(
    list: &ResourceList,
    count: fn(&str, crate::quantity::Quantity) -> u64,
) -> Result<Amounts, String> {
    let of = |name: &str| {
        let amount = list.get(name).map(|it| it.amount().map(|it| count(name, it)));
        amount.transpose().map_err(|error| format!("{name}: {error}"))
    };
    Ok(Amounts {
        cpu: of("cpu")?,
        memory: of("memory")?,
        ephemeral_storage: of("ephemeral-storage")?,
    })
}
