//! Admission: what the API server would refuse of an object, before anything is made of it.
//!
//! [`rules::RULES`] is the one table: each rule has a name, the type and the field that it looks at,
//! what must hold there, the code that it gives, and the function upstream that it is taken from.
//! [`types`] says where each type occurs, so that a rule on a container holds in every pod of every
//! controller. No rule is stricter than upstream, and an object that a cluster has admitted (it has a
//! uid, or is in a dump) is not refused here: the server, too, lets old objects keep what it would refuse of new ones.

mod account;
pub mod annotations;
mod names;
pub mod rules;
mod seen;
pub mod types;

use serde_json::Value;

pub use account::{Account, Admitted, say, written};
pub use names::printable;
use rules::Rule;
pub use seen::shown;
pub(crate) use seen::{Fault, Seen};
use types::{Holds, Type};

use crate::diagnostic::did_you_mean;
use crate::tree::Step;

/// What a rule asks of the field that it looks at. A field that is absent breaks only what needs it.
#[derive(Clone, Copy)]
pub enum Check {
    /// It is there, and is not empty.
    Needed,
    /// A whole number in a range.
    Between(i64, i64),
    /// The same, and it must be there.
    NeededBetween(i64, i64),
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// The same, and it must be there.
    NeededOneOf(&'static [&'static str]),
    /// Each entry of a list is one of some words.
    EachOneOf(&'static [&'static str]),
    /// A text, or each text of a list, has a form.
    Form(Form),
    /// Each key of a map has a form.
    Keys(Form),
    /// Each value of a map has a form.
    Values(Form),
    /// Entries of a list differ in a field.
    Distinct(&'static str),
    /// None of these fields is there, which other kinds have.
    Without(&'static [&'static str]),
    /// Anything else, in words.
    Holds(&'static str, fn(&Seen<'_>, &mut Vec<Fault>)),
}

