//! Files as texts: regular files within the limits, unpacked if they are compressed by gzip. What may never
//! end is not waited for.

use std::fmt;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::limits::FILE_BYTES;
use crate::tree::{self, Node};

/// Who named a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// The user, on the command line: it may be a pipe, whose other end is the user's own.
    OnCommandLine,
    /// A scenario, a folder or a glob: it must be a file.
    ByAFile,
}

/// Why a file was not read.
#[derive(Debug)]
pub enum Unread {
    /// The system says so.
    Io(io::Error),
    /// It is something else, for example a named pipe.
    NoFile(&'static str),
    /// It is larger than any file that is read.
    TooLarge,
    /// It is not text.
    NoText(std::string::FromUtf8Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Io(error) => error.fmt(f),
            Unread::NoFile(kind) => write!(f, "it is a {kind}, not a file"),
            Unread::TooLarge => f.write_str(&FILE_BYTES.message("it")),
            Unread::NoText(error) => error.fmt(f),
        }
    }
}

impl Unread {
    /// The same about a file that is called so.
    #[must_use]
    pub fn diagnostic(&self, shown: impl fmt::Display) -> Diagnostic {
        let unreadable = || Diagnostic::new("E0001", format!("cannot read {shown}: {self}"));
        match self {
            Unread::Io(_) | Unread::NoText(_) => unreadable(),
            Unread::NoFile(_) => unreadable()
                .help("write what it gives into a file; only the command line may name a pipe"),
            Unread::TooLarge => FILE_BYTES.error(&shown),
        }
    }
}

/// The text of a file.
///
/// # Errors
/// If there is none, or it is not a file, or too large, or not text.
pub fn text(path: &Path, named: Named) -> Result<String, Unread> {
    // A pipe is looked at before it is opened: opening one waits for its other end.
    let kind = fs::metadata(path).map_err(Unread::Io)?.file_type();
    if let Some(other) = other_than_file(kind, named) {
        return Err(Unread::NoFile(other));
    }
    let file = File::open(path).map_err(Unread::Io)?;
    let mut bytes = within_limits(file)?;
    // By its beginning and not by its name: a run folder keeps texts under the names of their files.
    if bytes.starts_with(&GZIP) {
        bytes = within_limits(MultiGzDecoder::new(bytes.as_slice()))?;
    }
    String::from_utf8(bytes).map_err(Unread::NoText)
}

/// What every gzip file begins with, and no text does.
// RFC 1952, 2.3.1
const GZIP: [u8; 2] = [0x1f, 0x8b];

fn within_limits(from: impl Read) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    from.take(FILE_BYTES.most as u64 + 1).read_to_end(&mut bytes).map_err(Unread::Io)?;
    if FILE_BYTES.exceeded(bytes.len()) { Err(Unread::TooLarge) } else { Ok(bytes) }
}

/// A file as a source that messages call `name`.
///
/// # Errors
/// That it cannot be read, and why.
pub fn source(path: &Path, name: &str, named: Named) -> Result<Source, Diagnostics> {
    let text = text(path, named).map_err(|error| error.diagnostic(path.display()))?;
    Ok(Source { file: name.to_owned(), text: Arc::from(text) })
}

/// Every document of a file that is named by another one in `folder`.
///
/// # Errors
/// That it cannot be read, or is not YAML.
pub fn documents(name: &str, folder: Option<&Path>) -> Result<(Source, Vec<Node>), Diagnostics> {
    let path = folder.map_or_else(|| name.into(), |folder| folder.join(name));
    let source = source(&path, name, Named::ByAFile)?;
    let documents = tree::documents(&source)?;
    Ok((source, documents))
}

/// What it is, if that may not be read. Of a folder the system itself says that it cannot be.
fn other_than_file(kind: FileType, named: Named) -> Option<&'static str> {
    if kind.is_file() || kind.is_dir() {
        return None;
    }
    let (what, is_pipe) = special(kind);
    (!is_pipe || named == Named::ByAFile).then_some(what)
}

#[cfg(unix)]
fn special(kind: FileType) -> (&'static str, bool) {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        ("named pipe", true)
    } else if kind.is_socket() {
        ("socket", false)
    } else {
        ("device", false)
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> (&'static str, bool) {
    ("device", false)
}
