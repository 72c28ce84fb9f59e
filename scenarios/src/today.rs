//! What is paid today: another scenario, against which the saving of this one is measured too.
//!
//! A cluster that runs on spot already saves nothing by it once more: the bill that a proposal has to
//! beat is that of the cluster as it stands.

use std::path::Path;

use sim::setup::Draft;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::inputs::Input;
use crate::tree::{Node, Step};
use crate::{Scenario, reading};

/// The key under which a scenario names the other.
const KEY: &str = "today";

/// Reads the scenario that one in `folder` names as `file`.
pub(crate) fn read(
    file: &str,
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Option<Scenario> {
    let span = tree.at(&[Step::Key(KEY.into())]).span.clone();
    let read = reading::documents(file, folder).and_then(|(other, documents)| {
        if documents.iter().any(|document| document.get(KEY).is_some()) {
            let message = format!("{file} names a `{KEY}` of its own");
            let help = "name that one here, or take the line out there";
            return Err(Diagnostic::new("E0204", message).help(help).into());
        }
        let path = folder.map_or_else(|| file.into(), |folder| folder.join(file));
        Scenario::parse(&other, path.parent())
    });
    match read {
        Ok(scenario) => {
            let new = |input: &&Input| inputs.iter().all(|known| known != *input);
            let new: Vec<Input> = scenario.inputs.iter().filter(new).cloned().collect();
            inputs.extend(new);
            Some(scenario)
        }
        Err(errors) => {
            for error in errors.iter() {
                let error = error.clone();
                found.push(if error.place.is_some() {
                    error
                } else {
                    error.at(source, span.clone())
                });
            }
            None
        }
    }
}

/// Says so if the two do not last equally long: their months would not be the same.
pub(crate) fn compare(
    scenario: &Scenario,
    setup: &Draft,
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) {
    let other = &scenario.setup;
    if (other.horizon, other.warm_up) == (setup.horizon, setup.warm_up) {
        return;
    }
    let window = |it: &Draft| format!("{} to {}", sim::SimTime::ZERO + it.warm_up, it.horizon);
    let (theirs, own) = (window(other), window(setup));
    let message = format!("`{KEY}` is counted from {theirs}, this scenario from {own}");
    let help = "give both the same `horizon` and the same `warmUp`";
    let span = tree.at(&[Step::Key(KEY.into())]).span.clone();
    found.push(Diagnostic::new("E0204", message).at(source, span).help(help));
}
