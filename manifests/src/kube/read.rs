//! Reading a value into a type of the API: faults with the way to them, unknown fields noted.
//!
//! The types are many, so that none of this is generic over where a value comes from: a text of YAML
//! or JSON is a value by then, which admission has judged. What is wrong is said with its path, and
//! the holder of the text finds the place of a path.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::{Effect, IntOrString, Operator, Quantity};
use crate::tree::Step;

/// A value that does not fit its type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The way to it.
    pub path: Vec<Step>,
    /// What is wrong with it.
    pub message: String,
}

/// The fields of one object that its type does not have, each once, as paths without indexes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UnknownFields(BTreeSet<String>);

impl UnknownFields {
    /// Their paths, in alphabetical order: `spec.containers[].args`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// A type that is read from a value.
pub trait Read: Sized {
    /// The value as this type. What is wrong is a fault at the path where `reader` is.
    ///
    /// # Errors
    /// The first thing that does not fit.
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Self, Fault>;
}

/// A value as a `T`, and the fields that `T` does not have.
///
/// # Errors
/// The first thing that does not fit.
pub fn read<T: Read>(value: &Value) -> Result<(T, UnknownFields), Fault> {
    let mut reader =
        Reader { path: Vec::new(), unknown: UnknownFields::default(), is_judged: false };
    let read = T::read(value, &mut reader)?;
    Ok((read, reader.unknown))
}

/// One step of the way to the value that is read.
#[derive(Clone, Copy)]
enum Part<'v> {
    Key(&'v str),
    Index(usize),
}

/// The way through a value.
pub struct Reader<'v> {
    path: Vec<Part<'v>>,
    unknown: UnknownFields,
    /// Whether it is below a field that is read only to be judged.
    is_judged: bool,
}

impl<'v> Reader<'v> {
    /// The entries of a map.
    pub(super) fn map(&self, value: &'v Value) -> Result<&'v Map<String, Value>, Fault> {
        value.as_object().ok_or_else(|| self.mismatch::<BTreeMap<String, IgnoredAny>>(value))
    }

    /// The value of a field; `null` is absence, as it is to the API server.
    pub(super) fn field<T: Read + Default>(
        &mut self,
        key: &'v str,
        value: &'v Value,
        into: &mut T,
    ) -> Result<(), Fault> {
        if !value.is_null() {
            *into = self.below(Part::Key(key), value)?;
        }
        Ok(())
    }

    /// The same of a field that only an admission plugin looks at: it is noted, and all of it with it.
    pub(super) fn judged<T: Read + Default>(
        &mut self,
        key: &'v str,
        value: &'v Value,
        into: &mut T,
    ) -> Result<(), Fault> {
        self.unknown(key);
        let before = std::mem::replace(&mut self.is_judged, true);
        self.field(key, value, into)?;
        self.is_judged = before;
        Ok(())
    }

    /// The value of a field without which there is no object.
    pub(super) fn required<T: Read>(
        &mut self,
        key: &'v str,
        entries: &'v Map<String, Value>,
    ) -> Result<T, Fault> {
        match entries.get(key) {
            Some(value) => self.below(Part::Key(key), value),
            None => Err(self.fault(format!("missing field `{key}`"))),
        }
    }

    fn below<T: Read>(&mut self, part: Part<'v>, value: &'v Value) -> Result<T, Fault> {
        self.path.push(part);
        let read = T::read(value, self)?;
        self.path.pop();
        Ok(read)
    }

    /// Notes a field that the type does not have. Metadata that is not read (managed fields,
    /// versions) says nothing about pods.
    pub(super) fn unknown(&mut self, key: &str) {
        let in_metadata = |part: &Part<'_>| matches!(part, Part::Key("metadata"));
        let is_type = self.path.is_empty() && matches!(key, "apiVersion" | "kind");
        if self.is_judged || key == "metadata" || is_type || self.path.iter().any(in_metadata) {
            return;
        }
        let mut path = String::new();
        for part in &self.path {
            match part {
                Part::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                }
                Part::Index(_) => path.push_str("[]"),
            }
        }
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        self.unknown.0.insert(path);
    }

    fn fault(&self, message: String) -> Fault {
        let path = self.path.iter().map(|part| match *part {
            Part::Key(key) => Step::from(key),
            Part::Index(index) => Step::from(index),
        });
        Fault { path: path.collect(), message }
    }

