//! Parquet: the metrics of each replication and the facts of one run, as tables whose columns have types.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::Value;

use super::{Recording, facts};
use crate::metrics::Measured;

/// How many facts a group of rows has: as many as are held at once.
const GROUP: usize = 1 << 16;

/// The metrics of each replication, a row each: `replication`, then a column of doubles for each metric, as in
/// `replications.csv`.
///
/// # Errors
/// If the writer of the format fails.
pub fn replications(measured: &Measured) -> Result<Vec<u8>> {
    let numbers = (0..measured.replications).map(|run| i64::try_from(run).ok());
    let mut columns = vec![("replication".to_owned(), Cells::Whole(numbers.collect()))];
    for column in &measured.columns {
        let each = |of: fn(&crate::metrics::Reading) -> Option<f64>| {
            let readings = column.readings.iter();
            Cells::Real(readings.map(|it| it.as_ref().and_then(of)).collect())
        };
        columns.push((column.key(), each(|it| Some(it.value))));
        if column.readings.iter().flatten().any(|it| it.of.is_some()) {
            columns.push((column.key() + ":of", each(|it| it.of)));
        }
    }
    let mut file = Table::begin("replications", &columns)?;
    file.rows(&columns)?;
    file.finish()
}

/// The facts of a run, a row each: `ms`, `at` and `kind`, then a column for each key that any of them has, in
/// the order of the alphabet, as in `facts.jsonl`.
///
/// # Errors
/// If the writer of the format fails.
pub fn facts(recording: Recording<'_>) -> Result<Vec<u8>> {
    // The legend is no fact.
    let lines = || facts::lines(recording).skip(1);
    let mut keys: BTreeMap<String, Kind> = BTreeMap::new();
    for line in lines() {
        for (key, value) in line.as_object().into_iter().flatten() {
            let Some(kind) = Kind::of(value) else { continue };
            let known = keys.entry(key.clone()).or_insert(kind);
            // What is not always of one kind is text.
            *known = if *known == kind { kind } else { Kind::Text };
        }
    }
    let first = ["ms", "at", "kind"];
    let mut order: Vec<(String, Kind)> = Vec::new();
    order.extend(first.iter().filter_map(|key| keys.remove_entry(*key)));
    order.extend(keys);
    let none: Vec<(String, Cells)> =
        order.iter().map(|(key, kind)| (key.clone(), kind.none())).collect();
    let mut file = Table::begin("facts", &none)?;
    let mut columns = none.clone();
    let mut held = 0;
    for line in lines() {
        for (key, cells) in &mut columns {
            cells.push(&line[key.as_str()]);
        }
        held += 1;
        if held == GROUP {
            file.rows(&columns)?;
            (columns, held) = (none.clone(), 0);
        }
    }
    if held > 0 {
        file.rows(&columns)?;
    }
    file.finish()
}

/// Of which kind the cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Whole,
    Real,
    Flag,
    Text,
}

impl Kind {
    /// The kind of a value; none of nothing.
    fn of(value: &Value) -> Option<Kind> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Kind::Flag),
            Value::Number(number) if number.as_i64().is_some() => Some(Kind::Whole),
            Value::Number(_) => Some(Kind::Real),
            Value::String(_) | Value::Array(_) | Value::Object(_) => Some(Kind::Text),
        }
    }

    /// A column without cells.
    fn none(self) -> Cells {
        match self {
            Kind::Whole => Cells::Whole(Vec::new()),
            Kind::Real => Cells::Real(Vec::new()),
            Kind::Flag => Cells::Flag(Vec::new()),
            Kind::Text => Cells::Text(Vec::new()),
        }
    }
}

/// The cells of a column, each of which may be empty.
#[derive(Clone, PartialEq, Debug)]
enum Cells {
    Whole(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Flag(Vec<Option<bool>>),
    Text(Vec<Option<String>>),
}

impl Cells {
    fn push(&mut self, value: &Value) {
        match self {
            Cells::Whole(cells) => cells.push(value.as_i64()),
            Cells::Real(cells) => cells.push(value.as_f64()),
            Cells::Flag(cells) => cells.push(value.as_bool()),
            Cells::Text(cells) => cells.push(match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            }),
        }
    }

    /// How the format stores them, and what they mean.
    fn types(&self) -> (Physical, Option<LogicalType>) {
        match self {
            Cells::Whole(_) => (Physical::INT64, None),
            Cells::Real(_) => (Physical::DOUBLE, None),
            Cells::Flag(_) => (Physical::BOOLEAN, None),
            Cells::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        }
    }
}

/// A file with one table, which is written to memory.
struct Table(SerializedFileWriter<Vec<u8>>);

