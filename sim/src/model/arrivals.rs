//! Arrivals: Jobs and bare pods that do not stand, but come one after the other and end by themselves.

use crate::names::NameId;
use crate::table::{Table, id};

id! {
    /// A generator of load, which lets Jobs or bare pods arrive.
    GeneratorId
}

/// The name of each generator. When what arrives is said beside the model, as the market is.
pub type Generators = Table<GeneratorId, NameId>;
