//! Which column of a file means what. Owners head their columns in four languages and many spellings; a mapping is
//! proposed here, shown to the owner, and can be changed before anything is read (R71, R73, commerce.md "Columns").

mod words;

use super::ItemKind;
use super::problem::{Problem, ProblemCode, Suggestion};
use crate::money::Currency;
use crate::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column holds. Product and service columns that mean the same for a cart are one: see [`Column::canonical`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// kind: product or service, in a file that has both.
    Kind,
    /// product_name, service_name
    Name,
    /// sku
    Sku,
    /// description
    Description,
    /// unit
    Unit,
    /// category, service_category
    Category,
    /// service_subcategory
    Subcategory,
    /// tags
    Tags,
    /// online: yes or no
    Online,
    /// price, price_eur: of one unit
    Price,
    /// logistics_price, travel_fee: once an order
    Fee,
    /// free_delivery, free_travel_threshold: the sum from which there is no fee
    FreeFrom,
    /// stock_units, slots_available
    Available,
    /// delivery_time_hours
    DeliveryTime,
    /// payment_reminder: hours
    PaymentReminder,
    /// duration
    Duration,
    /// capacity: seats in one slot
    Capacity,
    /// format
    Format,
    /// cities, location
    Area,
    /// website_url
    WebsiteUrl,
    /// image_url
    ImageUrl,
    /// video_url
    VideoUrl,
    /// included
    Included,
    /// not_included
    NotIncluded,
    /// what_guarantee
    Guarantee,
    /// what_not_guarantee
    NotGuarantee,
    /// suitable_for
    SuitableFor,
    /// not_suitable_for
    NotSuitableFor,
    /// specialist_initials
    Specialist,
    /// specialist_area
    SpecialistArea,
    /// details
    Recommendations,
    /// company
    Company,
    /// supplier_contact
    SupplierContact,
    /// supplier_company_services
    SupplierServices,
    /// warehouse_address
    Warehouse,
    /// specialist_contact
    SpecialistContact,
    /// office_address
    Office,
    /// A column without a meaning here, kept as written under its heading.
    Extra(String),
}

impl Column {
    /// The canonical heading of commerce.md for items of that kind; the own heading for an extra column.
    #[must_use]
    pub fn canonical(&self, kind: ItemKind) -> &str {
        if let Self::Extra(heading) = self {
            return heading;
        }
        let entries = || words::CANONICAL.iter().filter(|(column, _, _)| column == self);
        entries()
            .find(|(_, only, _)| *only == Some(kind))
            .or_else(|| entries().find(|(_, only, _)| only.is_none()))
            .or_else(|| entries().next())
            .map_or("", |(_, _, heading)| heading)
    }

    /// Every column that has a meaning, in the order in which files are written.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut columns: Vec<Self> = Vec::new();
        for (column, _, _) in words::CANONICAL {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }
}

/// How a heading was understood, from certain to not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A canonical heading.
    Canonical,
    /// A known word of one of the four languages.
    Synonym,
    /// A known word with a slip of the pen; the owner is told.
    Guess,
    /// Chosen by the owner.
    Chosen,
    /// Means a column that an earlier heading already is; kept as an extra column and told.
    Twice,
    /// No meaning here.
    Extra,
}

/// The unit of time in which the numbers of a column are written, as its heading says: `Срок доставки (дней)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of 24 hours.
    Days,
}

impl TimeUnit {
    /// Minutes in one unit.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        match self {
            Self::Minutes => 1,
            Self::Hours => 60,
            Self::Days => 24 * 60,
        }
    }
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The heading as it stands in the file.
    pub heading: String,
    /// What it holds.
    pub column: Column,
    /// How that was found.
    pub how: How,
    /// Set when the word is used for items of one kind only (`stock_units`).
    pub only: Option<ItemKind>,
    /// The unit of time that the heading names.
    pub unit: Option<TimeUnit>,
    /// The currency that the heading names.
    pub currency: Option<Currency>,
}

/// Which column of a file means what, and whether its rows are products or services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The columns, in the order of the file.
    pub columns: Vec<MappedColumn>,
    /// What a row is when nothing in it says otherwise.
    pub kind: ItemKind,
}

