//! Typed ids over plain vectors: `nodes[pod]` does not compile.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A row number of one kind of table. Ids are given out in order and never used twice.
pub trait Id: Copy + Ord {
    /// The id of row `index`.
    fn from_index(index: usize) -> Self;
    /// The row number.
    fn index(self) -> usize;
}

/// Declares `u32` newtypes that implement [`Id`].
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// The row number as it is written into digests and files.
            pub const fn number(self) -> u32 {
                self.0
            }
        }

        impl $crate::table::Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("fewer than 2^32 rows"))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}
pub(crate) use id;

/// Rows of `V`, addressed by `K`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table<K, V> {
    rows: Vec<V>,
    key: PhantomData<K>,
}

impl<K: Id, V> Table<K, V> {
    /// A table without rows.
    pub const fn new() -> Self {
        Table { rows: Vec::new(), key: PhantomData }
    }

    /// Adds a row and returns its id.
    pub fn push(&mut self, row: V) -> K {
        self.rows.push(row);
        K::from_index(self.rows.len() - 1)
    }

    /// Takes the last row out again; its id will be given out once more.
    pub(crate) fn pop(&mut self) -> Option<V> {
        self.rows.pop()
    }

    /// The id that the next [`push`](Self::push) will return.
    pub fn next_id(&self) -> K {
        K::from_index(self.rows.len())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of an id, if the table has it.
    pub fn get(&self, id: K) -> Option<&V> {
        self.rows.get(id.index())
    }

    /// The row of an id, which may be beyond what the table has so far.
    pub fn slot(&mut self, id: K) -> &mut V
    where
        V: Default,
    {
        if self.rows.len() <= id.index() {
            self.rows.resize_with(id.index() + 1, V::default);
        }
        &mut self.rows[id.index()]
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator + use<K, V> {
        (0..self.rows.len()).map(K::from_index)
    }

    /// All rows, in id order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.rows.iter()
    }

    /// All ids with their rows, in id order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(index, row)| (K::from_index(index), row))
    }
}

impl<K: Id, V> Default for Table<K, V> {
    fn default() -> Self {
        Table::new()
    }
}

impl<K: Id, V> FromIterator<V> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = V>>(rows: I) -> Self {
        Table { rows: rows.into_iter().collect(), key: PhantomData }
    }
}

impl<K: Id, V> Index<K> for Table<K, V> {
    type Output = V;
    fn index(&self, id: K) -> &V {
        &self.rows[id.index()]
    }
}

impl<K: Id, V> IndexMut<K> for Table<K, V> {
    fn index_mut(&mut self, id: K) -> &mut V {
        &mut self.rows[id.index()]
    }
}
