//! Inputs: every file that a scenario was read from, so that a result can name what it is made of.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// A file as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// Its name, as it was typed or as the scenario names it.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, as `sha256sum` prints it.
    pub sha256: String,
}

impl Input {
    /// The input of this name and content.
    #[must_use]
    pub fn of(file: &str, content: &[u8]) -> Input {
        Input { file: file.to_owned(), bytes: content.len() as u64, sha256: sha256(content) }
    }
}

/// The SHA-256 of `content`, in hexadecimal.
#[must_use]
pub fn sha256(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// Bytes as `sha256sum` prints them.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_sha256sum() {
        let input = Input::of("abc.txt", b"abc");
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((input.bytes, input.sha256.as_str()), (3, known));
    }
}
