//! Columns of a trace of arrivals: which header means what, and in which unit.
//!
//! A header is a name that is known, and may end with its unit: `submit_s`, `cpu_milli`, `ram_bytes`.

use std::ops::Range;

use csv::StringRecord;

use crate::diagnostic::did_you_mean;
use crate::file::arrivals::Columns;

/// What a column says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    /// When a pod arrives, in seconds.
    Time,
    /// How long it runs, in seconds.
    Duration,
    /// When it ends, in seconds.
    End,
    /// Its CPU, in millicores.
    Cpu,
    /// Its memory, in bytes.
    Memory,
    /// How many GPUs it has.
    Gpus,
    /// Which part of a GPU, in thousandths.
    GpuShare,
}

impl Field {
    pub(super) const ALL: [Field; 7] = [
        Field::Time,
        Field::Duration,
        Field::End,
        Field::Cpu,
        Field::Memory,
        Field::Gpus,
        Field::GpuShare,
    ];

    /// Its name in `map`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Field::Time => "time",
            Field::Duration => "duration",
            Field::End => "end",
            Field::Cpu => "cpu",
            Field::Memory => "memory",
            Field::Gpus => "gpus",
            Field::GpuShare => "gpu_milli",
        }
    }

    /// Headers, without a unit, that mean it; the first that is there.
    pub(super) fn headers(self) -> &'static [&'static str] {
        match self {
            Field::Time => &[
                "submit",
                "submit_time",
                "arrival",
                "arrival_time",
                "creation_time",
                "created",
                "created_at",
                "start_time",
                "start",
                "timestamp",
                "time",
                "t",
            ],
            Field::Duration => &["duration", "runtime", "run_time", "lifetime"],
            Field::End => &["deletion_time", "end_time", "finish_time", "finished_at", "end"],
            Field::Cpu => &["cpu", "cpus", "cores", "cpu_request", "plan_cpu"],
            Field::Memory => &["memory", "mem", "ram", "memory_request", "plan_mem"],
            Field::Gpus => &["num_gpu", "num_gpus", "gpus", "gpu_num", "gpu"],
            Field::GpuShare => &["gpu_milli"],
        }
    }

    /// Units that a header may end with, each with how much it is of the field's own.
    fn units(self) -> &'static [(&'static str, f64)] {
        const SECONDS: &[(&str, f64)] = &[
            ("_s", 1.0),
            ("_sec", 1.0),
            ("_seconds", 1.0),
            ("_ms", 0.001),
            ("_min", 60.0),
            ("_minutes", 60.0),
            ("_h", 3_600.0),
            ("_hours", 3_600.0),
        ];
        const MIB: f64 = (1_u64 << 20) as f64;
        match self {
            Field::Time | Field::Duration | Field::End => SECONDS,
            Field::Cpu => &[("_m", 1.0), ("_milli", 1.0), ("_millicores", 1.0), ("_cores", 1e3)],
            Field::Memory => &[
                ("_bytes", 1.0),
                ("_b", 1.0),
                ("_kib", 1_024.0),
                ("_mib", MIB),
                ("_gib", 1_024.0 * MIB),
                ("_kb", 1e3),
                ("_mb", 1e6),
                ("_gb", 1e9),
            ],
            Field::Gpus | Field::GpuShare => &[],
        }
    }

    /// How much a number is in a column without a unit: seconds, cores, bytes.
    fn plain(self) -> f64 {
        if self == Field::Cpu { 1_000.0 } else { 1.0 }
    }

    /// A header without its unit, and how much one of that is.
    fn unit(self, header: &str) -> (&str, f64) {
        let with =
            self.units().iter().filter_map(|(unit, of)| Some((header.strip_suffix(unit)?, *of)));
        with.min_by_key(|(name, _)| name.len()).unwrap_or((header, self.plain()))
    }

    /// How much one of a column is whose header is this, if that means the field.
    fn scale(self, header: &str) -> Option<f64> {
        if self.headers().contains(&header) {
            return Some(self.plain());
        }
        let (name, scale) = self.unit(header);
        self.headers().contains(&name).then_some(scale)
    }
}

/// Where each field is, and how much one of it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout(Vec<(Field, usize, f64)>);

