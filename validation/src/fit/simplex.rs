//! The least value of a function of four variables, by the simplex of Nelder and Mead (1965).

/// Where `cost` is least near `begin`, and how little it is there.
pub(super) fn minimum(cost: impl Fn(&[f64; 4]) -> f64, begin: [f64; 4]) -> ([f64; 4], f64) {
    // A second search from where the first ended does not end on a slope.
    let (once, _) = search(&cost, begin);
    search(&cost, once)
}

fn search(cost: &impl Fn(&[f64; 4]) -> f64, begin: [f64; 4]) -> ([f64; 4], f64) {
    let valued = |x: [f64; 4]| {
        let value = cost(&x);
        (x, if value.is_finite() { value } else { f64::INFINITY })
    };
    let mut simplex = vec![valued(begin)];
    for index in 0..4 {
        let mut corner = begin;
        corner[index] += 0.7;
        simplex.push(valued(corner));
    }
    for _ in 0..2_000 {
        simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (simplex[0].1, simplex[4]);
        // Below this a sum of that size is rounded, and the search would never end.
        if worst.1 - best < 1e-10_f64.max(1e-13 * best.abs()) {
            break;
        }
        let centre: [f64; 4] =
            std::array::from_fn(|k| simplex[..4].iter().map(|(x, _)| x[k]).sum::<f64>() / 4.0);
        let along = |by: f64| std::array::from_fn(|k| centre[k] + by * (worst.0[k] - centre[k]));
        let reflected = valued(along(-1.0));
        simplex[4] = if reflected.1 < best {
            let further = valued(along(-2.0));
            if further.1 < reflected.1 { further } else { reflected }
        } else if reflected.1 < simplex[3].1 {
            reflected
        } else {
            let inner = valued(along(if reflected.1 < worst.1 { -0.5 } else { 0.5 }));
            if inner.1 >= reflected.1.min(worst.1) {
                let first = simplex[0].0;
                for (x, value) in &mut simplex[1..] {
                    (*x, *value) = valued(std::array::from_fn(|k| (x[k] + first[k]) / 2.0));
                }
                continue;
            }
            inner
        };
    }
    simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
    simplex[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_point_of_a_bent_valley_is_found() {
        let cost = |x: &[f64; 4]| {
            let bend = x[1] - x[0] * x[0];
            100.0 * bend * bend + (1.0 - x[0]) * (1.0 - x[0]) + x[2] * x[2] + (x[3] - 3.0).abs()
        };
        let (x, least) = minimum(cost, [-1.0, 1.0, 0.5, 0.0]);
        assert!(least < 1e-6, "{least} at {x:?}");
        assert!((x[0] - 1.0).abs() < 1e-2 && (x[3] - 3.0).abs() < 1e-4, "{x:?}");
    }
}
