//! What is read at most, and the type of every limit.
//!
//! A limit is far above what people have, and below what would hang a program or take a machine's
//! memory. Whatever exceeds one is refused with its place, and the refusal says what lifts it.

use std::fmt;

/// The most there may be of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// What is counted, as the error and the documentation call it.
    pub what: &'static str,
    /// How many there may be.
    pub most: usize,
    /// What would become of the program or the machine without it.
    pub guards: &'static str,
    /// How it is refused: the code of a diagnostic, or `usage` for what is wrong with an argument.
    pub code: &'static str,
    /// What to do where it is too low, as the last line of the error says it.
    pub lift: &'static str,
}

/// How a text is too large: this one code for all that is read.
pub const TOO_LARGE: &str = "E0004";

/// The bytes of one file, or of what comes through a pipe.
pub const FILE_BYTES: Limit = Limit {
    what: "bytes of a file",
    most: 1 << 30,
    guards: "memory: a file is held as a whole while it is read, and unpacked if gzip has compressed it",
    code: TOO_LARGE,
    lift: "split the file, and name the parts or their folder",
};

/// The files of one folder or glob.
pub const FILES: Limit = Limit {
    what: "files of a folder or a glob",
    most: 50_000,
    guards: "time: a glob from the root of a disk",
    code: TOO_LARGE,
    lift: "name a folder further down, or several paths",
};

/// The bytes that aliases of YAML add to the text.
pub const ALIAS_BYTES: Limit = Limit {
    what: "bytes that anchors and aliases add to a text",
    most: 64 << 20,
    guards: "memory: a line of aliases repeats whatever they stand for",
    code: TOO_LARGE,
    lift: "write out what is repeated, in files of its own, or use fewer aliases",
};

/// The nodes of one YAML text, with what aliases add.
pub const NODES: Limit = Limit {
    what: "nodes of a YAML text",
    most: 10_000_000,
    guards: "memory: YAML is held as a tree, about 150 bytes a node",
    code: TOO_LARGE,
    lift: "write it as JSON, which is read object by object: `kubectl get -o json`",
};

/// The nodes that aliases of YAML add to the text.
pub const ALIAS_NODES: Limit = Limit {
    what: "nodes that anchors and aliases add to a text",
    most: 1_000_000,
    guards: "memory: aliases of aliases multiply",
    code: TOO_LARGE,
    lift: ALIAS_BYTES.lift,
};

/// How deep maps and lists may be nested.
pub const DEPTH: Limit = Limit {
    what: "levels of maps and lists within each other",
    most: 100,
    guards: "the stack: each level is a call",
    code: TOO_LARGE,
    lift: "nothing lifts it; no Kubernetes object is half as deep",
};

/// The keys of one map.
pub const KEYS: Limit = Limit {
    what: "keys of a map",
    most: 1_000_000,
    guards: "memory",
    code: TOO_LARGE,
    lift: "nothing lifts it; etcd takes objects of 1.5 MiB",
};

/// The items of one list.
pub const ITEMS: Limit = Limit {
    what: "items of a list",
    most: 5_000_000,
    guards: "memory",
    code: TOO_LARGE,
    lift: "split the list into several files",
};

/// The errors, and as many warnings, that are kept.
pub const KEPT: Limit = Limit {
    what: "errors that are kept, and as many warnings",
    most: 10_000,
    guards: "memory; the rest is counted",
    code: "none",
    lift: "correct what is shown",
};

/// The errors and warnings that are shown as text.
pub const SHOWN: Limit = Limit {
    what: "errors and warnings that are shown",
    most: 50,
    guards: "the terminal; the rest is counted, and `--output json` has what is kept",
    code: "none",
    lift: "correct what is shown",
};

impl Limit {
    /// Whether a number is above the limit.
    #[must_use]
    pub fn exceeded(&self, many: usize) -> bool {
        many > self.most
    }

    /// What is said of something that has more, for example a file.
    #[must_use]
    pub fn message(&self, of: impl fmt::Display) -> String {
        format!("{of} has more than {} {}", grouped(self.most), self.short())
    }

    /// What is counted without what it is counted of.
    fn short(&self) -> &'static str {
        self.what.split(" of a ").next().unwrap_or(self.what)
    }
}

/// A number as people read it: `1 234 567`.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_the_right() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
    }
}
