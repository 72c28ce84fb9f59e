//! Balancing: how a scale-up is spread over node groups that are alike.
// Cluster Autoscaler: processors/nodegroupset/balancing_processor.go BalanceScaleUpBetweenGroups

use super::node_group::GroupId;

/// How much a node group grows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Growth {
    /// Which group.
    pub group: GroupId,
    /// Its target size.
    pub from: u32,
    /// What its target size becomes.
    pub to: u32,
    /// What it may become at most.
    pub max: u32,
}

impl Growth {
    /// A group that does not grow yet.
    #[must_use]
    pub fn none(group: GroupId, target: u32, max: u32) -> Growth {
        Growth { group, from: target, to: target, max }
    }

    /// By how many nodes it grows.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.to - self.from
    }
}

/// Spreads new nodes over groups, the smallest first, and no group beyond its maximum. A group that is
/// does not grow is left out; what none of them can take is not added.
#[must_use]
pub fn balance(groups: &[Growth], nodes: u32) -> Vec<Growth> {
    let mut groups: Vec<Growth> = groups.iter().filter(|it| it.from != it.max).copied().collect();
    let rooms = groups.iter().map(|it| it.max.saturating_sub(it.from));
    let mut left = nodes.min(rooms.fold(0, u32::saturating_add));
    groups.sort_by_key(|it| it.from);
    // Those before `first` are full; those from `first` to `at` are of one size.
    let (mut first, mut at) = (0, 0);
    while left > 0 {
        if groups[at].to < groups[at].max {
            groups[at].to += 1;
            left -= 1;
        } else {
            groups.swap(first, at);
            first += 1;
        }
        if at + 1 < groups.len() && groups[at].to > groups[at + 1].to {
            at += 1;
        } else {
            at = first;
        }
    }
    groups.retain(|it| it.to > it.from);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced(groups: &[(u32, u32)], nodes: u32) -> Vec<u32> {
        let groups = groups.iter().enumerate();
        let groups: Vec<Growth> =
            groups.map(|(at, (from, max))| Growth::none(GroupId(at), *from, *max)).collect();
        let mut balanced = balance(&groups, nodes);
        balanced.sort_by_key(|it| it.group);
        balanced.iter().map(|it| it.to).collect()
    }

    #[test]
    fn the_smallest_grow_first_and_none_beyond_its_maximum() {
        assert_eq!(balanced(&[(1, 10), (4, 10), (2, 3)], 4), [4, 3]);
        assert_eq!(balanced(&[(1, 2), (1, 9)], 5), [2, 5]);
        assert_eq!(balanced(&[(3, 3), (1, 2)], 5), [2]);
        assert_eq!(balanced(&[(3, 3)], 5), [0; 0]);
    }
}
