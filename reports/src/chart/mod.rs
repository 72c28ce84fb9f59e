//! A chart: what is to be seen, in the units of the data, and not a word on how it is drawn.
//!
//! [`svg`] and [`png`] draw it for itself, [`inline`] for a page that has its own colours. Plotters lays
//! it out and draws it for all of them, with the same font and without asking the machine for anything,
//! so that the same chart is the same bytes everywhere.

pub mod axis;
mod coordinate;
mod data;
mod draw;
mod elements;
mod font;
mod inline;
mod outline;
mod png;
mod svg;

pub use axis::{Axis, Scale, Tick};
pub use data::{Data, Datum};
pub use draw::Frame;
pub use inline::{Inline, inline, letters, shape};
pub use png::png;
pub use svg::svg;

/// What is to be seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    /// What its file is called.
    pub name: &'static str,
    /// The finding, with its numbers.
    pub title: String,
    /// What is drawn, and of how much.
    pub subtitle: String,
    /// Where the data come from.
    pub source: String,
    /// Shapes with their meaning and number.
    pub key: Vec<Key>,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is in the plot, from back to front.
    pub marks: Vec<Mark>,
    /// Names to the right of the plot, at the height of what they name.
    pub sides: Vec<Side>,
    /// The same in numbers; without rows where they are printed elsewhere.
    pub data: Data,
}

/// A colour of Okabe and Ito's palette, which people with any colour vision can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// On-demand capacity, everywhere.
    Blue,
    /// Spot capacity, everywhere.
    Orange,
    /// What is paid beside instances, everywhere.
    Green,
    /// A pod that stopped in time.
    Sky,
    /// A pod that was cut short.
    Purple,
    /// A pod that was killed without warning.
    Vermillion,
    /// What is neither.
    Black,
    /// What is there to compare with.
    Grey,
    /// The ground.
    White,
    /// Letters on something bright.
    Dark,
}

impl Color {
    /// Red, green and blue.
    #[must_use]
    pub fn rgb(self) -> (u8, u8, u8) {
        match self {
            Color::Blue => (0x00, 0x72, 0xb2),
            Color::Orange => (0xe6, 0x9f, 0x00),
            Color::Green => (0x00, 0x9e, 0x73),
            Color::Sky => (0x56, 0xb4, 0xe9),
            Color::Purple => (0xcc, 0x79, 0xa7),
            Color::Vermillion => (0xd5, 0x5e, 0x00),
            Color::Black => (0x22, 0x22, 0x22),
            Color::Grey => (0x6b, 0x6b, 0x6b),
            Color::White => (0xff, 0xff, 0xff),
            Color::Dark => (0x20, 0x20, 0x20),
        }
    }
}

/// A colour, and how much of the ground it hides.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ink {
    /// The colour.
    pub color: Color,
    /// From 0, nothing, to 1, all of it.
    pub opacity: f64,
}

impl Ink {
    /// A colour that hides the ground.
    #[must_use]
    pub const fn full(color: Color) -> Ink {
        Ink { color, opacity: 1.0 }
    }

    /// A colour through which the ground is seen.
    #[must_use]
    pub const fn tint(color: Color, opacity: f64) -> Ink {
        Ink { color, opacity }
    }
}

/// Something in the plot.
#[derive(Clone, PartialEq, Debug)]
pub enum Mark {
    /// What lies between two corners.
    Bar {
        /// One corner.
        from: (f64, f64),
        /// The one across.
        to: (f64, f64),
        /// Its colour.
        ink: Ink,
    },
    /// What lies between two curves: x, lower y, upper y.
    Area {
        /// From left to right.
        points: Vec<(f64, f64, f64)>,
        /// Its colour.
        ink: Ink,
    },
    /// A curve.
    Line {
        /// From left to right.
        points: Vec<(f64, f64)>,
        /// Its colour.
        ink: Ink,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// One thing that happened.
    Dot {
        /// Where.
        at: (f64, f64),
        /// Its shape.
        shape: Shape,
        /// Its colour.
        color: Color,
        /// Its size, from 0 to 1: less where there is no room for all.
        size: f64,
    },
    /// A few words.
    Label {
        /// Where.
        at: (f64, f64),
        /// How far from there, in pixels to the right and down.
        shift: (f64, f64),
        /// The words.
        text: String,
        /// Which end of them is there.
        anchor: Anchor,
        /// Their colour.
        color: Color,
        /// Whether they are the point of the chart.
        strong: bool,
        /// Where the room for them ends, from left to right: they are left out where they are longer.
        until: Option<f64>,
    },
}

impl Mark {
    /// A curve that hides the ground.
    #[must_use]
    pub fn line(points: Vec<(f64, f64)>, color: Color, stroke: Stroke) -> Mark {
        Mark::Line { points, ink: Ink::full(color), stroke }
    }

    /// Words in the middle of a plot that has little else.
    #[must_use]
    pub fn remark(at: (f64, f64), text: impl Into<String>) -> Mark {
        let (shift, anchor, color) = ((0.0, 0.0), Anchor::Middle, Color::Grey);
        Mark::Label { at, shift, text: text.into(), anchor, color, strong: false, until: None }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stroke {
    /// As a line.
    Plain,
    /// As a thin line.
    Thin,
    /// In dashes: what would have been.
    Dashed,
}

/// A shape that differs from others without its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A circle that is not filled.
    Ring,
    /// A circle.
    Circle,
    /// A square on its corner.
    Diamond,
    /// A square.
    Square,
}

/// Which end of a text is where it is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A shape with its meaning.
#[derive(Clone, PartialEq, Debug)]
pub struct Key {
    /// The shape.
    pub shape: Shape,
    /// Its colour.
    pub color: Color,
    /// Its meaning and number.
    pub text: String,
}

impl Key {
    /// A shape in a colour.
    #[must_use]
    pub fn new(shape: Shape, color: Color, text: impl Into<String>) -> Key {
        Key { shape, color, text: text.into() }
    }
}

/// A name to the right of the plot.
#[derive(Clone, PartialEq, Debug)]
pub struct Side {
    /// At which height; names that would overlap make way.
    pub y: f64,
    /// The name.
    pub name: String,
    /// Its number.
    pub value: String,
    /// The colour of what it names.
    pub color: Color,
}

impl Side {
    /// A name with its number at a height.
    #[must_use]
    pub fn new(y: f64, name: impl Into<String>, value: impl Into<String>, color: Color) -> Side {
        Side { y, name: name.into(), value: value.into(), color }
    }
}

/// The corners of a curve that keeps each value until the next one begins.
#[must_use]
pub fn stairs(edges: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
    let steps = values.iter().zip(edges.windows(2));
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (value, ends) in steps {
        // What goes on as it was needs no corner.
        #[allow(clippy::float_cmp)]
        if let [.., (_, before), last] = &mut points[..]
            && *before == last.1
            && last.1 == *value
        {
            last.0 = ends[1];
            continue;
        }
        points.extend([(ends[0], *value), (ends[1], *value)]);
    }
    points
}

/// The area between two such curves.
#[must_use]
pub fn stair_area(edges: &[f64], low: &[f64], high: &[f64]) -> Vec<(f64, f64, f64)> {
    let between = low.iter().zip(high).zip(edges.windows(2));
    between.flat_map(|((low, high), ends)| ends.iter().map(|x| (*x, *low, *high))).collect()
}
