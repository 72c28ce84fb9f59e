//! Mutants: inputs that are changed in a place or two and keep their form, because bytes that are
//! changed blindly never come past a reader.

mod draws;
mod extremes;
mod grammar;
mod table;
mod tree;

pub use draws::Draws;
pub use grammar::Grammar;

use serde_json::Value;

/// What an input looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// YAML or JSON documents.
    Documents,
    /// A table in CSV; documents where it begins like JSON.
    Table,
    /// A line; libFuzzer knows best.
    Bytes,
}

/// A mutant of a text; none if the text is not of its form.
#[must_use]
pub fn mutate(text: &str, form: Form, grammar: &Grammar, seed: u64) -> Option<String> {
    let mut draws = Draws::new(seed);
    match form {
        Form::Bytes => None,
        Form::Table if !text.trim_start().starts_with(['{', '[']) => {
            Some(table::mutant(text, &mut draws))
        }
        Form::Table | Form::Documents => {
            let mut documents = grammar::documents(text)?;
            // One change is mostly accepted; several find what needs two.
            let changes = if draws.one_in(3) { 2 + draws.below(4) } else { 1 };
            for _ in 0..changes {
                let at = draws.below(documents.len());
                tree::change(&mut documents[at], grammar, &mut draws);
            }
            let texts: Vec<String> = documents.iter().map(Value::to_string).collect();
            Some(extremes::in_place(&texts.join("\n---\n")))
        }
    }
}
