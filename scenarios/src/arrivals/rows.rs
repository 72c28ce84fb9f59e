//! Arrivals as files record them, whatever their format.

use sim::{SimTime, Span};

/// One arrival.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Row {
    /// When, in seconds of the file.
    pub(super) at: f64,
    /// How long it runs, in seconds, if that is said.
    pub(super) lasts: Option<f64>,
    /// In millicores, if that is said.
    pub(super) cpu: Option<u64>,
    /// In bytes, if that is said.
    pub(super) memory: Option<u64>,
    /// How many whole GPUs.
    pub(super) gpus: u32,
}

impl Row {
    /// The instant at which it arrives.
    pub(super) fn instant(&self) -> SimTime {
        SimTime::ZERO + Span::from_secs_f64(self.at)
    }
}

/// What a file holds.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// What each column was taken for.
    pub(super) layout: String,
    /// How many asked for a part of a GPU and are given a whole one.
    pub(super) shared_gpus: usize,
    /// How many were left out, as they never ran.
    pub(super) left_out: usize,
}

/// An amount of 0 or more as a whole number, rounded up; what is more than there is of anything is the
/// most there is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within by the bound
pub(super) fn whole(x: f64) -> u64 {
    x.ceil().min((1_u64 << 50) as f64) as u64
}
