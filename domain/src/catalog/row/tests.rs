use super::super::export::{export_columns, export_headings, export_row};
use super::super::heading::map_headings;
use super::super::{Contacts, Details};
use super::*;
use proptest::prelude::*;

fn reader(headings: &[&str]) -> RowReader {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    RowReader::new(map_headings(&headings, None), Currency::EUR, Defaults::default())
}

fn cells(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) }).collect()
}

const HEADINGS: [&str; 5] = ["product_name", "sku", "description", "price_eur", "cities"];

/// The one problem of a row, as (row, column, code, value).
fn only_problem(outcome: &RowOutcome) -> (Option<u32>, &str, &ProblemCode, Option<&str>) {
    assert_eq!(outcome.problems.len(), 1, "{outcome:?}");
    let problem = &outcome.problems[0];
    (problem.row, problem.column.as_deref().unwrap_or_default(), &problem.code, problem.value.as_deref())
}

#[test]
fn a_sound_row_becomes_an_item() {
    let outcome = reader(&HEADINGS)
        .read(2, &cells(&[" Taza azul ", "1", "Taza de cerámica", "9,50", "[\"Valencia\", \"Madrid\"]"]));
    assert_eq!(outcome.problems, []);
    let item = outcome.item.unwrap();
    assert_eq!((item.key.as_str(), item.name.as_str(), item.price_minor), ("1", "Taza azul", Some(950)));
    assert_eq!(item.area, Area::Cities(vec!["Valencia".to_owned(), "Madrid".to_owned()]));
    assert_eq!(item.kind, ItemKind::Product);
}

#[test]
fn a_missing_name_names_row_and_column() {
    let outcome = reader(&HEADINGS).read(3, &cells(&["  ", "2", "Plato", "7.20", ""]));
    assert_eq!(only_problem(&outcome), (Some(3), "product_name", &ProblemCode::Missing, None));
    assert_eq!(outcome.problems[0].suggestion, Suggestion::FillIn);
    assert_eq!(outcome.item, None);
}

#[test]
fn a_letter_among_digits_is_no_sum() {
    let outcome = reader(&HEADINGS).read(4, &cells(&["Jarra", "3", "De gres", "18,O0", ""]));
    assert_eq!(only_problem(&outcome), (Some(4), "price_eur", &ProblemCode::NotAnAmount, Some("18,O0")));
    assert_eq!(outcome.item, None);
}

#[test]
fn a_duplicate_names_the_first_row_and_replaces_nothing() {
    let mut reader = reader(&HEADINGS);
    assert!(reader.read(2, &cells(&["Taza", "1", "a", "1", ""])).item.is_some());
    assert!(reader.read(3, &cells(&["Plato", "", "a", "1", ""])).item.is_some());
    let outcome = reader.read(4, &cells(&["Jarra", "1", "a", "1", ""]));
    assert_eq!(only_problem(&outcome), (Some(4), "sku", &ProblemCode::DuplicateSku { first_row: 2 }, Some("1")));
    assert_eq!(outcome.item, None);
    let outcome = reader.read(5, &cells(&["  PLATÓ ", "", "b", "2", ""]));
    assert_eq!(
        only_problem(&outcome),
        (Some(5), "product_name", &ProblemCode::DuplicateName { first_row: 3 }, Some("PLATÓ"))
    );
    assert!(reader.read(6, &cells(&["Plato", "9", "same name, own sku", "2", ""])).item.is_some());
}

#[test]
fn a_long_cell_is_told_by_length_and_never_repeated() {
    let outcome = reader(&HEADINGS).read(
        3,
        &[
            Cell::Text("Plato".to_owned()),
            Cell::Empty,
            Cell::Long { start: "Plato hondo ".repeat(15), length: 120_000 },
        ],
    );
    let (row, column, code, value) = only_problem(&outcome);
    assert_eq!((row, column, code), (Some(3), "description", &ProblemCode::TooLong { length: 120_000, limit: 10_000 }));
    assert!(value.unwrap().chars().count() <= SHOWN_CHARACTERS + 1);
    let long = "ж".repeat(301);
    let outcome = reader(&HEADINGS).read(4, &cells(&[&long, "", "d", "", ""]));
    assert_eq!(only_problem(&outcome).2, &ProblemCode::TooLong { length: 301, limit: 300 });
    assert!(reader(&HEADINGS).read(4, &cells(&[&"ж".repeat(300), "", &"ж".repeat(10_000), "", ""])).item.is_some());
}

#[test]
fn a_formula_without_a_value_never_makes_an_item_free() {
    let row = [
        Cell::Text("Plato".to_owned()),
        Cell::Number("2".to_owned()),
        Cell::Text("d".to_owned()),
        Cell::FormulaWithoutValue("=6+1.2".to_owned()),
    ];
    let outcome = reader(&HEADINGS).read(3, &row);
    assert_eq!(only_problem(&outcome), (Some(3), "price_eur", &ProblemCode::FormulaWithoutValue, Some("=6+1.2")));
    assert_eq!(outcome.item, None);
    let outcome =
        reader(&["product_name", "description", "note"]).read(3, &[row[0].clone(), row[2].clone(), row[3].clone()]);
    assert!(outcome.item.is_some() && !outcome.problems[0].is_error(), "in an extra column it is only a notice");
}

