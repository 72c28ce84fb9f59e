//! `facts!`: one declaration of a fact writes its variant, its words in a digest and its columns in a
//! file, so that a new fact is spelled once.

macro_rules! facts {
    (
        $(#[$doc:meta])*
        pub enum Fact {$(
            $(#[$about:meta])*
            $kind:ident = $number:literal {$(
                $(#[$what:meta])*
                $field:ident: $type:ty
            ),* $(,)?}
            digest [$subject:ident $(; $($word:expr),+)*]
            columns { $($key:ident: $value:expr),* }
        )+}
    ) => {
        $(#[$doc])*
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
