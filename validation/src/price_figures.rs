//! Figures of spot prices over 90 days: how often they change, how far, and how one change follows
//! another.

use std::collections::BTreeMap;

/// The price of a pool: since which minute it is how many dollars.
pub(crate) type Path = Vec<(f64, f64)>;

/// A figure.
pub(crate) struct Figure {
    pub(crate) what: &'static str,
    pub(crate) value: f64,
    pub(crate) decimals: usize,
}

const DAY: f64 = 1_440.0;
const DAYS: u32 = 90;
/// A pool is pinned if its highest price is less than this times its lowest.
const PINNED: f64 = 1.01;

/// The figures of pools whose types are given.
///
/// Changes and moves are of all pools, those that are pinned included. The others are of pools that
/// move: daily logarithmic returns at midnights UTC, from the first midnight that has a price; their
/// standard deviation about their mean, and their autocorrelation with those of the next day. Zones of
/// one type are compared in pairs, over the days that both have.
pub(crate) fn figures(types: &[&str], pools: &[Path]) -> Vec<Figure> {
    let changes: Vec<f64> = pools.iter().map(|path| path.len() as f64 - 1.0).collect();
    let moves: Vec<f64> = pools.iter().map(|path| libm::expm1(net(path).abs()) * 100.0).collect();
    let ranges: Vec<f64> = pools.iter().map(|path| (range(path) - 1.0) * 100.0).collect();
    let moving = |(_, path): &(&&str, &Path)| range(path) >= PINNED;
    let mut by_type: BTreeMap<&str, Vec<Vec<f64>>> = BTreeMap::new();
    for (instance_type, path) in types.iter().zip(pools).filter(moving) {
        by_type.entry(instance_type).or_default().push(daily_returns(path));
    }
    let returns = || by_type.values().flatten();
    let deviations: Vec<f64> = returns().map(|it| 100.0 * moment(it, it).sqrt()).collect();
    let followed = |lag: usize| -> Vec<f64> { returns().map(|it| follows(it, lag)).collect() };
    let months: Vec<f64> = returns().map(|it| 100.0 * root_mean_square_of_sums(it, 30)).collect();
    let pinned = 1.0 - deviations.len() as f64 / pools.len() as f64;
    let figure = |what, value, decimals| Figure { what, value, decimals };
    vec![
        figure("pools that are pinned, percent", 100.0 * pinned, 1),
        figure("changes a pool, median", quantile(&changes, 0.5), 0),
        figure("changes a pool, 9th decile", quantile(&changes, 0.9), 0),
        figure("daily deviation, 1st decile, percent", quantile(&deviations, 0.1), 2),
        figure("daily deviation, median, percent", quantile(&deviations, 0.5), 2),
        figure("daily deviation, 9th decile, percent", quantile(&deviations, 0.9), 2),
        figure("autocorrelation of a day and the next, median", quantile(&followed(1), 0.5), 2),
        figure("autocorrelation at three days, median", quantile(&followed(3), 0.5), 2),
        figure("deviation in 30 days, median, percent", quantile(&months, 0.5), 1),
        figure("net move in 90 days, 9th decile, percent", quantile(&moves, 0.9), 1),
        figure("highest above lowest, 9th decile, percent", quantile(&ranges, 0.9), 1),
        figure("correlation of zones of a type, mean", between_zones(&by_type), 2),
    ]
}

/// The logarithm of the last price over the first.
fn net(path: &Path) -> f64 {
    let ends = path.first().zip(path.last());
    ends.map_or(0.0, |((_, first), (_, last))| libm::log(last / first))
}

/// The highest price over the lowest.
fn range(path: &Path) -> f64 {
    let prices = || path.iter().map(|(_, price)| *price);
    prices().fold(0.0, f64::max) / prices().fold(f64::MAX, f64::min)
}

/// How the logarithm of the price changes from midnight to midnight.
fn daily_returns(path: &Path) -> Vec<f64> {
    let at = |minute: f64| {
        let rows = path.partition_point(|(since, _)| *since <= minute);
        rows.checked_sub(1).map(|last| libm::log(path[last].1))
    };
    let midnights: Vec<f64> = (0..=DAYS).filter_map(|day| at(f64::from(day) * DAY)).collect();
    midnights.windows(2).map(|it| it[1] - it[0]).collect()
}

