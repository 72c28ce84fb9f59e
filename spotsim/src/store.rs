//! A store: where what runs said is kept, so that they need not be simulated again.

/// Where replications are kept, by the number of their variant and their own.
pub trait Store: Sync {
    /// What was kept of a run.
    fn get(&self, variant: usize, replication: u32) -> Option<Vec<u8>>;

    /// Keeps what a run said.
    fn put(&self, variant: usize, replication: u32, run: &[u8]);
}