impl Mapping {
    /// The same with another meaning for one column, as the owner chose. An earlier column with that meaning becomes
    /// an extra one. An index outside the file changes nothing.
    #[must_use]
    pub fn with_override(mut self, index: usize, column: Column) -> Self {
        if index >= self.columns.len() {
            return self;
        }
        let only = only_kind(&column);
        if !matches!(column, Column::Extra(_)) {
            for (other, mapped) in self.columns.iter_mut().enumerate() {
                if other != index && mapped.column == column && overlap(mapped.only, only) {
                    mapped.column = Column::Extra(mapped.heading.clone());
                    mapped.how = How::Extra;
                }
            }
        }
        if let Some(mapped) = self.columns.get_mut(index) {
            mapped.column = column;
            mapped.how = How::Chosen;
            mapped.only = only;
        }
        self
    }

    /// The same with another kind for its rows, as the owner chose.
    #[must_use]
    pub fn with_kind(mut self, kind: ItemKind) -> Self {
        self.kind = kind;
        self
    }

    /// Where the column stands for rows of that kind.
    #[must_use]
    pub fn position(&self, column: &Column, kind: ItemKind) -> Option<usize> {
        let found = |wanted: Option<ItemKind>| {
            self.columns.iter().position(|mapped| &mapped.column == column && mapped.only == wanted)
        };
        found(Some(kind))
            .or_else(|| found(None))
            .or_else(|| self.columns.iter().position(|mapped| &mapped.column == column))
    }

    /// What the owner should know before a row is read. Required columns that are absent are errors: then no row can
    /// become an item, and that is said once, not for every row. `row` is where the headings stand.
    #[must_use]
    pub fn problems(&self, row: u32, currency: Currency) -> Vec<Problem> {
        let mut problems = Vec::new();
        for column in [Column::Name, Column::Description] {
            if self.position(&column, self.kind).is_none() {
                let missing = Problem::of_cell(row, column.canonical(self.kind), ProblemCode::Missing, None);
                problems.push(missing.advising(Suggestion::AddColumn));
            }
        }
        if self.position(&Column::Price, self.kind).is_none() {
            problems.push(
                Problem::of_cell(row, Column::Price.canonical(self.kind), ProblemCode::NoPriceColumn, None).notice(),
            );
        }
        for mapped in &self.columns {
            let canonical = || mapped.column.canonical(self.kind).to_owned();
            match mapped.how {
                How::Twice => {
                    let first = recognised(&mapped.heading)
                        .and_then(|found| self.columns.iter().find(|other| other.column == found.column))
                        .map_or_else(String::new, |other| other.heading.clone());
                    problems.push(
                        Problem::of_cell(row, &mapped.heading, ProblemCode::HeadingTwice { first }, None).notice(),
                    );
                }
                How::Guess => {
                    let code = ProblemCode::HeadingGuessed { column: canonical() };
                    problems.push(Problem::of_cell(row, &mapped.heading, code, None).notice());
                }
                _ => {}
            }
            let is_sum = matches!(mapped.column, Column::Price | Column::Fee | Column::FreeFrom);
            if is_sum && mapped.currency.is_some_and(|named| named != currency) {
                problems.push(Problem::of_cell(row, &mapped.heading, ProblemCode::OtherCurrency, None).notice());
            }
        }
        problems
    }
}

/// Proposes a mapping. Product or service follows from the headings; where they don't tell, from `hint` (the type of
/// the company), and at last it is a product. A second heading for the same column becomes an extra column.
#[must_use]
pub fn map_headings(headings: &[String], hint: Option<ItemKind>) -> Mapping {
    let mut columns: Vec<MappedColumn> = headings
        .iter()
        .map(|heading| {
            let found = recognised(heading);
            MappedColumn {
                heading: heading.clone(),
                column: found.as_ref().map_or_else(|| Column::Extra(heading.clone()), |found| found.column.clone()),
                how: found.as_ref().map_or(How::Extra, |found| found.how),
                only: found.as_ref().and_then(|found| found.only),
                unit: time_unit(heading),
                currency: currency_in(heading),
            }
        })
        .collect();

    // A certain heading wins over a guess that stands before it.
    for index in 0..columns.len() {
        let Some(mapped) = columns.get(index).cloned() else { continue };
        if mapped.how == How::Extra {
            continue;
        }
        let taken = columns.iter().enumerate().any(|(other, rival)| {
            other != index
                && rival.column == mapped.column
                && overlap(rival.only, mapped.only)
                && !matches!(rival.how, How::Twice | How::Extra)
                && (other < index && rival.how != How::Guess
                    || mapped.how == How::Guess && (rival.how != How::Guess || other < index))
        });
        if taken && let Some(loser) = columns.get_mut(index) {
            loser.column = Column::Extra(loser.heading.clone());
            loser.how = if mapped.how == How::Guess { How::Extra } else { How::Twice };
        }
    }

    let kind = kind_of(&columns, hint);
    Mapping { columns, kind }
}

