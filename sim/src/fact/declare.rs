//! `facts!`: one declaration of a fact writes its variant, its words in a digest, its bytes, its columns
//! in a file, its sentence, and what it is about, so that a new fact is spelled once.

macro_rules! facts {
    (
        $(
            $(#[$about:meta])*
            $kind:ident = $number:literal {$(
                $(#[$what:meta])*
                $field:ident: $type:ty
            ),* $(,)?}
            digest [$subject:ident $(; $($word:expr),+)*]
            columns { $($key:ident: $value:expr),* }
            says [$($part:expr),+]
        )+
    ) => {
        /// Something that happened. Facts carry every number a report may need, so that a report can
        /// fold them as they come and keep nothing but its sums.
        ///
        /// Each is declared once: its number and its words in a digest, the first of which is the
        /// number with what the fact is about; its columns in a file of facts; and its sentence. Two of
        /// a word are its upper and its lower half. Numbers and words never change, but with every
        /// digest.
        // A pod is the one that it happened to, and a node the one it is on, where nothing else is said.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Fact {$(
            $(#[$about])*
            $kind {$(
                $(#[$what])*
                $field: $type
            ),*}
        ),+}

        // Each fact binds all that it has, and uses what the words or the columns are made of.
        #[allow(unused_variables)]
        impl Fact {
            /// Every kind of fact with the names of its columns, in the order of declaration.
            pub const KINDS: &'static [(&'static str, &'static [&'static str])] =
                &[$((stringify!($kind), &[$(stringify!($key)),*])),+];

            /// The name of its kind.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Fact::$kind { .. } => stringify!($kind)),+
                }
            }

            /// Hands over its columns, in order.
            pub fn columns(&self, mut put: impl FnMut(&'static str, Column)) {
                match *self {$(
                    Fact::$kind { $($field),* } => {
                        $(put(stringify!($key), Column::from($value));)*
                    }
                )+}
            }

            /// Hands over its sentence, part by part.
            pub fn says(&self, mut put: impl FnMut(Column)) {
                match *self {$(
                    Fact::$kind { $($field),* } => {
                        $(put(Column::from($part));)+
                    }
                )+}
            }

            /// What it is about.
            #[must_use]
            pub fn subjects(&self) -> Subjects {
                let mut subjects = Subjects::default();
                match *self {$(
                    Fact::$kind { $($field),* } => {
                        $(Subject::join($field, &mut subjects);)*
                    }
                )+}
                subjects
            }

            /// Writes it down, its kind by its number.
            pub(crate) fn pack(&self, out: &mut Vec<u8>) {
                match self {$(
                    Fact::$kind { $($field),* } => {
                        let number: u32 = $number;
                        number.pack(out);
                        $($field.pack(out);)*
                    }
                )+}
            }

            /// Reads it; none if these are not its bytes.
            pub(crate) fn unpack(from: &mut &[u8]) -> Option<Fact> {
                match u32::unpack(from)? {
                    $($number => Some(Fact::$kind { $($field: Pack::unpack(from)?),* }),)+
                    _ => None,
                }
            }

            /// Hands over its words, the number of its kind first.
            fn words(&self, mut put: impl FnMut(u64)) {
                match *self {$(
                    Fact::$kind { $($field),* } => {
                        put(($number << 32) | Word::word($subject));
                        $(put(facts!(@word $($word),+));)*
                    }
                )+}
            }
        }
    };
    (@word $whole:expr) => { Word::word($whole) };
    (@word $high:expr, $low:expr) => { (Word::word($high) << 32) | Word::word($low) };
}

pub(super) use facts;
