//! Token buckets: how long a call waits until it may be made.

use super::config::RateLimit;

/// The longest wait, as long as upstream counts in nanoseconds.
const LONGEST_MS: i64 = i64::MAX / 1_000_000;

/// A bucket of tokens, of which each call takes one.
// Go: golang.org/x/time/rate Limiter
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Bucket {
    limit: Option<RateLimit>,
    tokens: f64,
    /// When the tokens were counted last.
    counted_ms: Option<i64>,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(limit: Option<RateLimit>) -> Bucket {
        let limit = limit.filter(|limit| limit.per_second > 0.0);
        let tokens = limit.map_or(0.0, |limit| f64::from(limit.burst));
        Bucket { limit, tokens, counted_ms: None }
    }

    /// When a call may be made that is due now; never if no call ever may.
    #[allow(clippy::cast_possible_truncation, reason = "saturates")]
    pub(super) fn take(&mut self, now_ms: i64) -> Option<i64> {
        let Some(limit) = self.limit else { return Some(now_ms) };
        if limit.burst == 0 {
            return None;
        }
        let passed_ms = now_ms - self.counted_ms.unwrap_or(now_ms);
        let grown = self.tokens + passed_ms as f64 / 1_000.0 * limit.per_second;
        self.tokens = grown.min(f64::from(limit.burst)) - 1.0;
        self.counted_ms = Some(now_ms);
        let missing = (-self.tokens).max(0.0);
        let wait_ms = (missing / limit.per_second * 1_000.0).ceil() as i64;
        Some(now_ms + wait_ms.min(LONGEST_MS))
    }
}