/// What a heading means, whatever its case, spacing, accents, units and language; `None` for an extra column.
#[must_use]
pub fn recognise(heading: &str) -> Option<Column> {
    recognised(heading).map(|found| found.column)
}

/// Whether a heading is a canonical one or a known word, without guessing: enough to find the row of headings.
#[must_use]
pub fn is_known(heading: &str) -> bool {
    exact(heading).is_some()
}

/// A heading as it is compared: folded words with single spaces, nothing else.
#[must_use]
pub fn normalise(heading: &str) -> String {
    let folded = fold(heading);
    let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Found {
    column: Column,
    only: Option<ItemKind>,
    how: How,
}

type Meaning = (Column, Option<ItemKind>, How);
type Words = HashMap<String, Meaning>;

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let tables = [(words::SYNONYMS, How::Synonym), (words::CANONICAL, How::Canonical)];
    let mut all = Words::new();
    for (table, how) in tables {
        for (column, only, words) in table {
            for word in words.split(", ") {
                all.insert(normalise(word), (column.clone(), *only, how));
            }
        }
    }
    // "Atención proveedor" is "atención del proveedor": small words between matter only where two columns differ by them.
    let mut shorter: Vec<(String, Meaning)> = all
        .iter()
        .map(|(word, meaning)| (without_joining(word), meaning.clone()))
        .filter(|(word, _)| !word.is_empty() && !all.contains_key(word))
        .collect();
    shorter.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.0.cmp(&b.1.0)));
    for (at, (word, meaning)) in shorter.iter().enumerate() {
        let ambiguous = shorter
            .iter()
            .skip(at.saturating_sub(8))
            .take(17)
            .any(|(other, known)| other == word && known.0 != meaning.0);
        if !ambiguous {
            all.insert(word.clone(), meaning.clone());
        }
    }
    all
});

/// A normalised heading without articles and prepositions.
fn without_joining(normalised: &str) -> String {
    let small = ["de", "del", "la", "el", "los", "las", "of", "the", "для", "по", "о"];
    normalised.split(' ').filter(|word| !small.contains(word)).collect::<Vec<_>>().join(" ")
}

fn recognised(heading: &str) -> Option<Found> {
    exact(heading).or_else(|| guess(&without_units(&normalise(&outside_brackets(heading)))))
}

fn exact(heading: &str) -> Option<Found> {
    if heading.len() > 400 {
        return None;
    }
    let whole = normalise(heading);
    let without_brackets = normalise(&outside_brackets(heading));
    let bare = [without_units(&without_brackets), without_units(&whole)];
    let short = without_joining(&bare[0]);
    let (column, only, how) =
        [whole, without_brackets].iter().chain(&bare).chain([&short]).find_map(|candidate| WORDS.get(candidate))?;
    Some(Found { column: column.clone(), only: *only, how: *how })
}

/// A known word with one slip of the pen (two in a long one); none when two columns are equally near.
fn guess(heading: &str) -> Option<Found> {
    let length = heading.chars().count();
    let allowed = match length {
        0..=5 => return None,
        6..=11 => 1,
        12..=60 => 2,
        _ => return None,
    };
    let mut best: Option<(usize, &Column, Option<ItemKind>)> = None;
    let mut ambiguous = false;
    for (word, (column, only, _)) in WORDS.iter() {
        let distance = edit_distance(heading, word, allowed);
        if distance > allowed {
            continue;
        }
        match best {
            Some((nearest, _, _)) if distance > nearest => {}
            Some((nearest, chosen, _)) if distance == nearest => ambiguous |= chosen != column,
            _ => {
                best = Some((distance, column, *only));
                ambiguous = false;
            }
        }
    }
    let (_, column, only) = best.filter(|_| !ambiguous)?;
    Some(Found { column: column.clone(), only, how: How::Guess })
}

/// Levenshtein distance, or something above `limit` as soon as it is certain to be above.
fn edit_distance(left: &str, right: &str, limit: usize) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let replaced = previous[j] + usize::from(a != b);
            current.push(replaced.min(previous[j + 1] + 1).min(current[j] + 1));
        }
        previous = current;
    }
    previous[right.len()]
}

