//! The least that a job with a deadline could have paid: a bound below every plan that meets it, also
//! below one that knows all prices and all capacity beforehand.
//!
//! A plan holds one instance at a time, and pays for a changeover after each launch before there is any
//! progress. Give an hour of progress a worth: what a plan pays is no less than the worth of all the
//! work and, if it is less than nothing, what it pays beyond the worth of its progress. The least of
//! that is found one stretch of time after the other, and the bound is its maximum over worths
//! (Lagrange's relaxation of the one condition that all the work is done).

use sim::{Cost, MicroUsdPerHour, Span};

/// The greatest worth of an hour that is tried: a million dollars.
const GREATEST_WORTH: i128 = 1_000_000_000_000;

/// A stretch of time in which nothing changes: what may be held in it, and at which prices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// How long it is.
    pub lasts: Span,
    /// The price on-demand, which is always to be had.
    pub on_demand: MicroUsdPerHour,
    /// The price of spot; none while what is held of it is taken.
    pub spot: Option<MicroUsdPerHour>,
    /// Whether a launch of spot is granted.
    pub grants_spot: bool,
}

/// What every plan pays at least that does so much work in these stretches.
#[must_use]
pub fn least(stretches: &[Stretch], work: Span, changeover: Span) -> Cost {
    if work == Span::ZERO {
        return Cost::ZERO;
    }
    let bound = |worth: i128| bound(stretches, work, changeover, worth);
    // It rises, and then falls: a worth at which it still rises is below the best one.
    let rises_at = |worth: i128| bound(worth + 1) > bound(worth);
    let (mut low, mut high) = (0, GREATEST_WORTH);
    while low < high {
        let middle = low + (high - low) / 2;
        if rises_at(middle) { low = middle + 1 } else { high = middle }
    }
    Cost(u128::try_from(bound(low)).unwrap_or(0))
}

/// The bound for one worth of an hour of progress, in micro-dollars. Every plan has a first launch, whose
/// changeover is work that is done for certain; each further one costs what its changeover is worth.
fn bound(stretches: &[Stretch], work: Span, changeover: Span, worth: i128) -> i128 {
    let of = |span: Span| worth * i128::from(span.as_ms());
    let relaunch = of(changeover);
    // The least of plans that hold nothing yet is nothing. Of all others, by what they hold.
    let (mut none, mut spot, mut on_demand) = (None, None, None);
    for stretch in stretches {
        if stretch.spot.is_none() {
            none = least_of([none, spot]);
            spot = None;
        }
        let idle = least_of([none, spot, on_demand]);
        let launched = least_of([Some(0), idle.map(|it| it + relaunch)]);
        let held = |price: MicroUsdPerHour| {
            (i128::from(price.0) - worth) * i128::from(stretch.lasts.as_ms())
        };
        let add = |before: Option<i128>, price| before.map(|it| it + held(price));
        let spot_launched = launched.filter(|_| stretch.grants_spot);
        spot = stretch.spot.and_then(|price| add(least_of([spot, spot_launched]), price));
        on_demand = add(least_of([on_demand, launched]), stretch.on_demand);
        none = idle;
    }
    of(work + changeover) + least_of([Some(0), none, spot, on_demand]).unwrap_or(0)
}

