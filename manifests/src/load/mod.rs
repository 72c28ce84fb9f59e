//! Kubernetes objects from files: YAML or JSON, one or many, lists of them, folders and globs.
//!
//! Nothing is dropped in silence. A field or kind that is not modelled is counted, what Kubernetes
//! would refuse is reported at its place, and all of it at once.

mod files;
mod hints;
mod json;
mod yaml;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

pub use crate::origin::Origin;
pub use files::matching;

use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::inputs::Input;
use crate::kube::{self, Fault, Object, ObjectKind, Read};
use crate::lines::Lines;
use crate::reading::{self, Named};
use crate::tree::{self, Node, Step};
use crate::unmodelled::Tally;

/// An object and where it was written.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The object.
    pub object: Object,
    /// Where it was written.
    pub origin: Origin,
    /// What it was read from, if that was a tree and is no dump of a cluster, which may be large.
    tree: Option<Node>,
}

impl Loaded {
    /// The object as it was written, with the places of its parts.
    #[must_use]
    pub fn tree(&self) -> Option<Node> {
        let Origin { source, span, .. } = &self.origin;
        self.tree.clone().or_else(|| tree::part(&source.text, span))
    }
}

/// Lists may contain lists, but not without end.
const MOST_NESTED: usize = 4;

/// Reads files and keeps account of what it read.
pub struct Loader<'l> {
    tally: &'l mut Tally,
    found: &'l mut Diagnostics,
    loaded: Vec<Loaded>,
    names: BTreeMap<(ObjectKind, String, String), usize>,
    inputs: Vec<Input>,
    account: Account,
    /// Whether it is said what is no object, and what is there twice.
    strict: bool,
    keeps_trees: bool,
    /// Who named the paths.
    named: Named,
    lines: Lines,
    /// What the text looks like that is being read, once that was asked.
    unrendered: Option<Option<&'static str>>,
}

/// What is known of an object before it is read: its own words, or those of the list it is in.
#[derive(Clone, Default)]
struct Head {
    api_version: String,
    kind: String,
}

/// What is wrong with an object, and where in its text.
struct Wrong {
    message: String,
    span: Range<usize>,
}

