//! The labels that drawn nodes have and drawn pods ask for, besides Kubernetes' own.

/// A label by which nodes form domains, besides host and zone.
pub const RACK: &str = "rack";
/// A label that node selectors ask for.
pub const DISK: &str = "disk";
