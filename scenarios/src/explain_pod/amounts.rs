//! Amounts of a resource, written as Kubernetes writes them.

use sim::model::Model;
use sim::model::resources::Lane;

const KI: u64 = 1 << 10;
const UNITS: [(&str, u64); 4] =
    [("Ti", KI * KI * KI * KI), ("Gi", KI * KI * KI), ("Mi", KI * KI), ("Ki", KI)];

/// An amount that is exact as a quantity.
#[must_use]
pub fn exact(lane: Lane, amount: u64, model: &Model) -> String {
    if lane == Lane::CPU {
        return match (amount / 1_000, amount % 1_000) {
            (whole, 0) => whole.to_string(),
            _ => format!("{amount}m"),
        };
    }
    let unit = UNITS.iter().find(|(_, unit)| amount >= *unit && amount.is_multiple_of(*unit));
    match unit {
        Some((name, unit)) if is_bytes(lane, model) => format!("{}{name}", amount / unit),
        _ => amount.to_string(),
    }
}

/// An amount to read: bytes with at most one decimal.
#[must_use]
pub fn about(lane: Lane, amount: u64, model: &Model) -> String {
    let unit = UNITS.iter().find(|(_, unit)| amount >= *unit);
    match unit {
        Some((name, unit)) if is_bytes(lane, model) => {
            let tenths = (u128::from(amount) * 10).div_ceil(u128::from(*unit));
            match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole}{name}"),
                (whole, tenth) => format!("{whole}.{tenth}{name}"),
            }
        }
        _ => exact(lane, amount, model),
    }
}

/// The most that is not more than `amount` and that a person would write.
#[must_use]
pub fn round_down(lane: Lane, amount: u64, model: &Model) -> u64 {
    let step = match lane {
        Lane::CPU if amount >= 100 => 10,
        _ if is_bytes(lane, model) && amount >= KI * KI => KI * KI,
        _ => 1,
    };
    amount / step * step
}

fn is_bytes(lane: Lane, model: &Model) -> bool {
    matches!(lane, Lane::MEMORY | Lane::EPHEMERAL_STORAGE)
        || model.lane_name(lane).starts_with("hugepages-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_person_would_write_them() {
        let mut model = Model::default();
        let gpu = model.lane("nvidia.com/gpu").expect("a free lane");
        let cpu = |amount| exact(Lane::CPU, amount, &model);
        assert_eq!([cpu(2_000), cpu(250), cpu(1_500)], ["2", "250m", "1500m"]);
        let memory = |amount| exact(Lane::MEMORY, amount, &model);
        assert_eq!([memory(3 << 29), memory(1 << 30), memory(1_000)], ["1536Mi", "1Gi", "1000"]);
        assert_eq!(about(Lane::MEMORY, (3 << 29) + 1, &model), "1.6Gi", "never less than is meant");
        assert_eq!(about(Lane::MEMORY, 3 << 29, &model), "1.5Gi");
        assert_eq!([exact(gpu, 2_048, &model), about(gpu, 2_048, &model)], ["2048", "2048"]);
        assert_eq!(round_down(Lane::CPU, 1_937, &model), 1_930);
        assert_eq!(round_down(Lane::MEMORY, (1 << 30) + 5, &model), 1 << 30);
    }
}
