//! Hostile inputs: one function for each kind of text that is read, which any bytes may be given
//! to, and a mutator that keeps enough of a document's form to come past its reader.
//!
//! A target panics when something does not hold; what must hold is written in its file. libFuzzer
//! drives them (`main.rs`, `fuzz/run`), and `cargo test` gives them every input of `corpus/` again.

mod brief;
mod generate;
pub mod mutate;
pub mod soak;
mod targets;

use std::path::PathBuf;

use mutate::Form;

/// Something to give bytes to.
pub struct Target {
    /// Its name, and that of the folder of its inputs in `corpus/`.
    pub name: &'static str,
    /// What its inputs look like to a mutator.
    pub form: Form,
    /// Reads the bytes, and does with them what the program would. Whether they came all the way,
    /// and were not refused on it.
    pub run: fn(&[u8]) -> bool,
}

/// Every target.
pub const TARGETS: [Target; 11] = [
    Target { name: "scenario", form: Form::Documents, run: targets::scenario::run },
    Target { name: "objects", form: Form::Documents, run: targets::objects::run },
    Target { name: "dump", form: Form::Documents, run: targets::dump::run },
    Target { name: "scheduler", form: Form::Documents, run: targets::scheduler::run },
    Target { name: "run-folder", form: Form::Documents, run: targets::run_folder::run },
    Target { name: "prices", form: Form::Table, run: targets::prices::run },
    Target { name: "traces", form: Form::Table, run: targets::traces::run },
    Target { name: "usage", form: Form::Table, run: targets::usage::run },
    Target { name: "calibrate", form: Form::Table, run: targets::calibrate::run },
    Target { name: "cron", form: Form::Bytes, run: targets::cron::run },
    Target { name: "quantity", form: Form::Bytes, run: targets::quantity::run },
];

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Where the inputs of a target are kept.
#[must_use]
pub fn corpus(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus", target].iter().collect()
}
