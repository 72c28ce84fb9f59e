//! The page of metrics, generated from their list.

use sim::terms::metrics::{Better, METRICS, Unit};

/// The page of the documentation.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(include_str!("page.md"));
    for metric in METRICS {
        let key = match metric.is_of_workload() {
            true => format!("{}(\"web\")", metric.key),
            false => metric.key.to_owned(),
        };
        let also: Vec<String> = metric.also.iter().map(|it| format!(" or `{it}`")).collect();
        let unit = match metric.unit {
            Unit::Usd => "$",
            Unit::Seconds => "s",
            Unit::Percent => "%",
            Unit::Share => "share",
            Unit::Number => "number",
        };
        let better = match metric.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Neither => "-",
        };
        page += &format!("| `{key}`{} | {unit} | {better} | {} |\n", also.concat(), metric.means);
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sim::terms::metrics::Figure;

    use super::*;
    use crate::folds::declared::declarations;

    /// `just bless` writes it afresh.
    #[test]
    fn the_page_of_metrics_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, page(), "stale: run `just bless`");
    }

    #[test]
    fn each_declared_figure_is_a_metric() {
        let own = METRICS.iter().filter_map(|it| match it.figure {
            Figure::Declared(key) => Some(key),
            _ => None,
        });
        let declared: BTreeSet<&str> = declarations().map(|it| it.key).collect();
        assert_eq!(own.collect::<BTreeSet<_>>(), declared);
    }
}
