//! The syntax of names, labels and keys, as Kubernetes and as spotsim ask for it.

use super::Form;

/// The longest name of an object, and of anything of ours.
const NAME: usize = 253;
/// The longest label value, label name, or part of a name.
const LABEL: usize = 63;

// apimachinery: util/validation/validation.go IsDNS1123Subdomain
pub(super) const SUBDOMAIN: Form = ("a DNS-1123 subdomain", |text| {
    within(text, NAME)?;
    text.split('.').try_for_each(label)
});

// apimachinery: util/validation/validation.go IsDNS1123Label
pub(super) const DNS_LABEL: Form = ("a DNS-1123 label", |text| {
    within(text, LABEL)?;
    label(text)
});

// apimachinery: util/validation/validation.go IsQualifiedName (labels.ValidateLabelName)
pub(super) const KEY: Form = ("a qualified name", |text| {
    let name = match text.split_once('/') {
        Some((prefix, name)) => {
            (SUBDOMAIN.1)(prefix).map_err(|why| format!("its prefix {why}"))?;
            name
        }
        None => text,
    };
    if name.is_empty() {
        return Err("it has no name".into());
    }
    within(name, LABEL)?;
    word(name)
});

// apimachinery: api/validation/objectmeta.go ValidateAnnotations, which lowers the letters first
pub(super) const ANNOTATION: Form = ("a qualified name", |text| (KEY.1)(&text.to_lowercase()));

// apimachinery: util/validation/validation.go IsValidLabelValue
pub(super) const LABEL_VALUE: Form = ("a label value", |text| {
    within(text, LABEL)?;
    if text.is_empty() { Ok(()) } else { word(text) }
});

// apimachinery: util/validation/validation.go IsValidPortName
pub(super) const PORT: Form = ("a port name", |text| {
    within(text, 15)?;
    let letter = text.bytes().any(|b| b.is_ascii_lowercase());
    let fitting = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fitting || !letter {
        return Err("it may have small letters, digits and `-`, and needs a letter".into());
    }
    if text.contains("--") || text.starts_with('-') || text.ends_with('-') {
        return Err("`-` may only stand alone between two others".into());
    }
    Ok(())
});

fn within(text: &str, most: usize) -> Result<(), String> {
    if text.len() <= most {
        return Ok(());
    }
    Err(format!("it has {} characters, and {most} are the most", text.len()))
}

/// A part of a DNS name.
fn label(text: &str) -> Result<(), String> {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    fitting(text, inside, "small letters, digits and `-`")
}

/// A label value, or the name of a key.
fn word(text: &str) -> Result<(), String> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    fitting(text, inside, "letters, digits, `-`, `_` and `.`")
}

fn fitting(text: &str, inside: fn(u8) -> bool, what: &str) -> Result<(), String> {
    let alphanumeric = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    match text.chars().find(|c| !c.is_ascii() || !inside(*c as u8)) {
        Some(' ') => Err(format!("a space is not allowed; it may have {what}")),
        Some(other) => {
            Err(format!("`{}` is not allowed; it may have {what}", other.escape_debug()))
        }
        None if text.is_empty() => Err("a part of it is empty".into()),
        None if !alphanumeric(text.bytes().next()) || !alphanumeric(text.bytes().last()) => {
            Err("it must begin and end with a letter or digit".into())
        }
        None => Ok(()),
    }
}

/// What is wrong with a name of ours: it must be there, and be printable.
pub fn printable(text: &str) -> Result<(), String> {
    // Directional and invisible marks change how what stands around them is shown.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if text.trim().is_empty() {
        return Err("is empty".into());
    }
    if let Some(c) = text.chars().find(|c| hidden(*c)) {
        return Err(format!("has the character U+{:04X}, which is not printable", u32::from(c)));
    }
    match text.chars().count() {
        0..=NAME => Ok(()),
        many => Err(format!("has {many} characters, and {NAME} are the most")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_kubernetes_takes() {
        // apimachinery: util/validation/validation_test.go has these, and more
        for (form, good, bad) in [
            (
                SUBDOMAIN,
                &["a", "a.b-c.1", "0-9"][..],
                &["", "A", "a..b", ".a", "-a", "a b", "ä"][..],
            ),
            (DNS_LABEL, &["a", "1"], &["", "a.b", "a-", "a_b"]),
            (KEY, &["a", "x.io/A_b.c", "1"], &["", "/a", "a/", "a/b/c", "A.b/c", "a b/c", "-a"]),
            (LABEL_VALUE, &["", "a", "A_b.c-1"], &["-", "a/b", "_a", " "]),
            (PORT, &["http", "a-1"], &["80", "a--b", "-a", "Http", "a-very-long-port"]),
        ] {
            good.iter().for_each(|text| assert_eq!((form.1)(text), Ok(()), "{text:?}"));
            bad.iter().for_each(|text| assert!((form.1)(text).is_err(), "{} {text:?}", form.0));
        }
        let long = "a".repeat(64);
        assert!((LABEL_VALUE.1)(&long).is_err() && (KEY.1)(&long).is_err());
        assert!((SUBDOMAIN.1)(&long).is_ok() && (SUBDOMAIN.1)(&"a".repeat(254)).is_err());
    }

    #[test]
    fn names_of_ours_are_printable() {
        for good in ["A name, with spaces", "Ünïcode", "名前"] {
            assert_eq!(printable(good), Ok(()));
        }
        for bad in ["", "  ", "a\nb", "\u{1b}[2J", "a\u{202e}b", "a\u{200b}", &"x".repeat(254)] {
            assert!(printable(bad).is_err(), "{bad:?}");
        }
    }
}
