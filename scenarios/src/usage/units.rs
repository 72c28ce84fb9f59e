//! Units of recorded usage: as a column's name says, as its values are written, or as they look.

use crate::file::usage::{CpuUnit, MemoryUnit};
use crate::quantity::Quantity;

/// CPU or memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lane {
    Cpu,
    Memory,
}

/// A unit: what one of it is, in milli-cores or bytes, and its name.
pub(super) type Unit = (f64, &'static str);

const CORES: Unit = (1_000.0, "cores");
const MILLICORES: Unit = (1.0, "milli-cores");
const BYTES: Unit = (1.0, "bytes");
const MIB: Unit = (1_048_576.0, "MiB");
const GIB: Unit = (1_073_741_824.0, "GiB");
/// What is a part of a capacity that the unit does not know.
const PERCENT: Unit = (0.01, "percent of what `of` states");
const SHARE: Unit = (1.0, "shares of what `of` states");

/// What the end of a column's name says of its unit.
const SUFFIXES: [(Lane, &[&str], Unit); 12] = [
    (Lane::Cpu, &["m", "milli", "millicores", "millicpu", "mcores", "mcpu"], MILLICORES),
    (Lane::Cpu, &["cores", "core", "vcpu", "vcpus"], CORES),
    (Lane::Cpu, &["nanocores", "n"], (1e-6, "nano-cores")),
    (Lane::Memory, &["bytes", "byte", "b"], BYTES),
    (Lane::Memory, &["kib", "ki"], (1_024.0, "KiB")),
    (Lane::Memory, &["mib", "mi"], MIB),
    (Lane::Memory, &["gib", "gi"], GIB),
    (Lane::Memory, &["kb"], (1e3, "kB")),
    (Lane::Memory, &["mb"], (1e6, "MB")),
    (Lane::Memory, &["gb"], (1e9, "GB")),
    (Lane::Cpu, &["percent", "pct", "utilization", "utilisation"], PERCENT),
    (Lane::Memory, &["percent", "pct"], PERCENT),
];

/// The unit that a column's name says, which is in lower case with `_` between words.
pub(super) fn named(lane: Lane, column: &str) -> Option<Unit> {
    let (_, last) = column.rsplit_once('_')?;
    let said = SUFFIXES.iter().find(|(of, names, _)| *of == lane && names.contains(&last));
    said.map(|(_, _, unit)| *unit)
}

/// The unit that a scenario says.
pub(super) fn of_cpu(unit: CpuUnit) -> Unit {
    match unit {
        CpuUnit::Cores => CORES,
        CpuUnit::Millicores => MILLICORES,
        CpuUnit::Percent => PERCENT,
        CpuUnit::Share => SHARE,
    }
}

/// The unit that a scenario says.
pub(super) fn of_memory(unit: MemoryUnit) -> Unit {
    match unit {
        MemoryUnit::Bytes => BYTES,
        MemoryUnit::MiB => MIB,
        MemoryUnit::GiB => GIB,
        MemoryUnit::Percent => PERCENT,
        MemoryUnit::Share => SHARE,
    }
}

/// A unit that counts in milli-cores or bytes, if this one does or the capacity that it is a part of is known.
pub(super) fn absolute(unit: Unit, capacity: Option<f64>) -> Option<Unit> {
    let is_part = unit.1 == PERCENT.1 || unit.1 == SHARE.1;
    if is_part { Some((unit.0 * capacity?, unit.1)) } else { Some(unit) }
}

/// How much a quantity of CPU or memory is, in milli-cores or bytes.
pub(super) fn capacity(lane: Lane, quantity: &str) -> Option<f64> {
    match value(lane, quantity).ok()? {
        Value::Bare(number) if lane == Lane::Cpu => Some(number * 1_000.0),
        Value::Bare(amount) | Value::Quantity(amount) => Some(amount),
    }
}

/// The unit that bare numbers look like, of which the largest is this, and whether all are whole.
/// Meters give cores with fractions and milli-cores without; memory below 1 MiB is none of a process.
pub(super) fn guessed(lane: Lane, largest: f64, whole: bool) -> Unit {
    match lane {
        Lane::Cpu if whole || largest > 256.0 => MILLICORES,
        Lane::Cpu => CORES,
        Lane::Memory if largest < 1_048_576.0 => MIB,
        Lane::Memory => BYTES,
    }
}

/// A value as it is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Value {
    /// A number without a unit.
    Bare(f64),
    /// A quantity of Kubernetes with its own unit, in milli-cores or bytes.
    Quantity(f64),
}

/// Reads a value.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn value(lane: Lane, text: &str) -> Result<Value, String> {
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            number if !number.is_finite() => Err(format!("`{text}` is no amount")),
            number if number < 0.0 => Err(format!("`{text}` is negative")),
            number => Ok(Value::Bare(number)),
        };
    }
    let quantity = Quantity::parse(text)?;
    let amount = match lane {
        Lane::Cpu => quantity.milli(),
        Lane::Memory => quantity.value(),
    };
    Ok(Value::Quantity(amount as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_or_guessed() {
        let name = |lane, column| named(lane, column).map(|(_, name)| name);
        assert_eq!(name(Lane::Cpu, "cpu_m"), Some("milli-cores"));
        assert_eq!(name(Lane::Memory, "memory_working_set_bytes"), Some("bytes"));
        assert_eq!(name(Lane::Memory, "mem_mib"), Some("MiB"));
        assert_eq!(name(Lane::Cpu, "cpu"), None);
        assert_eq!(guessed(Lane::Cpu, 0.4, false), CORES);
        assert_eq!(guessed(Lane::Cpu, 12.0, true), MILLICORES);
        assert_eq!(guessed(Lane::Cpu, 812.5, false), MILLICORES);
        assert_eq!(guessed(Lane::Memory, 512.0, true), MIB);
        assert_eq!(guessed(Lane::Memory, 5e8, true), BYTES);
    }

    #[test]
    fn values_may_say_their_own_unit() {
        assert_eq!(value(Lane::Cpu, "250m"), Ok(Value::Quantity(250.0)));
        assert_eq!(value(Lane::Memory, "1Mi"), Ok(Value::Quantity(1_048_576.0)));
        assert_eq!(value(Lane::Cpu, "0.25"), Ok(Value::Bare(0.25)));
        assert!(value(Lane::Cpu, "-1").is_err() && value(Lane::Cpu, "-1m").is_err());
        assert!(value(Lane::Cpu, "much").is_err() && value(Lane::Cpu, "NaN").is_err());
    }
}
