//! A fleet: one pool of spot instances of one type, simulated, and what became of its instances.

use std::collections::BTreeMap;
use std::sync::Arc;

use reports::cost::meter::{Bill, Meter};
use sim::market::reclaims::Reclaims;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering};
use sim::model::node::{NodeId, NodeShape};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::providers::{self, Provider};
use sim::{Fact, Legend, MicroUsdPerHour, Root, Setup, SimTime, Span};

/// What every experiment starts from.
pub const ROOT: Root = Root { seed: 42, replication: 0 };

/// A pool of spot instances that is always wanted whole.
#[derive(Clone)]
pub struct Fleet {
    /// How many.
    pub size: u32,
    /// Reclaims per instance and hour.
    pub reclaims_per_hour: f64,
    /// Whether they are of a scarce type.
    pub scarce: bool,
    /// Whose.
    pub provider: &'static Provider,
    /// How the provider takes them.
    pub reclaims: Arc<dyn Reclaims>,
    /// For how long.
    pub horizon: Span,
}

/// One instance, from its launch to its loss or to the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    /// When it was launched.
    pub from: SimTime,
    /// When it was taken, if it was.
    pub taken: Option<SimTime>,
    /// Until when it was seen.
    pub to: SimTime,
}

impl Instance {
    /// How long it was held.
    #[must_use]
    pub fn held(&self) -> Span {
        self.to.since(self.from)
    }
}

/// A provider of this name that takes instances without any notice, so that capacity and instances
/// go at one moment.
///
/// # Panics
/// If there is no provider of this name.
#[must_use]
pub fn without_notice(name: &str) -> Provider {
    let provider = providers::named(name).expect("a provider that is modelled");
    Provider { notice: Span::ZERO, ..provider.clone() }
}

impl Fleet {
    /// What the simulator runs.
    ///
    /// # Panics
    /// If the fleet has no horizon.
    #[must_use]
    pub fn setup(&self) -> Setup {
        let mut model = Model::default();
        let name = model.names.intern("fleet");
        let size = Resources::one_pod(1_000, 1 << 30);
        // A dollar an hour and a third of one.
        let list = MicroUsdPerHour(1_000_000);
        let machine = InstanceType { scarce: self.scarce, ..InstanceType::plain(name, size, list) };
        let instance_type = model.catalog.instance_types.push(machine);
        let offering = model.catalog.offerings.push(Offering {
            capacity_type: CapacityType::Spot,
            reclaims_per_hour: self.reclaims_per_hour,
            ..Offering::on_demand(instance_type, name, MicroUsdPerHour(300_000))
        });
        let template = NodeTemplate { offering, shape: NodeShape::plain(size) };
        model.pools.push(Pool {
            name,

            templates: vec![template],
            limits: Limits::default(),
            keeper: Keeper::of_size(self.size),
        });
        let market = sim::market::Market {
            reclaims: Arc::clone(&self.reclaims),
            ..sim::market::Market::default()
        };
        Setup::new(model, market, self.provider, Span::ZERO, self.horizon)
            .expect("a fleet with a horizon")
    }

    /// What happens to it.
    #[must_use]
    pub fn facts(&self, root: Root) -> Vec<(SimTime, Fact)> {
        let mut facts = Vec::new();
        sim::run(&self.setup(), root, &mut facts);
        facts
    }

    /// Its instances, in the order of their launches.
    #[must_use]
    pub fn instances(&self, root: Root) -> Vec<Instance> {
        let end = SimTime::ZERO + self.horizon;
        let mut instances: BTreeMap<NodeId, Instance> = BTreeMap::new();
        for (at, fact) in self.facts(root) {
            match fact {
                Fact::NodeLaunched { node, .. } => {
                    instances.insert(node, Instance { from: at, taken: None, to: end });
                }
                Fact::NodeGone { node, .. } => {
                    if let Some(instance) = instances.get_mut(&node) {
                        (instance.taken, instance.to) = (Some(at), at);
                    }
                }
                _ => {}
            }
        }
        instances.into_values().collect()
    }

    /// How many instances it holds from each moment on at which that changes.
    #[must_use]
    pub fn held(&self, root: Root) -> Vec<(SimTime, u32)> {
        let mut held = vec![(SimTime::ZERO, 0_u32)];
        for (at, fact) in self.facts(root) {
            let now = held[held.len() - 1].1;
            let now = match fact {
                Fact::NodeLaunched { .. } => now + 1,
                Fact::NodeGone { .. } => now - 1,
                _ => continue,
            };
            match held.last_mut() {
                Some(last) if last.0 == at => last.1 = now,
                _ => held.push((at, now)),
            }
        }
        held.dedup_by_key(|(_, count)| *count);
        held
    }

    /// The bills of its instances, in the order in which they end.
    #[must_use]
    pub fn bills(&self, root: Root) -> Vec<Bill> {
        let mut meter = Meter::new(&Legend::of(&self.setup()));
        let mut bills: Vec<Bill> =
            self.facts(root).iter().filter_map(|(at, fact)| meter.read(*at, fact)).collect();
        bills.extend(meter.finish());
        bills
    }
}
