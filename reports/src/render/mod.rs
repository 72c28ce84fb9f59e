//! Renderers: the same sections as text for a terminal, as Markdown, as JSON, and with charts as a page.

pub mod comment;
pub mod html;
pub mod json;
pub mod markdown;
pub mod text;
