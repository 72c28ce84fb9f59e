//! A provider in a scenario: one of those that are modelled, by its name.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use sim::providers::{self, PROVIDERS, Provider};

/// A cloud.
#[derive(Clone, Copy, Debug)]
pub struct ProviderName(&'static Provider);

impl ProviderName {
    /// All of them.
    pub fn all() -> impl Iterator<Item = ProviderName> {
        PROVIDERS.iter().copied().map(ProviderName)
    }

    /// The provider itself.
    #[must_use]
    pub fn provider(self) -> &'static Provider {
        self.0
    }
}

impl Default for ProviderName {
    /// The first of the list.
    fn default() -> ProviderName {
        ProviderName(PROVIDERS[0])
    }
}

impl From<&'static Provider> for ProviderName {
    fn from(provider: &'static Provider) -> ProviderName {
        ProviderName(provider)
    }
}

impl Deref for ProviderName {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        self.0
    }
}

impl FromStr for ProviderName {
    type Err = String;

    fn from_str(name: &str) -> Result<ProviderName, String> {
        let known = providers::named(name).map(ProviderName);
        known.ok_or_else(|| format!("no provider is called `{name}`"))
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl<'de> Deserialize<'de> for ProviderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ProviderName, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for ProviderName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name)
    }
}

impl JsonSchema for ProviderName {
    fn schema_name() -> Cow<'static, str> {
        "ProviderName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |provider: ProviderName| json!({"type": "string", "const": provider.name, "description": provider.brief});
        let all: Vec<_> = ProviderName::all().map(one).collect();
        json_schema!({"oneOf": all, "description": "A cloud."})
    }
}
