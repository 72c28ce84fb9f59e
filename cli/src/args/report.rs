//! Arguments of `spotsim report`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// Arguments of `spotsim report`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("form").required(true).multiple(true))]
pub(crate) struct ReportArgs {
    /// The run folder.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The scenario, instead of the file that the run was made from.
    pub(crate) scenario: Option<PathBuf>,
    /// Write the whole report as one HTML file that needs nothing else.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) html: Option<PathBuf>,
    /// Write it as Markdown, for a page or a comment.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) md: Option<PathBuf>,
    /// Write one chart as SVG.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) svg: Option<PathBuf>,
    /// Write one chart as PNG, at twice its size.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) png: Option<PathBuf>,
    /// Write what the recorded run cost as FOCUS 1.3, a row for each price of each instance.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) focus: Option<PathBuf>,
    /// Write what each workload cost in it as OpenCost answers to `/allocation`.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) opencost: Option<PathBuf>,
    /// Write what happened in it as events of Kubernetes, one JSON object a line.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) events: Option<PathBuf>,
    /// Write its nodes and pods as a trace, to open in ui.perfetto.dev.
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) perfetto: Option<PathBuf>,
    /// Write the metrics of each replication and the facts of the recorded run into this folder, as Parquet.
    #[cfg(feature = "parquet")]
    #[arg(long, value_name = "FOLDER", group = "form")]
    pub(crate) parquet: Option<PathBuf>,
    /// Which chart.
    #[arg(long, value_name = "NAME", default_value = "savings")]
    pub(crate) chart: String,
    /// Replace files that are already there.
    #[arg(long)]
    pub(crate) force: bool,
    /// How many threads; all cores if not given. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Make the run again although it is estimated to take more than 8 GiB of memory or 12 hours of CPU
    /// time.
    #[arg(long)]
    pub(crate) large: bool,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
