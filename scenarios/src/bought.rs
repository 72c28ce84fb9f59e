//! The machine that an entry of `instanceTypes` means: listed in the catalogue, described in place,
//! or listed with some figures replaced.

use sim::MicroUsdPerHour;
use sim::providers::Provider;
use sim::providers::reserved::Allocatable;

use crate::catalogue::{self, BAND_RECLAIMS_PER_HOUR, Listed};
use crate::diagnostic::did_you_mean;
use crate::file::{self, InlineInstance, Instance};
use crate::quantity::Quantity;

/// An instance type as a pool buys it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Bought {
    pub(crate) name: String,
    /// The family that its type belongs to.
    pub(crate) family: String,
    pub(crate) arch: String,
    /// CPU in millicores, memory in bytes.
    pub(crate) capacity: (u64, u64),
    /// The part of it that pods can ask for.
    pub(crate) allocatable: (u64, u64),
    /// Whether that part is computed by the platform's formula.
    pub(crate) computed: bool,
    pub(crate) pods: u64,
    pub(crate) gpus: u64,
    /// The model of its accelerators, if it has any and the catalogue has it.
    pub(crate) gpu: Option<String>,
    /// The extended resource that GPUs are.
    pub(crate) gpu_resource: &'static str,
    /// Local disks and the network's bandwidth, as far as the catalogue has them.
    pub(crate) nvme_gib: Option<u64>,
    pub(crate) network_gbps: Option<f64>,
    /// As published.
    pub(crate) on_demand: MicroUsdPerHour,
    /// The negotiated discount in percent, if the type has its own.
    pub(crate) discount: Option<f64>,
    pub(crate) spot: Option<MicroUsdPerHour>,
    /// Reclaims per hour, if they are stated.
    pub(crate) rate: Option<f64>,
}

/// Why an entry means no machine.
pub(crate) struct Unknown {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Bought {
    /// The machine that `instance` means at this provider.
    pub(crate) fn of(
        instance: &Instance,
        provider: &Provider,
        region: &str,
    ) -> Result<Bought, Unknown> {
        let find =
            |name: &str| catalogue::region(provider.catalogue, region).find(|l| l.name == name);
        match instance {
            Instance::Named(name) => {
                find(name).map(Bought::listed).ok_or_else(|| unlisted(name, provider, region))
            }
            Instance::Inline(inline) => match find(&inline.name) {
                Some(listed) => Ok(Bought::listed(listed).with(inline, listed)),
                None => Bought::described(inline).ok_or_else(|| half_described(inline, region)),
            },
        }
    }

    fn listed(listed: &Listed) -> Bought {
        Bought {
            name: listed.name.clone(),
            family: listed.family.clone(),
            arch: listed.arch.clone(),
            capacity: (listed.vcpu * 1_000, listed.memory_mib << 20),
            allocatable: in_bytes(listed.allocatable),
            computed: listed.computed,
            pods: listed.max_pods,
            gpus: listed.gpus,
            gpu: listed.gpu.clone(),
            gpu_resource: listed.gpu_resource(),
            nvme_gib: listed.nvme_gib,
            network_gbps: listed.network_gbps,
            on_demand: MicroUsdPerHour(listed.on_demand_micro_usd),
            discount: None,
            spot: listed.spot_micro_usd.map(MicroUsdPerHour),
            rate: listed.band.and_then(|band| BAND_RECLAIMS_PER_HOUR.get(band)).copied(),
        }
    }

