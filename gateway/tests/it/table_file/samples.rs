//! The sample catalogues and the broken files, each with what `samples/broken/EXPECTED.md` says.

use super::support::{Loaded, events, load, refused, sample};
use domain::catalog::heading::{Column, How};
use domain::catalog::problem::{Problem, ProblemCode, Severity};
use domain::catalog::{Area, Item, ItemKind};
use domain::money::Currency;
use gateway::table_file::{Event, Format, Limits};

async fn loaded(name: &str) -> Loaded {
    load(&sample(name), Currency::EUR).await.unwrap()
}

fn item<'a>(loaded: &'a Loaded, sku: &str) -> &'a Item {
    loaded.items.iter().find(|item| item.sku.as_deref() == Some(sku)).unwrap()
}

/// The only problem that is an error, and how many items were still read.
async fn only_error(name: &str) -> (Problem, usize) {
    let loaded = load(&sample(name), Currency::EUR).await.unwrap();
    let mut errors = loaded.problems.into_iter().filter(Problem::is_error);
    let error = errors.next().unwrap();
    assert_eq!(errors.next(), None);
    (error, loaded.items.len())
}

#[tokio::test]
async fn the_florist_loads_without_a_problem() {
    let loaded = loaded("flowers.csv").await;
    assert_eq!(loaded.problems, []);
    assert_eq!((loaded.mapping.kind, loaded.heading.format), (ItemKind::Product, Format::Csv));
    assert_eq!(loaded.heading.separator, Some(','));
    let roses = item(&loaded, "101");
    assert_eq!(
        (roses.price_minor, roses.fee_minor, roses.free_from_minor, roses.available),
        (Some(7900), Some(650), Some(12_000), Some(347))
    );
    assert_eq!((roses.delivery_time_hours, roses.payment_reminder_hours), (Some(24), Some(2)));
    assert!(matches!(&roses.area, Area::Cities(cities) if cities.len() == 5 && cities[4] == "Málaga"));
    assert!(roses.contacts.supplier.as_ref().is_some_and(|contact| contact.contains("+34600222010")));
    assert!(loaded.items.iter().any(|item| item.area == Area::Online));
    assert!(loaded.items.iter().any(Item::is_free));
    let text = std::fs::read_to_string(sample("flowers.csv")).unwrap();
    assert_eq!(loaded.items.len(), text.lines().count() - 1);
}

#[tokio::test]
async fn the_hotel_loads_as_services() {
    let loaded = loaded("hotel.csv").await;
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.mapping.kind, ItemKind::Service);
    let spa = item(&loaded, "201");
    assert_eq!((spa.duration_minutes, spa.price_minor, spa.available), (Some(90), Some(12_000), Some(273)));
    assert_eq!(spa.area, Area::Cities(vec!["Playa Blanca".to_owned(), "Costa Teguise".to_owned()]));
    assert_eq!(spa.details.not_included.as_deref(), Some("Peluquería y maquillaje"));
    assert!(loaded.items.iter().any(|item| item.fee_minor == Some(2500)));
    assert!(loaded.items.iter().any(|item| item.area == Area::Online && item.is_free()));
}

#[tokio::test]
async fn the_market_loads_from_a_workbook_with_mixed_headings() {
    let loaded = loaded("market.xlsx").await;
    assert_eq!(loaded.problems, []);
    assert_eq!((loaded.mapping.kind, loaded.heading.format), (ItemKind::Product, Format::Xlsx));
    assert_eq!((loaded.heading.sheet.as_deref(), loaded.heading.sheets.len()), (Some("Лист1"), 1));
    assert_eq!(loaded.items.len(), 14);
    let extra: Vec<&str> = loaded
        .mapping
        .columns
        .iter()
        .filter(|mapped| mapped.how == How::Extra)
        .map(|mapped| mapped.heading.as_str())
        .collect();
    assert_eq!(extra, ["ЦВЕТ ПОЛКИ", "internal note", "Поставка №"]);
    assert_eq!(item(&loaded, "701").price_minor, Some(390));
    assert_eq!(item(&loaded, "705").price_minor, Some(980), "9.800000000000001 in the file");
    assert_eq!(item(&loaded, "713").price_minor, Some(114_900), "1 149,00 in the file");
    assert!(item(&loaded, "714").is_free());
    assert_eq!(item(&loaded, "701").extra.get("internal note").map(String::as_str), Some("не мыть"));
}

#[tokio::test]
async fn the_salon_loads_from_russian_headings() {
    let loaded = load(&sample("salon.xlsx"), Currency::KZT).await.unwrap();
    assert_eq!(loaded.problems, []);
    assert_eq!((loaded.mapping.kind, loaded.items.len()), (ItemKind::Service, 12));
    assert_eq!(loaded.mapping.columns[19].column, Column::Price);
    let manicure = item(&loaded, "801");
    assert_eq!(
        (manicure.price_minor, manicure.duration_minutes, manicure.available),
        (Some(450_000), Some(60), Some(261))
    );
    assert_eq!(manicure.details.specialist.as_deref(), Some("Динара"));
    assert!(loaded.items.iter().any(|item| item.fee_minor == Some(500_000) && item.free_from_minor == Some(6_000_000)));
    assert_eq!(loaded.items.iter().filter(|item| item.area == Area::Online).count(), 3);
}

