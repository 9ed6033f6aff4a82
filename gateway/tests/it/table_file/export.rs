//! What is written is read as it was, and no cell of it is a formula.

use super::support::{file, load, sample};
use domain::catalog::Item;
use domain::catalog::export::export_columns;
use domain::catalog::row::Problem;
use domain::money::Currency;
use gateway::table_file::export::{CsvExport, XlsxExport};
use std::io::Cursor;

fn as_csv(items: &[Item], currency: Currency) -> Vec<u8> {
    let mut export = CsvExport::new(Vec::new(), export_columns(items), items[0].kind, currency).unwrap();
    for item in items {
        export.write(item).unwrap();
    }
    export.finish().unwrap()
}

fn as_xlsx(items: &[Item], currency: Currency) -> Vec<u8> {
    let mut export = XlsxExport::new(export_columns(items), items[0].kind, currency).unwrap();
    for item in items {
        export.write(item).unwrap();
    }
    let mut bytes = Cursor::new(Vec::new());
    export.finish(&mut bytes).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn every_sample_comes_back_from_both_formats() {
    for (name, currency) in [
        ("flowers.csv", Currency::EUR),
        ("hotel.csv", Currency::EUR),
        ("market.xlsx", Currency::EUR),
        ("salon.xlsx", Currency::KZT),
    ] {
        let items = load(&sample(name), currency).await.unwrap().items;
        for (format, bytes) in [("csv", as_csv(&items, currency)), ("xlsx", as_xlsx(&items, currency))] {
            let again = load(&file(&format!("again.{format}"), &bytes), currency).await.unwrap();
            assert_eq!(
                again.problems.iter().filter(|problem| problem.is_error()).collect::<Vec<&Problem>>(),
                Vec::<&Problem>::new(),
                "{name} {format}"
            );
            assert_eq!(again.items, items, "{name} {format}");
        }
    }
}

#[tokio::test]
async fn a_catalogue_of_both_kinds_comes_back() {
    let mut items = load(&sample("flowers.csv"), Currency::EUR).await.unwrap().items;
    items.extend(load(&sample("hotel.csv"), Currency::EUR).await.unwrap().items);
    let again = load(&file("both.csv", &as_csv(&items, Currency::EUR)), Currency::EUR).await.unwrap();
    assert_eq!(again.items, items);
}

#[tokio::test]
async fn formulas_are_guarded_and_come_back() {
    let signs = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\"=", "'=", "' +", "''@"];
    let template = load(&sample("flowers.csv"), Currency::EUR).await.unwrap().items.swap_remove(0);
    let items: Vec<Item> = (1..)
        .zip(signs)
        .map(|(number, sign)| Item {
            key: number.to_string(),
            sku: Some(number.to_string()),
            name: format!("{sign}HYPERLINK(\"https://evil.example\")"),
            description: format!("{sign}cmd|' /C calc'!A0"),
            ..template.clone()
        })
        .collect();
    let bytes = as_csv(&items, Currency::EUR);
    let mut written = ::csv::Reader::from_reader(bytes.as_slice());
    for record in written.records() {
        for cell in &record.unwrap() {
            assert!(
                !cell
                    .trim_start_matches([' ', '"'])
                    .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']),
                "{cell}"
            );
        }
    }
    for (format, bytes) in [("csv", bytes), ("xlsx", as_xlsx(&items, Currency::EUR))] {
        let again = load(&file(&format!("formulas.{format}"), &bytes), Currency::EUR).await.unwrap();
        assert_eq!(again.items, items, "{format}");
    }
}
