//! The cost by dimension: who or what it was paid for. The rows of each dimension sum to the cost.

use std::collections::BTreeMap;

use sim::model::catalog::InstanceTypeId;
use sim::model::pool::PoolId;
use sim::model::workload::WorkloadId;
use sim::names::NameId;
use sim::{Cost, Legend, table::Id};

use super::{CAPACITY_TYPES, column};
use crate::cost::ledger::Books;
use crate::names::{Namer, capacity_type};

/// The dimension of a cost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    /// The pool of the node.
    Pool,
    /// How the node was bought.
    CapacityType,
    /// The node's instance type.
    InstanceType,
    /// The node's zone.
    Zone,
    /// The namespace of the pods that requested a part of the node.
    Namespace,
    /// The workload of those pods.
    Workload,
}

/// All dimensions, in the order in which they are shown.
pub const DIMENSIONS: [Dimension; 6] = [
    Dimension::Pool,
    Dimension::CapacityType,
    Dimension::InstanceType,
    Dimension::Zone,
    Dimension::Namespace,
    Dimension::Workload,
];

/// The row of capacity that no pod requested.
pub const IDLE: &str = "__idle__";
/// The row of unused commitments.
pub const COMMITMENT: &str = "__commitment__";
/// The row of what is paid beside instances.
pub const OTHER: &str = "__other__";

impl Dimension {
    /// Its name in tables and in `summary.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Pool => "pool",
            Dimension::CapacityType => "capacityType",
            Dimension::InstanceType => "instanceType",
            Dimension::Zone => "zone",
            Dimension::Namespace => "namespace",
            Dimension::Workload => "workload",
        }
    }

    /// Whether it tells apart who requested a node, and not which node it is.
    fn is_of_pods(self) -> bool {
        matches!(self, Dimension::Namespace | Dimension::Workload)
    }
}

/// What one run or many cost, by every dimension.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Breakdown {
    /// By the number of the pool, capacity type, instance type, zone, namespace or workload.
    rows: BTreeMap<(Dimension, u32), Cost>,
    idle: Cost,
    commitment: Cost,
    other: Cost,
}

impl Breakdown {
    /// What a run cost.
    #[must_use]
    pub fn of(books: &Books, legend: &Legend) -> Breakdown {
        let model = &legend.model;
        let mut breakdown = Breakdown {
            commitment: books.money.commitment_unused,
            other: books.money.other,
            idle: books.money.idle,
            ..Breakdown::default()
        };
        for bill in &books.bills {
            let offering = &model.catalog.offerings[bill.offering];
            let numbers = [
                (Dimension::Pool, bill.pool.number()),
                (Dimension::CapacityType, u32::from(column(bill.capacity_type) == 1)),
                (Dimension::InstanceType, offering.instance_type.number()),
                (Dimension::Zone, offering.zone.number()),
            ];
            numbers.into_iter().for_each(|key| breakdown.enter(key, bill.cost()));
            for (workload, share) in bill.shares() {
                let namespace = model.workloads[workload].namespace.number();
                breakdown.enter((Dimension::Namespace, namespace), share);
                breakdown.enter((Dimension::Workload, workload.number()), share);
            }
        }
        breakdown
    }

    /// Adds what is in no row: idle, unused commitments, and what is paid beside instances.
    pub(super) fn add_apart(&mut self, [idle, commitment, other]: [Cost; 3]) {
        self.idle += idle;
        self.commitment += commitment;
        self.other += other;
    }

    /// What is in no row: idle, unused commitments, and what is paid beside instances.
    pub(super) fn apart(&self) -> [Cost; 3] {
        [self.idle, self.commitment, self.other]
    }

    /// Its rows by their numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = ((Dimension, u32), Cost)> {
        self.rows.iter().map(|(key, cost)| (*key, *cost))
    }

    /// Adds to a row.
    pub(super) fn enter(&mut self, key: (Dimension, u32), cost: Cost) {
        if cost > Cost::ZERO {
            *self.rows.entry(key).or_default() += cost;
        }
    }

    /// The rows of a dimension with their names: by descending cost, unallocated rows last.
    #[must_use]
    pub fn rows(&self, dimension: Dimension, legend: &Legend) -> Vec<(String, Cost)> {
        let of = (dimension, 0)..=(dimension, u32::MAX);
        // A Deployment and a Job may have one name.
        let mut named: BTreeMap<String, Cost> = BTreeMap::new();
        for ((_, number), cost) in self.rows.range(of) {
            *named.entry(name(dimension, *number as usize, legend)).or_default() += *cost;
        }
        let mut rows: Vec<(String, Cost)> = named.into_iter().collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let idle = if dimension.is_of_pods() { self.idle } else { Cost::ZERO };
        let unallocated = [(IDLE, idle), (COMMITMENT, self.commitment), (OTHER, self.other)];
        let there = unallocated.into_iter().filter(|(_, cost)| *cost > Cost::ZERO);
        rows.extend(there.map(|(name, cost)| (name.to_owned(), cost)));
        rows
    }
}

fn name(dimension: Dimension, index: usize, legend: &Legend) -> String {
    let (namer, names) = (Namer::new(legend), &legend.model.names);
    match dimension {
        Dimension::Pool => namer.pool(PoolId::from_index(index)).to_owned(),
        Dimension::CapacityType => capacity_type(CAPACITY_TYPES[index]).to_owned(),
        Dimension::InstanceType => {
            let id = InstanceTypeId::from_index(index);
            names.text(legend.model.catalog.instance_types[id].name).to_owned()
        }
        Dimension::Zone | Dimension::Namespace => names.text(NameId::from_index(index)).to_owned(),
        Dimension::Workload => namer.workload(WorkloadId::from_index(index)),
    }
}