#[tokio::test]
async fn every_fault_of_a_row_names_row_column_and_reason() {
    let (problem, items) = only_error("broken/missing-name.csv").await;
    assert_eq!(
        (problem.row, problem.column.as_deref(), &problem.code, items),
        (Some(3), Some("product_name"), &ProblemCode::Missing, 2)
    );

    let (problem, items) = only_error("broken/bad-price.csv").await;
    assert_eq!(
        (problem.row, problem.column.as_deref(), &problem.code, items),
        (Some(4), Some("price_eur"), &ProblemCode::NotAnAmount, 2)
    );
    assert_eq!(problem.value.as_deref(), Some("18,O0"));

    let (problem, items) = only_error("broken/duplicate-sku.csv").await;
    let duplicate = ProblemCode::DuplicateSku { first_row: 2 };
    assert_eq!((problem.row, problem.column.as_deref(), &problem.code, items), (Some(4), Some("sku"), &duplicate, 2));

    let (problem, items) = only_error("broken/formula-cells.xlsx").await;
    assert_eq!(
        (problem.row, problem.column.as_deref(), &problem.code, items),
        (Some(3), Some("price_eur"), &ProblemCode::FormulaWithoutValue, 2)
    );
    assert_eq!(problem.value.as_deref(), Some("=6+1.2"));

    let (problem, items) = only_error("broken/huge-cell.csv").await;
    let text = std::fs::read_to_string(sample("broken/huge-cell.csv")).unwrap();
    let length = text.lines().nth(2).unwrap().split(',').nth(2).unwrap().chars().count() as u64;
    assert_eq!((problem.row, problem.column.as_deref(), items), (Some(3), Some("description"), 2));
    assert_eq!(problem.code, ProblemCode::TooLong { length, limit: 10_000 });
    assert!(length > 110_000 && problem.value.unwrap().chars().count() < 100);
}

#[tokio::test]
async fn windows_1251_is_read_rightly_and_told() {
    let loaded = loaded("broken/cp1251.csv").await;
    assert_eq!(loaded.items[0].name, "Кружка синяя");
    assert_eq!(loaded.items[0].area, Area::Cities(vec!["Валенсия".to_owned()]));
    assert_eq!(loaded.problems.len(), 1);
    assert_eq!(loaded.problems[0].code, ProblemCode::EncodingGuessed { encoding: "windows-1251".to_owned() });
    assert_eq!(loaded.problems[0].severity, Severity::Notice);
}

#[tokio::test]
async fn a_file_without_rows_is_refused() {
    assert_eq!(refused(&sample("broken/empty.csv")).await, ProblemCode::Empty);
    assert_eq!(refused(&sample("broken/header-only.csv")).await, ProblemCode::NoRows);
}

#[tokio::test]
async fn semicolons_and_a_byte_order_mark_simply_load() {
    for name in ["broken/semicolon.csv", "broken/bom.csv"] {
        let loaded = loaded(name).await;
        assert_eq!(loaded.problems, [], "{name}");
        assert_eq!(
            loaded.items.iter().map(|item| item.price_minor).collect::<Vec<_>>(),
            [Some(950), Some(720), Some(1800)]
        );
        assert_eq!(loaded.mapping.columns[0].column, Column::Name);
    }
    let both = Area::Cities(vec!["Valencia".to_owned(), "Madrid".to_owned()]);
    assert!(loaded("broken/semicolon.csv").await.items.iter().all(|item| item.area == both));
}

#[tokio::test]
async fn rows_are_numbered_as_a_spreadsheet_does() {
    let events = events(&sample("salon.xlsx"), Some("Прайс"), &Limits::default()).await.unwrap();
    assert!(matches!(&events[0], Event::Heading(heading) if heading.row == 1));
    assert!(matches!(&events[1], Event::Row { row: 2, .. }));
    assert!(matches!(events.last(), Some(Event::End(summary)) if summary.rows == 12));
}

#[tokio::test]
async fn every_catalogue_of_the_rehearsals_loads_whole() {
    let folder = sample("../rehearsals/knowledge");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for path in files {
        // The currency of a rehearsal stands in its script; here only that no cell is misunderstood counts.
        let loaded = load(&path, Currency::EUR).await.unwrap();
        let errors: Vec<_> = loaded.problems.iter().filter(|problem| problem.is_error()).collect();
        assert!(errors.is_empty(), "{path:?}: {errors:?}");
        let lost: Vec<_> = loaded.mapping.columns.iter().filter(|mapped| mapped.how == How::Twice).collect();
        assert!(lost.is_empty(), "{path:?}: {lost:?}");
    }
}
