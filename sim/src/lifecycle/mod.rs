//! How nodes and pods live and die: the controllers of a cluster, without its API server.
//!
//! Each part looks at the world and returns the actions it wants.

pub mod controllers;
pub mod interruption;
pub mod pools;