#[test]
fn an_empty_price_is_free_and_numbers_of_a_spreadsheet_lose_their_noise() {
    let number = |text: &str| Cell::Number(text.to_owned());
    let text = |text: &str| Cell::Text(text.to_owned());
    let read = |price: Cell| {
        reader(&HEADINGS)
            .read(2, &[text("a"), number("701"), text("b"), price])
            .item
            .map(|item| (item.sku, item.price_minor))
    };
    assert_eq!(read(Cell::Empty), Some((Some("701".to_owned()), None)));
    assert_eq!(read(number("9.800000000000001")), Some((Some("701".to_owned()), Some(980))));
    assert_eq!(read(Cell::Bool(true)), None);
    assert_eq!(read(Cell::DateTime("2026-05-01".to_owned())), None);
}

#[test]
fn cells_behind_the_last_heading_are_a_problem() {
    let outcome = reader(&HEADINGS).read(3, &cells(&["Jarra", "3", "De gres", "18", "Valencia", "", "Madrid"]));
    assert_eq!(only_problem(&outcome).2, &ProblemCode::ExtraCells { count: 1 });
    assert_eq!(outcome.item, None);
    let empty = reader(&HEADINGS).read(4, &cells(&["", " ", ""]));
    assert_eq!((empty.item, empty.problems.len(), empty.key), (None, 0, None));
}

#[test]
fn a_sheet_with_both_kinds_reads_each_row_as_its_own() {
    let headings =
        ["product_name", "service_name", "description", "price", "stock_units", "slots_available", "duration"];
    let mut reader = reader(&headings);
    let product = reader.read(2, &cells(&["Rosa", "", "a", "1", "7", "", ""])).item.unwrap();
    let service = reader.read(3, &cells(&["", "Manicura", "b", "2", "", "5", "1 h"])).item.unwrap();
    assert_eq!((product.kind, product.available), (ItemKind::Product, Some(7)));
    assert_eq!((service.kind, service.available, service.duration_minutes), (ItemKind::Service, Some(5), Some(60)));
}

#[test]
fn online_comes_from_the_place_or_from_its_own_column() {
    let mut reader = reader(&["name", "description", "location", "online"]);
    assert_eq!(reader.read(2, &cells(&["a", "x", "Онлайн", ""])).item.unwrap().area, Area::Online);
    assert_eq!(reader.read(3, &cells(&["b", "x", "Madrid", "да"])).item.unwrap().area, Area::Online);
    assert_eq!(reader.read(4, &cells(&["c", "x", "", "no"])).item.unwrap().area, Area::Everywhere);
    assert_eq!(reader.read(5, &cells(&["d", "x", "", "maybe"])).problems[0].code, ProblemCode::NotYesOrNo);
}

#[test]
fn defaults_fill_empty_cells_of_the_fitting_kind() {
    let headings = ["service_name".to_owned(), "description".to_owned(), "payment_reminder".to_owned()];
    let defaults =
        Defaults { payment_reminder_hours: Some(5), delivery_time_hours: Some(24), duration_minutes: Some(45) };
    let mut reader = RowReader::new(map_headings(&headings, None), Currency::EUR, defaults);
    let item = reader.read(2, &cells(&["a", "b", ""])).item.unwrap();
    assert_eq!(
        (item.payment_reminder_hours, item.delivery_time_hours, item.duration_minutes),
        (Some(5), None, Some(45))
    );
    assert_eq!(reader.read(3, &cells(&["c", "b", "2"])).item.unwrap().payment_reminder_hours, Some(2));
}

#[test]
fn extra_columns_stay_under_their_headings() {
    let mut reader = reader(&["name", "description", "internal note", "", "internal note"]);
    let item = reader.read(2, &cells(&["a", "b", "не мыть", "x", "y"])).item.unwrap();
    let extra: Vec<_> = item.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(extra, [("D", "x"), ("internal note", "не мыть"), ("internal note (2)", "y")]);
}

#[test]
fn control_characters_never_reach_an_item() {
    let item = reader(&HEADINGS).read(2, &cells(&["Ta\0za\u{7}", "1", "one\r\ntwo\rthree", "1", ""])).item.unwrap();
    assert_eq!((item.name.as_str(), item.description.as_str()), ("Taza", "one\ntwo\nthree"));
}