fn least_of<const N: usize>(costs: [Option<i128>; N]) -> Option<i128> {
    costs.into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Span = Span::from_hours(1);

    fn stretch(hours: u64, on_demand: u64, spot: Option<u64>) -> Stretch {
        let price = |usd: u64| MicroUsdPerHour(usd * 1_000_000);
        let grants_spot = spot.is_some();
        Stretch {
            lasts: HOUR * hours,
            on_demand: price(on_demand),
            spot: spot.map(price),
            grants_spot,
        }
    }

    /// The bound in micro-dollars.
    fn micro_usd(stretches: &[Stretch], work: u64, changeover: u64) -> u64 {
        least(stretches, HOUR * work, HOUR * changeover).micro_usd()
    }

    #[test]
    fn spot_that_is_never_taken_is_paid_for_the_work_and_one_changeover() {
        assert_eq!(micro_usd(&[stretch(20, 3, Some(1))], 8, 1), 9_000_000);
    }

    #[test]
    fn without_spot_it_is_the_price_on_demand() {
        assert_eq!(micro_usd(&[stretch(20, 3, None)], 8, 1), 27_000_000);
    }

    /// Five hours of spot, of which four get on, and then five on-demand are the best plan, at $20. At
    /// $45/14 for an hour of progress it is worth as much as the spot alone, and the bound stays below.
    #[test]
    fn work_that_does_not_pay_for_its_changeover_is_bounded_from_below() {
        let bound = micro_usd(&[stretch(5, 3, Some(1)), stretch(15, 3, None)], 8, 1);
        let exact = 5_000_000 + 4 * 45_000_000 / 14;
        assert!((exact - 10..=exact).contains(&bound), "worths are whole micro-dollars: {bound}");
    }

    #[test]
    fn the_cheapest_hours_are_waited_for() {
        let stretches = [stretch(10, 9, Some(4)), stretch(10, 9, Some(2)), stretch(10, 9, Some(4))];
        assert_eq!(micro_usd(&stretches, 9, 1), 20_000_000);
        assert_eq!(micro_usd(&stretches, 11, 1), 20_000_000 + 8_000_000);
    }

    #[test]
    fn spot_that_is_held_may_be_kept_where_none_is_granted() {
        let kept = Stretch { grants_spot: false, ..stretch(10, 3, Some(1)) };
        assert_eq!(micro_usd(&[stretch(1, 3, Some(1)), kept], 10, 1), 11_000_000);
        assert_eq!(micro_usd(&[kept], 5, 1), 18_000_000);
    }

    #[test]
    fn no_work_costs_nothing() {
        assert_eq!(micro_usd(&[stretch(20, 3, None)], 0, 1), 0);
    }

    /// The least by trying all that may be held in each hour.
    fn exhaustively(stretches: &[Stretch], work: i64, changeover: i64) -> Option<u64> {
        fn go(
            rest: &[Stretch],
            holds: usize,
            boots: i64,
            left: i64,
            changeover: i64,
        ) -> Option<u64> {
            if left <= 0 {
                return Some(0);
            }
            let (now, rest) = rest.split_first()?;
            let prices = [Some(0), now.spot.map(|it| it.0), Some(now.on_demand.0)];
            let after = |(next, price): (usize, u64)| {
                let launch = next > 0 && next != holds;
                if launch && next == 1 && !now.grants_spot {
                    return None;
                }
                let boots = if launch { changeover } else { boots };
                let (boots, left) = match (next, boots) {
                    (0, _) => (0, left),
                    (_, 0) => (0, left - 1),
                    (_, boots) => (boots - 1, left),
                };
                Some(price + go(rest, next, boots, left, changeover)?)
            };
            let next = prices.into_iter().enumerate().filter_map(|(i, it)| Some((i, it?)));
            next.filter_map(after).min()
        }
        go(stretches, 0, 0, work, changeover)
    }

    /// Of a thousand markets of eight hours, each with one stretch an hour.
    #[test]
    fn the_bound_is_near_the_best_plan() {
        let mut state = 1_u64;
        let mut draw = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % most
        };
        let (mut sum, mut met, mut least_share) = (0.0, 0, 1.0_f64);
        for _ in 0..1_000 {
            let mut hour = |_| {
                let (on_demand, spot) = (5 + draw(4), 1 + draw(4));
                stretch(1, on_demand, (draw(3) > 0).then_some(spot))
            };
            let stretches: Vec<Stretch> = (0..8).map(&mut hour).collect();
            let (work, changeover) = (1 + draw(4), draw(3));
            let signed = |hours: u64| i64::try_from(hours).expect("few");
            let best = exhaustively(&stretches, signed(work), signed(changeover));
            let Some(best) = best else { continue };
            let share = micro_usd(&stretches, work, changeover) as f64 / best as f64;
            (sum, met, least_share) = (sum + share, met + 1, least_share.min(share));
        }
        let mean = sum / f64::from(met);
        // As docs/model.md says.
        let says = (1_000, 95.0, 57.0);
        let percent = |share: f64| (share * 100.0).round();
        let is = (met, percent(mean), percent(least_share));
        assert!(is == says, "it is {is:?}");
    }

    proptest! {
        #[test]
        fn no_plan_costs_less(
            hours in prop::collection::vec((1_u64..9, prop::option::of(0_u64..9), any::<bool>()), 1..9),
            work in 1_i64..5,
            changeover in 0_i64..3,
        ) {
            let stretches: Vec<Stretch> = hours
                .iter()
                .map(|(on_demand, spot, grants)| {
                    let it = stretch(1, *on_demand, *spot);
                    Stretch { grants_spot: it.grants_spot && *grants, ..it }
                })
                .collect();
            if let Some(cheapest) = exhaustively(&stretches, work, changeover) {
                let span = |hours: i64| HOUR * hours.unsigned_abs();
                let bound = least(&stretches, span(work), span(changeover));
                let cheapest = MicroUsdPerHour(cheapest) * HOUR;
                prop_assert!(bound <= cheapest, "{bound:?} of {cheapest:?}");
                prop_assert!(bound > Cost::ZERO || hours.iter().any(|it| it.1 == Some(0)));
            }
        }
    }
}
