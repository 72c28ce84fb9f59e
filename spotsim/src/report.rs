//! The report of a comparison as one HTML file: its figures, its charts, and two of its runs event by event;
//! and its recorded run in forms that other programs read.

use std::io;

use reports::charts;
use reports::charts::typical::{self, Choice};
use reports::cost::ledger::Books;
use reports::event_log::{self, EventLog};
use reports::export::manifest::Origin;
#[cfg(feature = "parquet")]
use reports::export::parquet;
use reports::export::{allocation, events, focus, perfetto};
use reports::{Summary, chart};
use sim::Stop;

use crate::Error;
use crate::comparison::Results;

/// A form of one run that other programs read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Cost rows, as FOCUS 1.3 has them.
    Focus,
    /// The cost of each workload, as OpenCost answers.
    OpenCost,
    /// Events of Kubernetes, one JSON object a line.
    Events,
    /// A trace of nodes and pods, for Perfetto.
    Perfetto,
}

impl Results<'_> {
    /// Every chart, the answer first.
    ///
    /// # Errors
    /// If `stop` is wanted before they are drawn.
    pub fn charts(&self, summary: &Summary, stop: Stop<'_>) -> Result<Vec<chart::Chart>, Error> {
        let shown = self.shown(stop).ok_or(Error::Stopped)?;
        let drawn = self.drawn(summary);
        Ok(charts::all(&self.story(summary, &drawn, &shown)))
    }

    /// The report as one HTML file that needs nothing else.
    ///
    /// # Errors
    /// If `stop` is wanted before it is made.
    pub fn html(
        &self,
        summary: &Summary,
        origin: &Origin,
        stop: Stop<'_>,
    ) -> Result<String, Error> {
        let charts = self.charts(summary, stop)?;
        let choices = typical::median_and_worst(&self.subject().runs);
        let logs = choices.into_iter().map(|choice| self.log(choice, stop));
        let logs = logs.collect::<Result<Vec<_>, _>>()?;
        Ok(reports::html(summary, &charts, &logs, &self.command(origin)))
    }

    /// The recorded run in a form that other programs read.
    ///
    /// # Panics
    /// Never: a comparison records a run, and a buffer takes all.
    #[must_use]
    pub fn exported(&self, form: Form) -> Vec<u8> {
        let recording = self.subject().recording().expect("it is made to keep its facts");
        let books = Books::of(recording);
        let mut out = Vec::new();
        let written = match form {
            Form::Focus => focus::write(recording, &books, &mut out).map_err(io::Error::from),
            Form::OpenCost => allocation::write(recording, &books, &mut out),
            Form::Events => events::write(recording, &mut out),
            Form::Perfetto => perfetto::write(recording, &mut out),
        };
        written.expect("a buffer takes all");
        out
    }

    /// The tables of the run in Parquet, by the names of their files: the metrics of each replication, and the
    /// facts of the recorded one.
    ///
    /// # Errors
    /// If the writer of the format fails.
    ///
    /// # Panics
    /// Never: a comparison records a run.
    #[cfg(feature = "parquet")]
    pub fn parquet(&self) -> Result<[(&'static str, Vec<u8>); 2], Error> {
        let recording = self.subject().recording().expect("it is made to keep its facts");
        let failed =
            |error| Error::Failed(anyhow::Error::new(error).context("cannot write Parquet"));
        Ok([
            ("replications.parquet", parquet::replications(&self.measured()).map_err(failed)?),
            ("facts.parquet", parquet::facts(recording).map_err(failed)?),
        ])
    }

    /// What happened in one run.
    fn log(&self, choice: Choice, stop: Stop<'_>) -> Result<EventLog, Error> {
        let Choice { replication, which } = choice;
        let title = format!("Run {}/{replication}, {}", self.seed, which.among(self.pairs()));
        let run = self.again(choice, stop).ok_or(Error::Stopped)?;
        Ok(event_log::of(self.recorded(&run), title))
    }

    /// What has to be typed to get the same again.
    pub(crate) fn command(&self, origin: &Origin) -> String {
        let what = match origin {
            Origin::File(file) => format!("run {file}"),
            Origin::Bundled(name) => format!("demo {name}"),
        };
        let set = self.subject().changes.iter();
        let set =
            set.map(|it| format!(" --set {}", shell_word(&format!("{}={}", it.path, it.value))));
        let set: String = set.collect();
        format!("spotsim {what} -n {} --seed {}{set}", self.pairs(), self.seed)
    }
}

/// A word of a command as it is typed: between quotes where a shell would take it for something else.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-=/:,".contains(c);
    match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
