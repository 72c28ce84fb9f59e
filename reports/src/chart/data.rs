//! The numbers behind a chart: a table for those who do not see it, and exact values for those who do.

/// A table of what a chart shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Data {
    /// What the rows are, and then what stands in them.
    pub columns: Vec<String>,
    /// From left to right, or from top to bottom.
    pub rows: Vec<Datum>,
}

/// One thing that a chart shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Datum {
    /// What it is.
    pub name: String,
    /// Its values, with their units.
    pub values: Vec<String>,
    /// Where it is on the axis from left to right, if it is in one place.
    pub x: Option<f64>,
    /// Where it is on the upright axis, if it is in one place.
    pub y: Option<f64>,
}

impl Data {
    /// A table with these columns.
    #[must_use]
    pub fn of<'c>(columns: impl IntoIterator<Item = &'c str>, rows: Vec<Datum>) -> Data {
        Data { columns: columns.into_iter().map(str::to_owned).collect(), rows }
    }
}

impl Datum {
    /// A row that is nowhere in particular.
    #[must_use]
    pub fn new(name: impl Into<String>, values: impl Into<Vec<String>>) -> Datum {
        Datum { name: name.into(), values: values.into(), x: None, y: None }
    }

    /// The same at a place from left to right.
    #[must_use]
    pub fn x(self, x: f64) -> Datum {
        Datum { x: Some(x), ..self }
    }

    /// The same at a height.
    #[must_use]
    pub fn y(self, y: f64) -> Datum {
        Datum { y: Some(y), ..self }
    }
}