/// The mean product of two series' distances from their means.
fn moment(one: &[f64], other: &[f64]) -> f64 {
    let mean = |it: &[f64]| it.iter().sum::<f64>() / it.len() as f64;
    let (a, b) = (mean(one), mean(other));
    one.iter().zip(other).map(|(x, y)| (x - a) * (y - b)).sum::<f64>() / one.len() as f64
}

/// The autocorrelation of a series.
fn follows(series: &[f64], lag: usize) -> f64 {
    let mean = series.iter().sum::<f64>() / series.len() as f64;
    let pairs = series.iter().zip(&series[lag..]).map(|(x, y)| (x - mean) * (y - mean));
    pairs.sum::<f64>() / (moment(series, series) * series.len() as f64)
}

/// How far the sums of as many values that follow each other lie from zero.
fn root_mean_square_of_sums(series: &[f64], many: usize) -> f64 {
    let sums: Vec<f64> = series.windows(many).map(|it| it.iter().sum::<f64>()).collect();
    (sums.iter().map(|sum| sum * sum).sum::<f64>() / sums.len() as f64).sqrt()
}

/// How daily returns of a type in two zones correlate, on average over pairs.
fn between_zones(by_type: &BTreeMap<&str, Vec<Vec<f64>>>) -> f64 {
    let mut all = Vec::new();
    for zones in by_type.values() {
        for (index, one) in zones.iter().enumerate() {
            for other in &zones[..index] {
                // The last days are those that both have.
                let days = one.len().min(other.len());
                let (a, b) = (&one[one.len() - days..], &other[other.len() - days..]);
                all.push(moment(a, b) / (moment(a, a) * moment(b, b)).sqrt());
            }
        }
    }
    // A pool that moves only before the days of the other has no correlation with it.
    all.retain(|it| it.is_finite());
    all.iter().sum::<f64>() / all.len() as f64
}

/// A quantile, between the two values that are nearest to it.
fn quantile(values: &[f64], at: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let place = at * (values.len().max(1) - 1) as f64;
    // Not negative, and no more than there are values.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let below = place as usize;
    let part = place - below as f64;
    let value = |index: usize| values.get(index).or(values.last()).copied().unwrap_or(f64::NAN);
    value(below) + part * (value(below + 1) - value(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(figures: &[Figure], what: &str) -> f64 {
        figures.iter().find(|figure| figure.what.starts_with(what)).expect("it is there").value
    }

    /// Up by 1 % for two days, down for two, and so on: a day is followed by its like every other
    /// time, and the day after the next is its opposite.
    #[test]
    fn a_price_that_swings_is_measured_by_hand() {
        let swings = |day: u32| {
            if day % 4 < 2 { f64::from(day % 2 + 1) } else { 2.0 - f64::from(day % 2 + 1) }
        };
        let path: Path =
            (0..=DAYS).map(|day| (f64::from(day) * DAY, libm::exp(0.01 * swings(day)))).collect();
        let pinned: Path = vec![(0.0, 1.0)];
        let figures = figures(&["swings", "swings", "pinned"], &[path.clone(), path, pinned]);
        assert!((value(&figures, "pools that are pinned") - 100.0 / 3.0).abs() < 1e-9);
        assert!((value(&figures, "changes a pool, median") - 90.0).abs() < 1e-9);
        assert!((value(&figures, "daily deviation, median") - 1.0).abs() < 0.01);
        assert!(value(&figures, "autocorrelation of a day").abs() < 0.03);
        assert!((value(&figures, "correlation of zones") - 1.0).abs() < 1e-9);
        assert!((value(&figures, "highest above lowest") - 2.02).abs() < 0.01);
    }

    #[test]
    fn quantiles_lie_between_values() {
        assert!((quantile(&[3.0, 1.0, 2.0], 0.5) - 2.0).abs() < 1e-12);
        assert!((quantile(&[0.0, 10.0], 0.9) - 9.0).abs() < 1e-12);
    }
}
