//! Which language a browser asks for.

use axum::http::{HeaderMap, header};
use domain::language::Language;

/// The language of ours that the browser likes best.
pub(super) fn asked(headers: &HeaderMap) -> Option<Language> {
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Language)> = None;
    for part in value.split(',').take(20) {
        let mut pieces = part.split(';');
        let Some(language) = pieces.next().and_then(|tag| Language::from_code(tag.trim())) else { continue };
        let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_heaviest_that_is_ours() {
        let of =
            |value: &'static str| asked(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]));
        assert_eq!(of("de,fr;q=0.9"), None);
        assert_eq!(of("de, kk-KZ;q=0.4, ru;q=0.8"), Some(Language::Ru));
        assert_eq!(of("es-ES"), Some(Language::Es));
        assert_eq!(of("en;q=0"), None);
    }
}
