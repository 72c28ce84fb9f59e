//! `spotsim init --synthetic`: a scenario whose services are drawn, as usual ones are or as those of a
//! dump.

use std::fmt::Write;
use std::path::PathBuf;

use sim::load::copula;
use sim::model::resources::Lane;
use sim::model::workload::Controller;
use sim::providers::platform::Drafts;

use super::from::read;
use crate::Scenario;
use crate::cluster::{Cluster, DUMP};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::{Kind, ProviderName};
use crate::kube::{Container, Effect, PodDisruptionBudget};
use crate::load::Loader;
use crate::quantity::Quantity;
use crate::unmodelled::Tally;
use crate::workloads::{Written, budget};

const TEXT: &str = include_str!("../../data/synthetic.yaml");

/// The ranks at which a dump is compared with what is drawn in its place, in percent.
const RANKS: [usize; 6] = [10, 25, 50, 75, 90, 100];

/// A scenario whose services are drawn.
#[derive(Clone, Debug)]
pub struct Synthetic {
    /// The scenario.
    pub scenario: String,
    /// How well it is like the dump: quantiles side by side, one line each; empty without a dump.
    pub quantiles: Vec<String>,
}

/// What services are drawn from.
struct Fit {
    count: usize,
    replicas: String,
    cpu: String,
    memory: String,
    correlation: f64,
    shares: String,
}

/// A service: its replicas, and what each pod requests in millicores and bytes.
type Service = [u64; 3];

/// A scenario with usual services.
///
/// # Errors
/// None, as long as the template is a scenario.
pub fn synthetic(provider: ProviderName) -> Result<Synthetic, Diagnostics> {
    let fit = Fit {
        count: 40,
        replicas: "{values: [1, 2, 2, 2, 3, 3, 3, 4, 6, 10]}".into(),
        cpu: "{logNormal: {median: 150m, p95: 1}, atMost: 1500m}".into(),
        memory: "{logNormal: {median: 384Mi, p95: 3Gi}, atMost: 6Gi}".into(),
        correlation: 0.6,
        shares: "statefulSet: 0.1, pdb: 0.6, spread: 0.5, antiAffinity: 0.1, spot: 0.65".into(),
    };
    let (scenario, _) = fit.scenario(provider)?;
    Ok(Synthetic { scenario, quantiles: Vec::new() })
}

