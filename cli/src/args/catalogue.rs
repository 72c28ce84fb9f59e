//! Arguments of `spotsim catalogue`.

use clap::{Args, ValueEnum};
use scenarios::catalogue::filter::Filter;

/// Arguments of `spotsim catalogue`.
#[derive(Args, Debug)]
pub(crate) struct CatalogueArgs {
    /// What to list; everything if not given.
    #[arg(value_name = "FILTER", value_parser = Filter::parse)]
    pub(crate) filters: Vec<Filter>,
    /// What to print on stdout.
    #[arg(short, long, value_enum, default_value_t = ListOutput::Table)]
    pub(crate) output: ListOutput,
    /// Put the least first, and the most saved.
    #[arg(long, value_enum)]
    pub(crate) sort_by: Option<SortBy>,
}

/// How to print a list.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ListOutput {
    /// At most 100 columns.
    Table,
    /// With what pods can ask for, disks and network.
    Wide,
    /// An array of objects.
    Json,
    /// One line a type, with a header.
    Csv,
}

/// What to sort instance types by.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum SortBy {
    /// Virtual CPUs.
    Vcpu,
    /// Memory.
    Memory,
    /// The on-demand price.
    Price,
    /// The spot price.
    Spot,
    /// What spot saves of it.
    Saving,
    /// The interruption band.
    Band,
}
