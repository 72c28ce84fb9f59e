//! What a provider is like besides its chances and prices: the names of its zones, what shows that a
//! node is its, and what a scenario for it begins with.

/// How the zones of a provider's regions are called.
#[derive(Clone, Copy, Debug)]
pub struct ZoneNames {
    /// Regions whose zones are known, each with what ends the names of its zones.
    pub known: &'static [(&'static str, &'static [&'static str])],
    /// Whether a zone fits any region: its name, and what is left of it behind the region's.
    pub anywhere: fn(&str, Option<&str>) -> bool,
    /// Whether a name may end so in a region that is not known; none where names are free.
    pub form: Option<fn(&str) -> bool>,
}

/// How nodes of a running cluster are known to be a provider's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownBy {
    /// What begins `spec.providerID`, before `://`.
    pub instances: &'static str,
    /// What keys of labels contain, where `spec.providerID` does not tell.
    pub label: &'static str,
    /// The label of spot nodes that tells it from another provider with the same catalogue, if more
    /// than half of them have it.
    pub spot_label: Option<&'static str>,
}

impl KnownBy {
    /// By nothing: it is what is left.
    pub const NOTHING: KnownBy = KnownBy { instances: "", label: "", spot_label: None };

    /// Whether `spec.providerID` names one of its instances.
    #[must_use]
    pub fn names(&self, provider_id: &str) -> bool {
        !self.instances.is_empty()
            && provider_id.split("://").next().is_some_and(|scheme| scheme == self.instances)
    }

    /// Whether a label with this key is of its platform.
    #[must_use]
    pub fn labels(&self, key: &str) -> bool {
        !self.label.is_empty() && key.contains(self.label)
    }
}

/// Whose instances were recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recorded {
    /// Spot instances of Amazon EC2.
    Aws,
    /// Preemptible VMs of Google Cloud.
    Gcp,
}

/// What drafts of scenarios begin with. Types are written as in a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Drafts {
    /// The region.
    pub region: &'static str,
    /// Three of its zones.
    pub zones: [&'static str; 3],
    /// The types of nodes that are never taken.
    pub on_demand: &'static str,
    /// The types of spot nodes.
    pub spot: &'static str,
    /// The key of the taint that keeps pods off spot nodes.
    pub taint: &'static str,
    /// The seconds that a pod has to end, within the notice.
    pub grace: &'static str,
    /// The type that nodes for given pods have unless one needs a larger one; none where types are
    /// described in place.
    pub common: Option<&'static str>,
}

/// One lower-case letter, which is how most zones end.
pub(super) fn is_letter(end: &str) -> bool {
    end.len() == 1 && end.bytes().all(|byte| byte.is_ascii_lowercase())
}
