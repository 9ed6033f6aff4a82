//! Text files: encodings, separators, quotation marks, titles above the headings.

use super::support::{file, load, refused};
use domain::catalog::problem::{Problem, ProblemCode};
use domain::catalog::row::Cell;
use domain::money::Currency;
use gateway::table_file::encoding::{Detected, detect};
use gateway::table_file::{Event, Limits, csv};
use proptest::prelude::*;

const RUSSIAN: &str = "Название;Описание;Цена\r\nКружка синяя;Керамическая кружка для чая;9,50\r\n";
const SPANISH: &str = "Nombre,Descripción,Precio\nJamón ibérico,Pieza de 7 kg con hueso. ¡Añada al carrito!,120\n";
const KAZAKH: &str = "Атауы;Сипаттама;Бағасы\nКөк кесе;Шайға арналған қыш кесе, үлкен әрі жеңіл, ұсақ өрнекті;9,50\n";

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

async fn first_name(bytes: &[u8]) -> (String, Vec<Problem>) {
    let loaded = load(&file("encoded.csv", bytes), Currency::EUR).await.unwrap();
    (loaded.items[0].name.clone(), loaded.problems)
}

#[tokio::test]
async fn utf_16_is_read_with_and_without_a_mark() {
    for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        let (name, problems) = first_name(&utf16(SPANISH, big, mark)).await;
        assert_eq!((name.as_str(), problems.len()), ("Jamón ibérico", 0), "big {big}, mark {mark}");
    }
    assert_eq!(first_name(&utf16(RUSSIAN, false, true)).await.0, "Кружка синяя");
}

#[tokio::test]
async fn single_byte_encodings_are_read_rightly_and_named() {
    let cases = [
        (encoding_rs::WINDOWS_1252.encode(SPANISH).0, "Jamón ibérico", "windows-1252"),
        (encoding_rs::WINDOWS_1251.encode(RUSSIAN).0, "Кружка синяя", "windows-1251"),
    ];
    for (bytes, name, encoding) in cases {
        let (found, problems) = first_name(&bytes).await;
        assert_eq!(found, name);
        assert_eq!(
            problems.iter().map(|problem| problem.code.clone()).collect::<Vec<_>>(),
            [ProblemCode::EncodingGuessed { encoding: encoding.to_owned() }]
        );
    }
    // KZ-1048 is Windows-1251 with Kazakh letters in the places of letters that Russian does not use.
    let as_1251: String = KAZAKH
        .chars()
        .map(|letter| match letter {
            'қ' => 'ќ',
            'ұ' => 'ў',
            'ә' => 'ј',
            'ө' => 'ґ',
            'ғ' => 'є',
            'ү' => 'ї',
            'ң' => 'ѕ',
            other => other,
        })
        .collect();
    let (bytes, _, lost) = encoding_rs::WINDOWS_1251.encode(&as_1251);
    assert!(!lost);
    let (name, problems) = first_name(&bytes).await;
    assert_eq!(name, "Көк кесе");
    assert_eq!(problems[0].code, ProblemCode::EncodingGuessed { encoding: "KZ-1048".to_owned() });
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let mut broken = SPANISH.as_bytes().to_vec();
    broken.extend([0x81, 0x8d, 0x8f, 0x90, 0x9d, 0xff, 0xfe, 0x81]);
    assert_eq!(refused(&file("broken.csv", &broken)).await, ProblemCode::UnknownEncoding);
    let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("name,description\n青いカップ,お茶のための陶器のカップです\n");
    assert_eq!(refused(&file("japanese.csv", &japanese)).await, ProblemCode::UnknownEncoding);
    let mut odd = utf16(SPANISH, false, true);
    odd.push(b'x');
    assert_eq!(refused(&file("odd.csv", &odd)).await, ProblemCode::UnknownEncoding);
    assert_eq!(
        refused(&file("page.csv", b"<html><table><tr><td>name</td></tr></table></html>")).await,
        ProblemCode::NotATable
    );
    assert_eq!(refused(&file("picture.csv", b"\x89PNG\r\n\x1a\n0000")).await, ProblemCode::NotATable);
    assert_eq!(refused(&file("blank.csv", b"\xef\xbb\xbf \r\n\r\n")).await, ProblemCode::Empty);
}

#[tokio::test]
async fn every_separator_is_found() {
    for separator in [',', ';', '\t', '|'] {
        let text = format!(
            "name{separator}description{separator}price\n\"Taza, azul; grande | x\"{separator}De gres{separator}\"9,50\"\n"
        );
        let loaded = load(&file("separated.csv", text.as_bytes()), Currency::EUR).await.unwrap();
        assert_eq!(loaded.heading.separator, Some(separator));
        assert_eq!((loaded.items[0].name.as_str(), loaded.items[0].price_minor), ("Taza, azul; grande | x", Some(950)));
    }
    let loaded =
        load(&file("named.csv", b"sep=;\r\nname;description;price\r\na;b;1,50\r\n"), Currency::EUR).await.unwrap();
    assert_eq!(loaded.items[0].price_minor, Some(150));
}

