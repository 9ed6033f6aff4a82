//! What a newcomer begins with: the demo shop's catalogue, and a template to fill in.

use domain::catalog::ItemKind;
use domain::language::Language;

/// A file that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// The demo shop's catalogue: a florist for products, a beauty salon for services. Both are in Spanish cities; the
/// assistant speaks the customer's language over either.
#[must_use]
pub const fn sample(kind: ItemKind) -> SampleFile {
    match kind {
        ItemKind::Product => SampleFile { name: "flowers.csv", bytes: include_bytes!("../../../samples/flowers.csv") },
        ItemKind::Service => SampleFile { name: "salon.xlsx", bytes: include_bytes!("../../../samples/salon.xlsx") },
    }
}

/// A small table to fill in: headings of that language and one example row. UTF-8 with a byte order mark.
#[must_use]
pub const fn template(kind: ItemKind, language: Language) -> SampleFile {
    macro_rules! file {
        ($name:literal) => {
            SampleFile { name: $name, bytes: include_bytes!(concat!("templates/", $name)) }
        };
    }
    match (kind, language) {
        (ItemKind::Product, Language::En) => file!("products-en.csv"),
        (ItemKind::Product, Language::Es) => file!("products-es.csv"),
        (ItemKind::Product, Language::Ru) => file!("products-ru.csv"),
        (ItemKind::Product, Language::Kk) => file!("products-kk.csv"),
        (ItemKind::Service, Language::En) => file!("services-en.csv"),
        (ItemKind::Service, Language::Es) => file!("services-es.csv"),
        (ItemKind::Service, Language::Ru) => file!("services-ru.csv"),
        (ItemKind::Service, Language::Kk) => file!("services-kk.csv"),
    }
}
