//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod book;
mod charts;
mod circles;
mod commands;
mod consent;
mod decide;
mod explain_node;
mod format;
mod glossary;
mod guides;
mod interrupt;
mod intervals;
mod kept;
mod names;
mod out;
mod pages;
mod prices;
mod report;
mod resumed;
mod run_folder;
mod support;
mod tidy;
mod today;
mod verdict;
mod verify;
mod widths;
