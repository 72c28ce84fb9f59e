//! Two regimes: quiet, in which nothing changes, and contended, in which a slot flips.

use super::simplex::minimum;
use super::{Rate, Slots, Z95};
use crate::survival::Watched;

/// The fit of two regimes.
#[derive(Clone, PartialEq, Debug)]
pub struct Regimes {
    /// How often contention begins.
    pub begins: Rate,
    /// How often it ends.
    pub ends: Rate,
    /// How often a slot that is up is lost meanwhile.
    pub loss: Rate,
    /// How often a slot that is down returns meanwhile.
    pub grant: Rate,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
}

impl Regimes {
    /// The most likely rates; none if there is no maximum to be found.
    pub(super) fn fit(slots: &Slots) -> Option<Regimes> {
        // A search asks for the likelihood thousands of times.
        let (up, down) = (counted(&slots.up), counted(&slots.down));
        // On the scale of logarithms every point is a set of rates.
        let cost = |x: &[f64; 4]| {
            let [begins, ends, loss, grant] = x.map(libm::exp);
            -(log_likelihood(&up, begins, ends, loss) + log_likelihood(&down, begins, ends, grant))
        };
        let rate = |times: &[Watched]| {
            let ended = times.iter().filter(|(_, ended)| *ended).count() as f64;
            ended / times.iter().map(|(hours, _)| hours).sum::<f64>()
        };
        // Flips are more frequent within contention than on average.
        let (loss, grant) = (rate(&slots.up), rate(&slots.down));
        let begin = [loss.min(grant) / 3.0, loss.min(grant), 3.0 * loss, 3.0 * grant];
        let (x, least) = minimum(cost, begin.map(libm::log));
        let errors = standard_errors(&cost, &x)?;
        let rate = |index: usize| {
            let value = libm::exp(x[index]);
            let factor = libm::exp(Z95 * errors[index]);
            Rate { value, interval: (value / factor, value * factor) }
        };
        let [begins, ends, loss, grant] = [0, 1, 2, 3].map(rate);
        Some(Regimes { begins, ends, loss, grant, log_likelihood: -least })
    }
}

/// The probability of lasting longer than some hours, from a flip on, and the probability of
/// lasting so long and being in contention then.
fn lasting(hours: f64, begins: f64, ends: f64, flips: f64) -> (f64, f64) {
    // exp of the generator [[-begins, begins], [ends, -(ends + flips)]] by its eigenvalues, which
    // are real and differ, because both off-diagonals are positive.
    let trace = -(begins + ends + flips);
    let root = libm::sqrt((trace * trace - 4.0 * begins * flips).max(f64::MIN_POSITIVE));
    let (slow, fast) = ((trace + root) / 2.0, (trace - root) / 2.0);
    let (a, b) = (libm::exp(slow * hours), libm::exp(fast * hours));
    let here = -(ends + flips);
    let contended = ((here - fast) * a - (here - slow) * b) / root;
    let quiet = ends * (a - b) / root;
    (contended + quiet, contended)
}

/// Each time once, the shortest first, with how often it was seen: slots of one pool come and go
/// together, so that a trace has far fewer times than slots that were up or down.
fn counted(times: &[Watched]) -> Vec<(Watched, f64)> {
    let mut sorted = times.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    sorted.chunk_by(|a, b| a == b).map(|alike| (alike[0], alike.len() as f64)).collect()
}

fn log_likelihood(times: &[(Watched, f64)], begins: f64, ends: f64, flips: f64) -> f64 {
    let of = |((hours, ended), count): &(Watched, f64)| {
        let (longer, contended) = lasting(*hours, begins, ends, flips);
        count * libm::log((if *ended { contended * flips } else { longer }).max(f64::MIN_POSITIVE))
    };
    times.iter().map(of).sum()
}

/// The share of up times that last longer than some hours.
#[must_use]
pub fn survival(fit: &Regimes, hours: f64) -> f64 {
    lasting(hours, fit.begins.value, fit.ends.value, fit.loss.value).0
}

/// Standard errors from the curvature at the minimum; none where it is not curved upwards.
fn standard_errors(cost: &impl Fn(&[f64; 4]) -> f64, at: &[f64; 4]) -> Option<[f64; 4]> {
    const STEP: f64 = 1e-3;
    let moved = |moves: &[(usize, f64)]| {
        let mut x = *at;
        for (index, by) in moves {
            x[*index] += by * STEP;
        }
        cost(&x)
    };
    let curvature = |i: usize, j: usize| {
        let [pp, pm, mp, mm] = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)]
            .map(|(a, b)| moved(&[(i, a), (j, b)]));
        (pp - pm - mp + mm) / (4.0 * STEP * STEP)
    };
    let hessian: [[f64; 4]; 4] = std::array::from_fn(|i| std::array::from_fn(|j| curvature(i, j)));
    let inverse = inverse(hessian)?;
    let errors: [f64; 4] = std::array::from_fn(|i| libm::sqrt(inverse[i][i]));
    errors.iter().all(|error| error.is_finite()).then_some(errors)
}

/// The inverse by Gauss and Jordan, with pivots.
fn inverse(mut matrix: [[f64; 4]; 4]) -> Option<[[f64; 4]; 4]> {
    let mut inverse: [[f64; 4]; 4] =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
    for column in 0..4 {
        let pivot = (column..4)
            .max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        matrix.swap(column, pivot);
        inverse.swap(column, pivot);
        let scale = matrix[column][column];
        if scale.abs() < 1e-12 {
            return None;
        }
        matrix[column] = matrix[column].map(|x| x / scale);
        inverse[column] = inverse[column].map(|x| x / scale);
        for row in (0..4).filter(|row| *row != column) {
            let factor = matrix[row][column];
            for k in 0..4 {
                matrix[row][k] -= factor * matrix[column][k];
                inverse[row][k] -= factor * inverse[column][k];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With quiet times of no length a time is exponential.
    #[test]
    fn without_quiet_times_lasting_is_exponential() {
        let (longer, contended) = lasting(1.5, 1e7, 0.3, 0.8);
        assert!((longer - libm::exp(-1.2)).abs() < 1e-5, "{longer}");
        assert!((contended - longer).abs() < 1e-5, "{contended}");
    }

    #[test]
    fn times_alike_count_as_often_as_they_were_seen() {
        let times = [(2.0, true), (0.5, true), (2.0, true), (2.0, false)];
        let counts = [((0.5, true), 1.0), ((2.0, false), 1.0), ((2.0, true), 2.0)];
        assert_eq!(counted(&times), counts);
        let each: f64 = times.iter().map(|it| log_likelihood(&[(*it, 1.0)], 0.1, 0.7, 0.4)).sum();
        assert!((log_likelihood(&counts, 0.1, 0.7, 0.4) - each).abs() < 1e-12);
    }

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let matrix = [
            [4.0, 1.0, 0.0, 0.5],
            [1.0, 3.0, 0.2, 0.0],
            [0.0, 0.2, 2.0, 0.1],
            [0.5, 0.0, 0.1, 1.0],
        ];
        let inverse = inverse(matrix).expect("it has one");
        for (i, row) in matrix.iter().enumerate() {
            for j in 0..4 {
                let product: f64 = row.iter().zip(&inverse).map(|(a, b)| a * b[j]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        assert_eq!(super::inverse([[0.0; 4]; 4]), None);
    }
}
