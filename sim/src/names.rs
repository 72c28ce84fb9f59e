//! Strings end here: label keys and values, names and zones become small integers.

use std::borrow::Cow;

use indexmap::IndexSet;

use crate::table::{Id, id};

id! {
    /// An interned string.
    NameId
}

/// Gives each distinct string one id, in order of first use.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: IndexSet<Box<str>>,
    /// Each text read as an integer, for the affinity operators `Gt` and `Lt`.
    integers: Vec<Option<i64>>,
}

impl Names {
    /// The id of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(id) = self.find(text) {
            return id;
        }
        self.integers.push(text.parse().ok());
        NameId::from_index(self.texts.insert_full(text.into()).0)
    }

    /// The id of `text` if it was ever interned.
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.texts.get_index_of(text).map(NameId::from_index)
    }

    /// The same ids with other strings, if `change` changes any. Strings that it makes equal are kept
    /// apart by apostrophes.
    #[must_use]
    pub fn changed(&self, change: impl Fn(&str) -> Cow<'_, str>) -> Option<Names> {
        if self.texts.iter().all(|text| matches!(change(text), Cow::Borrowed(_))) {
            return None;
        }
        let mut texts: IndexSet<Box<str>> = IndexSet::with_capacity(self.texts.len());
        for text in &self.texts {
            let mut text = change(text).into_owned();
            while texts.contains(text.as_str()) {
                text.push('\'');
            }
            texts.insert(text.into_boxed_str());
        }
        Some(Names { texts, integers: self.integers.clone() })
    }

    /// The string behind an id.
    pub fn text(&self, id: NameId) -> &str {
        &self.texts[id.index()]
    }

    /// The string read as a 64-bit integer, if it is one.
    pub fn integer(&self, id: NameId) -> Option<i64> {
        self.integers[id.index()]
    }
}
