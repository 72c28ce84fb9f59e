# Every developer command, one line each.

# List the commands.
default:
    @just --list

# What CI runs.
check:
    bash .ci/run

# All tests.
test:
    cargo test --workspace

# Rewrite what is generated: the schema, the pictures in docs/ and the text snapshots.
bless:
    BLESS=1 cargo test -p spotsim-manifests -p spotsim-scenarios -p spotsim-reports is_fresh
    BLESS=1 cargo test -p spotsim-cli charts
    TRYCMD=overwrite cargo test -p spotsim-cli

# Measure; every line is JSON.
bench:
    cargo bench -p spotsim-benches

# The bundled scenario.
demo:
    cargo run --release -- demo

# The program to give away, without the paths of this machine: target/dist/release/spotsim.
dist:
    RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" cargo build --release --locked --target-dir target/dist -p spotsim-cli --config 'profile.release.package.spotsim-scenarios.opt-level=3' --config 'profile.release.package.spotsim-cli.opt-level=3'

# Format and lint.
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# Read the documentation.
docs:
    cargo doc --workspace --no-deps --open

# The documentation as a book, in target/book; needs `cargo install mdbook`.
book:
    mdbook build

# Licences, sources and known faults of dependencies.
deny:
    .ci/check_dependencies target

# Give a target hostile inputs, or one input again: `just fuzz scenario 3600`, `just fuzz cron FILE`.
fuzz target="scenario" what="600":
    fuzz/run {{target}} {{what}}

# Run random scenarios with everything recounted after every event, or one file again.
soak what="600" first="0":
    cargo run --release -p spotsim-fuzz --bin soak -- {{what}} {{first}}

# How often a 95 % interval covers the truth, over 200 seeds of a library scenario.
coverage:
    SPOTSIM_FULL=1 cargo test --release -p spotsim-benches --test coverage --test coverage_of_metrics -- --nocapture

# Change one thing at a time in the simulator, and run its tests: which changes does no test notice?
mutants shard="3/128":
    PROPTEST_CASES=12 PROPTEST_MAX_SHRINK_ITERS=0 cargo mutants -p spotsim-sim --file 'sim/src/scheduler/**' --file 'sim/src/world/**' --file 'sim/src/lifecycle/**' --shard {{shard}} --sharding round-robin --test-tool nextest --profile test -- -E 'not (test(/^rates::/) or test(/^market::each_instance/))'
