//! What `spotsim explain` knows: the fields of a scenario, the codes of diagnostics, assumptions and
//! providers. Nothing here is written twice: fields come from the schema, the rest from the lists
//! that the program itself uses.

mod field;
mod page;
#[cfg(test)]
mod reference;

use std::fmt;

use sim::providers::{self, PROVIDERS, Provider};

use crate::assumption;
use crate::catalogue;
use crate::code::Code;
use crate::codes;
use crate::diagnostic::did_you_mean;
use field::Field;
use page::Page;

/// Something that can be explained; its text is its `Display`.
#[derive(Clone, Debug)]
pub enum Topic {
    /// A field of a scenario, by its path.
    Field(Field),
    /// A code of a diagnostic.
    Code(&'static Code),
    /// An assumption, by its id.
    Assumption(assumption::Kind),
    /// A provider and all its defaults.
    Provider(&'static Provider),
}

/// There is nothing of that name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl Topic {
    /// The topic of this name.
    ///
    /// # Errors
    /// If there is none; with the nearest one there is.
    pub fn named(name: &str) -> Result<Topic, Unknown> {
        let provider = || name.strip_prefix("providers.").and_then(providers::named);
        codes::named(name)
            .map(Topic::Code)
            .or_else(|| assumption::named(name).map(Topic::Assumption))
            .or_else(|| provider().map(Topic::Provider))
            .or_else(|| Field::at(name).map(Topic::Field))
            .ok_or_else(|| Unknown { nearest: nearest(name) })
    }
}

/// The topic that was probably meant: one with a similar name, or a field whose path ends like it.
fn nearest(name: &str) -> Option<String> {
    let fields = Field::paths();
    let mut names: Vec<String> = codes::all().map(|code| code.id.to_owned()).collect();
    names.extend(assumption::all().map(|kind| kind.id.to_owned()));
    names.extend(PROVIDERS.iter().map(|provider| provider_topic(provider)));
    names.extend(fields.iter().cloned());
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let ends_like = |path: &&String| last(path).eq_ignore_ascii_case(&last(name));
    did_you_mean(name, names.iter().map(String::as_str))
        .map(str::to_owned)
        .or_else(|| fields.iter().find(ends_like).cloned())
}

/// What is assumed, without the values of any one scenario.
fn in_general(kind: &assumption::Kind) -> String {
    kind.text.replace("{}", "…")
}

fn provider_topic(provider: &Provider) -> String {
    format!("providers.{}", provider.name)
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = match self {
            Topic::Field(field) => field.page(),
            Topic::Code(code) => Page::new("CODE", code.id)
                .text(code.title)
                .section("WHY", code.why)
                .verbatim("EXAMPLE", code.example)
                .section("WHAT TO DO", code.fix),
            Topic::Assumption(kind) => Page::new("ASSUMPTION", kind.id)
                .text(&in_general(kind))
                .section("SOURCE", kind.source),
            Topic::Provider(provider) => {
                let page =
                    Page::new("PROVIDER", provider.name).text(provider.about).heading("DEFAULTS");
                let page = provider.defaults().fold(page, |page, default| {
                    let source = format!("Source: {}", default.source);
                    page.entry(default.id, &[&default.text, &source])
                });
                let regions = catalogue::regions(provider.catalogue).join(", ");
                let catalogue =
                    if regions.is_empty() { "no types: describe them in place" } else { &regions };
                page.section("CATALOGUE", catalogue)
            }
        };
        write!(f, "{page}")
    }
}

/// A list of all topics.
#[must_use]
pub fn topics() -> String {
    let page = Page::new("TOPICS", "spotsim explain TOPIC").heading("FIELDS of a scenario");
    let page =
        Field::root().fields().iter().fold(page, |page, field| page.row(&field.path, &field.about));
    let page = PROVIDERS.iter().fold(page.heading("PROVIDERS"), |page, provider| {
        page.row(&provider_topic(provider), provider.about)
    });
    let page = codes::all().fold(page.heading("CODES"), |page, code| page.row(code.id, code.title));
    let page = assumption::KINDS
        .iter()
        .fold(page.heading("ASSUMPTIONS, beside those of providers"), |page, kind| {
            page.row(kind.id, &in_general(kind))
        });
    page.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_page_of_at_most_100_columns() {
        let mut names: Vec<String> = codes::all().map(|code| code.id.to_owned()).collect();
        names.extend(assumption::all().map(|kind| kind.id.to_owned()));
        names.extend(PROVIDERS.iter().map(|provider| provider_topic(provider)));
        names.extend(Field::paths());
        assert!(names.len() > 80, "{names:?}");
        for name in names {
            let page = Topic::named(&name).unwrap_or_else(|_| panic!("{name}")).to_string();
            let long = page.lines().find(|line| line.chars().count() > 100);
            assert_eq!(long, None, "{name}");
            assert!(page.contains(&name) || name.starts_with("providers."), "{name}:\n{page}");
        }
        assert_eq!(topics().lines().find(|line| line.chars().count() > 100), None);
    }

    #[test]
    fn a_near_miss_is_understood() {
        let nearest = |name: &str| Topic::named(name).unwrap_err().nearest;
        assert_eq!(nearest("pools.capacityTyp").as_deref(), Some("pools.capacityType"));
        assert_eq!(nearest("capacityType").as_deref(), Some("pools.capacityType"));
        assert_eq!(nearest("providers.gpc").as_deref(), Some("providers.gcp"));
        assert_eq!(nearest("aws-notce").as_deref(), Some("aws-notice"));
        assert_eq!(nearest("weather in june"), None);
        assert!(matches!(Topic::named("e0107"), Ok(Topic::Code(_))));
    }
}
