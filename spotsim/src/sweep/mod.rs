//! Sweeps: a scenario with other values at some paths, each setting in the same replications.

mod axis;
mod optimize;
mod space;

use std::ops::Range;
use std::path::Path;

use reports::expect::judge;
use reports::export::manifest::Origin;
use reports::metrics::{Measured, read_table, write_table};
use reports::settings::{Setting, Swept};
use scenarios::Scenario;
use sim::{Legend, Stop};

pub use axis::{Axis, Values};
pub use space::Space;

use crate::Error;
use crate::check::{judged, variants};
use crate::experiment::Experiment;
use crate::replications::Journal;
use crate::store::Store;

/// Settings of a scenario that are tried.
pub struct Sweep<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Which settings.
    pub space: Space,
    /// The seed of all replications.
    pub seed: u64,
    /// How many there are of each setting.
    pub replications: u32,
    /// How many threads; all cores if none is given. Results do not depend on it.
    pub threads: Option<usize>,
    /// The scenario at each setting.
    settings: Vec<Scenario>,
    /// Where settings are written down once they are finished.
    journal: Option<Journal>,
}

impl<'s> Sweep<'s> {
    /// The scenario at each setting.
    ///
    /// # Errors
    /// A path that leads nowhere, and everything that is wrong with the scenario at a setting.
    pub fn new(
        scenario: &'s Scenario,
        space: Space,
        seed: u64,
        replications: u32,
    ) -> Result<Sweep<'s>, Error> {
        let at = |values: &Vec<String>| {
            let changes: Vec<(&str, &str)> = space
                .paths
                .iter()
                .zip(values)
                .map(|(path, value)| (&path[..], &value[..]))
                .collect();
            scenario.with(&changes).map_err(Error::Input)
        };
        let settings = space.settings.iter().map(at).collect::<Result<_, Error>>()?;
        Ok(Sweep { scenario, space, seed, replications, threads: None, settings, journal: None })
    }

    /// The scenario at each setting.
    #[must_use]
    pub fn settings(&self) -> &[Scenario] {
        &self.settings
    }

    /// Writes each setting down in this file once it is finished, and takes those from there that were
    /// finished before; how many these are.
    ///
    /// # Errors
    /// If there is another file, one of another sweep, or one that another process writes to.
    pub fn resume(&mut self, path: &Path, origin: &Origin) -> Result<usize, Error> {
        let named = |values: &Vec<String>| {
            let each = self.space.paths.iter().zip(values);
            each.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(" ")
        };
        let settings = self.space.settings.iter().map(named).collect();
        let size = (self.seed, self.replications);
        let journal = Journal::of_settings(path, self.scenario, size, settings, origin)?;
        let kept = journal.kept();
        self.journal = Some(journal);
        Ok(kept)
    }

    /// Takes away the file of finished settings, once what they came to is said.
    ///
    /// # Errors
    /// If it could not be written, or cannot be removed.
    pub fn finished(self) -> Result<(), Error> {
        let Some(journal) = self.journal else { return Ok(()) };
        journal.check()?;
        journal.remove()
    }

    /// Runs all settings, one after the other, with `seen` called after each replication. If `stop` is
    /// wanted, those are there that are finished.
    ///
    /// # Errors
    /// If threads cannot be started, or no setting was finished.
    pub fn run(&self, stop: Stop<'_>, seen: impl Fn() + Sync) -> Result<Swept, Error> {
        let mut settings = Vec::new();
        for index in 0..self.settings.len() {
            let replications = 0..self.replications;
            match self.measure(index, &replications, stop, &seen)? {
                Some(setting) => settings.push(setting),
                None => break,
            }
        }
        if settings.is_empty() {
            return Err(Error::Stopped);
        }
        Ok(Swept {
            scenario: self.scenario.name.clone(),
            seed: self.seed,
            replications: self.replications as usize,
            version: env!("CARGO_PKG_VERSION").into(),
            paths: self.space.paths.clone(),
            chosen: self.space.chosen.clone(),
            settings,
        })
    }

    /// One setting in some replications; none if a stop came first. Nothing is kept of it but metrics.
    fn measure(
        &self,
        index: usize,
        replications: &Range<u32>,
        stop: Stop<'_>,
        seen: &(impl Fn() + Sync),
    ) -> Result<Option<Setting>, Error> {
        let scenario = &self.settings[index];
        let values = self.space.settings[index].clone();
        if let Some(measured) = self.kept(index, replications) {
            replications.clone().for_each(|_| seen());
            let legend = Legend::of(&scenario.setup);
            let judged = judge(&scenario.setup.terms.expect, &measured, None, self.seed, &legend);
            return Ok(Some(Setting { values, measured, judged }));
        }
        let experiment = Experiment {
            variants: variants("setting", scenario),
            seed: self.seed,
            replications: replications.clone(),
            threads: self.threads,
        };
        let runs = experiment.run(stop, |_| seen())?;
        let (own, baseline) = (&runs.variants[0], runs.variants.get(1));
        if own.runs.len() < replications.len() {
            return Ok(None);
        }
        let measured: Measured = own.measured(baseline);
        self.keep(index, &measured);
        let judged = judged(scenario, own, baseline, None, self.seed);
        Ok(Some(Setting { values, measured, judged }))
    }

    /// The metrics of a setting that was finished before, in these replications.
    fn kept(&self, index: usize, replications: &Range<u32>) -> Option<Measured> {
        let table = self.journal.as_ref()?.get(index, replications.end)?;
        let measured = read_table(&table[..]).ok()?;
        (measured.replications == replications.len()).then_some(measured)
    }

    /// Writes the metrics of a setting down.
    fn keep(&self, index: usize, measured: &Measured) {
        let Some(journal) = &self.journal else { return };
        let mut table = Vec::new();
        let replications = u32::try_from(measured.replications);
        if let (Ok(()), Ok(replications)) = (write_table(measured, &mut table), replications) {
            journal.put(index, replications, &table);
        }
    }
}