impl Table {
    fn begin(name: &str, columns: &[(String, Cells)]) -> Result<Table> {
        let field = |(key, cells): &(String, Cells)| {
            let (physical, logical) = cells.types();
            let field = Type::primitive_type_builder(key, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical);
            field.build().map(Arc::new)
        };
        let fields = columns.iter().map(field).collect::<Result<Vec<_>>>()?;
        let schema = Type::group_type_builder(name).with_fields(fields).build()?;
        let by = format!("spotsim {}", env!("CARGO_PKG_VERSION"));
        let properties = WriterProperties::builder().set_created_by(by).build();
        let file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
        Ok(Table(file))
    }

    /// Writes some rows.
    fn rows(&mut self, columns: &[(String, Cells)]) -> Result<()> {
        let mut group = self.0.next_row_group()?;
        for (_, cells) in columns {
            let Some(mut column) = group.next_column()? else { break };
            match (column.untyped(), cells) {
                (ColumnWriter::Int64ColumnWriter(out), Cells::Whole(cells)) => {
                    out.write_batch(&there(cells), Some(&levels(cells)), None)?;
                }
                (ColumnWriter::DoubleColumnWriter(out), Cells::Real(cells)) => {
                    out.write_batch(&there(cells), Some(&levels(cells)), None)?;
                }
                (ColumnWriter::BoolColumnWriter(out), Cells::Flag(cells)) => {
                    out.write_batch(&there(cells), Some(&levels(cells)), None)?;
                }
                (ColumnWriter::ByteArrayColumnWriter(out), Cells::Text(cells)) => {
                    let bytes =
                        cells.iter().flatten().map(|it| ByteArray::from(it.as_bytes().to_vec()));
                    out.write_batch(&bytes.collect::<Vec<_>>(), Some(&levels(cells)), None)?;
                }
                // Columns are made of cells of their own kind.
                _ => continue,
            }
            column.close()?;
        }
        group.close()?;
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>> {
        self.0.into_inner()
    }
}

/// The cells that are not empty.
fn there<T: Copy>(cells: &[Option<T>]) -> Vec<T> {
    cells.iter().copied().flatten().collect()
}

/// Which cells are not empty.
fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};

    use super::*;
    use crate::metrics::{read_table, write_table};

    fn rows(bytes: &[u8]) -> Vec<Row> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        std::fs::write(&path, bytes).unwrap();
        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        reader.get_row_iter(None).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn metrics_are_read_back_as_the_table_has_them() {
        let text = "replication,cost.monthly,cpu.requested,cpu.requested:of,availability(default/web)\n\
                    0,0.1,1,3,1\n1,1e-300,2,7,\n";
        let measured = read_table(text.as_bytes()).unwrap();
        let rows = rows(&replications(&measured).unwrap());
        let mut csv = String::from(
            "replication,cost.monthly,cpu.requested,cpu.requested:of,availability(default/web)\n",
        );
        for row in &rows {
            let cells = row.get_column_iter().map(|(_, field)| match field {
                Field::Long(number) => number.to_string(),
                Field::Double(number) => number.to_string(),
                Field::Null => String::new(),
                other => panic!("{other:?}"),
            });
            csv += &(cells.collect::<Vec<_>>().join(",") + "\n");
        }
        let mut again = Vec::new();
        write_table(&measured, &mut again).unwrap();
        assert_eq!(csv, String::from_utf8(again).unwrap());
    }

    #[test]
    fn cells_of_every_kind_are_read_back_over_groups() {
        let columns = |first: i64| {
            vec![
                ("whole".to_owned(), Cells::Whole(vec![Some(first), None])),
                ("real".to_owned(), Cells::Real(vec![None, Some(0.5)])),
                ("flag".to_owned(), Cells::Flag(vec![Some(true), None])),
                ("text".to_owned(), Cells::Text(vec![Some("a\u{e4}".into()), Some(String::new())])),
            ]
        };
        let mut table = Table::begin("table", &columns(0)).unwrap();
        (1..=2).for_each(|first| table.rows(&columns(first)).unwrap());
        let rows = rows(&table.finish().unwrap());
        let cells: Vec<Vec<Field>> = rows
            .iter()
            .map(|row| row.get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        let text = |text: &str| Field::Str(text.into());
        assert_eq!(cells[0], [Field::Long(1), Field::Null, Field::Bool(true), text("aä")]);
        assert_eq!(cells[3], [Field::Null, Field::Double(0.5), Field::Null, text("")]);
        assert_eq!(cells.len(), 4);
    }

    #[test]
    fn the_kind_of_a_value_is_that_of_its_json() {
        let kind = |text: &str| Kind::of(&serde_json::from_str(text).unwrap());
        assert_eq!(kind("null"), None);
        assert_eq!(kind("-3"), Some(Kind::Whole));
        assert_eq!((kind("0.5"), kind("true")), (Some(Kind::Real), Some(Kind::Flag)));
        assert_eq!((kind("\"x\""), kind("[1]")), (Some(Kind::Text), Some(Kind::Text)));
    }
}