    /// That a value is no `T`, in serde's words.
    fn mismatch<T: for<'de> Deserialize<'de>>(&self, value: &Value) -> Fault {
        self.fault(T::deserialize(value).err().map_or_else(String::new, |error| error.to_string()))
    }
}

/// Types without parts, which serde reads.
macro_rules! leaves {
    ($($name:ty)*) => {$(
        impl Read for $name {
            fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<$name, Fault> {
                <$name>::deserialize(value).map_err(|error| reader.fault(error.to_string()))
            }
        }
    )*};
}

leaves! { String bool u16 u32 u64 i32 i64 IntOrString Quantity Effect Operator }

impl<T: Read> Read for Option<T> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Option<T>, Fault> {
        if value.is_null() { Ok(None) } else { T::read(value, reader).map(Some) }
    }
}

impl<T: Read> Read for Box<T> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Box<T>, Fault> {
        T::read(value, reader).map(Box::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Vec<T>, Fault> {
        let Value::Array(items) = value else {
            return Err(reader.mismatch::<Vec<IgnoredAny>>(value));
        };
        let mut all = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            all.push(reader.below(Part::Index(index), item)?);
        }
        Ok(all)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<BTreeMap<String, T>, Fault> {
        let mut all = BTreeMap::new();
        for (key, value) in reader.map(value)? {
            all.insert(key.clone(), reader.below(Part::Key(key), value)?);
        }
        Ok(all)
    }
}

/// Whether a key of the API is a field of ours: `nodeName` is `node_name`.
pub(super) fn is_key(key: &str, field: &str) -> bool {
    let mut key = key.bytes();
    let mut upper = false;
    for byte in field.bytes() {
        if byte == b'_' {
            upper = true;
            continue;
        }
        let wanted = if upper { byte.to_ascii_uppercase() } else { byte };
        upper = false;
        if key.next() != Some(wanted) {
            return false;
        }
    }
    key.next().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Pod, PodSpec, Toleration};
    use super::*;

    fn fault(value: &Value) -> (String, String) {
        let Fault { path, message } = read::<PodSpec>(value).map(|_| ()).unwrap_err();
        (crate::tree::dotted(&path), message)
    }

    #[test]
    fn a_fault_has_its_path_and_serdes_words() {
        for (value, path, message) in [
            (json!([]), "", "invalid type: sequence, expected a map"),
            (
                json!({"containers": [{"ports": [{"hostPort": -1}]}]}),
                "containers[0].ports[0].hostPort",
                "invalid value: integer `-1`, expected u16",
            ),
            (
                json!({"tolerations": [{}, {"effect": "Never"}]}),
                "tolerations[1].effect",
                "unknown variant `Never`, expected one of `NoSchedule`, `PreferNoSchedule`, \
                 `NoExecute`",
            ),
            (
                json!({"nodeSelector": {"a": 1}}),
                "nodeSelector.a",
                "invalid type: integer `1`, expected a string",
            ),
            (json!({"volumes": {}}), "volumes", "invalid type: map, expected a sequence"),
        ] {
            assert_eq!(fault(&value), (path.to_owned(), message.to_owned()), "{value}");
        }
    }

    #[test]
    fn fields_of_no_type_are_noted_once_and_without_indexes() {
        let value = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"managedFields": []}, "extra": null,
            "spec": {"containers": [{"args": []}, {"args": []}], "kind": 1},
        });
        let (_, unknown) = read::<Pod>(&value).unwrap();
        assert_eq!(
            unknown.iter().collect::<Vec<_>>(),
            ["extra", "spec.containers[].args", "spec.kind"]
        );
    }

    #[test]
    fn null_is_absence() {
        let value = json!({"tolerations": null, "priority": null, "hostNetwork": null});
        assert_eq!(read::<PodSpec>(&value).unwrap().0, PodSpec::default());
        assert!(read::<Vec<Toleration>>(&json!([null])).is_err(), "but not in a list");
    }

    #[test]
    fn keys_are_fields_in_camel_case() {
        assert!(is_key("nodeName", "node_name") && is_key("spec", "spec"));
        for key in ["node_name", "nodename", "nodeNames", "node", "NodeName", ""] {
            assert!(!is_key(key, "node_name"), "{key}");
        }
    }
}
