//! least-waste: the options that leave the least CPU and memory idle, of all that the machines have.
// Cluster Autoscaler: expander/waste/waste.go

use sim::model::resources::Lane;

use super::{About, ExpansionOption, least_by};

pub(super) fn best<'o>(
    options: Vec<&'o ExpansionOption>,
    about: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    least_by(options, |option| {
        let capacity = about.group(option).capacity(about.world);
        let requests = about.requests(option);
        let wasted = |lane: Lane, requested: u64| {
            let available = i128::from(capacity[lane]) * i128::from(option.nodes);
            (available - i128::from(requested)) as f64 / available as f64
        };
        wasted(Lane::CPU, requests.cpu) + wasted(Lane::MEMORY, requests.memory)
    })
}
