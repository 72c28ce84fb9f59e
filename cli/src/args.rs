//! What can be typed.

mod catalogue;
mod check;
mod compare;
mod fit;
mod kept;
mod outputs;
mod report;
mod sweep;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use scenarios::file::ProviderName;
use scenarios::limits::REPLICATIONS;
use sim::{SimTime, Span};

pub(crate) use catalogue::{CatalogueArgs, ListOutput, SortBy};
pub(crate) use check::CheckArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use fit::FitArgs;
pub(crate) use kept::{KeepArgs, MergeArgs};
pub(crate) use outputs::{Outputs, Paged};
pub(crate) use report::ReportArgs;
pub(crate) use sweep::{OptimizeArgs, SweepArgs, Varied};

/// As many replications as can be asked for.
#[allow(clippy::cast_possible_wrap)] // a million
const MOST_REPLICATIONS: i64 = REPLICATIONS.most as i64;

/// What moving a Kubernetes cluster to spot nodes saves, and what it breaks.
#[derive(Parser, Debug)]
#[command(name = "spotsim", version, propagate_version = true)]
#[command(after_help = "Examples:
  spotsim demo                             a bundled cluster, no file needed
  spotsim demo batch-on-spot --print       the scenario itself, to start your own from
  spotsim run scenario.yaml -n 100         your own, with a narrower interval")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Whether to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, display_order = 90)]
    pub(crate) color: Color,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Simulate a bundled scenario.
    #[command(after_help = "Examples:
  spotsim demo
  spotsim demo mixed-critical-and-spot -n 200
  spotsim demo web-on-spot --print > scenario.yaml")]
    Demo(DemoArgs),
    /// Write a commented scenario to start from.
    #[command(after_help = "Examples:
  spotsim init
  spotsim init --provider gcp
  kubectl get nodes,pods,deploy,rs,sts,ds,jobs,cj,hpa,pdb,pv,pvc,sc,ns,svc,pc,limits,quota -A -o json > cluster.json
  spotsim init --from cluster.json
  spotsim init --synthetic
  spotsim init --like cluster.json
  spotsim init shop/scenario.yaml --provider azure --force")]
    Init(InitArgs),
    /// Write a scenario for manifests, or for a dump of a cluster.
    #[command(after_help = "Examples:
  spotsim import shop/*.yaml -o shop.yaml
  spotsim import manifests/ -o scenario.yaml --provider gcp
  kubectl get nodes,pods,deploy,rs,sts,ds,jobs,cj,hpa,pdb,pv,pvc,sc,ns,svc,pc,limits,quota -A -o json > cluster.json
  spotsim import cluster.json -o scenario.yaml")]
    Import(ImportArgs),
    /// Simulate a scenario file, and keep what came out in a run folder.
    ///
    /// The folder is runs/NAME-HASH, where the hash covers the files that were read, the
    /// seed, the number of replications and the version. It is written whole or not at all.
    #[command(after_help = "Examples:
  spotsim run scenario.yaml
  spotsim run scenario.yaml -n 200 --seed 7 --out shop-200
  spotsim run scenario.yaml --report shop.html
  spotsim run --verify shop-200            make it again, and name what differs
  spotsim run scenario.yaml --set pools.spot.count=40 --set horizon=14d
  spotsim run scenario.yaml -n 5000 --resume      go on where it was interrupted or killed
  spotsim run scenario.yaml --precision 1%
  spotsim run scenario.yaml -o json | jq .saving")]
    Run(RunArgs),
    /// Write what a kept run says: a page, Markdown, a picture, or data for other programs.
    ///
    /// The run is made again; if the folder holds another one than its scenario gives now, nothing is
    /// written.
    #[command(after_help = "Examples:
  spotsim report runs/shop-3f9c2d10 --html shop.html
  spotsim report runs/shop-3f9c2d10 --md pull-request.md --png saving.png
  spotsim report runs/shop-3f9c2d10 --chart disruption --svg disruption.svg
  spotsim report runs/shop-3f9c2d10 --focus costs.csv --opencost allocation.json
  spotsim report runs/shop-3f9c2d10 --events events.jsonl --perfetto trace.json")]
    Report(ReportArgs),
    /// Put the shards of a run together: the same bytes as of one run.
    #[command(after_help = "Examples:
  spotsim run scenario.yaml -n 1600 --shard 3/16 --out shard-3
  spotsim merge shard-* --out runs/shop
  spotsim merge shard-* --scenario shop/scenario.yaml -o json | jq .saving")]
    Merge(MergeArgs),
    /// Compare plans in the same replications, each with the first.
    ///
    /// A plan is a scenario file, which is run, or the folder of a run. All plans meet the same market
    /// in a replication, so that what is compared is the difference in it: paired, with a 95 %
    /// interval. docs/compare.md says what the verdicts mean.
    #[command(after_help = "Examples:
  spotsim compare base.yaml spot.yaml --report spot-or-not.html
  spotsim compare runs/main scenario.yaml --markdown pr.md --detailed-exitcode
  spotsim compare a.yaml b.yaml c.yaml -n 200 -o json | jq '.comparisons[].differences[0]'")]
    Compare(CompareArgs),
    /// Try other values of a scenario's fields, each setting in the same replications.
    ///
    /// Settings that no other beats in cost and disruption at once are marked. docs/sweep.md says how
    /// settings are chosen.
    #[command(after_help = "Examples:
  spotsim sweep scenario.yaml --vary pools.spot.count=4..12:2 --report count.html
  spotsim sweep scenario.yaml --vary pools.spot.count=4,8 --vary market.reclaims.scale=1,10 -n 200
  spotsim sweep scenario.yaml --vary 'market.reclaims.scale=0.5..20' --samples 30 -o json")]
    Sweep(SweepArgs),
    /// Find the cheapest setting that keeps every expectation.
    ///
    /// Settings are tried with few replications, and the costlier half and what certainly fails get no
    /// more of them. The exit code is 99 when no setting keeps every expectation. docs/sweep.md says how
    /// it searches.
    #[command(after_help = "Examples:
  spotsim optimize scenario.yaml --vary pools.spot.count=0..12:1 --vary pools.base.count=2..8:1
  spotsim optimize scenario.yaml --vary pools.spot.count=4..40:1 --budget 5000
  spotsim optimize scenario.yaml --vary pools.spot.count=4,8 -o json | jq .best")]
    Optimize(OptimizeArgs),
    /// Say what a reviewer would say about scenarios and manifests.
    #[command(
        after_help = "Files are reviewed together: a budget in one protects the pods of another.
Exit code: 2 if something is wrong, 0 if there are only warnings, 99 if those are not to be.

Examples:
  spotsim lint scenario.yaml
  spotsim lint deploy/*.yaml --provider gcp --strict
  spotsim lint scenario.yaml -o sarif > spotsim.sarif"
    )]
    Lint(LintArgs),
    /// Check that every pod runs, that rules hold at every moment of every replication, and that figures
    /// keep to what is expected of them.
    ///
    /// Only the scenario as it is runs, without its baseline unless an expectation compares with it. The
    /// exit code is 99 when a rule is broken, an expectation is not met or a pod never finds a node.
    /// docs/check.md has workflows for GitHub and GitLab.
    #[command(after_help = "Examples:
  spotsim check scenario.yaml
  spotsim check scenario.yaml --junit spotsim.xml --markdown pr.md
  spotsim check scenario.yaml --search 500     look for faults that break something
  spotsim check scenario.yaml -n 1000      a rarer break is found by more replications
  spotsim check scenario.yaml -o json | jq '.rules[].first.chain'")]
    Check(CheckArgs),
    /// List instance types, their sizes, prices and interruption bands.
    #[command(after_help = "A FILTER is a word with * and ?, or a condition; all must hold:
  provider= region= type= family= arch= gpu=             one or several words, with commas
  vcpu= memory= gpus= pods= price= spot= saving= band=   a number or a range: 4  4..16  ..0.5

Prices are in dollars per hour; band 0 is < 5 % of interruptions a month, 4 is > 20 %.

Examples:
  spotsim catalogue 'm6i.*'
  spotsim catalogue aws arch=arm64 vcpu=4..16 memory=..64Gi band=0..1 --sort-by spot
  spotsim catalogue gpu='a100*,h100*' -o csv > gpus.csv")]
    Catalogue(CatalogueArgs),
    /// Explain why a pod is where it is, or what a cost is made of; or a field of a scenario, a code,
    /// an assumption, a provider.
    ///
    /// A pod is explained from a cluster's objects, without a scenario, or from a run: what
    /// kube-scheduler says of it, what each node does, which change would let it fit, and whom it
    /// could push away.
    #[command(after_help = "Examples:
  spotsim explain pools.capacityType       a field, as kubectl explain does
  spotsim explain E0107                    a code, with an example that gives it
  kubectl get nodes,pods,deploy,rs,sts,ds,jobs,cj,hpa,pdb,pv,pvc,sc,ns,svc,pc,limits,quota -A -o json > cluster.json
  spotsim explain pod/shop/web-0 --cluster cluster.json
  spotsim explain pod/default/web-4-1 --run runs/shop-3f9c2d10 --at T+3h12m
  spotsim explain cost --run runs/shop-3f9c2d10 --node spot-3")]
    Explain(ExplainArgs),
    /// Fit the model of reclaims to recorded traces, and print a market to paste into a scenario.
    ///
    /// A trace is a table of `t_s,count`: how many instances there were from which second on; with a
    /// column `pool_id` it holds several. A table of `lifetime_s,censored` has lives of instances, 1
    /// meaning right-censored: the end was not observed. Losses without memory are compared with two regimes, one
    /// quiet and one contended.
    #[command(after_help = "Examples:
  spotsim calibrate trace.csv
  spotsim calibrate availability.csv --pool us-east-1 --picture fit.png
  spotsim calibrate lifetimes.csv -o json | jq .gainInAic")]
    Calibrate(CalibrateArgs),
    /// Judge recommended requests by recorded usage: what each would have wasted and broken.
    ///
    /// The history is walked forward: at each step everything is recommended from what was over by
    /// then, and held against what followed. VPA's recommender, fixed percentiles, krr's rule and
    /// requests as they are stand beside each other. docs/fit.md says what the figures mean.
    #[command(after_help = "Examples:
  spotsim fit --usage usage.csv
  spotsim fit --usage cpu.json memory.json --manifests deploy/ --picture fit.png
  spotsim fit --usage usage.csv --map time=ts_utc --step 15m --tune
  spotsim fit --usage usage.csv --recommender p99 --yaml > patches.yaml")]
    Fit(FitArgs),
    /// Hold the models of the spot market against recorded data.
    ///
    /// Each experiment simulates what was recorded and prints what was expected, what came out and a
    /// verdict. The exit code is 99 when a verdict is bad. docs/market.md says what each one shows,
    /// and where the data can be had.
    #[command(after_help = "Examples:
  spotsim validate --data traces/
  spotsim validate V2 V4 --data traces/
  spotsim validate -o json --data traces/ | jq '.experiments[].holds'")]
    Validate(ValidateArgs),
    /// Print the JSON Schema of scenario files, or of summaries.
    #[command(after_help = "Examples:
  spotsim schema > scenario.schema.json
  spotsim schema summary
  spotsim schema | jq '.properties | keys'")]
    Schema(SchemaArgs),
    /// Print a script that completes commands and options in your shell.
    #[command(after_help = "Examples:
  source <(spotsim completion bash)
  spotsim completion zsh > ~/.zfunc/_spotsim
  spotsim completion fish > ~/.config/fish/completions/spotsim.fish")]
    Completion(CompletionArgs),
}

/// Arguments of `spotsim demo`.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Which bundled scenario.
    #[arg(default_value = "web-on-spot", value_parser = bundled())]
    pub(crate) scenario: String,
    /// Print the scenario instead of simulating it.
    #[arg(long)]
    pub(crate) print: bool,
    /// How to simulate.
    #[command(flatten)]
    pub(crate) how: How,
}

/// Arguments of `spotsim init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Where to write it; scenario.schema.json is written beside it.
    #[arg(default_value = "scenario.yaml")]
    pub(crate) scenario: PathBuf,
    /// A cluster that the scenario is to be, as `kubectl get -o json` dumps it: files, folders,
    /// globs. A proposal for spot is written beside it.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) from: Vec<PathBuf>,
    /// Draw services and Jobs instead of listing them, for a question about a cluster that is not at
    /// hand.
    #[arg(long, conflicts_with = "from")]
    pub(crate) synthetic: bool,
    /// Draw services like those of a cluster, as `kubectl get -o json` dumps it, and show how well
    /// they fit; nothing of the dump but its distributions is in the scenario.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "from")]
    pub(crate) like: Vec<PathBuf>,
    /// Whose nodes they are; a dump says so itself.
    #[arg(long, value_parser = provider(), default_value_t)]
    pub(crate) provider: ProviderName,
    /// Replace files that are already there.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Arguments of `spotsim import`.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// Kubernetes objects: files, folders, globs.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where to write the scenario; scenario.schema.json is written beside it.
    #[arg(short, long, value_name = "SCENARIO")]
    pub(crate) output: PathBuf,
    /// Whose nodes they are to run on, if there are none among the objects.
    #[arg(long, value_parser = provider(), default_value_t)]
    pub(crate) provider: ProviderName,
    /// Replace files that are already there.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Every provider that is modelled, by its name.
fn provider() -> impl TypedValueParser<Value = ProviderName> {
    let known = ProviderName::all().map(|it| PossibleValue::new(it.name).help(it.brief));
    PossibleValuesParser::new(known).try_map(|name| name.parse::<ProviderName>())
}

/// Arguments of `spotsim run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The scenario file, YAML or JSON; or the name of a bundled scenario.
    #[arg(required_unless_present = "verify")]
    pub(crate) scenario: Option<PathBuf>,
    /// Make the run in this folder again, and name what differs, with exit code 1.
    /// SCENARIO, if given, is read instead of the file that the run was made from.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["replications", "seed", "output", "format", "out", "report", "force", "set"])]
    pub(crate) verify: Option<PathBuf>,
    /// Change a value of the scenario, as often as needed: `--set pools.spot.count=40`.
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,
    /// How to simulate.
    #[command(flatten)]
    pub(crate) how: How,
    /// What is kept of replications.
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    /// What to write for other programs.
    #[command(flatten)]
    pub(crate) outputs: Outputs,
}

/// How to simulate, and what to print.
#[derive(Args, Clone, Debug)]
pub(crate) struct How {
    /// How many replications: the more, the narrower the intervals.
    #[arg(short = 'n', long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=MOST_REPLICATIONS))]
    pub(crate) replications: u32,
    /// The seed, instead of the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What to print on stdout: a report for people, or the summary for programs.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// In which form to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "output")]
    pub(crate) format: Format,
    /// Where to write the run folder; `run` makes one under runs/ if not given, `demo` none.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write the report as one HTML file that needs nothing else; `demo` writes demo-report.html if not
    /// given, unless it is quiet.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Replace another run, or another report, that is already there.
    #[arg(long)]
    pub(crate) force: bool,
    /// How many threads, of which no more are started than there are replications, or four a core;
    /// all cores if not given. The result does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Begin although it is estimated to take more than 8 GiB of memory or 12 hours of CPU time.
    #[arg(long)]
    pub(crate) large: bool,
    /// No progress and no notes on stderr; errors still appear.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl How {
    /// Whether a program reads what is printed.
    pub(crate) fn is_json(&self) -> bool {
        self.output == Output::Json || self.format == Format::Json
    }
}

/// Arguments of `spotsim lint`.
#[derive(Args, Debug)]
pub(crate) struct LintArgs {
    /// Scenarios, or files of Kubernetes objects.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Whose notice counts, where no scenario says so.
    #[arg(long, value_parser = provider(), default_value_t)]
    pub(crate) provider: ProviderName,
    /// Let warnings end with exit code 99.
    #[arg(long)]
    pub(crate) strict: bool,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = LintOutput::Table)]
    pub(crate) output: LintOutput,
}

/// How to print findings.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LintOutput {
    /// Each at its place, as a compiler would.
    Table,
    /// An array of objects.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
}

/// Arguments of `spotsim explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// What to explain: a topic, pod/NAMESPACE/NAME, or the cost of a run; a list of all topics if
    /// not given.
    pub(crate) topic: Option<String>,
    /// The objects of the cluster that the pod is in: files, folders or globs.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "topic")]
    pub(crate) cluster: Vec<PathBuf>,
    /// A run folder: the pod is one of its pods.csv, as it stood at an instant of that run; the cost
    /// is that of the run.
    #[arg(long, value_name = "DIR", requires = "topic", conflicts_with = "cluster")]
    pub(crate) run: Option<PathBuf>,
    /// The instant, for example T+3h12m; the end of the run if not given.
    #[arg(long, value_name = "T", requires = "run", value_parser = instant)]
    pub(crate) at: Option<SimTime>,
    /// Make the run again although it is estimated to take more than 8 GiB of memory or 12 hours of CPU
    /// time.
    #[arg(long, requires = "run")]
    pub(crate) large: bool,
    /// Of a cost: list every node of this pool.
    #[arg(long, requires = "run", conflicts_with = "node")]
    pub(crate) pool: Option<String>,
    /// Of a cost: show this node line by line.
    #[arg(long, requires = "run")]
    pub(crate) node: Option<String>,
    /// What to print on stdout about a pod or a cost.
    #[arg(short, long, value_enum, default_value_t = ExplainOutput::Table, requires = "topic")]
    pub(crate) output: ExplainOutput,
}

/// How to print the explanation of a pod or a cost.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExplainOutput {
    /// For a person, at most 100 columns.
    Table,
    /// Everything, with a row for every node.
    Json,
}

/// Arguments of `spotsim schema`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

/// Which schema.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// `summary.json` and `-o json`.
    Summary,
}

/// Arguments of `spotsim completion`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct CompletionArgs {
    /// Which shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// A shell that can complete.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Shell {
    /// GNU Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// Fish.
    Fish,
}

/// Arguments of `spotsim calibrate`.
#[derive(Args, Debug)]
pub(crate) struct CalibrateArgs {
    /// Tables of recorded traces or lives.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only pools whose name contains this.
    #[arg(long, value_name = "TEXT")]
    pub(crate) pool: Option<String>,
    /// Draw which share outlives which age, as seen and as fitted (.png or .svg).
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
}

/// Arguments of `spotsim validate`.
#[derive(Args, Debug)]
pub(crate) struct ValidateArgs {
    /// Which experiments; by default all.
    #[arg(value_name = "EXPERIMENT", value_parser = experiments())]
    pub(crate) experiments: Vec<String>,
    /// The folder of the recorded data.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
}

fn experiments() -> clap::builder::PossibleValuesParser {
    let experiments = validation::EXPERIMENTS.iter();
    let value =
        |it: &validation::Experiment| clap::builder::PossibleValue::new(it.name).help(it.about);
    clap::builder::PossibleValuesParser::new(experiments.map(value))
}

/// What to print on stdout.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Output {
    /// The verdict, then a table.
    Table,
    /// The summary as JSON.
    Json,
}

/// The form of a report.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// Lines and tables that fit a terminal.
    Text,
    /// Markdown, for a page or a comment: its charts are the pictures of the run folder.
    Markdown,
    /// Its sections as JSON: every figure with its unit and the decimals it is shown with.
    Json,
}

/// Whether to use colour.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Makes the choice for the whole program.
    pub(crate) fn apply(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// A path in a scenario, and the value that is to stand there.
pub(crate) fn assignment(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(path, _)| !path.is_empty());
    let (path, value) = parts.ok_or("write it as PATH=VALUE, like pools.spot.count=40")?;
    Ok((path.to_owned(), value.to_owned()))
}

/// An instant of a run: `T+3h12m`, or without `T+`.
fn instant(text: &str) -> Result<SimTime, String> {
    Span::parse(text.strip_prefix("T+").unwrap_or(text)).map(|after| SimTime::ZERO + after)
}

fn bundled() -> clap::builder::PossibleValuesParser {
    scenarios::LIBRARY.iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}
