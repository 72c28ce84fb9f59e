//! The settings that are tried: all combinations of values, or as many as are wanted, spread evenly.

use anyhow::anyhow;

use super::axis::{Axis, Values};
use crate::Error;
use crate::stream::Stream;

/// The most settings that are tried.
const MOST: usize = 10_000;

/// Which settings are tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Space {
    /// The paths that are varied, in order.
    pub paths: Vec<String>,
    /// The values of each setting, in the order of the paths.
    pub settings: Vec<Vec<String>>,
    /// How they were chosen, in words.
    pub chosen: String,
}

impl Space {
    /// Every combination of the values of the axes; or `samples` of them, a Latin hypercube: of each
    /// axis every part of equal size has one.
    ///
    /// # Errors
    /// If there is nothing to vary, a path is there twice, or there are too many combinations.
    pub fn of(axes: &[Axis], samples: Option<usize>, seed: u64) -> Result<Space, Error> {
        let refused = |what: String| Err(Error::Refused(anyhow!(what)));
        if axes.is_empty() {
            return refused("nothing is varied: give --vary PATH=VALUES".into());
        }
        for (index, axis) in axes.iter().enumerate() {
            if axes[..index].iter().any(|it| it.path == axis.path) {
                return refused(format!("`{}` is varied twice", axis.path));
            }
        }
        let paths = axes.iter().map(|axis| axis.path.clone()).collect();
        if let Some(samples) = samples {
            if samples > MOST {
                return refused(format!("{samples} samples are more than {MOST}"));
            }
            let settings = hypercube(axes, samples, seed);
            let chosen = format!("{} of a Latin hypercube", settings.len());
            return Ok(Space { paths, settings, chosen });
        }
        let mut settings: Vec<Vec<String>> = vec![Vec::new()];
        for axis in axes {
            let Values::Listed(values) = &axis.values else {
                let what = format!("`{}` has no step", axis.path);
                return refused(format!("{what}: write lo..hi:step, or give --samples"));
            };
            if settings.len() * values.len() > MOST {
                let what = format!("there are more than {MOST} combinations");
                return refused(format!("{what}: give --samples, or fewer values"));
            }
            let longer = settings.iter().flat_map(|setting| {
                values.iter().map(|value| [&setting[..], std::slice::from_ref(value)].concat())
            });
            settings = longer.collect();
        }
        let counts: Vec<String> =
            axes.iter().filter_map(|it| Some(it.count()?.to_string())).collect();
        let chosen = format!("all {} combinations ({})", settings.len(), counts.join(" × "));
        Ok(Space { paths, settings, chosen })
    }
}

/// One setting for each of as many parts of every axis, in an order of its own on each. What is the same
/// as another setting is left out.
// M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979) 239-245
fn hypercube(axes: &[Axis], samples: usize, seed: u64) -> Vec<Vec<String>> {
    let mut stream = Stream::of(seed);
    let columns: Vec<Vec<String>> = axes
        .iter()
        .map(|axis| {
            let mut parts: Vec<usize> = (0..samples).collect();
            for index in (1..samples).rev() {
                parts.swap(index, stream.below(index + 1));
            }
            let at = |part: usize, inside: usize| (part * 1_000 + inside) / samples;
            let value = |part: usize, inside: usize| {
                axis.value_at(u32::try_from(at(part, inside)).unwrap_or(1_000))
            };
            parts.into_iter().map(|part| value(part, stream.below(1_000))).collect()
        })
        .collect();
    let mut settings: Vec<Vec<String>> = Vec::new();
    for index in 0..samples {
        let setting: Vec<String> = columns.iter().map(|column| column[index].clone()).collect();
        if !settings.contains(&setting) {
            settings.push(setting);
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn axes(texts: &[&str]) -> Vec<Axis> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_grid_has_every_combination() {
        let space = Space::of(&axes(&["a=1,2", "b=x,y,z"]), None, 1).unwrap();
        assert_eq!(space.settings.len(), 6);
        assert_eq!(
            (&space.settings[0][..], &space.settings[5][..]),
            (&["1".into(), "x".into()][..], &["2".into(), "z".into()][..])
        );
        assert_eq!(space.chosen, "all 6 combinations (2 × 3)");
    }

    #[test]
    fn a_hypercube_has_each_part_of_each_axis_once() {
        let space = Space::of(&axes(&["a=0..10", "b=1,2,3,4,5"]), Some(10), 7).unwrap();
        assert_eq!(space.settings.len(), 10);
        let parts = space.settings.iter().map(|it| it[0].split('.').next().unwrap().to_owned());
        assert_eq!(parts.collect::<BTreeSet<_>>().len(), 10, "{:?}", space.settings);
        for value in 1..=5 {
            let count = space.settings.iter().filter(|it| it[1] == value.to_string()).count();
            assert_eq!(count, 2);
        }
        assert_eq!(space, Space::of(&axes(&["a=0..10", "b=1,2,3,4,5"]), Some(10), 7).unwrap());
    }

    #[test]
    fn what_cannot_be_swept_is_refused() {
        for (texts, why) in [
            (&[][..], "nothing is varied: give --vary PATH=VALUES"),
            (&["a=1,2", "a=3"], "`a` is varied twice"),
            (&["a=1..2"], "`a` has no step: write lo..hi:step, or give --samples"),
            (
                &["a=1..200:1", "b=1..200:1"],
                "there are more than 10000 combinations: give --samples, or fewer values",
            ),
        ] {
            assert_eq!(Space::of(&axes(texts), None, 1).unwrap_err().to_string(), why);
        }
    }
}
