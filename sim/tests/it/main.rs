//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod common;
mod deadlines;
mod decisions;
mod eviction_rate;
mod interruption;
mod jobs;
mod load;
mod made_up;
mod market;
mod metamorphic;
mod node_life;
mod pools;
mod prices;
mod properties;
mod rates;
mod scale;
mod scheduling;
mod start;
mod startup;
mod stop;
mod storage;
mod storms;
mod theory;
mod usage;
mod work;
mod zonal;
