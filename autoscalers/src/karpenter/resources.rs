//! Amounts of resources, in thousandths, so that a CPU and a byte count alike.

use sim::names::NameId;

/// How many resources have a lane of their own.
const LANES: usize = 4;

/// What is requested or offered of each resource. What is not there is zero.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Resources {
    lanes: [i64; LANES],
    /// Sorted by name.
    extended: Vec<(NameId, i64)>,
}

/// A resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Resource {
    /// In thousandths of a core.
    Cpu,
    /// In thousandths of a byte.
    Memory,
    /// `ephemeral-storage`, in thousandths of a byte.
    EphemeralStorage,
    /// In thousandths of a pod.
    Pods,
    /// Any other, by its name, in thousandths.
    Extended(NameId),
}

impl Resource {
    const OWN_LANE: [Resource; LANES] =
        [Resource::Cpu, Resource::Memory, Resource::EphemeralStorage, Resource::Pods];

    const fn lane(self) -> Result<usize, NameId> {
        match self {
            Resource::Cpu => Ok(0),
            Resource::Memory => Ok(1),
            Resource::EphemeralStorage => Ok(2),
            Resource::Pods => Ok(3),
            Resource::Extended(name) => Err(name),
        }
    }
}

impl Resources {
    /// One pod and nothing else.
    #[must_use]
    pub fn one_pod() -> Resources {
        Resources { lanes: [0, 0, 0, 1_000], extended: Vec::new() }
    }

    /// How much there is of a resource, in thousandths.
    #[must_use]
    pub fn get(&self, resource: Resource) -> i64 {
        match resource.lane() {
            Ok(lane) => self.lanes[lane],
            Err(name) => match self.extended.binary_search_by_key(&name, |(name, _)| *name) {
                Ok(at) => self.extended[at].1,
                Err(_) => 0,
            },
        }
    }

    /// Says how much there is of a resource, in thousandths.
    pub fn set(&mut self, resource: Resource, amount: i64) {
        match resource.lane() {
            Ok(lane) => self.lanes[lane] = amount,
            Err(name) => match self.extended.binary_search_by_key(&name, |(name, _)| *name) {
                Ok(at) => self.extended[at].1 = amount,
                Err(at) => self.extended.insert(at, (name, amount)),
            },
        }
    }

    /// Every resource of which there is more or less than nothing.
    pub fn iter(&self) -> impl Iterator<Item = (Resource, i64)> + '_ {
        let lanes = Resource::OWN_LANE.into_iter().zip(self.lanes);
        let extended =
            self.extended.iter().map(|(name, amount)| (Resource::Extended(*name), *amount));
        lanes.chain(extended).filter(|(_, amount)| *amount != 0)
    }

    /// Adds what `other` has.
    pub fn add(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_add);
    }

    /// Takes away what `other` has, below nothing if need be.
    pub fn subtract(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_sub);
    }

    /// Keeps the greater amount of each resource.
    pub fn raise_to(&mut self, other: &Resources) {
        self.combine(other, Ord::max);
    }

    fn combine(&mut self, other: &Resources, with: impl Fn(i64, i64) -> i64) {
        for (lane, amount) in self.lanes.iter_mut().zip(other.lanes) {
            *lane = with(*lane, amount);
        }
        for (name, amount) in &other.extended {
            let resource = Resource::Extended(*name);
            self.set(resource, with(self.get(resource), *amount));
        }
    }

    /// The same, with nothing where there is less than nothing.
    #[must_use]
    pub fn at_least_nothing(mut self) -> Resources {
        self.lanes.iter_mut().for_each(|amount| *amount = (*amount).max(0));
        self.extended.iter_mut().for_each(|(_, amount)| *amount = (*amount).max(0));
        self
    }

    /// Whether all of this is there of `offered`. Nothing fits where there is less than nothing of any
    /// resource.
    // Karpenter: pkg/utils/resources/resources.go Fits
    #[must_use]
    pub fn fits(&self, offered: &Resources) -> bool {
        let mut there = true;
        for (wanted, offered) in self.lanes.iter().zip(offered.lanes) {
            there &= *wanted <= offered && offered >= 0;
        }
        there
            && offered.extended.iter().all(|(_, amount)| *amount >= 0)
            && self
                .extended
                .iter()
                .all(|(name, wanted)| *wanted <= offered.get(Resource::Extended(*name)))
    }
}

/// `spec.limits` of a NodePool, or what is left of them: only what is named is limited.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Limits of resources, in thousandths.
    pub resources: Vec<(Resource, i64)>,
    /// How many nodes there may be.
    pub nodes: Option<i64>,
}