impl<'l> Loader<'l> {
    /// A loader that has read nothing yet.
    pub fn new(tally: &'l mut Tally, found: &'l mut Diagnostics) -> Loader<'l> {
        Loader {
            tally,
            found,
            loaded: Vec::new(),
            names: BTreeMap::new(),
            inputs: Vec::new(),
            named: Named::OnCommandLine,
            lines: Lines::default(),
            unrendered: None,
            account: Account::default(),
            strict: true,
            keeps_trees: true,
        }
    }

    /// The same for what a cluster holds, which its API server has admitted.
    #[must_use]
    pub fn of_a_cluster(self) -> Loader<'l> {
        Loader { account: Account::of_a_cluster(), keeps_trees: false, ..self }
    }

    /// The same for whatever files there are: what is no object is left out, and what is there twice is
    /// kept twice.
    #[must_use]
    pub fn of_any_files(self) -> Loader<'l> {
        Loader { strict: false, ..self }
    }

    /// Reads a file, every file of a folder, or every file that a glob matches; `shown` is how
    /// the user wrote it.
    ///
    /// # Errors
    /// When no file can be read there. What is wrong inside of files is among the findings.
    pub fn path(&mut self, path: &Path, shown: &str) -> Result<(), Box<Diagnostic>> {
        for (file, shown) in matching(path, shown)? {
            // What is in a folder was not named itself.
            let named = if file == path { self.named } else { Named::ByAFile };
            let text =
                reading::text(&file, named).map_err(|error| Box::new(error.diagnostic(&shown)))?;
            self.inputs.push(Input::of(&shown, text.as_bytes()));
            self.text(&Source { file: shown, text: Arc::from(text) });
        }
        Ok(())
    }

    /// Reads a text.
    pub fn text(&mut self, source: &Source) {
        self.unrendered = None;
        let text = source.text.trim_start_matches('\u{feff}').trim_start();
        let read = if text.starts_with(['{', '[']) { self.json(source) } else { self.yaml(source) };
        if let Err(diagnostic) = read {
            let help = self.unrendered(source);
            self.found.push(match help.filter(|_| diagnostic.help.is_none()) {
                Some(help) => diagnostic.help(help),
                None => *diagnostic,
            });
        }
    }

    /// Everything that was read, in the order of the files, and the files.
    #[must_use]
    pub fn into_objects(self) -> (Vec<Loaded>, Vec<Input>) {
        (self.loaded, self.inputs)
    }

    /// What to do if this is a template, which is asked once for a text however much is wrong with it.
    fn unrendered(&mut self, source: &Source) -> Option<&'static str> {
        *self.unrendered.get_or_insert_with(|| hints::unrendered(&source.text))
    }

    /// One object, if its kind is known to be modelled, and the API server would admit it. `place` knows
    /// where a part of it stands.
    fn object(
        &mut self,
        head: &Head,
        origin: &Origin,
        value: impl FnOnce() -> Result<Value, Wrong>,
        place: impl Fn(&[Step]) -> Range<usize>,
    ) -> Option<Object> {
        if head.kind.is_empty() {
            if !self.strict {
                return None;
            }
            let message = "this is not a Kubernetes object: it has no `kind`";
            let wrong = origin.diagnostic("E0301", message);
            let help = hints::kustomization(&origin.source.file)
                .or_else(|| self.unrendered(&origin.source));
            self.found.push(match help {
                Some(help) => wrong.help(help),
                None => wrong,
            });
            return None;
        }
        let Some(kind) = ObjectKind::of(&head.api_version, &head.kind) else {
            self.tally.kind(&head.api_version, &head.kind, origin);
            return None;
        };
        if kind.is_unserved(&head.api_version) {
            let (name, own) = (kind.name(), kind.api_version());
            let what =
                format!("{name}: version {} is not served, and read as {own}", head.api_version);
            self.tally.count(&what, origin);
        }
        let value = match value() {
            Ok(value) => value,
            Err(Wrong { message, span }) => {
                let message = format!("{}: {message}", origin.name);
                self.unreadable(Diagnostic::new("E0301", message).at(&origin.source, span));
                return None;
            }
        };
        let judged = (Type::of(kind), &value);
        if self.account.examine(judged, origin, &place, self.found) == Admitted::No {
            return None;
        }
        match kind.read(&value) {
            Ok((object, unknown)) => {
                self.tally.fields(&unknown, origin);
                Some(object)
            }
            Err(fault) => {
                self.unreadable(misfit(&fault, origin, place));
                None
            }
        }
    }

    /// Says that an object cannot be read; a template of a chart is no object yet.
    fn unreadable(&mut self, wrong: Diagnostic) {
        let source = wrong
            .place
            .as_ref()
            .map(|place| Source { file: place.file.clone(), text: place.text.clone() });
        let help = source.and_then(|source| self.unrendered(&source));
        self.found.push(match help {
            Some(help) => wrong.help(help),
            None => wrong,
        });
    }

    /// Keeps an object unless it is there already. The same object twice is one object: bundles
    /// often repeat their namespace.
    fn keep(&mut self, object: Object, origin: Origin, tree: Option<Node>) {
        let metadata = object.metadata();
        // `generateName`: each is one of its own.
        if metadata.name.is_empty() || !self.strict {
            self.loaded.push(Loaded { object, origin, tree });
            return;
        }
        let name = (object.kind(), metadata.namespace().to_owned(), metadata.name.clone());
        match self.names.entry(name) {
            Entry::Vacant(free) => {
                free.insert(self.loaded.len());
                self.loaded.push(Loaded { object, origin, tree });
            }
            Entry::Occupied(taken) => {
                let other = &self.loaded[*taken.get()];
                if other.object != object {
                    let message = format!("{} is there twice, and differs", origin.name);
                    let Origin { source, span, name } = &other.origin;
                    let (line, _) = self.lines.line_column(&source.text, span.start);
                    let other = format!("{}:{line} {name}", source.file);
                    let help = format!("the other one is at {other}; keep one of them");
                    self.found.push(origin.diagnostic("E0203", &message).help(help));
                }
            }
        }
    }
}

/// A part of a tree as a `T`. Fields that `T` does not have are counted, and what is wrong is reported
/// at its place.
pub fn typed<T: Read>(
    node: &Node,
    origin: &Origin,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<T> {
    match kube::read::<T>(&node.to_json()) {
        Ok((value, unknown)) => {
            tally.fields(&unknown, origin);
            Some(value)
        }
        Err(fault) => {
            found.push(misfit(&fault, origin, |path| node.at(path).span.clone()));
            None
        }
    }
}

/// What is said of a value that does not fit its type.
#[must_use]
pub fn misfit(
    Fault { path, message }: &Fault,
    origin: &Origin,
    place: impl Fn(&[Step]) -> Range<usize>,
) -> Diagnostic {
    let message = match &*tree::dotted(path) {
        "" => format!("{}: {message}", origin.name),
        dotted => format!("{}: {dotted}: {message}", origin.name),
    };
    Diagnostic::new("E0301", message).at(&origin.source, place(path))
}

/// The objects of the files that a scenario names at a place of its own; paths are relative to
/// `folder`. What cannot be read is reported at that place.
pub fn named(
    paths: &[String],
    folder: Option<&Path>,
    (source, place): (&Source, &Node),
    of_a_cluster: bool,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> (Vec<Loaded>, Vec<Input>) {
    let mut loader = Loader { named: Named::ByAFile, ..Loader::new(tally, found) };
    if of_a_cluster {
        loader = loader.of_a_cluster();
    }
    for (index, shown) in paths.iter().enumerate() {
        let path = folder.map_or_else(|| shown.into(), |folder| folder.join(shown));
        if let Err(diagnostic) = loader.path(&path, shown) {
            let span = place.at(&[Step::Index(index)]).span.clone();
            loader.found.push(diagnostic.at(source, span));
        }
    }
    loader.into_objects()
}

fn cannot_read(shown: &str, error: &dyn std::fmt::Display) -> Box<Diagnostic> {
    Box::new(Diagnostic::new("E0001", format!("cannot read {shown}: {error}")))
}
