//! What every object has: names, labels, owners; and how labels are selected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Expression;

/// Labels or annotations as they are written.
pub type Labels = BTreeMap<String, String>;

object! {
    /// Names, labels and owners.
    pub struct ObjectMeta {
        /// The object's name.
        pub name: String,
        /// What its name begins with, when the API server is to find the rest.
        pub generate_name: String,
        /// Its namespace.
        pub namespace: Option<String>,
        /// What tells it from others of its name that lived before.
        pub uid: String,
        /// Its labels.
        pub labels: BTreeMap<String, String>,
        /// Its annotations.
        pub annotations: BTreeMap<String, String>,
        /// What it belongs to.
        pub owner_references: Vec<OwnerReference>,
        /// When it was created (RFC 3339).
        pub creation_timestamp: Option<String>,
        /// When it will be gone at the latest: it is terminating (RFC 3339).
        pub deletion_timestamp: Option<String>,
        /// How long it may take to stop.
        pub deletion_grace_period_seconds: Option<u32>,
        /// Who must agree before it is gone.
        pub finalizers: Vec<String>,
    }

    /// What an object belongs to.
    pub struct OwnerReference {
        /// The owner's API version.
        pub api_version: String,
        /// The owner's kind.
        pub kind: String,
        /// The owner's name.
        pub name: String,
        /// The owner's uid.
        pub uid: String,
        /// Whether it is the one that manages the object.
        pub controller: bool,
    }

    /// A reference to an object anywhere.
    pub struct ObjectReference {
        /// Its kind.
        pub kind: String,
        /// Its namespace.
        pub namespace: String,
        /// Its name.
        pub name: String,
        /// Its uid.
        pub uid: String,
    }

    /// Selects objects by label. All requirements must hold; without any, all objects match.
    pub struct LabelSelector {
        /// Labels that must be there.
        pub match_labels: BTreeMap<String, String>,
        /// Requirements on labels.
        pub match_expressions: Vec<Expression>,
    }

    /// Something that is or is not so, at the moment.
    pub struct Condition {
        /// What.
        #[serde(rename = "type")]
        pub kind: String,
        /// `True`, `False` or `Unknown`.
        pub status: String,
        /// Why, in one word.
        pub reason: String,
        /// Since when (RFC 3339).
        pub last_transition_time: Option<String>,
    }
}

impl ObjectMeta {
    /// Its namespace, or the one that is meant when none is named.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// `namespace/name`, as claims are known by.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.namespace(), self.name)
    }

    /// The owner that manages the object.
    #[must_use]
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller)
    }
}

/// A number, or a text such as `25%`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
}
