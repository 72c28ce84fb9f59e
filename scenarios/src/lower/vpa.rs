//! VerticalPodAutoscalers: bounds and modes, as the three programs that obey them read them.

use manifests::kube::{self, Quantity, ResourceList, VerticalPodAutoscalerSpec};
use sim::Span;
use sim::model::vpa::{
    Boost, ContainerPolicy, CpuMemory, EvictionRequirement, Learning, StartupBoost, Stated,
    UpdateMode, VpaSpec,
};
use sim::names::Names;

use super::hpa::decimal;

/// What an autoscaler says.
///
/// # Errors
/// A sentence that says which field is wrong, and how.
pub fn vpa(names: &mut Names, spec: &VerticalPodAutoscalerSpec) -> Result<VpaSpec, String> {
    let update = spec.update_policy.as_ref();
    let policies = spec.resource_policy.iter().flat_map(|policy| &policy.container_policies);
    let policies = policies.map(|it| container_policy(names, it)).collect::<Result<_, String>>()?;
    let requirements = update.map(|it| it.eviction_requirements.iter().map(requirement).collect());
    let after_oom = update.and_then(|update| update.evict_after_oom_seconds);
    Ok(VpaSpec {
        mode: mode(update.and_then(|update| update.update_mode.as_deref()))?,
        min_replicas: update.and_then(|update| update.min_replicas),
        requirements: requirements.transpose()?,
        evict_after_oom: after_oom.map(|seconds| Span::from_secs(seconds.into())),
        policies,
        boost: spec.startup_boost.as_ref().map(boost).transpose()?.flatten(),
    })
}

fn mode(said: Option<&str>) -> Result<UpdateMode, String> {
    Ok(match said {
        None | Some("Recreate" | "Auto") => UpdateMode::Recreate,
        Some("Off") => UpdateMode::Off,
        Some("Initial") => UpdateMode::Initial,
        Some("InPlaceOrRecreate") => UpdateMode::InPlaceOrRecreate,
        Some("InPlace") => UpdateMode::InPlace,
        Some(other) => {
            return Err(format!(
                "updatePolicy.updateMode: `{other}` is none of Off, Initial, Recreate, Auto, \
                 InPlaceOrRecreate and InPlace"
            ));
        }
    })
}

fn requirement(said: &kube::EvictionRequirement) -> Result<EvictionRequirement, String> {
    let higher = match said.change_requirement.as_str() {
        "TargetHigherThanRequests" => true,
        "TargetLowerThanRequests" => false,
        other => {
            return Err(format!(
                "evictionRequirements: `{other}` is neither TargetHigherThanRequests nor \
                 TargetLowerThanRequests"
            ));
        }
    };
    Ok(EvictionRequirement { resources: both(&said.resources), higher })
}

fn both(resources: &[String]) -> CpuMemory<bool> {
    let has = |name: &str| resources.iter().any(|it| it == name);
    CpuMemory { cpu: has("cpu"), memory: has("memory") }
}

fn container_policy(
    names: &mut Names,
    said: &kube::ContainerResourcePolicy,
) -> Result<ContainerPolicy, String> {
    let all = || CpuMemory { cpu: true, memory: true };
    let wrong = |wrong| format!("containerPolicies {}: {wrong}", said.container_name);
    let seconds = |seconds: u32| Span::from_secs(seconds.into());
    Ok(ContainerPolicy {
        container: (said.container_name != "*").then(|| names.intern(&said.container_name)),
        off: said.mode.as_deref() == Some("Off"),
        min_allowed: amounts(&said.min_allowed).map_err(wrong)?,
        max_allowed: amounts(&said.max_allowed).map_err(wrong)?,
        controlled: said.controlled_resources.as_deref().map_or_else(all, both),
        requests_only: said.controlled_values.as_deref() == Some("RequestsOnly"),
        learning: Learning {
            oom_bump_up_ratio: said
                .oom_bump_up_ratio
                .as_ref()
                .map(decimal)
                .transpose()
                .map_err(wrong)?,
            oom_min_bump_up: said
                .oom_min_bump_up
                .as_ref()
                .map(|it| it.amount().map(manifests::quantity::Quantity::value))
                .transpose()
                .map_err(wrong)?,
            memory_interval: said.memory_aggregation_interval_seconds.map(seconds),
            memory_intervals: said.memory_aggregation_interval_count,
        },
        boost: said.startup_boost.as_ref().map(boost).transpose().map_err(wrong)?.flatten(),
    })
}

/// CPU in millicores and memory in bytes, as far as they are stated.
///
/// # Errors
/// A sentence that says which quantity is wrong.
pub fn amounts(said: &ResourceList) -> Result<Stated, String> {
    let amount = |name: &str| said.get(name).map(Quantity::amount).transpose();
    Ok(CpuMemory {
        cpu: amount("cpu")?.map(manifests::quantity::Quantity::milli),
        memory: amount("memory")?.map(manifests::quantity::Quantity::value),
    })
}

fn boost(said: &kube::StartupBoost) -> Result<Option<StartupBoost>, String> {
    let Some(cpu) = &said.cpu else { return Ok(None) };
    let by = match cpu.kind.as_str() {
        "Factor" => Boost::Factor(cpu.factor.unwrap_or(1)),
        "Quantity" => {
            let quantity = cpu.quantity.as_ref().map(Quantity::amount).transpose()?;
            Boost::Quantity(quantity.map_or(0, manifests::quantity::Quantity::milli))
        }
        other => return Err(format!("startupBoost: `{other}` is neither Factor nor Quantity")),
    };
    let lasts = cpu.duration_seconds.map(|seconds| Span::from_secs(seconds.into()));
    Ok(Some(StartupBoost { by, lasts }))
}
