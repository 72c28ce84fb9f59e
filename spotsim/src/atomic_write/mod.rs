//! Files and folders that appear whole or not at all, whatever fails and whenever the program is killed.

pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod sibling;
