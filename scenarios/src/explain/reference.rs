//! The page of the documentation that has every field of a scenario: made of the schema, and of a file with
//! one example of each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::field::Field;
use crate::check::check;
use crate::diagnostic::{Diagnostics, Source};
use crate::schema;
use crate::tree::{self, Node, Value};

const INTRODUCTION: &str = include_str!("../../data/scenario.md");
const EXAMPLES: &str = include_str!("../../data/every-field.yaml");

/// A map of fields with more than these has a table of its own.
const FEW: usize = 8;

/// What tells a map of fields from another: it is described once, wherever it may stand.
type Shape = *const Json;

fn shape(field: &Field) -> Option<Shape> {
    field.object().map(std::ptr::from_ref)
}

/// The page, as far as it is written.
struct Page {
    text: String,
    /// Where the maps of fields that several fields take are described: at the first of these.
    homes: BTreeMap<Shape, String>,
}

impl Page {
    /// A table of all fields of a map, those of small maps within it among them, and the large ones below it.
    fn tables(&mut self, field: &Field) {
        let (mut rows, mut below) = (Vec::new(), Vec::new());
        self.rows(field, "", &mut rows, &mut below);
        self.table(&rows);
        for field in below {
            self.text += &format!("\n### `{}`\n\n{}\n", field.path, one_line(&field.about));
            self.tables(&field);
        }
    }

    fn table(&mut self, rows: &[String]) {
        self.text += "\n| field | type | default | what it is |\n|---|---|---|---|\n";
        self.text.extend(rows.iter().map(String::as_str));
    }

    fn rows(&self, field: &Field, prefix: &str, rows: &mut Vec<String>, below: &mut Vec<Field>) {
        for child in field.fields() {
            let name = format!("{prefix}{}", child.name());
            let home = shape(&child).and_then(|shape| self.homes.get(&shape));
            let see = home.map(|home| format!(" Its fields: [`{home}`](#{}).", anchor(home)));
            rows.push(row(&name, &child, &see.unwrap_or_default()));
            match home {
                Some(home) if *home == child.path => below.push(child),
                Some(_) => {}
                None => self.rows(&child, &format!("{name}."), rows, below),
            }
        }
    }
}

/// A line of a table.
fn row(name: &str, field: &Field, see: &str) -> String {
    let default = match field.default() {
        _ if field.is_required() => "required".to_owned(),
        Some(default) => format!("`{default}`"),
        None => String::new(),
    };
    let values: Vec<String> = field
        .words()
        .into_iter()
        .map(|(word, about)| format!("<br>`{word}`: {}", one_line(&about)))
        .collect();
    let (about, bounds) = (one_line(&field.about), field.bounds().map(|it| format!(", {it}")));
    let cell = |text: &str| text.replace('|', "\\|");
    let (kind, text) = (field.kind() + &bounds.unwrap_or_default(), about + see + &values.concat());
    format!("| `{name}` | {} | {default} | {} |\n", cell(&kind), cell(&text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The anchor of a heading that is a path.
fn anchor(path: &str) -> String {
    path.replace('.', "").to_lowercase()
}

/// The example of a field of the scenario itself, as it is written.
fn example(name: &str) -> String {
    let is_key = |line: &str| !line.starts_with([' ', '#']);
    let begins = |line: &&str| line.starts_with(&format!("{name}:"));
    let mut lines = EXAMPLES.lines().skip_while(|line| !begins(line));
    let first = lines.next().unwrap_or_else(|| panic!("no example of {name}"));
    let rest = lines.take_while(|line| !is_key(line));
    std::iter::once(first).chain(rest).map(|line| format!("{line}\n")).collect()
}

/// Which fields take a map of fields, for each of these: by the map that they are in, and their names.
fn takers(field: &Field, takers: &mut BTreeMap<Shape, BTreeSet<(Option<Shape>, String)>>) {
    for child in field.fields() {
        if let Some(taken) = shape(&child) {
            let taker = (shape(field), child.name().to_owned());
            takers.entry(taken).or_default().insert(taker);
            self::takers(&child, takers);
        }
    }
}

/// Gives maps of fields that are large, or that several fields take, their homes.
fn settle(field: &Field, own: &BTreeSet<Shape>, homes: &mut BTreeMap<Shape, String>) {
    for child in field.fields() {
        if let Some(taken) = shape(&child) {
            if own.contains(&taken) {
                homes.entry(taken).or_insert_with(|| child.path.clone());
            }
            settle(&child, own, homes);
        }
    }
}

fn page() -> String {
    let root = Field::root();
    let mut all = BTreeMap::new();
    takers(&root, &mut all);
    let fields = root.fields();
    let mut homes: BTreeMap<Shape, String> =
        fields.iter().filter_map(|field| Some((shape(field)?, field.path.clone()))).collect();
    let mut own: BTreeSet<Shape> =
        all.iter().filter(|(_, takers)| takers.len() > 1).map(|(shape, _)| *shape).collect();
    let mut open = fields.clone();
    while let Some(field) = open.pop() {
        own.extend(shape(&field).filter(|_| field.fields().len() > FEW));
        open.extend(field.fields());
    }
    settle(&root, &own, &mut homes);

    let mut page = Page { text: INTRODUCTION.to_owned(), homes };
    let (maps, plain): (Vec<Field>, Vec<Field>) =
        fields.into_iter().partition(|field| shape(field).is_some());
    let examples: String = plain.iter().map(|field| example(field.name())).collect();
    page.text += &format!("\n## The scenario itself\n\n```yaml\n{examples}```\n");
    let rows: Vec<String> = plain.iter().map(|field| row(field.name(), field, "")).collect();
    page.table(&rows);
    for field in maps {
        let about = one_line(&field.about);
        let example = example(field.name());
        page.text += &format!("\n## `{}`\n\n{about}\n\n```yaml\n{example}```\n", field.path);
        page.tables(&field);
    }
    page.text
}

/// The fields that an example has, each by the map that it is in.
fn seen(field: &Field, node: &Node, found: &mut BTreeSet<(Option<Shape>, String)>) {
    match &node.value {
        Value::Scalar(_) => {}
        Value::Seq(items) => items.iter().for_each(|item| seen(field, item, found)),
        Value::Map(entries) => {
            let known = field.fields();
            for (key, _, value) in entries {
                match known.iter().find(|known| known.name() == key) {
                    Some(known) => {
                        found.insert((shape(field), key.clone()));
                        seen(known, value, found);
                    }
                    // A key of the user's own, such as the name of a container.
                    None => seen(field, value, found),
                }
            }
        }
    }
}

/// `just bless` writes it afresh.
#[test]
fn the_page_of_the_scenario_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, page(), "stale: run `just bless`");
}

#[test]
fn every_field_has_an_example_that_fits_the_schema() {
    let source = Source { file: "every-field.yaml".into(), text: EXAMPLES.into() };
    let documents = tree::documents(&source).unwrap();
    let mut wrong = Diagnostics::default();
    check(schema::schema(), &documents[0], &source, &mut wrong);
    assert!(!wrong.has_errors(), "{}", wrong.render(false));

    let root = Field::root();
    let mut found = BTreeSet::new();
    seen(&root, &documents[0], &mut found);
    let (mut missing, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(field) = open.pop() {
        for child in field.fields() {
            if !found.contains(&(shape(&field), child.name().to_owned())) {
                missing.insert(child.path.clone());
            }
            open.push(child);
        }
    }
    assert!(missing.is_empty(), "no example in data/every-field.yaml: {missing:#?}");
}
