//! priority: the options whose node groups have the highest priority, by their names.
// Cluster Autoscaler: expander/priority/priority.go

use std::collections::BTreeMap;

use regex_lite::Regex;

use super::{About, ExpansionOption};

/// Which names have which priority: expressions that match any part of a name, as the ConfigMap
/// `cluster-autoscaler-priority-expander` lists them.
#[derive(Clone, Debug, Default)]
pub struct Priorities(BTreeMap<i64, Vec<Regex>>);

/// Below this, a priority is none.
const LOWEST: i64 = -1;

impl Priorities {
    /// Priorities, each with its expressions.
    ///
    /// # Errors
    /// The expression that is none, and why.
    pub fn parse<'t>(
        rows: impl IntoIterator<Item = (i64, &'t str)>,
    ) -> Result<Priorities, (String, String)> {
        let mut priorities = Priorities::default();
        for (priority, expression) in rows {
            let regex = Regex::new(expression)
                .map_err(|error| (expression.to_owned(), error.to_string()))?;
            priorities.0.entry(priority).or_default().push(regex);
        }
        Ok(priorities)
    }

    /// The highest priority of a name, if it has any.
    fn of(&self, name: &str) -> Option<i64> {
        let matching = |regexes: &[Regex]| regexes.iter().any(|regex| regex.is_match(name));
        let mut rows = self.0.iter().rev();
        let (priority, _) = rows.find(|(_, regexes)| matching(regexes))?;
        Some(*priority).filter(|priority| *priority >= LOWEST)
    }
}

pub(super) fn best<'o>(
    options: Vec<&'o ExpansionOption>,
    about: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    let priority = |option: &ExpansionOption| about.priorities.of(&about.group(option).name);
    let Some(highest) = options.iter().filter_map(|option| priority(option)).max() else {
        return options;
    };
    options.into_iter().filter(|option| priority(option) == Some(highest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_priority_that_matches_any_part_of_a_name() {
        let rows = [(10, ".*"), (50, "spot-"), (-2, "^never$")];
        let priorities = Priorities::parse(rows).unwrap();
        assert_eq!(priorities.of("a-spot-b"), Some(50));
        assert_eq!(priorities.of("on-demand"), Some(10));
        let below = Priorities::parse([(-2, "a"), (-1, "b")]).unwrap();
        assert_eq!((below.of("a"), below.of("b"), below.of("c")), (None, Some(-1), None));
        assert!(Priorities::parse([(1, "(")]).is_err());
    }
}
