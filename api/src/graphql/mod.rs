//! The GraphQL API. Every resolver passes `service::access` first.

/// The schema as SDL, for `x8 schema`.
#[must_use]
pub fn sdl() -> String {
    String::new()
}