#[test]
fn what_nothing_depends_on_is_told_and_kept_as_written() {
    let headings = ["service_name", "description", "price", "slots_available", "duration", "image_url"];
    let mut reader = reader(&headings);
    let outcome = reader.read(2, &cells(&["a", "x", "1", "", "as long as it takes", "foto1.jpg"]));
    let item = outcome.item.unwrap();
    assert_eq!(outcome.problems.iter().map(Problem::is_error).collect::<Vec<_>>(), [false, false]);
    assert_eq!((item.duration_minutes, item.image_url), (None, None));
    assert_eq!(item.extra.get("duration").map(String::as_str), Some("as long as it takes"));
    assert_eq!(item.extra.get("image_url").map(String::as_str), Some("foto1.jpg"));
    let outcome = reader.read(3, &cells(&["b", "x", "1", "5", "as long as it takes", ""]));
    assert_eq!(only_problem(&outcome).2, &ProblemCode::BadDuration);
    assert_eq!(outcome.item, None, "a slot of unknown length can't be booked");
}

#[test]
fn a_range_of_time_is_read_as_its_upper_end_and_told() {
    let outcome = reader(&["name", "description", "delivery_time_hours"]).read(2, &cells(&["a", "x", "24–48"]));
    assert_eq!(only_problem(&outcome), (Some(2), "delivery_time_hours", &ProblemCode::UpperEndRead, Some("24–48")));
    assert_eq!(outcome.item.unwrap().delivery_time_hours, Some(48));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zа-яқ0-9'\"=+;,|\\[\\]{}\\\\€ .-]{1,24}"
        .prop_filter_map("clean and not empty", |text| Some(clean(&text)).filter(|text| !text.is_empty()))
}

fn city() -> impl Strategy<Value = String> {
    "[A-Z][a-zа-я]{2,8}( [a-z]{2,5})?(, [\"a-z\\\\]{1,4})?".prop_filter("not a word for everywhere or online", |city| {
        !matches!(value::area(city), Ok(Area::Online | Area::Everywhere))
    })
}

fn area() -> impl Strategy<Value = Area> {
    let cities =
        proptest::collection::btree_set(city(), 1..4).prop_map(|cities| Area::Cities(cities.into_iter().collect()));
    let distinct = |area: &Area| match area {
        Area::Cities(cities) => {
            let folded: std::collections::BTreeSet<_> = cities.iter().map(|city| fold(city)).collect();
            folded.len() == cities.len()
        }
        _ => true,
    };
    prop_oneof![Just(Area::Everywhere), Just(Area::Online), cities.prop_filter("distinct when folded", distinct)]
}

fn count() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(0..1_000_000_i64)
}

prop_compose! {
    fn item()(
        kind in prop_oneof![Just(ItemKind::Product), Just(ItemKind::Service)],
        names in (text(), proptest::option::of(text()), text()),
        texts in proptest::collection::vec(proptest::option::of(text()), 19),
        numbers in proptest::collection::vec(count(), 8),
        tags in proptest::collection::vec(text(), 0..3),
        area in area(),
        urls in proptest::collection::vec(proptest::option::of("https://[a-z]{1,9}\\.example/[a-z0-9/?=&]{0,9}"), 3),
        extra in proptest::collection::btree_map("zz[a-z]{3,6}", text(), 0..3),
    ) -> Item {
        let (name, sku, description) = names;
        let text = |index: usize| texts[index].clone();
        Item {
            key: sku.clone().unwrap_or_else(|| format!("~{}", fold(&name))),
            kind, name, sku, description, tags, area, extra,
            unit: text(0), category: text(1), subcategory: text(2), format: text(3),
            price_minor: numbers[0], fee_minor: numbers[1], free_from_minor: numbers[2], available: numbers[3],
            delivery_time_hours: numbers[4], payment_reminder_hours: numbers[5], duration_minutes: numbers[6], capacity: numbers[7],
            website_url: urls[0].clone(), image_url: urls[1].clone(), video_url: urls[2].clone(),
            details: Details {
                included: text(4), not_included: text(5), guarantee: text(6), not_guarantee: text(7), suitable_for: text(8),
                not_suitable_for: text(9), specialist: text(10), specialist_area: text(11), recommendations: text(12), company: text(13),
            },
            contacts: Contacts { supplier: text(14), supplier_services: text(15), warehouse: text(16), specialist: text(17), office: text(18) },
        }
    }
}

proptest! {
    #[test]
    fn items_written_and_read_again_are_equal(mut items in proptest::collection::vec(item(), 1..5)) {
        let mut keys = std::collections::HashSet::new();
        items.retain(|item| keys.insert(item.key.clone()));
        for item in &mut items {
            // A list entry is trimmed and never contains what the list is taken apart by once it stands alone.
            item.tags = value::list(&super::super::export::export_row(item, &[Column::Tags], Currency::EUR)[0]).unwrap_or_default();
        }
        let columns = export_columns(&items);
        let headings = export_headings(&columns, items[0].kind);
        let mut reader = RowReader::new(map_headings(&headings, Some(items[0].kind)), Currency::EUR, Defaults::default());
        for (row, item) in (2..).zip(&items) {
            let written = export_row(item, &columns, Currency::EUR);
            let outcome = reader.read(row, &written.into_iter().map(Cell::Text).collect::<Vec<_>>());
            prop_assert_eq!(&outcome.problems, &vec![]);
            prop_assert_eq!(outcome.item.as_ref(), Some(item));
        }
    }
}
