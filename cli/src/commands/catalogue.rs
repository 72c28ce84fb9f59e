//! `spotsim catalogue`: the instance types there are, narrowed, sorted, and with their sources.

use std::cmp::Ordering;
use std::io::Write;

use comfy_table::{CellAlignment, Table};
use scenarios::catalogue::filter::{Filter, nearest};
use scenarios::catalogue::{BANDS, Listed, all};
use serde::Serialize;

use crate::Outcome;
use crate::args::{CatalogueArgs, ListOutput, SortBy};
use crate::terminal;

/// Lists what fulfils all filters.
pub(crate) fn run(args: &CatalogueArgs) -> Outcome {
    let admitted = |listed: &&Listed| args.filters.iter().all(|filter| filter.admits(listed));
    let mut types: Vec<&Listed> = all().iter().filter(admitted).collect();
    if let Some(by) = args.sort_by {
        types.sort_by(|one, other| compare(by, one, other));
    }
    if types.is_empty() {
        explain_nothing(&args.filters)?;
    }
    let mut stdout = terminal::stdout();
    match args.output {
        ListOutput::Table => write!(stdout, "{}", text(&types, &NARROW))?,
        ListOutput::Wide => write!(stdout, "{}", text(&types, &WIDE))?,
        ListOutput::Json => {
            let rows: Vec<Row<'_>> = types.iter().map(|listed| Row::of(listed)).collect();
            writeln!(
                stdout,
                "{}",
                serde_json::to_string_pretty(&rows).map_err(std::io::Error::from)?
            )?;
        }
        ListOutput::Csv => {
            let mut writer = csv::Writer::from_writer(stdout);
            for listed in types {
                writer.serialize(Row::of(listed)).map_err(std::io::Error::other)?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

/// Types of which the figure is not known come last.
fn compare(by: SortBy, one: &Listed, other: &Listed) -> Ordering {
    let key = |listed: &Listed| match by {
        SortBy::Vcpu => Some(listed.vcpu as f64),
        SortBy::Memory => Some(listed.memory_mib as f64),
        SortBy::Price => Some(listed.on_demand_micro_usd as f64),
        SortBy::Spot => listed.spot_micro_usd.map(|price| price as f64),
        SortBy::Saving => listed.saving_percent().map(|saving| -saving),
        SortBy::Band => listed.band.map(|band| band as f64),
    };
    let [one, other] = [one, other].map(|listed| key(listed).unwrap_or(f64::INFINITY));
    one.total_cmp(&other)
}

fn explain_nothing(filters: &[Filter]) -> Outcome {
    let words = filters.iter().filter_map(|filter| match filter {
        Filter::Word(pattern) => Some(pattern.as_str()),
        Filter::Text(..) | Filter::Range(..) => None,
    });
    let advice = words
        .filter(|word| {
            !all().iter().any(|listed| Filter::parse(word).is_ok_and(|f| f.admits(listed)))
        })
        .find_map(nearest)
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    writeln!(terminal::stderr(), "no type of the catalogue is like that{advice}")?;
    Ok(())
}

/// A column: its heading, whether it holds figures, and its text.
type Column = (&'static str, bool, fn(&Listed) -> String);

const NARROW: [Column; 9] = [
    ("TYPE", false, |listed| listed.name.clone()),
    ("ARCH", false, |listed| listed.arch.clone()),
    ("VCPU", true, |listed| listed.vcpu.to_string()),
    ("MEMORY", true, |listed| gib(listed.memory_mib)),
    ("GPU", false, gpu),
    ("ON-DEMAND", true, |listed| dollars(listed.on_demand_micro_usd)),
    ("SPOT", true, |listed| listed.spot_micro_usd.map_or_else(unknown, dollars)),
    ("SAVES", true, |listed| listed.saving_percent().map_or_else(unknown, |p| format!("{p:.0} %"))),
    ("TAKEN/MONTH", true, |listed| listed.band.map_or_else(unknown, |band| BANDS[band].into())),
];

const WIDE: [Column; 14] = [
    NARROW[0],
    NARROW[1],
    NARROW[2],
    NARROW[3],
    NARROW[4],
    NARROW[5],
    NARROW[6],
    NARROW[7],
    NARROW[8],
    ("PODS", true, |listed| listed.max_pods.to_string()),
    ("POD CPU", true, |listed| format!("{}{}m", computed(listed), listed.allocatable.cpu_milli)),
    ("POD MEMORY", true, |listed| {
        format!("{}{}", computed(listed), gib(listed.allocatable.memory_mib))
    }),
    ("NVME", true, |listed| listed.nvme_gib.map_or_else(unknown, |gib| format!("{gib}Gi"))),
    ("GBIT/S", true, |listed| listed.network_gbps.map_or_else(unknown, |rate| rate.to_string())),
];

/// One table for each region, below it the sources.
fn text(types: &[&Listed], columns: &[Column]) -> String {
    let mut regions: Vec<(&str, &str)> = Vec::new();
    for listed in types {
        let region = (listed.provider.as_str(), listed.region.as_str());
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    let mut text = String::new();
    for (provider, region) in regions {
        let here: Vec<&Listed> = types
            .iter()
            .copied()
            .filter(|listed| listed.provider == provider && listed.region == region)
            .collect();
        text += &format!("{provider} {region}, $/h on Linux\n{}", table(&here, columns));
        for (what, source) in sources(&here) {
            text += &format!("{what}: {source}\n");
        }
        text += &format!("{} types; -: no source gives it", here.len());
        if columns.len() > NARROW.len() && here.iter().any(|listed| listed.computed) {
            text += "; ~: computed (spotsim explain computed-allocatable)";
        }
        text += "\n\n";
    }
    text.truncate(text.trim_end().len());
    if text.is_empty() { text } else { text + "\n" }
}

fn table(types: &[&Listed], columns: &[Column]) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(columns.iter().map(|(heading, ..)| *heading));
    for listed in types {
        table.add_row(columns.iter().map(|(.., cell)| cell(listed)));
    }
    for (column, (_, figures, _)) in table.column_iter_mut().zip(columns) {
        column.set_padding((0, 2));
        if *figures {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

/// Who gives the prices, each once.
fn sources(types: &[&Listed]) -> Vec<(&'static str, &'static str)> {
    let mut sources = Vec::new();
    for listed in types {
        let spot = listed.spot_source.map(|source| ("spot", source));
        for source in [Some(("on-demand", listed.on_demand_source)), spot].into_iter().flatten() {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    sources
}

fn gib(mib: u64) -> String {
    let text = format!("{:.1}", mib as f64 / 1_024.0);
    format!("{}Gi", text.strip_suffix(".0").unwrap_or(&text))
}

fn gpu(listed: &Listed) -> String {
    listed.gpu.as_ref().map_or_else(String::new, |gpu| format!("{} {gpu}", listed.gpus))
}

fn dollars(micro_usd: u64) -> String {
    format!("{:.4}", micro_usd as f64 / 1e6)
}

fn computed(listed: &Listed) -> &'static str {
    if listed.computed { "~" } else { "" }
}

fn unknown() -> String {
    "-".into()
}

/// A type for programs. Prices have the names they have in a scenario.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'l> {
    provider: &'l str,
    region: &'l str,
    name: &'l str,
    family: &'l str,
    arch: &'l str,
    vcpu: u64,
    memory_mib: u64,
    gpu: Option<&'l str>,
    gpus: u64,
    nvme_gib: Option<u64>,
    network_gbps: Option<f64>,
    pods: u64,
    allocatable_cpu_milli: u64,
    allocatable_memory_mib: u64,
    allocatable_is_computed: bool,
    on_demand_price: f64,
    on_demand_source: &'l str,
    spot_price: Option<f64>,
    spot_source: Option<&'l str>,
    interruption_band: Option<usize>,
}

impl<'l> Row<'l> {
    fn of(listed: &'l Listed) -> Row<'l> {
        let usd = |micro_usd: u64| micro_usd as f64 / 1e6;
        Row {
            provider: &listed.provider,
            region: &listed.region,
            name: &listed.name,
            family: &listed.family,
            arch: &listed.arch,
            vcpu: listed.vcpu,
            memory_mib: listed.memory_mib,
            gpu: listed.gpu.as_deref(),
            gpus: listed.gpus,
            nvme_gib: listed.nvme_gib,
            network_gbps: listed.network_gbps,
            pods: listed.max_pods,
            allocatable_cpu_milli: listed.allocatable.cpu_milli,
            allocatable_memory_mib: listed.allocatable.memory_mib,
            allocatable_is_computed: listed.computed,
            on_demand_price: usd(listed.on_demand_micro_usd),
            on_demand_source: listed.on_demand_source,
            spot_price: listed.spot_micro_usd.map(usd),
            spot_source: listed.spot_source,
            interruption_band: listed.band,
        }
    }
}
