//! Fluent texts in the four languages: read, looked up and filled in one way.

use domain::language::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// The same texts in every language.
pub(crate) struct Texts([FluentBundle<FluentResource>; 4]);

impl Texts {
    /// Reads the sources, in the order of [`Language::ALL`]. A text with an error is left out and said in the log; a test
    /// reads them all.
    pub(crate) fn read(sources: [&str; 4]) -> Self {
        let mut place = 0;
        Self(sources.map(|source| {
            let code = Language::ALL[place].code();
            place += 1;
            let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
            // Isolation marks would stand between digits and their currency in the customer's messenger.
            bundle.set_use_isolating(false);
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) => resource,
                Err((resource, errors)) => {
                    tracing::error!(code, ?errors, "a text has an error");
                    resource
                }
            };
            bundle.add_resource_overriding(resource);
            bundle
        }))
    }

    /// A text with its values; empty, and said in the log, when there is none of that id.
    pub(crate) fn fill(&self, language: Language, id: &str, args: &FluentArgs<'_>) -> String {
        let place = Language::ALL.into_iter().position(|one| one == language).unwrap_or(0);
        let bundle = &self.0[place];
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!(id, language = language.code(), "a text is missing");
            return String::new();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "a text lacks a value");
        }
        text
    }
}
