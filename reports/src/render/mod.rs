//! Renderers: the same sections as text for a terminal, as Markdown, and as JSON.

pub mod json;
pub mod markdown;
pub mod text;
