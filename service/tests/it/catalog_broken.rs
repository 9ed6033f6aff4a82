//! The table of samples/broken/EXPECTED.md, each file end to end: sent in, read, reported, and the catalogue in use whole.

use crate::catalog_support::{Shop, on_both};
use domain::catalog::Area;
use domain::catalog::problem::{Problem, ProblemCode};
use domain::language::Language;
use entity::stored::ImportStatus;
use service::catalog::{self, ImportView, problem_text};
use service::page::PageRequest;

macro_rules! broken {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../samples/broken/", $name)).as_slice())
    };
}

const LIVE: &[u8] = include_bytes!("../../../samples/flowers.csv");

/// Reads a broken file over a catalogue in use: the report, with the catalogue in use still whole.
async fn read(shop: &Shop, (name, bytes): (&str, &[u8])) -> ImportView {
    shop.import_live("flowers.csv", LIVE).await;
    let before = shop.served().await;
    let import = shop.import(name, bytes).await;
    assert!(matches!(import.row.status, ImportStatus::Done | ImportStatus::Failed), "the import ends by itself");
    assert_eq!(shop.served().await, before, "what customers are served stays");
    import
}

async fn problems(shop: &Shop, import: &ImportView) -> Vec<Problem> {
    let page = catalog::import_problems(&shop.ctx, &shop.scope, import, &PageRequest::default()).await.unwrap();
    page.rows.into_iter().map(|(_, problem)| problem).filter(Problem::is_error).collect()
}

/// The only error, its row, column and reason; the row itself is no item.
async fn only(shop: &Shop, import: &ImportView, row: u32, column: &str) -> Problem {
    assert_eq!(import.row.status, ImportStatus::Done);
    let mut problems = problems(shop, import).await;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let problem = problems.remove(0);
    assert_eq!((problem.row, problem.column.as_deref()), (Some(row), Some(column)));
    let rows = shop.rows(import.row.version_id.unwrap()).await;
    let faulty = rows.iter().find(|r| r.number == i32::try_from(row).unwrap()).unwrap();
    assert!(faulty.item.is_none() && faulty.has_error, "a row with an error is never half-read");
    assert!(rows.iter().filter(|r| r.number != faulty.number).all(|r| r.item.is_some()));
    for language in Language::ALL {
        let (message, suggestion) = problem_text(&problem, language);
        assert!(message.chars().count() < 200 && !suggestion.is_empty(), "{message}");
    }
    problem
}

on_both! {
    async fn a_missing_name_is_named(shop: Shop) {
        let import = read(&shop, broken!("missing-name.csv")).await;
        assert_eq!(only(&shop, &import, 3, "product_name").await.code, ProblemCode::Missing);
    }

    async fn a_price_with_a_letter_is_never_a_number(shop: Shop) {
        let import = read(&shop, broken!("bad-price.csv")).await;
        let problem = only(&shop, &import, 4, "price_eur").await;
        assert_eq!(problem.code, ProblemCode::NotAnAmount);
        assert_eq!(problem.value.as_deref(), Some("18,O0"));
        assert!(problem_text(&problem, Language::Es).0.contains("18,O0"));
    }

    async fn a_duplicate_sku_names_the_first_row(shop: Shop) {
        let import = read(&shop, broken!("duplicate-sku.csv")).await;
        let problem = only(&shop, &import, 4, "sku").await;
        assert_eq!(problem.code, ProblemCode::DuplicateSku { first_row: 2 });
        let rows = shop.rows(import.row.version_id.unwrap()).await;
        assert_eq!(rows.iter().filter(|row| row.key == "1").count(), 2, "neither replaces the other");
    }

    async fn a_huge_cell_is_measured_and_not_repeated(shop: Shop) {
        let import = read(&shop, broken!("huge-cell.csv")).await;
        let problem = only(&shop, &import, 3, "description").await;
        let ProblemCode::TooLong { length, limit } = problem.code else { panic!("{problem:?}") };
        assert!(length > 100_000 && limit < length);
        assert!(problem.value.as_deref().unwrap_or_default().chars().count() <= 61);
        let row = shop.rows(import.row.version_id.unwrap()).await.remove(1);
        assert!(row.cells["description"].len() < 70_000, "the draft does not carry it either");
    }

    async fn another_encoding_is_read_rightly_or_refused(shop: Shop) {
        let import = read(&shop, broken!("cp1251.csv")).await;
        match import.row.status {
            ImportStatus::Done => {
                let notice = import.file_problem().unwrap();
                assert!(matches!(&notice.code, ProblemCode::EncodingGuessed { encoding } if encoding.to_lowercase().contains("1251")), "{notice:?}");
                let rows = shop.rows(import.row.version_id.unwrap()).await;
                assert!(rows.iter().any(|row| row.name == "Кружка синяя"), "{rows:?}");
            }
            _ => assert_eq!(import.file_problem().unwrap().code, ProblemCode::UnknownEncoding),
        }
    }

    async fn a_formula_without_a_value_is_never_free(shop: Shop) {
        let import = read(&shop, broken!("formula-cells.xlsx")).await;
        let problem = only(&shop, &import, 3, "price_eur").await;
        assert_eq!(problem.code, ProblemCode::FormulaWithoutValue);
    }

    async fn an_empty_file_is_told_as_such(shop: Shop) {
        let import = read(&shop, broken!("empty.csv")).await;
        assert_eq!(import.row.status, ImportStatus::Failed);
        assert_eq!(import.file_problem().unwrap().code, ProblemCode::Empty);
        assert!(catalog::draft_version(&shop.ctx, &shop.scope).await.unwrap().is_none());
    }

    async fn headings_without_rows_empty_nothing(shop: Shop) {
        let import = read(&shop, broken!("header-only.csv")).await;
        assert_eq!(import.row.status, ImportStatus::Failed);
        assert_eq!(import.file_problem().unwrap().code, ProblemCode::NoRows);
        assert!(catalog::draft_version(&shop.ctx, &shop.scope).await.unwrap().is_none());
    }

    async fn semicolons_and_commas_simply_load(shop: Shop) {
        let import = read(&shop, broken!("semicolon.csv")).await;
        assert_eq!((import.row.status, problems(&shop, &import).await.len()), (ImportStatus::Done, 0));
        let rows = shop.rows(import.row.version_id.unwrap()).await;
        let items: Vec<_> = rows.into_iter().map(|row| row.item.unwrap()).collect();
        let prices: Vec<_> = items.iter().map(|item| item.price_minor).collect();
        assert_eq!(prices, [Some(950), Some(720), Some(1800)]);
        for item in items {
            assert_eq!(item.area, Area::Cities(vec!["Valencia".to_owned(), "Madrid".to_owned()]));
        }
    }

    async fn a_byte_order_mark_simply_loads(shop: Shop) {
        let import = read(&shop, broken!("bom.csv")).await;
        assert_eq!((import.row.status, import.row.problem_count), (ImportStatus::Done, 0), "{:?}", import.file_problems);
        assert_eq!(import.row.rows_total, Some(3));
        assert_eq!(import.mapping[0].column.as_deref(), Some("product_name"));
        assert_eq!(import.mapping[0].sample.len(), 3);
    }
}