/// A form of text: what it is called, and what is wrong with a text that does not have it.
pub type Form = (&'static str, fn(&str) -> Result<(), String>);

/// A rule that is broken, and where.
pub struct Broken {
    /// The rule; none for a list where a map belongs or the reverse.
    pub rule: Option<&'static Rule>,
    /// The place, from the object on.
    pub path: Vec<Step>,
    /// What is wrong there.
    pub fault: String,
    /// What to do.
    pub fix: String,
}

/// Everything that is wrong with a value of a type.
pub fn judge(of: Type, value: &Value) -> Vec<Broken> {
    let mut walk = Walk { path: Vec::new(), broken: Vec::new() };
    walk.enter(of, value);
    walk.broken
}

/// The way through an object.
struct Walk {
    path: Vec<Step>,
    broken: Vec<Broken>,
}

impl Walk {
    fn enter(&mut self, of: Type, value: &Value) {
        let Value::Object(fields) = value else {
            self.misshapen("a map", value);
            return;
        };
        for rule in rules::of(of) {
            let mut faults = Vec::new();
            let value = fields.get(rule.field).filter(|value| !value.is_null());
            rule.check.look(&Seen { whole: fields, value }, &mut faults);
            for Fault { below, message, fix } in faults {
                let own = (!rule.field.is_empty()).then(|| Step::from(rule.field));
                let path = self.path.iter().cloned().chain(own).chain(below).collect();
                self.broken.push(Broken { rule: Some(rule), path, fault: message, fix });
            }
        }
        for (field, holds) in types::fields(of) {
            let Some(value) = fields.get(*field).filter(|value| !value.is_null()) else { continue };
            self.path.push(Step::from(*field));
            match (holds, value) {
                (Holds::One(inner), _) => self.enter(*inner, value),
                (Holds::List(inner), Value::Array(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        self.path.push(Step::from(index));
                        self.enter(*inner, item);
                        self.path.pop();
                    }
                }
                (Holds::List(_), _) => self.misshapen("a list", value),
                (Holds::Map, Value::Object(_)) => {}
                (Holds::Map, _) => self.misshapen("a map", value),
            }
            self.path.pop();
        }
    }

    // apimachinery: runtime/serializer/json; the decoder refuses the whole object
    fn misshapen(&mut self, wanted: &str, value: &Value) {
        let is = match value {
            Value::Object(_) => "a map",
            Value::Array(_) => "a list",
            Value::Null => "nothing",
            Value::String(_) => "a text",
            Value::Bool(_) | Value::Number(_) => "a single value",
        };
        let fault = format!("must be {wanted}, not {is}");
        let fix = format!("write {wanted} here");
        self.broken.push(Broken { rule: None, path: self.path.clone(), fault, fix });
    }
}

impl Check {
    fn look(&self, seen: &Seen<'_>, faults: &mut Vec<Fault>) {
        match *self {
            Check::Needed => {
                if seen.is_empty() {
                    faults.push(Fault::new("is required", "add it"));
                }
            }
            Check::Between(least, most) => between(seen, (least, most), faults),
            Check::NeededBetween(least, most) => match seen.value {
                None => faults
                    .push(Fault::new(format!("is required, and {}", range(least, most)), "add it")),
                Some(_) => between(seen, (least, most), faults),
            },
            Check::OneOf(words) => {
                seen.texts(|below, text| faults.extend(word(below, text, words)))
            }
            Check::NeededOneOf(words) => {
                if seen.is_empty() {
                    let fix = format!("write one of {}", named(words).join(", "));
                    faults.push(Fault::new("is required", fix));
                } else {
                    seen.texts(|below, text| faults.extend(word(below, text, words)));
                }
            }
            Check::EachOneOf(words) => {
                seen.texts(|below, text| faults.extend(word(below, text, words)));
            }
            Check::Form((name, form)) => seen.texts(|below, text| {
                if let Err(why) = form(text) {
                    faults.push(Fault::form(below, name, text, &why));
                }
            }),
            Check::Keys((name, form)) => {
                for key in seen.map().into_iter().flatten().map(|(key, _)| key) {
                    if let Err(why) = form(key) {
                        faults.push(Fault::form(vec![Step::from(key.as_str())], name, key, &why));
                    }
                }
            }
            Check::Values((name, form)) => {
                for (key, value) in seen.map().into_iter().flatten() {
                    if let Some(text) = value.as_str()
                        && let Err(why) = form(text)
                    {
                        faults.push(Fault::form(vec![Step::from(key.as_str())], name, text, &why));
                    }
                }
            }
            Check::Distinct(field) => seen.twice(field, faults),
            Check::Without(strangers) => {
                for field in strangers.iter().filter(|field| seen.has(field)) {
                    let message = "means nothing here: it is a field of other kinds";
                    let fix = "take it out, or choose the kind that has it; `kubectl apply` refuses \
                               it, and without validation it is dropped";
                    faults.push(Fault::below(vec![Step::from(*field)], message, fix));
                }
            }
            Check::Holds(_, look) => look(seen, faults),
        }
    }

    /// What must hold, in words, for the documentation.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |words: &[&str]| {
            named(words).iter().map(|word| format!("`{word}`")).collect::<Vec<_>>()
        };
        match *self {
            Check::Needed => "is there and not empty".to_owned(),
            Check::Between(least, most) => range(least, most),
            Check::NeededBetween(least, most) => format!("is there, and {}", range(least, most)),
            Check::OneOf(words) => format!("is one of {}", list(words).join(", ")),
            Check::NeededOneOf(words) => {
                format!("is there, and is one of {}", list(words).join(", "))
            }
            Check::EachOneOf(words) => format!("each is one of {}", list(words).join(", ")),
            Check::Form((name, _)) => format!("is {name}"),
            Check::Keys((name, _)) => format!("each key is {name}"),
            Check::Values((name, _)) => format!("each value is {name}"),
            Check::Distinct(field) => format!("no two have the same `{field}`"),
            Check::Without(fields) => format!("has no {}", list(fields).join(", ")),
            Check::Holds(words, _) => words.to_owned(),
        }
    }
}

/// A range in words.
fn range(least: i64, most: i64) -> String {
    match most {
        i64::MAX => format!("must be at least {least}"),
        _ => format!("must be between {least} and {most}"),
    }
}

fn between(seen: &Seen<'_>, (least, most): (i64, i64), faults: &mut Vec<Fault>) {
    let Some(Value::Number(number)) = seen.value else { return };
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    if whole.is_none_or(|number| (i128::from(least)..=i128::from(most)).contains(&number)) {
        return;
    }
    let above = whole.is_some_and(|number| number > i128::from(most));
    let range = match most {
        i64::MAX if above => format!("must be at most {most}"),
        _ => range(least, most),
    };
    let fix = match most {
        i64::MAX if above => "write a smaller number".to_owned(),
        i64::MAX => format!("write {least} or more"),
        _ => format!("write a number from {least} to {most}"),
    };
    faults.push(Fault::new(format!("{range}, not {number}"), fix));
}

/// Words that are not empty: the empty one is absence, as Go writes it.
fn named<'w>(words: &[&'w str]) -> Vec<&'w str> {
    words.iter().copied().filter(|word| !word.is_empty()).collect()
}

fn word(below: Vec<Step>, text: &str, words: &[&str]) -> Option<Fault> {
    if words.contains(&text) {
        return None;
    }
    let words = named(words);
    let fix = did_you_mean(text, words.iter().copied()).map_or_else(
        || format!("write one of {}", words.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("is `{}`, which is not one of {}", seen::shown(text), words.join(", "));
    Some(Fault::below(below, message, fix))
}
