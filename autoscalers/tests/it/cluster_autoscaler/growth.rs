//! No group grows beyond its maximum, and no cluster beyond its own.

use autoscalers::cluster_autoscaler::config::Flags;
use autoscalers::cluster_autoscaler::expander::ExpansionOption;
use autoscalers::cluster_autoscaler::node_group::{GroupId, NodeGroup};
use autoscalers::cluster_autoscaler::scale_up::{Groups, growth};
use proptest::prelude::*;
use testing::cluster::clusters;

use super::group;

proptest! {
    #![proptest_config(testing::cases(192))]

    #[test]
    fn limits_are_kept(
        cluster in clusters(),
        sizes in prop::collection::vec((0_u32..20, 0_u32..20), 1..5),
        nodes in 1_u32..60,
        total in 0_u32..60,
    ) {
        let world = cluster.world();
        let groups: Vec<NodeGroup> =
            sizes.iter().map(|(target, more)| group(target + more)).collect();
        let targets: Vec<u32> = sizes.iter().map(|(target, _)| *target).collect();
        let there: u32 = targets.iter().sum();
        let as_they_stand =
            Groups { all: &groups, targets: &targets, safe: &[true; 4], nodes: there };
        let option = ExpansionOption {
            group: GroupId(0),
            nodes,
            pods: Vec::new(),
            similar: (1..groups.len()).map(GroupId).collect(),
        };
        let flags = Flags { max_nodes_total: total, ..Flags::default() };
        let grown = growth(&option, as_they_stand, &flags, &world);
        let added: u32 = grown.iter().map(|it| it.nodes()).sum();
        prop_assert!(grown.iter().all(|it| it.to <= groups[it.group.0].max_size));
        prop_assert!(added <= nodes);
        prop_assert!(total == 0 || added == 0 || there + added <= total);
    }
}
