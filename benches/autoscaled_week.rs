//! A week of services on spot nodes, with nodes that follow demand or not: what an autoscaler costs a run.

use std::fmt::Write;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::Setup;

/// Who decides how many nodes there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeper {
    /// No program: what is lost is launched again.
    Fixed,
    /// Karpenter, which consolidates.
    Karpenter,
    /// The Cluster Autoscaler.
    ClusterAutoscaler,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Nodes of four cores at the start.
    pub nodes: u32,
    /// Pods, of which ten fill a node.
    pub pods: u32,
    /// Days.
    pub days: u32,
}

impl Size {
    /// What takes a second or two.
    pub const SMALL: Size = Size { nodes: 50, pods: 500, days: 2 };
    /// What planners ask of a fleet.
    pub const FULL: Size = Size { nodes: 500, pods: 5_000, days: 7 };
}

/// How many services there are. Their pods differ in size, so that some room is left on most nodes.
const SERVICES: u32 = 50;

/// The same cluster, market and time under any of them.
///
/// # Panics
/// If the scenario is wrong.
#[must_use]
pub fn setup(keeper: Keeper, Size { nodes, pods, days }: Size) -> Setup {
    let keeper = match keeper {
        Keeper::Fixed => "",
        Keeper::Karpenter => "autoscaler: karpenter\n",
        Keeper::ClusterAutoscaler => "autoscaler: cluster-autoscaler\n",
    };
    let mut text = format!(
        "apiVersion: spotsim/v1
name: autoscaled-week
horizon: {days}d
region: us-east-1
{keeper}pools:
  - name: spot
    count: {nodes}
    capacityType: spot
    instanceTypes: [m6i.xlarge, m6a.xlarge, m5.xlarge, m5a.xlarge]
    zones: [us-east-1a, us-east-1b, us-east-1c]
market:
  reclaims: {{scale: 10}}
workloads:
"
    );
    for service in 0..SERVICES {
        let _ = writeln!(
            text,
            "  - {{name: w{service}, replicas: {}, template: {{containers: [{{name: app, \
             resources: {{requests: {{cpu: {}m, memory: 1Gi}}}}}}]}}}}",
            pods / SERVICES,
            320 + 10 * (service % 13),
        );
    }
    let source = Source { file: "week.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, None).unwrap_or_else(|error| panic!("{error}")).setup
}