fn outside_brackets(heading: &str) -> String {
    let mut depth = 0_u32;
    heading
        .chars()
        .filter(|character| match character {
            '(' | '[' | '{' | '（' => {
                depth += 1;
                false
            }
            ')' | ']' | '}' | '）' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// What may stand at the end of a heading beside its name.
#[derive(Clone, Copy)]
enum UnitWord {
    Time(TimeUnit),
    Money(Currency),
    /// "en euros", "в часах"
    Joining,
}

static UNITS: LazyLock<HashMap<String, UnitWord>> = LazyLock::new(|| {
    let money = |code: &str| Currency::parse(code).map(UnitWord::Money);
    let tables: [(Option<UnitWord>, &str); 9] = [
        (
            Some(UnitWord::Time(TimeUnit::Minutes)),
            "min mins minute minutes minuto minutos мин минут минута минуты минутах минутпен",
        ),
        (
            Some(UnitWord::Time(TimeUnit::Hours)),
            "h hr hrs hour hours hora horas ч час часа часов часы часах сағ сағат сағатпен",
        ),
        (Some(UnitWord::Time(TimeUnit::Days)), "d day days dia dias дн день дня дней дни днях сут суток күн күнмен"),
        (money("EUR"), "eur euro euros евро еуро"),
        (money("KZT"), "kzt tenge тенге теңге тг тнг"),
        (money("RUB"), "rub rur ruble rubles руб рубль рублей рубли"),
        (money("USD"), "usd dollar dollars dolar dolares доллар долларов долл"),
        (money("GBP"), "gbp pound pounds libra libras фунт фунтов"),
        (Some(UnitWord::Joining), "in en в за por de"),
    ];
    let named = tables.into_iter().filter_map(|(unit, words)| Some((unit?, words)));
    named.flat_map(|(unit, words)| words.split(' ').map(move |word| (normalise(word), unit))).collect()
});

/// Without currencies and units of time at the end.
fn without_units(normalised: &str) -> String {
    let mut words: Vec<&str> = normalised.split(' ').collect();
    let all = words.len();
    while words.len() > 1 {
        match words.last().and_then(|word| UNITS.get(*word)) {
            Some(UnitWord::Joining) if words.len() == all => break,
            Some(_) => {
                words.pop();
            }
            None => break,
        }
    }
    words.join(" ")
}

fn time_unit(heading: &str) -> Option<TimeUnit> {
    normalise(heading).split(' ').rev().find_map(|word| match UNITS.get(word) {
        Some(UnitWord::Time(unit)) => Some(*unit),
        _ => None,
    })
}

fn currency_in(heading: &str) -> Option<Currency> {
    let signs = [('€', "EUR"), ('$', "USD"), ('₸', "KZT"), ('₽', "RUB"), ('£', "GBP")];
    let by_sign = signs.iter().find(|(sign, _)| heading.contains(*sign)).and_then(|(_, code)| Currency::parse(code));
    by_sign.or_else(|| {
        normalise(heading).split(' ').rev().find_map(|word| match UNITS.get(word) {
            Some(UnitWord::Money(currency)) => Some(*currency),
            _ => None,
        })
    })
}

fn overlap(left: Option<ItemKind>, right: Option<ItemKind>) -> bool {
    left.is_none() || right.is_none() || left == right
}

/// The kind that a column is for when it has only canonical headings of one kind.
fn only_kind(column: &Column) -> Option<ItemKind> {
    let mut kinds = words::CANONICAL.iter().filter(|(other, _, _)| other == column).map(|(_, only, _)| *only);
    let first = kinds.next()?;
    kinds.all(|only| only == first).then_some(first).flatten()
}

fn kind_of(columns: &[MappedColumn], hint: Option<ItemKind>) -> ItemKind {
    let votes = |kind: ItemKind| {
        let weight = |mapped: &MappedColumn| if mapped.column == Column::Name { 10 } else { 1 };
        columns
            .iter()
            .filter(|mapped| mapped.only == Some(kind) && !matches!(mapped.column, Column::Extra(_)))
            .map(weight)
            .sum::<i32>()
    };
    let (products, services) = (votes(ItemKind::Product), votes(ItemKind::Service));
    match products.cmp(&services) {
        std::cmp::Ordering::Greater => ItemKind::Product,
        std::cmp::Ordering::Less => ItemKind::Service,
        std::cmp::Ordering::Equal => hint.unwrap_or(ItemKind::Product),
    }
}

#[cfg(test)]
mod tests;
