//! Which path moves the cost most: the mean cost at each of its values, over all values of the others.
//!
//! Only of settings that are every combination of their values: there each value of a path meets the same
//! values of all others, so that nothing else moves the mean.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Swept, short};
use super::source;
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Mark, Stroke, Tick};
use crate::charts::rows_axis;
use crate::format::{many, usd, usd_to};

/// A path, and the mean cost at each of its values.
pub(super) struct Effect {
    /// What it is called.
    path: String,
    /// Its values, the cheapest first, each with the mean cost of its settings.
    values: Vec<(String, f64)>,
}

impl Effect {
    fn ends(&self) -> [&(String, f64); 2] {
        [&self.values[0], &self.values[self.values.len() - 1]]
    }

    fn swing(&self) -> f64 {
        let [least, most] = self.ends();
        most.1 - least.1
    }
}

pub(super) fn chart(swept: &Swept) -> Option<Chart> {
    let effects = effects(swept)?;
    let mean = swept.settings.iter().map(|it| it.cost()).sum::<f64>() / swept.settings.len() as f64;
    let ends = || effects.iter().flat_map(|it| it.ends().map(|it| it.1));
    let (least, most) = (ends().fold(mean, f64::min), ends().fold(mean, f64::max));
    if most <= least {
        return None;
    }
    // Room for what is written at both ends.
    let room = 0.3 * (most - least);
    let text = |at: f64, step: f64| usd_to(at, if step < 1.0 { 2 } else { 0 });
    let x = Axis::between("mean cost, $ per month", (least - room).max(0.0), most + room, text);
    let count = effects.len() as f64;
    let height = |index: usize| count - index as f64 - 0.5;
    let mut marks = Vec::new();
    for (index, effect) in effects.iter().enumerate() {
        let [(low, from), (high, to)] = effect.ends();
        let bar = |from: f64, to: f64, color| Mark::Area {
            points: [from, to].map(|x| (x, height(index) - 0.3, height(index) + 0.3)).to_vec(),
            ink: Ink::full(color),
        };
        marks.push(bar(*from, mean, Color::Sky));
        marks.push(bar(mean, *to, Color::Purple));
        for (at, shift, value, anchor) in
            [(*from, -8.0, low, Anchor::End), (*to, 8.0, high, Anchor::Start)]
        {
            marks.push(Mark::Label {
                at: (at, height(index)),
                shift: (shift, 5.0),
                text: format!("{value}: {}", usd(at)),
                anchor,
                color: Color::Black,
                strong: false,
                until: None,
            });
        }
    }
    marks.push(Mark::Line {
        points: vec![(mean, 0.0), (mean, count)],
        ink: Ink::tint(Color::Black, 0.6),
        stroke: Stroke::Thin,
    });
    let ticks = effects.iter().enumerate();
    let ticks =
        ticks.map(|(index, it)| Tick { at: height(index), text: it.path.clone() }).collect();
    let rows = effects.iter().enumerate().flat_map(|(index, effect)| {
        effect.values.iter().map(move |(value, cost)| {
            let name = format!("{}={value}", effect.path);
            Datum::new(name, [usd_to(*cost, 2)]).x(*cost).y(height(index))
        })
    });
    let first = &effects[0];
    let [(cheap, _), (dear, _)] = first.ends();
    Some(Chart {
        name: "tornado",
        title: format!(
            "{} moves the cost most: by {} a month between {cheap} and {dear}",
            first.path,
            usd(first.swing())
        ),
        subtitle: format!(
            "Mean cost at the cheapest and the dearest value of each path, over all values of the others: \
             {} in all. Line: the mean of all",
            many(swept.settings.len() as u64, "setting")
        ),
        source: source(swept),
        key: Vec::new(),
        x: Axis { lines: false, ..x },
        y: rows_axis(ticks),
        marks,
        sides: Vec::new(),
        data: Data::of(["Value", "mean cost, $ per month"], rows.collect()),
    })
}

/// What each path does to the cost, the most first; none unless several paths vary in all combinations.
fn effects(swept: &Swept) -> Option<Vec<Effect>> {
    let names = short(&swept.paths);
    let mut effects = Vec::new();
    let mut combinations = 1;
    for (path, name) in names.into_iter().enumerate() {
        let mut by_value: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for setting in &swept.settings {
            by_value.entry(&setting.values[path]).or_default().push(setting.cost());
        }
        combinations *= by_value.len();
        let mean = |costs: &[f64]| costs.iter().sum::<f64>() / costs.len() as f64;
        let values = by_value.iter().map(|(value, costs)| ((*value).to_owned(), mean(costs)));
        let mut values: Vec<(String, f64)> = values.collect();
        values.sort_by(|a, b| a.1.total_cmp(&b.1));
        if values.len() > 1 {
            effects.push(Effect { path: name, values });
        }
    }
    let distinct: BTreeSet<&[String]> = swept.settings.iter().map(|it| &it.values[..]).collect();
    let is_whole = distinct.len() == combinations && swept.settings.len() == combinations;
    effects.sort_by(|a, b| b.swing().total_cmp(&a.swing()));
    (is_whole && effects.len() > 1).then_some(effects)
}

#[cfg(test)]
mod tests {
    use super::super::super::Setting;
    use super::*;
    use crate::metrics::read_table;

    fn setting(values: [&str; 2], cost: f64) -> Setting {
        let measured =
            read_table(format!("replication,cost.monthly\n0,{cost}\n").as_bytes()).unwrap();
        Setting { values: values.map(str::to_owned).to_vec(), measured, judged: Vec::new() }
    }

    fn swept(settings: Vec<Setting>) -> Swept {
        Swept {
            scenario: "shop".into(),
            seed: 1,
            replications: 1,
            version: "0".into(),
            paths: vec!["pools.spot.count".into(), "pools.spot.bid".into()],
            chosen: String::new(),
            settings,
        }
    }

    /// Two counts at two bids: 10 and 20, 40 and 70. Over both counts a bid of 1 is 25 and one of 2 is 45;
    /// over both bids a count of 1 is 15 and one of 2 is 55.
    #[test]
    fn the_effect_of_a_value_is_the_mean_over_all_others() {
        let settings = vec![
            setting(["1", "1"], 10.0),
            setting(["1", "2"], 20.0),
            setting(["2", "1"], 40.0),
            setting(["2", "2"], 70.0),
        ];
        let effects = effects(&swept(settings)).unwrap();
        let said = effects.iter();
        let said = said.map(|it| (&it.path[..], usd(it.swing()), it.values.clone()));
        let pair = |a: f64, b: f64| vec![("1".to_owned(), a), ("2".to_owned(), b)];
        let expected = [
            ("count", "$40.00".to_owned(), pair(15.0, 55.0)),
            ("bid", "$20.00".to_owned(), pair(25.0, 45.0)),
        ];
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_no_whole_grid_says_nothing_of_single_paths() {
        let settings = vec![setting(["1", "1"], 10.0), setting(["2", "2"], 70.0)];
        assert!(effects(&swept(settings)).is_none());
    }
}
