//! What a scenario says about the start of pods: disks that are attached, images that are pulled.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;

/// How long it takes to move a disk from one node to another.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Volumes {
    /// How long a disk takes to be attached and mounted; by default 10 s.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub attach: Option<String>,
    /// How long a disk takes to be unmounted and detached; by default 10 s.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub detach: Option<String>,
    /// How long after the deletion of its pod a disk is detached by force that was not unmounted,
    /// because its node was lost; by default 6 min.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub force_detach: Option<String>,
}

/// How long nodes take to pull images. Each node pulls one at a time, and each image once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImagePulls {
    /// How much of an image a node pulls and unpacks in a second, for example `50Mi`.
    #[schemars(extend("format" = "quantity"), with = "Quantity")]
    pub rate: Quantity,
    /// How large images are that are not listed.
    #[schemars(extend("format" = "quantity"), with = "Quantity")]
    pub size: Quantity,
    /// How large other images are, by their names as pods write them.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = {"type": ["string", "number"], "format": "quantity"}))]
    pub images: BTreeMap<String, Quantity>,
}