/// A scenario with services like those of a dump.
///
/// # Errors
/// What is wrong with the dump, or that it has no services.
pub fn like(paths: &[PathBuf], provider: ProviderName) -> Result<Synthetic, Diagnostics> {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let objects = read(paths, Loader::new(&mut tally, &mut found).of_a_cluster())?;
    let cluster = Cluster::of(&objects, &mut tally, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    let budgets: Vec<PodDisruptionBudget> =
        objects.iter().filter_map(budget).map(|(budget, _)| budget).collect();
    let stands = |it: &&Written| matches!(it.kind, Kind::Deployment | Kind::StatefulSet);
    let written: Vec<&Written> = cluster.workloads.iter().filter(stands).collect();
    if written.is_empty() {
        let message = "there is neither a Deployment nor a StatefulSet in there";
        let nothing = Diagnostic::new("E0003", message);
        return Err(nothing.help(format!("`{DUMP}` dumps a cluster")).into());
    }
    let there: Vec<Service> = written.iter().map(|it| service(it)).collect();
    let fit = Fit::of(&there, &written, &budgets);
    let (scenario, drawn) = fit.scenario(provider)?;
    Ok(Synthetic { scenario, quantiles: side_by_side(&there, &drawn) })
}

/// What a workload of a dump is, as a service.
fn service(written: &Written) -> Service {
    let amount = |name: &str, of: fn(Quantity) -> u64| -> u64 {
        let requested = |container: &Container| {
            let text = container.resources.requests.get(name)?;
            Quantity::parse(&text.0).ok().map(of)
        };
        written.spec.template.spec.containers.iter().filter_map(requested).sum()
    };
    let replicas = u64::from(written.spec.replicas.unwrap_or(1));
    [replicas, amount("cpu", Quantity::milli), amount("memory", Quantity::value)]
}

impl Fit {
    /// What fits the services of a dump: log-normal requests by their median and 95th percentile,
    /// replicas by their ranks, and shares as they are.
    fn of(there: &[Service], written: &[&Written], budgets: &[PodDisruptionBudget]) -> Fit {
        let column = |index: usize| {
            let mut values: Vec<u64> = there.iter().map(|it| it[index]).collect();
            values.sort_unstable();
            values
        };
        let replicas = column(0);
        let steps = replicas.len().min(20);
        let ranks = (0..steps).map(|step| replicas[step * replicas.len() / steps].max(1));
        let ranks: Vec<String> = ranks.map(|it| it.to_string()).collect();
        let requests = |index: usize, least: u64, unit: &str| {
            // What requests nothing is drawn as what requests the least.
            let values: Vec<u64> =
                column(index).into_iter().map(|it| (it / least).max(1)).collect();
            let [median, p95, most] = [50, 95, 100].map(|percent| rank(&values, percent));
            let p95 = p95.max(median);
            format!(
                "{{logNormal: {{median: {median}{unit}, p95: {p95}{unit}}}, atMost: {most}{unit}}}"
            )
        };
        let share = |is: &dyn Fn(&Written) -> bool| {
            let those = written.iter().filter(|it| is(it)).count();
            (those as f64 / written.len() as f64 * 100.0).round() / 100.0
        };
        let stateful = share(&|it| it.kind == Kind::StatefulSet);
        let pdb = share(&|it| budgets.iter().any(|budget| is_about(budget, it)));
        let pod = |it: &Written| it.spec.template.spec.clone();
        let spread = share(&|it| !pod(it).topology_spread_constraints.is_empty());
        let anti = share(&|it| {
            pod(it).affinity.is_some_and(|affinity| affinity.pod_anti_affinity.is_some())
        });
        let spot =
            share(&|it| pod(it).tolerations.iter().any(|it| it.effect != Some(Effect::NoExecute)));
        Fit {
            count: there.len(),
            replicas: format!("{{values: [{}]}}", ranks.join(", ")),
            cpu: requests(1, 1, "m"),
            memory: requests(2, 1 << 20, "Mi"),
            correlation: correlation(there),
            shares: format!(
                "statefulSet: {stateful}, pdb: {pdb}, spread: {spread}, antiAffinity: {anti}, spot: \
                 {spot}"
            ),
        }
    }

    /// The scenario, with nodes for all, and its services.
    fn scenario(&self, provider: ProviderName) -> Result<(String, Vec<Service>), Diagnostics> {
        let mut counts = [4_u64, 4];
        loop {
            let text = self.text(provider, counts);
            let source = Source { file: "scenario.yaml".into(), text: text.as_str().into() };
            let scenario = Scenario::parse(&source, None)?;
            let needs = nodes_for(&scenario);
            // Large pods leave room on small nodes that no other takes, and there is what arrives.
            let wanted = [0, 1].map(|pool| needs[pool] * 2 / 1_000 + 3);
            if counts == wanted || counts.iter().zip(wanted).all(|(count, wanted)| *count > wanted)
            {
                return Ok((text, services(&scenario)));
            }
            counts = wanted;
        }
    }

    fn text(&self, provider: ProviderName, [base_count, spot_count]: [u64; 2]) -> String {
        let Drafts { region, zones, on_demand, spot, taint, grace, .. } = provider.drafts;
        TEXT.replace("{provider}", provider.name)
            .replace("{region}", region)
            .replace("{base_count}", &base_count.to_string())
            .replace("{spot_count}", &spot_count.to_string())
            .replace("{base}", on_demand)
            .replace("{spot}", spot)
            .replace("{zones}", &format!("[{}]", zones.join(", ")))
            .replace("{taint}", taint)
            .replace("{grace}", grace)
            .replace("{count}", &self.count.to_string())
            .replace("{replicas}", &self.replicas)
            .replace("{cpu}", &self.cpu)
            .replace("{memory}", &self.memory)
            .replace("{correlation}", &format!("{:.2}", self.correlation))
            .replace("{shares}", &self.shares)
    }
}

/// Whether a budget is about the pods of a workload, as far as its labels say.
fn is_about(budget: &PodDisruptionBudget, written: &Written) -> bool {
    let labels = &written.spec.template.metadata.labels;
    let selector = budget.spec.selector.as_ref();
    budget.metadata.namespace() == written.namespace
        && selector.is_some_and(|selector| {
            let wanted = &selector.match_labels;
            !wanted.is_empty() && wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
        })
}

/// The correlation of normal scores, by that of ranks: exact for a Gaussian copula.
fn correlation(there: &[Service]) -> f64 {
    let ranks = |index: usize| {
        let below = |value: u64| there.iter().filter(|it| it[index] < value).count();
        let equal = |value: u64| there.iter().filter(|it| it[index] == value).count();
        let rank = |it: &Service| below(it[index]) as f64 + equal(it[index]) as f64 / 2.0;
        there.iter().map(rank).collect::<Vec<f64>>()
    };
    let (cpu, memory) = (ranks(1), ranks(2));
    let middle = there.len() as f64 / 2.0;
    let sum = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(x, y)| (x - middle) * (y - middle)).sum()
    };
    let ranks = sum(&cpu, &memory) / (sum(&cpu, &cpu) * sum(&memory, &memory)).sqrt();
    let scores = copula::of_ranks(ranks);
    if scores.is_finite() { scores.clamp(-0.99, 0.99) } else { 0.0 }
}

