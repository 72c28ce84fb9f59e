//! What a managed Kubernetes keeps of a node for itself, by the formulas that GKE and AKS publish.
//!
//! Sources (read 2026-11-25): GKE documentation, "Plan GKE Standard node sizes"; AKS documentation,
//! "Node resource reservations", version 1.29 and later. Memory that the kernel keeps before the
//! kubelet sees it is not known and not deducted.

/// What the pods of a node can ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allocatable {
    /// CPU, in millicores.
    pub cpu_milli: u64,
    /// Memory.
    pub memory_mib: u64,
}

/// Both evict pods when less than this is left.
const EVICTION_MIB: u64 = 100;

/// CPU in millicores and memory in MiB that are kept of a machine: of its name, its vCPU, its memory in
/// MiB and the pods that it takes.
pub type Reserve = fn(&str, u64, u64, u64) -> (u64, u64);

/// What is left of a machine when the platform has taken its share.
#[must_use]
pub fn allocatable(reserve: Reserve, name: &str, vcpu: u64, memory: u64, pods: u64) -> Allocatable {
    let (cpu_milli, memory_mib) = reserve(name, vcpu, memory, pods);
    Allocatable {
        cpu_milli: (vcpu * 1_000).saturating_sub(cpu_milli),
        memory_mib: memory.saturating_sub(memory_mib),
    }
}

/// Nothing: no formula is known.
pub(super) fn nothing(_: &str, _: u64, _: u64, _: u64) -> (u64, u64) {
    (0, 0)
}

/// GKE's share.
pub(super) fn gke(name: &str, vcpu: u64, memory: u64, _: u64) -> (u64, u64) {
    (gke_cpu(name, vcpu), gke_memory(memory) + EVICTION_MIB)
}

/// AKS's share.
pub(super) fn aks(_: &str, vcpu: u64, memory: u64, pods: u64) -> (u64, u64) {
    (aks_cpu(vcpu), aks_memory(memory, pods) + EVICTION_MIB)
}

/// The sum of `rate` times the part of `amount` in each bracket; brackets are given by their width.
fn progressive(amount: u64, brackets: &[(u64, u64)]) -> u64 {
    let mut rest = amount;
    let mut sum = 0;
    for (width, rate) in brackets {
        let part = rest.min(*width);
        sum += part * rate;
        rest -= part;
    }
    sum
}

/// 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest; shared-core
/// E2 machines keep 1060 m.
fn gke_cpu(name: &str, vcpu: u64) -> u64 {
    if ["e2-micro", "e2-small", "e2-medium"].contains(&name) {
        return 1_060;
    }
    // In hundredths of a percent of a core, which are tenths of a millicore.
    progressive(vcpu, &[(1, 600), (1, 100), (2, 50), (u64::MAX, 25)]).div_ceil(10)
}

/// 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the
/// rest; 255 MiB of machines below 1 GiB.
fn gke_memory(memory: u64) -> u64 {
    if memory < 1_024 {
        return 255;
    }
    let gib = 1_024;
    let brackets = [(4 * gib, 25), (4 * gib, 20), (8 * gib, 10), (112 * gib, 6), (u64::MAX, 2)];
    progressive(memory, &brackets).div_ceil(100)
}

/// 60 m for the first core, 40 m for the second, 20 m for the next two, 10 m for the rest: the
/// published table, and what lies between its columns.
fn aks_cpu(vcpu: u64) -> u64 {
    progressive(vcpu, &[(1, 60), (1, 40), (2, 20), (u64::MAX, 10)])
}

/// 20 MiB for each pod that it takes and 50 MiB, at most a quarter.
fn aks_memory(memory: u64, pods: u64) -> u64 {
    (20 * pods + 50).min(memory / 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A larger machine leaves more, and never more than it has.
        #[test]
        fn more_of_a_machine_leaves_more_to_pods(
            reserve in prop::sample::select(vec![gke as Reserve, aks, nothing]),
            vcpu in 1_u64..256,
            memory in 1_024_u64..4_000_000,
            pods in 8_u64..256,
        ) {
            let left = |vcpu, memory| allocatable(reserve, "any", vcpu, memory, pods);
            let (one, cores, large) =
                (left(vcpu, memory), left(vcpu + 1, memory), left(vcpu, memory + 64));
            prop_assert!(one.cpu_milli <= vcpu * 1_000 && one.memory_mib <= memory);
            prop_assert!(one.cpu_milli < cores.cpu_milli && one.memory_mib <= large.memory_mib);
        }
    }

    #[test]
    fn the_published_tables() {
        let aks = [1, 2, 4, 8, 16, 32, 64].map(aks_cpu);
        assert_eq!(aks, [60, 100, 140, 180, 260, 420, 740]);
        // AKS: 8 GB and 30 pods keep 650 MB, 4 GB and 70 pods a quarter.
        assert_eq!([aks_memory(8_192, 30), aks_memory(4_096, 70)], [650, 1_024]);
        // GKE: e2-standard-4 offers 3.92 vCPU and 13.3 GiB, e2-medium 940 m.
        let standard = allocatable(gke, "e2-standard-4", 4, 16_384, 110);
        assert_eq!(standard, Allocatable { cpu_milli: 3_920, memory_mib: 13_621 });
        assert_eq!(allocatable(gke, "e2-medium", 2, 4_096, 110).cpu_milli, 940);
        // By hand: 60 + 10 + 10 + 70 m; 1024 + 819.2 + 819.2 + 6881.28 MiB and 100.
        let large = allocatable(gke, "n2-standard-32", 32, 131_072, 110);
        assert_eq!(large, Allocatable { cpu_milli: 31_850, memory_mib: 121_428 });
    }

    #[test]
    fn where_no_formula_is_known_nothing_is_taken() {
        let all = Allocatable { cpu_milli: 2_000, memory_mib: 4_096 };
        assert_eq!(allocatable(nothing, "box", 2, 4_096, 110), all);
    }
}
