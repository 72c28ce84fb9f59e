//! The published cells: what every run of every policy cost there, and whether ours cost the same.

use std::path::Path;

use serde::Deserialize;

use super::market::{Archive, Recording, Zone};
use super::run::Run;
use super::{frame, job::Job, one_zone, optimum, policies};
use crate::DataError;

/// Money may differ by this much, in dollars.
pub const TOLERANCE: f64 = 0.01;

/// Cells with the rules that they are of.
#[derive(Debug, Deserialize)]
pub struct Table {
    /// The cells.
    pub cells_list: Vec<Cell>,
}

/// A policy on some zones with a deadline.
#[derive(Debug, Deserialize)]
pub struct Cell {
    /// Its name.
    pub id: String,
    market: String,
    kind: String,
    zones: Vec<String>,
    ratio: f64,
    checkpoint_gb: f64,
    policy: String,
    /// What was published of each run.
    pub runs: Vec<Published>,
}

/// What was published of a run.
#[derive(Debug, Deserialize)]
pub struct Published {
    start: Option<usize>,
    /// Dollars.
    pub cost: Option<f64>,
    /// Dollars without the last tick.
    pub cost_published: Option<f64>,
    /// What the optimum costs.
    pub plan_value: Option<f64>,
    ticks: Option<usize>,
    spot_ticks: Option<usize>,
    od_ticks: Option<usize>,
    switches: Option<usize>,
    migrations: Option<usize>,
    egress: Option<f64>,
    probes: Option<f64>,
    met: Option<bool>,
    /// Whether its cost depends on how an exact tie falls.
    #[serde(default)]
    pub tie: bool,
}

/// What came of a cell.
#[derive(Debug)]
pub struct Judged<'c> {
    /// The cell.
    pub cell: &'c Cell,
    /// The mean cost of its runs as published, and as they came out, those with a tie left out.
    pub cost: [f64; 2],
    /// What differs in which run, in words.
    pub differences: Vec<String>,
}

impl Table {
    /// Reads cells.
    ///
    /// # Errors
    /// If they are no cells.
    pub fn parse(text: &str, path: &Path) -> Result<Table, DataError> {
        let nonsense = |what: String| DataError::Nonsense { path: path.to_owned(), what };
        serde_json::from_str(text).map_err(|error| nonsense(error.to_string()))
    }
}

impl Cell {
    /// Whether its rules are known: one was published for information, without them.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        let one = ["on_demand", "greedy", "UP"];
        match &self.kind[..] {
            "one" => one.contains(&&self.policy[..]),
            _ => self.policy == "optimum" || policies::named(&self.policy, 1).is_some(),
        }
    }

    /// Runs it, and compares.
    ///
    /// # Errors
    /// If it is of a recording or a zone that is not there.
    pub fn judge(&self, archive: &Archive) -> Result<Judged<'_>, String> {
        let recording = Recording::named(&self.market)
            .ok_or_else(|| format!("{}: no recording is called {:?}", self.id, self.market))?;
        let zones = archive.zones(recording, &self.zones);
        let zones = zones.map_err(|zone| format!("{}: {zone} was not recorded", self.id))?;
        let mut differences = Vec::new();
        let (mut cost, mut counted) = ([0.0, 0.0], 0.0_f64);
        for published in self.runs.iter().filter(|it| !it.tie) {
            let run = self.run(recording, &zones, published.start)?;
            let named = |what: String| format!("start {:?}: {what}", published.start);
            differences.extend(published.differences(&run).into_iter().map(named));
            let expected = published.plan_value.or(published.cost).unwrap_or(0.0);
            cost = [cost[0] + expected, cost[1] + run.cost];
            counted += 1.0;
        }
        Ok(Judged { cell: self, cost: cost.map(|sum| sum / counted.max(1.0)), differences })
    }

    fn run(
        &self,
        recording: Recording,
        zones: &[Zone],
        start: Option<usize>,
    ) -> Result<Run, String> {
        let job = Job::of(recording, self.ratio);
        let Some(start) = start.filter(|_| job.is_possible()) else {
            let least = zones.iter().map(|zone| zone.on_demand).fold(f64::INFINITY, f64::min);
            let cost = least * (job.size + super::job::OVERHEAD) / 3_600.0;
            return Ok(Run { cost, published: cost, ..Run::default() });
        };
        let terms = (recording, self.ratio, self.checkpoint_gb);
        if self.kind == "one" {
            let wish = match &self.policy[..] {
                "on_demand" => one_zone::on_demand,
                "greedy" => one_zone::greedy,
                "UP" => one_zone::uniform,
                other => return Err(format!("{}: no policy in one zone is {other:?}", self.id)),
            };
            return Ok(one_zone::run(recording, self.ratio, &zones[0], start, wish));
        }
        if self.policy == "optimum" {
            let cost = optimum::value(terms, zones, start);
            return Ok(Run { cost, ..Run::default() });
        }
        let mut policy = policies::named(&self.policy, zones.len())
            .ok_or_else(|| format!("{}: no policy is called {:?}", self.id, self.policy))?;
        Ok(frame::run(terms, zones, start, &mut *policy))
    }
}

impl Published {
    /// What of a run is not as published, in words.
    fn differences(&self, run: &Run) -> Vec<String> {
        let mut differences = Vec::new();
        let mut money = |what: &str, there: Option<f64>, here: f64| {
            if let Some(there) = there.filter(|there| (there - here).abs() > TOLERANCE) {
                differences.push(format!("{what} is {here:.4}, published {there:.4}"));
            }
        };
        if let Some(value) = self.plan_value {
            money("the optimum", Some(value), run.cost);
            return differences;
        }
        money("cost", self.cost, run.cost);
        money("cost without the last tick", self.cost_published, run.published);
        money("egress", self.egress, run.egress);
        money("probes", self.probes, run.probes);
        let mut count = |what: &str, there: Option<usize>, here: usize| {
            if let Some(there) = there.filter(|there| *there != here) {
                differences.push(format!("{what}: {here}, published {there}"));
            }
        };
        count("ticks", self.ticks, run.ticks);
        count("ticks on spot", self.spot_ticks, run.spot_ticks);
        count("ticks on demand", self.od_ticks, run.on_demand_ticks);
        count("switches", self.switches, run.switches);
        count("migrations", self.migrations, run.migrations);
        count("deadline met", self.met.map(usize::from), usize::from(run.met));
        differences
    }
}