#[tokio::test]
async fn titles_and_blank_rows_above_and_between_keep_the_numbers() {
    let text = "Прайс-лист на март\n\nname,description,price\n\na,b,1\nc,,2\n";
    let loaded = load(&file("titled.csv", text.as_bytes()), Currency::EUR).await.unwrap();
    assert_eq!((loaded.heading.row, loaded.items.len()), (3, 1));
    assert_eq!((loaded.problems[0].row, loaded.problems[0].column.as_deref()), (Some(6), Some("description")));
}

#[tokio::test]
async fn quotation_marks_out_of_place_are_told_and_never_half_read() {
    let text = "name,description,price\n\"a\"x,b,1\nc,5\" pipe,2\n\"d \"\"e\"\"\",\"two\nlines\",3\n";
    let loaded = load(&file("quotes.csv", text.as_bytes()), Currency::EUR).await.unwrap();
    assert_eq!(loaded.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["c", "d \"e\""]);
    assert_eq!(loaded.items[0].description, "5\" pipe");
    assert_eq!(loaded.items[1].description, "two\nlines");
    assert_eq!(
        (loaded.problems.len(), loaded.problems[0].row, &loaded.problems[0].code),
        (1, Some(2), &ProblemCode::BadQuotes)
    );
    let open = "name,description,price\na,b,1\n\"c,d,2\ne,f,3\n";
    assert_eq!(refused(&file("open.csv", open.as_bytes())).await, ProblemCode::BadQuotes);
}

#[tokio::test]
async fn guards_against_formulas_are_removed() {
    let text = "name,description,price,supplier_contact\n'=Fórmula,\"'-5 % hoy\",1,'+34600111222\n'quoted',b,2,\n";
    let loaded = load(&file("guards.csv", text.as_bytes()), Currency::EUR).await.unwrap();
    assert_eq!(loaded.items[0].name, "=Fórmula");
    assert_eq!(loaded.items[0].contacts.supplier.as_deref(), Some("+34600111222"));
    assert_eq!(loaded.items[1].name, "'quoted'");
}

/// Reads a text in this process, in pieces of one byte when `slow`.
fn rows_of(text: &str, slow: bool) -> Vec<Vec<String>> {
    struct Slow<'a>(&'a [u8]);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (Some(byte), Some(place)) = (self.0.first(), buffer.first_mut()) else { return Ok(0) };
            *place = *byte;
            self.0 = &self.0[1..];
            Ok(1)
        }
    }
    let mut rows = Vec::new();
    let mut take = |event: Event| {
        match event {
            Event::Heading(heading) => rows.push(heading.cells),
            Event::Row { cells, .. } => rows.push(
                cells
                    .into_iter()
                    .map(|cell| match cell {
                        Cell::Text(text) => text,
                        _ => String::new(),
                    })
                    .collect(),
            ),
            Event::Problem(problem) => panic!("{problem:?}"),
            Event::End(_) => {}
        }
        Ok(())
    };
    let limits = Limits::default();
    let read = if slow {
        csv::read(Slow(text.as_bytes()), Detected::utf8(), &limits, &mut take)
    } else {
        csv::read(text.as_bytes(), Detected::utf8(), &limits, &mut take)
    };
    read.unwrap();
    rows
}

#[test]
fn detection_reads_the_whole_file() {
    let mut late = vec![b'a'; 3_000_000];
    assert_eq!(detect(&*late).unwrap().unwrap().name(), "UTF-8");
    late.extend("ñ".as_bytes());
    assert_eq!(detect(&*late).unwrap().unwrap().name(), "UTF-8");
    late.push(0xf1);
    assert!(detect(&*late).unwrap().is_err(), "one stray byte behind the sample is not guessed away");
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_is_read_as_it_was(
        rows in proptest::collection::vec(proptest::collection::vec("[a-zñж0-9 ,;\"\n|]{0,8}[a-zñж0-9]", 3), 1..6),
        crlf in any::<bool>(),
        slow in any::<bool>(),
    ) {
        let mut writer = ::csv::WriterBuilder::new();
        if crlf {
            writer.terminator(::csv::Terminator::CRLF);
        }
        let mut writer = writer.from_writer(Vec::new());
        writer.write_record(["name", "description", "price"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let read = rows_of(&text, slow);
        prop_assert_eq!(&read[1..], &rows[..]);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), quotes in 0..4_usize) {
        let mut bytes = bytes;
        bytes.extend(b"a,\"b\"\r;\n".repeat(quotes));
        if let Ok(encoding) = detect(bytes.as_slice()).unwrap() {
            let mut last = 0;
            let _ = csv::read(bytes.as_slice(), encoding, &Limits::default(), &mut |event| {
                if let Event::Row { row, .. } = event {
                    assert!(row > last, "rows come in order");
                    last = row;
                }
                Ok(())
            });
        }
    }
}