impl Layout {
    /// The layout of a table with this header.
    ///
    /// # Errors
    /// A sentence that says which column is missing, or that a mapped one is.
    pub(super) fn of(header: &StringRecord, map: Option<&Columns>) -> Result<Layout, String> {
        let names: Vec<String> = header.iter().map(|it| it.trim().to_ascii_lowercase()).collect();
        let mut layout = Vec::new();
        for field in Field::ALL {
            if let Some(wanted) = map.and_then(|map| mapped(map, field)) {
                let index = header.iter().position(|it| it.trim() == wanted).ok_or_else(|| {
                    let near = did_you_mean(wanted, header.iter().map(str::trim));
                    let near = near.map_or(String::new(), |it| format!("; did you mean `{it}`?"));
                    format!("`map` names the column `{wanted}`, which is not there{near}")
                })?;
                layout.push((field, index, field.unit(&names[index]).1));
                continue;
            }
            // In the order of what is known, as `start_time` may stand beside `submit_time`.
            let known = field.headers().iter().find_map(|known| {
                let fits = |name: &String| {
                    let scale = field.scale(name)?;
                    (name == known || field.unit(name).0 == *known).then_some(scale)
                };
                names.iter().enumerate().find_map(|(index, name)| Some((index, fits(name)?)))
            });
            layout.extend(known.map(|(index, scale)| (field, index, scale)));
        }
        let layout = Layout(layout);
        if layout.place(Field::Time).is_none() {
            return Err(format!(
                "no column says when something arrives; {} are known, each with a unit at its end \
                 or in seconds",
                Field::Time.headers().join(", ")
            ));
        }
        Ok(layout)
    }

    fn place(&self, field: Field) -> Option<(usize, f64)> {
        self.0.iter().find(|it| it.0 == field).map(|it| (it.1, it.2))
    }

    /// The value of a field in a row, if the row has one.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn value(&self, field: Field, row: &StringRecord) -> Result<Option<f64>, String> {
        let Some((index, scale)) = self.place(field) else { return Ok(None) };
        let text = row.get(index).map_or("", str::trim);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number * scale)),
            Ok(number) if number < 0.0 => Err(format!("`{}` is negative: {text}", field.name())),
            _ => Err(format!("`{}` is `{text}`, which is no number", field.name())),
        }
    }

    /// What each column was taken for, in words.
    pub(super) fn understood(&self, header: &StringRecord) -> String {
        let column = |(field, index, scale): &(Field, usize, f64)| {
            let unit = match field {
                Field::Time | Field::Duration | Field::End => format!("{scale} s"),
                Field::Cpu => format!("{scale}m"),
                Field::Memory => format!("{scale} B"),
                Field::Gpus => "cards".into(),
                Field::GpuShare => "thousandths".into(),
            };
            format!("{} from `{}` in {unit}", field.name(), header.get(*index).unwrap_or_default())
        };
        self.0.iter().map(column).collect::<Vec<_>>().join(", ")
    }
}

fn mapped(map: &Columns, field: Field) -> Option<&str> {
    let of = match field {
        Field::Time => &map.time,
        Field::Duration => &map.duration,
        Field::End => &map.end,
        Field::Cpu => &map.cpu,
        Field::Memory => &map.memory,
        Field::Gpus => &map.gpus,
        Field::GpuShare => &None,
    };
    of.as_deref()
}

/// Where a record is written.
pub(super) fn span_of(record: &StringRecord, text: &str) -> Range<usize> {
    let begin = record.position().map_or(0, |it| usize::try_from(it.byte()).unwrap_or(0));
    let begin = begin.min(text.len());
    let rest = text.get(begin..).unwrap_or("");
    begin..begin + rest.find(['\r', '\n']).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &[&str]) -> Result<String, String> {
        let header = StringRecord::from(header.to_vec());
        Layout::of(&header, None).map(|layout| layout.understood(&header))
    }

    #[test]
    fn known_headers_say_their_units() {
        assert_eq!(
            layout(&["name", "submit_s", "cpu_m", "ram_bytes", "duration_s"]).unwrap(),
            "time from `submit_s` in 1 s, duration from `duration_s` in 1 s, cpu from `cpu_m` in 1m, \
             memory from `ram_bytes` in 1 B"
        );
        assert_eq!(
            layout(&["cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "Creation_Time"]).unwrap(),
            "time from `Creation_Time` in 1 s, cpu from `cpu_milli` in 1m, memory from `memory_mib` \
             in 1048576 B, gpus from `num_gpu` in cards, gpu_milli from `gpu_milli` in thousandths"
        );
        assert_eq!(
            layout(&["t_ms", "cores"]).unwrap(),
            "time from `t_ms` in 0.001 s, cpu from `cores` in 1000m"
        );
        assert!(layout(&["cpu", "memory"]).unwrap_err().contains("when something arrives"));
    }
}
