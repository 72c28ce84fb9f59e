//! How the CPU of a node is divided when its pods want more than there is.

/// The least weight of a cgroup.
// kubelet: pkg/kubelet/cm/helpers_linux.go MinShares
const MIN_SHARES: u64 = 2;

/// The weight of a pod that requests this much, in milli-cores.
// kubelet: pkg/kubelet/cm/helpers_linux.go MilliCPUToShares
#[must_use]
pub fn weight(request: u64) -> u64 {
    (request * 1_024 / 1_000).max(MIN_SHARES)
}

/// Divides `total` by weight among those that each want some of it, as the kernel does: none gets more
/// than it wants, and what one leaves goes to the others. Each is what it wants and its weight.
// linux: Documentation/admin-guide/cgroup-v2.rst, weights
#[must_use]
pub fn divide(wants: &[(u64, u64)], total: u64) -> Vec<u64> {
    let mut order: Vec<usize> = (0..wants.len()).collect();
    // Those that want least of what their weight gives them are content first.
    order.sort_by(|a, b| {
        let [(one, its), (other, others)] = [wants[*a], wants[*b]];
        let key = |want: u64, weight: u64| u128::from(want) * u128::from(weight);
        key(one, others).cmp(&key(other, its)).then(a.cmp(b))
    });
    let mut weights: u128 = wants.iter().map(|(_, weight)| u128::from(*weight)).sum();
    let mut left = u128::from(total);
    let mut gets = vec![0; wants.len()];
    for place in order {
        let (want, weight) = wants[place];
        let share = left * u128::from(weight) / weights.max(1);
        let got = u128::from(want).min(share);
        gets[place] = u64::try_from(got).unwrap_or(u64::MAX);
        left -= got;
        weights -= u128::from(weight);
    }
    gets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_get_what_they_want_where_there_is_enough() {
        assert_eq!(divide(&[(500, 1), (1_500, 1_000)], 2_000), [500, 1_500]);
        assert_eq!(divide(&[], 2_000), Vec::<u64>::new());
    }

    #[test]
    fn requests_decide_who_gets_what() {
        let [one, three] = [1_000, 3_000].map(weight);
        assert_eq!(divide(&[(8_000, one), (8_000, three)], 4_000), [1_000, 3_000]);
        // What the second leaves goes to the first.
        assert_eq!(divide(&[(8_000, one), (2_000, three)], 4_000), [2_000, 2_000]);
    }

    #[test]
    fn without_a_request_there_is_what_others_leave() {
        assert_eq!(weight(0), 2);
        let gets = divide(&[(4_000, weight(0)), (4_000, weight(2_000))], 4_000);
        assert_eq!(gets, [4, 3_996]);
    }
}
