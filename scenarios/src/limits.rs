//! What is read and simulated at most: one table, from which docs/limits.md is made.
//!
//! What bounds the reading of any text stands in [`manifests::limits`]; here is what bounds a scenario.

pub use manifests::limits::*;

/// How too much is to be simulated.
const TOO_MUCH: &str = "E0212";

/// The zones that a pool names.
pub const ZONES: Limit = Limit {
    what: "zones of a pool",
    most: 200,
    guards: "time: every zone has a market, and every spread looks at every zone",
    code: TOO_LARGE,
    lift: "nothing lifts it; the largest region has six zones",
};

/// The zones of all pools.
pub const ALL_ZONES: Limit = Limit {
    what: "zones of a scenario",
    most: 200,
    guards: ZONES.guards,
    code: TOO_LARGE,
    lift: ZONES.lift,
};

/// The instance types of a pool.
pub const TYPES: Limit = Limit {
    what: "instance types of a pool",
    most: 2_000,
    guards: "time: every type has a market in every zone",
    code: TOO_LARGE,
    lift: "leave out types that are never bought; no provider has more",
};

/// The pools of a scenario.
pub const POOLS: Limit = Limit {
    what: "pools of a scenario",
    most: 10_000,
    guards: "time and memory: every pool has figures of its own",
    code: TOO_LARGE,
    lift: "make one pool of those that are alike",
};

/// The workloads that a scenario writes itself.
pub const WORKLOADS: Limit = Limit {
    what: "workloads written in a scenario",
    most: 100_000,
    guards: "time and memory: every workload has figures of its own",
    code: TOO_LARGE,
    lift: "put them into `manifests`, which have no such limit",
};

/// The characters of a name that the scenario gives.
pub const NAME: Limit = Limit {
    what: "characters of a name",
    most: 253,
    guards: "tables and charts, which have a column for it",
    code: TOO_LARGE,
    lift: "shorten the name; Kubernetes takes no longer one either",
};

/// The rows of a price history.
pub const PRICE_ROWS: Limit = Limit {
    what: "rows of a price history",
    most: 10_000_000,
    guards: "memory: about 75 bytes a row",
    code: TOO_LARGE,
    lift: "leave out instance types and zones that are not bought, or a part of the time",
};

/// The rows of a trace of capacity.
pub const TRACE_ROWS: Limit = Limit {
    what: "rows of a trace",
    most: 10_000_000,
    guards: "memory",
    code: TOO_LARGE,
    lift: "leave out rows that repeat the count before them",
};

/// The rows of a trace of arrivals, or of a column that is drawn from.
pub const ARRIVAL_ROWS: Limit = Limit {
    what: "rows of a trace of arrivals",
    most: 20_000_000,
    guards: "memory: 24 bytes a row, and 250 for each distinct size",
    code: TOO_LARGE,
    lift: "cut the file; `repeatEvery` lets a part arrive again",
};

/// The generators of a scenario.
pub const GENERATORS: Limit = Limit {
    what: "generators of arrivals, or classes of one",
    most: 10_000,
    guards: "time and memory: every class has figures of its own",
    code: TOO_LARGE,
    lift: "make one class of those that are alike",
};

/// The rows of a table of replicas over time.
pub const REPLICA_ROWS: Limit = Limit {
    what: "rows of a table of replicas",
    most: 1_000_000,
    guards: "memory and time: every row is a change of scale",
    code: TOO_LARGE,
    lift: "leave out rows that repeat the replicas before them",
};

/// The samples of usage that a scenario replays.
pub const USAGE_ROWS: Limit = Limit {
    what: "samples of recorded usage",
    most: 5_000_000,
    guards: "memory: about 100 bytes a sample",
    code: TOO_LARGE,
    lift: "record at longer steps, or leave out pods that are not replayed",
};

/// The up and down times that a model of reclaims is fitted to.
pub const SPELLS: Limit = Limit {
    what: "up and down times of instances in `calibrate`",
    most: 200_000,
    guards: "time: a fit looks at every one of them some hundred times",
    code: "usage",
    lift: "give a part of the traces (`--pool`), or of their time",
};

/// The memory that a run is estimated to take. What is estimated, and how: [`crate::estimate`].
pub const RUN_BYTES: Limit = Limit {
    what: "bytes that a run is estimated to take",
    most: 8 << 30,
    guards: "memory: 1 500 bytes a pod and 2 200 a node of one replication, 6 000 a simulation",
    code: TOO_MUCH,
    lift: "pass `--large` to `run`, `check`, `demo` or `explain --run`",
};

/// The CPU time that a run is estimated to take.
pub const RUN_SECONDS: Limit = Limit {
    what: "CPU seconds that a run is estimated to take",
    most: 12 * 3_600,
    guards: "time: 5 µs a pod, 1.2 µs each time that a pod finds no room, 3 µs each time that what it uses is \
             sampled, in all simulations",
    code: TOO_MUCH,
    lift: RUN_BYTES.lift,
};

/// The nodes of one pool that `init` drafts for manifests.
pub const DRAFTED_NODES: Limit = Limit {
    what: "nodes that `init --from` drafts for manifests",
    most: 1_000_000,
    guards: "what is drafted can be run: `count` is a million at most",
    code: TOO_MUCH,
    lift: "correct the number of pods",
};

/// The replications of a run.
pub const REPLICATIONS: Limit = Limit {
    what: "replications of a run, or of the manifest of one",
    most: 1_000_000,
    guards: "memory: figures of each are kept until the end",
    code: "usage",
    lift: "nothing lifts it; more would narrow no interval that matters",
};

/// The threads that are started.
pub const THREADS: Limit = Limit {
    what: "threads for each core, and one a replication, of those that `--threads` asks for",
    most: 4,
    guards: "the machine; fewer are started, and the result is the same",
    code: "none",
    lift: "nothing lifts it; more only get in one another's way",
};

/// Every limit, in the order of the documentation.
pub static LIMITS: &[&Limit] = &[
    &FILE_BYTES,
    &FILES,
    &ALIAS_BYTES,
    &NODES,
    &ALIAS_NODES,
    &DEPTH,
    &KEYS,
    &ITEMS,
    &ZONES,
    &ALL_ZONES,
    &TYPES,
    &POOLS,
    &WORKLOADS,
    &NAME,
    &PRICE_ROWS,
    &TRACE_ROWS,
    &ARRIVAL_ROWS,
    &GENERATORS,
    &REPLICA_ROWS,
    &USAGE_ROWS,
    &SPELLS,
    &RUN_BYTES,
    &RUN_SECONDS,
    &DRAFTED_NODES,
    &REPLICATIONS,
    &THREADS,
    &KEPT,
    &SHOWN,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    /// The page of the documentation.
    fn page() -> String {
        let mut page = String::from(include_str!("../data/limits.md"));
        for limit in LIMITS {
            let code = match limit.code {
                "none" => "-".to_owned(),
                "usage" => "exit code 2".to_owned(),
                code => format!("[{code}](codes.md)"),
            };
            page += &format!(
                "| {} | {} | {} | {code} | {} |\n",
                limit.what,
                grouped(limit.most),
                limit.guards,
                limit.lift
            );
        }
        page
    }

    /// `just bless` writes it afresh.
    #[test]
    fn the_page_of_limits_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/limits.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, page(), "stale: run `just bless`");
    }

    #[test]
    fn each_limit_is_refused_with_a_code_that_is_known() {
        for limit in LIMITS {
            let known = codes::named(limit.code).is_some();
            assert!(known || ["usage", "none"].contains(&limit.code), "{}", limit.what);
        }
    }
}
