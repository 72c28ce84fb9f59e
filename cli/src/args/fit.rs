//! Arguments of `spotsim fit`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use scenarios::file::usage::{CpuUnit, Field, MemoryUnit};
use sim::Span;
use spotsim::backtest::RECOMMENDERS;

use super::{Format, Output};

/// Arguments of `spotsim fit`.
#[derive(Args, Debug)]
pub(crate) struct FitArgs {
    /// Recorded usage: CSV with a header, or what Prometheus answers to `query_range`.
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    pub(crate) usage: Vec<PathBuf>,
    /// What containers request today: manifests, or a dump of the cluster; files, folders or globs.
    /// Columns like `cpu_request` and `memory_limit` of the usage file say it, too.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) manifests: Vec<PathBuf>,
    /// Which column a field is: time, namespace, pod, container, cpu, memory, cpuRequest, memoryRequest,
    /// cpuLimit or memoryLimit.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = mapped)]
    pub(crate) map: Vec<(Field, String)>,
    /// In what CPU is (cores or millicores), instead of as its column says or its values look.
    #[arg(long, value_parser = cpu_unit)]
    pub(crate) cpu_unit: Option<CpuUnit>,
    /// In what memory is (bytes, MiB or GiB), likewise.
    #[arg(long, value_parser = memory_unit)]
    pub(crate) memory_unit: Option<MemoryUnit>,
    /// How often a recommendation is made, for example 1h.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = step)]
    pub(crate) step: Span,
    /// How much of each container's history is only learned from; a day if not given, or a quarter of
    /// a history of less than four days.
    #[arg(long, value_name = "SPAN", value_parser = Span::parse)]
    pub(crate) learn: Option<Span>,
    /// Put a recommendation into force only if CPU and memory together differ by this many per cent from
    /// what is in force; the updater of VPA takes 10.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=1_000))]
    pub(crate) threshold: u64,
    /// What a core costs for an hour, in dollars; by default an N2 core in us-central1.
    #[arg(long, value_name = "USD", value_parser = price)]
    pub(crate) cpu_price: Option<f64>,
    /// What a GiB of memory costs for an hour, in dollars; by default that of an N2 in us-central1.
    #[arg(long, value_name = "USD", value_parser = price)]
    pub(crate) memory_price: Option<f64>,
    /// Whose recommendations are listed by container, and written as YAML.
    #[arg(long, default_value = "vpa", value_parser = recommenders())]
    pub(crate) recommender: String,
    /// Try other percentiles, margins and half-lives of VPA, and mark those that no other beats.
    #[arg(long)]
    pub(crate) tune: bool,
    /// Draw waste against risk (.png or .svg).
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// Print a patch for each workload, and VerticalPodAutoscalers, instead of the report.
    #[arg(long, conflicts_with_all = ["output", "format"])]
    pub(crate) yaml: bool,
    /// What to print on stdout: a report for people, or every figure for programs.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// In which form to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "output")]
    pub(crate) format: Format,
}

/// The fields that a column may be, as they are typed.
const FIELDS: [(&str, Field); 10] = [
    ("time", Field::Time),
    ("namespace", Field::Namespace),
    ("pod", Field::Pod),
    ("container", Field::Container),
    ("cpu", Field::Cpu),
    ("memory", Field::Memory),
    ("cpuRequest", Field::CpuRequest),
    ("memoryRequest", Field::MemoryRequest),
    ("cpuLimit", Field::CpuLimit),
    ("memoryLimit", Field::MemoryLimit),
];

fn mapped(text: &str) -> Result<(Field, String), String> {
    let (field, column) =
        text.split_once('=').ok_or("say FIELD=COLUMN, for example time=ts_utc")?;
    let known = FIELDS.iter().find(|(name, _)| *name == field);
    match known {
        Some((_, field)) if !column.is_empty() => Ok((*field, column.to_owned())),
        Some(_) => Err(format!("`{field}` is said to be no column")),
        None => {
            let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            Err(format!("`{field}` is none of {}", names.join(", ")))
        }
    }
}

fn cpu_unit(text: &str) -> Result<CpuUnit, String> {
    match text {
        "cores" => Ok(CpuUnit::Cores),
        "millicores" => Ok(CpuUnit::Millicores),
        _ => Err("it is cores or millicores".into()),
    }
}

fn memory_unit(text: &str) -> Result<MemoryUnit, String> {
    match text {
        "bytes" => Ok(MemoryUnit::Bytes),
        "MiB" => Ok(MemoryUnit::MiB),
        "GiB" => Ok(MemoryUnit::GiB),
        _ => Err("it is bytes, MiB or GiB".into()),
    }
}

fn step(text: &str) -> Result<Span, String> {
    let step = Span::parse(text)?;
    if step == Span::ZERO { Err("a step takes time".into()) } else { Ok(step) }
}

fn price(text: &str) -> Result<f64, String> {
    let price: f64 = text.parse().map_err(|_| format!("`{text}` is no amount of dollars"))?;
    let sound = price.is_finite() && (0.0..=1e6).contains(&price);
    if sound { Ok(price) } else { Err("a price is from 0 to a million dollars".into()) }
}

fn recommenders() -> PossibleValuesParser {
    let known = RECOMMENDERS.iter().map(|it| PossibleValue::new(it.id).help(it.about));
    PossibleValuesParser::new(known)
}
