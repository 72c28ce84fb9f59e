//! What tests of the program share: a folder to run it in, what it says there, and a small scenario.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program, about to run in a folder.
pub(crate) fn spotsim(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotsim"));
    command.current_dir(folder);
    command
}

/// What a command printed on stdout.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command printed on stderr.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A pool of spot nodes, and a Deployment that asks for a quarter of one for each replica.
pub(crate) fn small(horizon: &str, nodes: u32, replicas: u32) -> String {
    format!(
        "apiVersion: spotsim/v1\nname: small\nhorizon: {horizon}\nprovider: aws\n\
         region: us-east-1\npools:\n  \
         - {{name: spot, count: {nodes}, capacityType: spot, instanceTypes: [m6i.large]}}\n\
         workloads:\n  - name: web\n    kind: Deployment\n    replicas: {replicas}\n    \
         template:\n      containers:\n        \
         - {{name: app, resources: {{requests: {{cpu: 500m, memory: 1Gi}}}}}}\n"
    )
}

/// A folder of its own, removed in the end.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    /// One with a file in it.
    pub(crate) fn with(name: &str, text: &str) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        fs::write(place.path(name), text).unwrap();
        place
    }

    /// Where a file of this name is in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names in a folder of it, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names(&self.path(folder))
    }

    /// A JSON file of it.
    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    /// What the program says there.
    pub(crate) fn spotsim(&self, args: &[&str]) -> Output {
        spotsim(self.0.path()).args(args).output().unwrap()
    }

    /// What a script says there.
    pub(crate) fn bash(&self, script: &str) -> Output {
        Command::new("bash").current_dir(self.0.path()).args(["-c", script]).output().unwrap()
    }
}