    /// The same with the figures that are given in place.
    fn with(mut self, inline: &InlineInstance, listed: &Listed) -> Bought {
        if let Some(pods) = inline.pods {
            self.pods = u64::from(pods);
            if self.computed {
                self.allocatable = in_bytes(listed.left_with(self.pods));
            }
        }
        if let Some(cpu) = milli(inline.cpu.as_ref()) {
            (self.capacity.0, self.allocatable.0) = (self.capacity.0.max(cpu), cpu);
        }
        if let Some(memory) = bytes(inline.memory.as_ref()) {
            (self.capacity.1, self.allocatable.1) = (self.capacity.1.max(memory), memory);
        }
        self.computed &= inline.cpu.is_none() || inline.memory.is_none();
        self.arch = inline.arch.map_or(self.arch, |arch| arch.name().to_owned());
        self.gpus = inline.gpus.map_or(self.gpus, u64::from);
        self.on_demand = price(inline.on_demand_price).unwrap_or(self.on_demand);
        self.discount = inline.on_demand_discount;
        self.spot = price(inline.spot_price).or(self.spot);
        self.rate = inline.reclaims_per_hour.or(self.rate);
        self
    }

    /// A machine that is in no catalogue, if enough of it is said.
    fn described(inline: &InlineInstance) -> Option<Bought> {
        let size = (milli(inline.cpu.as_ref())?, bytes(inline.memory.as_ref())?);
        Some(Bought {
            name: inline.name.clone(),
            family: family(&inline.name).to_owned(),
            arch: inline.arch.unwrap_or_default().name().to_owned(),
            capacity: size,
            allocatable: size,
            computed: false,
            pods: inline.pods.map_or(110, u64::from),
            gpus: inline.gpus.map_or(0, u64::from),
            gpu: None,
            gpu_resource: "nvidia.com/gpu",
            nvme_gib: None,
            network_gbps: None,
            on_demand: price(inline.on_demand_price)?,
            discount: inline.on_demand_discount,
            spot: price(inline.spot_price),
            rate: inline.reclaims_per_hour,
        })
    }
}

/// The family of a type that is not listed: what stands before its size in its name.
fn family(name: &str) -> &str {
    name.rfind(['.', '-', '_']).map_or(name, |at| &name[..at])
}

fn in_bytes(allocatable: Allocatable) -> (u64, u64) {
    (allocatable.cpu_milli, allocatable.memory_mib << 20)
}

// The forms of quantities and the ranges of prices were checked against the schema.

fn milli(quantity: Option<&file::Quantity>) -> Option<u64> {
    Quantity::parse(&quantity?.text()).ok().map(Quantity::milli)
}

fn bytes(quantity: Option<&file::Quantity>) -> Option<u64> {
    Quantity::parse(&quantity?.text()).ok().map(Quantity::value)
}

fn price(usd: Option<f64>) -> Option<MicroUsdPerHour> {
    usd.and_then(MicroUsdPerHour::from_usd)
}

fn unlisted(name: &str, provider: &Provider, region: &str) -> Unknown {
    let mut listed = catalogue::region(provider.catalogue, region).peekable();
    let regions = catalogue::regions(provider.catalogue);
    let help = match (listed.peek(), &regions[..]) {
        (None, []) => format!("{}: describe the type in place: {IN_PLACE}", provider.about),
        (None, known) => format!(
            "the catalogue knows {} of {}; for another region describe the type in place: {IN_PLACE}",
            known.join(", "),
            provider.name
        ),
        _ => did_you_mean(name, listed.map(|listed| listed.name.as_str())).map_or_else(
            || format!("see `spotsim catalogue`, or describe the type in place: {IN_PLACE}"),
            |near| format!("did you mean `{near}`?"),
        ),
    };
    let message = format!("instance type `{name}` is not in the catalogue for {region}");
    Unknown { code: "E0201", message, help }
}

const IN_PLACE: &str = "{name, cpu, memory, onDemandPrice, spotPrice}";

fn half_described(inline: &InlineInstance, region: &str) -> Unknown {
    let given = [
        ("cpu", inline.cpu.is_some()),
        ("memory", inline.memory.is_some()),
        ("onDemandPrice", inline.on_demand_price.is_some()),
    ];
    let missing: Vec<&str> =
        given.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
    let message = format!(
        "instance type `{}` is not in the catalogue for {region} and is described without `{}`",
        inline.name,
        missing.join("`, `")
    );
    let help = "a listed type may leave out what it does not change; see `spotsim catalogue`";
    Unknown { code: "E0106", message, help: help.into() }
}