/// Thousandths of nodes that the services of both pools take: on-demand, and on spot.
fn nodes_for(scenario: &Scenario) -> [u64; 2] {
    let model = &scenario.setup.model;
    let pools: Vec<_> = model.pools.rows().collect();
    let mut asked = [[0_u64; 2]; 2];
    for workload in model.workloads.rows() {
        let Some(replicas) = workload.controller.desired_replicas() else { continue };
        let spec = &model.specs[workload.spec];
        let on_spot = usize::from(!spec.tolerations.is_empty());
        for (sum, lane) in asked[on_spot].iter_mut().zip([Lane::CPU, Lane::MEMORY]) {
            *sum += spec.requests[lane] * u64::from(replicas);
        }
    }
    [0, 1].map(|pool| {
        let size = &pools[pool].templates[0].shape.allocatable;
        let lanes = asked[pool].iter().zip([Lane::CPU, Lane::MEMORY]);
        lanes
            .map(|(asked, lane)| asked.saturating_mul(1_000) / size[lane].max(1))
            .max()
            .unwrap_or(0)
    })
}

/// The services of a scenario.
fn services(scenario: &Scenario) -> Vec<Service> {
    let model = &scenario.setup.model;
    let each = model.workloads.rows().filter_map(|workload| {
        let (Controller::Deployment { replicas, .. } | Controller::StatefulSet { replicas, .. }) =
            workload.controller
        else {
            return None;
        };
        let requests = &model.specs[workload.spec].requests;
        Some([replicas.into(), requests[Lane::CPU], requests[Lane::MEMORY]])
    });
    each.collect()
}

/// The nearest rank of values in order.
fn rank(values: &[u64], percent: usize) -> u64 {
    let place = (values.len() * percent).div_ceil(100).max(1);
    values[place.min(values.len()) - 1]
}

/// Quantiles of a dump beside those of what is drawn in its place.
fn side_by_side(there: &[Service], drawn: &[Service]) -> Vec<String> {
    let row = |index: usize, name: &str, show: fn(u64) -> String| {
        let column = |services: &[Service]| {
            let mut values: Vec<u64> = services.iter().map(|it| it[index]).collect();
            values.sort_unstable();
            values
        };
        let (there, drawn) = (column(there), column(drawn));
        let mut line = format!("{name:<9}");
        for percent in RANKS {
            let pair = format!("{} / {}", show(rank(&there, percent)), show(rank(&drawn, percent)));
            let _ = write!(line, " {pair:>17}");
        }
        line
    };
    let mut header = format!("{:<9}", "");
    for percent in RANKS {
        let name = if percent == 100 { "most".into() } else { format!("p{percent}") };
        let _ = write!(header, " {name:>17}");
    }
    vec![
        header,
        row(0, "replicas", |it| it.to_string()),
        row(1, "cpu", |it| format!("{it}m")),
        row(2, "memory", |it| format!("{}Mi", it >> 20)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenario_of_every_provider_is_sound() {
        for provider in ProviderName::all() {
            let text = synthetic(provider).unwrap_or_else(|error| panic!("{error}")).scenario;
            let source = Source { file: "scenario.yaml".into(), text: text.into() };
            let scenario = Scenario::parse(&source, None).unwrap_or_else(|error| panic!("{error}"));
            assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
            assert_eq!(services(&scenario).len(), 40);
        }
    }

    #[test]
    fn ranks_say_the_correlation() {
        let services: Vec<Service> = (1..=100).map(|it| [1, it * 10, it * it]).collect();
        assert!(correlation(&services) > 0.98);
        let against: Vec<Service> = (1..=100).map(|it| [1, it, 1_000 - it]).collect();
        assert!(correlation(&against) < -0.98);
        assert!(correlation(&[[1, 5, 5], [1, 5, 5]]).abs() < 1e-9);
    }
}
