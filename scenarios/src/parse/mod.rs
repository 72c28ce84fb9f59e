//! From the tree of a scenario to a setup that has been checked, in four phases.
//!
//! | phase | takes | makes |
//! |---|---|---|
//! | read | the tree, and every file that it names | [`read::Read`]: types and objects |
//! | understand | those | [`understand::Understood`]: workloads, the cluster, what they refer to |
//! | lower | those | [`lower::Lowered`]: a draft of the simulator's setup, and what was assumed |
//! | finish | all of it | [`Scenario`]: the setup checked, and what one run of it comes to |
//!
//! Each adds what is wrong to the same findings, so that all of it is said at once. Only where the
//! form of the scenario itself is wrong is the rest not looked at.

mod finish;
mod inline;
mod lower;
mod read;
mod understand;

use std::path::Path;

use crate::diagnostic::{Diagnostics, Source};
use crate::tree::Node;
use crate::unmodelled::Tally;
use crate::{Scenario, renamed};
pub(crate) use read::Read;
pub(crate) use understand::Understood;

/// Where a scenario was written.
type Place<'p> = (&'p Source, &'p Node);

/// Understands the tree of a scenario; files are looked for in `folder`.
pub(crate) fn parse(
    source: &Source,
    tree: &Node,
    folder: Option<&Path>,
) -> Result<Scenario, Diagnostics> {
    parse_and_look(source, tree, folder, |_, _| {})
}

/// The same; if it is a scenario, `look` sees what a setup keeps nothing of.
pub(crate) fn parse_and_look(
    source: &Source,
    tree: &Node,
    folder: Option<&Path>,
    look: impl FnOnce(&Read, &Understood<'_>),
) -> Result<Scenario, Diagnostics> {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let tree = renamed::in_new_words(tree, source, &mut found);
    let place = (source, &*tree);
    let Some(read) = read::read(place, folder, &mut tally, &mut found) else { return Err(found) };
    let understood = understand::understand(&read, place, &mut tally, &mut found);
    let lowered = lower::lower(&read, &understood, place, &mut tally, &mut found);
    let finished = finish::finish(&read, &understood, lowered, place, &mut found);
    match finished {
        Some(finished) if !found.has_errors() => {
            look(&read, &understood);
            Ok(finished.scenario(read, (source, folder), tally, found))
        }
        _ => Err(found),
    }
}
