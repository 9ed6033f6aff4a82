//! Files made to harm (reliability.md §8 and §10 cases 113–116): each ends in a clean error within five seconds, and
//! this process neither ends nor grows.

use super::support::{
    PROGRAM, archive, events, file, load, refused, resident_bytes, sheet_data, workbook, workbook_with,
};
use domain::catalog::problem::ProblemCode;
use domain::money::Currency;
use gateway::table_file::encoding::Detected;
use gateway::table_file::{Event, Format, Limits, Stop, TableError, TableReader, csv};
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// Five seconds is the promise of the program as it ships; an unoptimised one on a busy machine is slower.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 5 });
const GROWTH: u64 = 50 * 1024 * 1024;

/// Reads a hostile file: its problem, in time and in memory.
async fn stopped(bytes: &[u8]) -> ProblemCode {
    let path = file("hostile", bytes);
    let (begun, before) = (Instant::now(), resident_bytes());
    let code = refused(&path).await;
    assert!(begun.elapsed() < PATIENCE, "{code:?} after {:?}", begun.elapsed());
    assert!(resident_bytes().saturating_sub(before) < GROWTH, "{code:?}");
    code
}

#[tokio::test]
async fn a_sheet_of_two_far_corners_costs_nothing() {
    let heading = "<c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c>";
    let far = format!(
        "<sheetData><row r=\"1\">{heading}</row><row r=\"200000\"><c r=\"SSS200000\"><v>1</v></c></row></sheetData>"
    );
    let bytes = workbook(&[("a", &far)]);
    assert!(bytes.len() < 2000, "{}", bytes.len());
    assert_eq!(stopped(&bytes).await, ProblemCode::TooManyColumns { limit: 256 });
}

#[tokio::test]
async fn what_is_read_as_a_whole_is_held_by_the_limits_of_the_child() {
    let repeated = |rows: u32, columns: u32| {
        open_document(&format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"float\" office:value=\"1\" \
             table:number-columns-repeated=\"{columns}\"/></table:table-row>"
        ))
    };
    assert_eq!(stopped(&repeated(5_600, 16_000)).await, ProblemCode::TooMuchMemory);
    assert_eq!(stopped(&repeated(1, 16_000)).await, ProblemCode::TooManyColumns { limit: 256 });
    assert_eq!(stopped(&repeated(600_000, 2)).await, ProblemCode::TooManyRows { limit: 500_000 });
}

#[tokio::test]
async fn a_sound_open_document_loads() {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |number: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>shown</text:p></table:table-cell>"
        )
    };
    let formula = "<table:table-cell table:formula=\"of:=6+1.2\"/>";
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&[text("Nombre"), text("Descripción"), text("Precio")]),
        row(&[text("Taza"), text("De gres"), number("9.8000000000000007")]),
        row(&[text("Plato"), text("Hondo"), formula.to_owned()]),
        "<table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>".to_owned(),
    ];
    let loaded = load(&file("sound.ods", &open_document(&rows.concat())), Currency::EUR).await.unwrap();
    assert_eq!((loaded.heading.format, loaded.heading.sheet.as_deref()), (Format::Ods, Some("a")));
    assert_eq!((loaded.items.len(), loaded.items[0].price_minor), (1, Some(980)));
    assert_eq!((loaded.problems[0].row, &loaded.problems[0].code), (Some(3), &ProblemCode::FormulaWithoutValue));
}

fn open_document(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"a\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

#[tokio::test]
async fn a_bomb_is_refused_by_its_directory() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/workbook.xml", options).unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let megabyte = vec![b' '; 1024 * 1024];
    for _ in 0..390 {
        zip.write_all(&megabyte).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 500_000, "{}", bytes.len());
    assert_eq!(stopped(&bytes).await, ProblemCode::TooManyBytes { limit: Limits::default().unpacked_bytes });
}

#[tokio::test]
async fn shared_strings_that_claim_too_much_end_the_child_only() {
    let strings = b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"4000000000\"><si><t>a</t></si></sst>";
    let bytes = workbook_with(&[("a", &sheet_data(&[&["name", "description"]]))], &[("xl/sharedStrings.xml", strings)]);
    let code = stopped(&bytes).await;
    assert!(matches!(code, ProblemCode::TooMuchMemory | ProblemCode::Damaged), "{code:?}");
}

#[tokio::test]
async fn a_million_rows_are_too_many() {
    let mut rows = String::from(
        "<row><c t=\"inlineStr\"><is><t>name</t></is></c><c t=\"inlineStr\"><is><t>price</t></is></c></row>",
    );
    let mut value = 1_u32;
    for _ in 0..1_000_000 {
        value = value.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        write!(rows, "<row><c><v>{value}</v></c></row>").unwrap();
    }
    let bytes = workbook(&[("a", &format!("<sheetData>{rows}</sheetData>"))]);
    drop(rows);
    assert_eq!(stopped(&bytes).await, ProblemCode::TooManyRows { limit: 500_000 });
}

#[tokio::test]
async fn too_many_columns_and_sheets_are_told() {
    let wide = vec!["x"; 16_384];
    assert_eq!(stopped(&workbook(&[("a", &sheet_data(&[&wide]))])).await, ProblemCode::TooManyColumns { limit: 256 });
    let text = format!("name,price{}\n", ",x".repeat(16_384));
    assert_eq!(stopped(text.as_bytes()).await, ProblemCode::TooManyColumns { limit: 256 });
    let data = sheet_data(&[&["name", "price"]]);
    let some: Vec<(&str, &str)> = vec![("a", data.as_str()); 600];
    assert_eq!(stopped(&workbook(&some)).await, ProblemCode::TooManySheets { limit: 512 });
    let many: Vec<(&str, &str)> = vec![("a", data.as_str()); 10_000];
    assert_eq!(stopped(&workbook(&many)).await, ProblemCode::Unsafe, "more parts than any workbook has");
}

#[tokio::test]
async fn an_archive_in_an_archive_and_other_archives_are_refused() {
    let inner = archive(&[("a.txt", b"a")]);
    assert_eq!(stopped(&archive(&[("inner.zip", &inner)])).await, ProblemCode::Unsafe);
    assert_eq!(
        stopped(&workbook_with(&[("a", "<sheetData/>")], &[("xl/inner.zip", &inner)])).await,
        ProblemCode::Unsafe
    );
    assert_eq!(stopped(&archive(&[("word/document.xml", b"<a/>")])).await, ProblemCode::NotATable);
    assert_eq!(stopped(b"PK\x03\x04 and nothing behind it").await, ProblemCode::Damaged);
    let mut cut = workbook(&[("a", &sheet_data(&[&["name", "price"], &["a", "1"]]))]);
    cut.truncate(cut.len() / 2);
    assert_eq!(stopped(&cut).await, ProblemCode::Damaged);
}

#[tokio::test]
async fn document_types_and_entities_are_refused() {
    let laughs = "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>";
    let external = "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    let padded = format!("<!--{}-->{external}", " ".repeat(100_000));
    for xml in [laughs, external, &padded] {
        let bytes = workbook_with(
            &[("a", &sheet_data(&[&["name", "price"], &["a", "1"]]))],
            &[("xl/sharedStrings.xml", xml.as_bytes())],
        );
        assert_eq!(stopped(&bytes).await, ProblemCode::Unsafe);
    }
    let entity = workbook(&[("a", &sheet_data(&[&["name", "price"], &["&x;", "1"]]))]);
    assert_eq!(stopped(&entity).await, ProblemCode::Damaged);
    let sound = workbook(&[("a", &sheet_data(&[&["name", "price"], &["&amp;", "1"]]))]);
    assert!(events(&file("sound.xlsx", &sound), None, &Limits::default()).await.is_ok());
}

#[test]
fn a_gigabyte_on_one_line_is_refused_while_it_streams() {
    for line in [&b"name,price"[..], b"\"name"] {
        let before = resident_bytes();
        let mut source = line.chain(std::io::repeat(b'a').take(1 << 30));
        let outcome = csv::read(&mut source, Detected::utf8(), &Limits::default(), &mut |_| Ok(()));
        let Err(Stop::Problem(problem)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(problem.code, ProblemCode::TooManyBytes { limit: 100_000_000 });
        assert!(resident_bytes().saturating_sub(before) < GROWTH);
    }
}

#[tokio::test]
async fn a_file_over_the_limit_of_bytes_is_not_read_at_all() {
    let path = file("large.csv", b"");
    std::fs::File::options().write(true).open(&*path).unwrap().set_len(1 << 30).unwrap();
    assert_eq!(refused(&path).await, ProblemCode::TooManyBytes { limit: 100_000_000 });
}

#[tokio::test]
async fn a_hundred_thousand_rows_of_text_need_little_memory() {
    let mut text = String::from("name,sku,description,price,cities\n");
    for number in 0..100_000 {
        writeln!(text, "Ramo {number},{number},\"Rosas, {number} tallos, con eucalipto y papel kraft\",\"{}.50\",\"[\"\"Valencia\"\", \"\"Madrid\"\"]\"", number % 90).unwrap();
    }
    let path = file("many.csv", text.as_bytes());
    drop(text);
    let before = resident_bytes();
    let limits = Limits { memory_bytes: 32 * 1024 * 1024, ..Limits::default() };
    let mut reader = TableReader::open(Path::new(PROGRAM), &path, None, &limits).unwrap();
    let mut rows = 0;
    while let Some(event) = reader.next().await.unwrap() {
        rows += u32::from(matches!(event, Event::Row { .. }));
    }
    assert_eq!(rows, 100_000);
    assert!(resident_bytes().saturating_sub(before) < GROWTH);
}

#[tokio::test]
async fn a_reader_that_is_dropped_ends_its_child() {
    let text = format!("name,price\n{}", "a,1\n".repeat(200_000));
    let path = file("dropped.csv", text.as_bytes());
    let mut reader = TableReader::open(Path::new(PROGRAM), &path, None, &Limits::default()).unwrap();
    assert!(matches!(reader.next().await.unwrap(), Some(Event::Heading(_))));
    let child = reader.child_id().unwrap();
    drop(reader);
    let begun = Instant::now();
    let alive = || std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while alive() {
        assert!(begun.elapsed() < PATIENCE, "the child lives on");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_child_that_never_speaks_is_ended() {
    // Opening a pipe that nobody writes to waits for ever.
    let path = file("never.csv", b"");
    std::fs::remove_file(&*path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&*path).status().unwrap().success());
    let limits = Limits { seconds: 1, ..Limits::default() };
    let mut reader = TableReader::open(Path::new(PROGRAM), &path, None, &limits).unwrap();
    let Err(TableError::File(problem)) = reader.next().await else { panic!("it was read") };
    assert_eq!(problem.code, ProblemCode::TooSlow);
    assert_eq!(reader.child_id(), None, "the child is gone and was waited for");
}

#[tokio::test]
async fn a_child_that_cannot_run_or_speaks_otherwise_is_a_fault_of_ours() {
    let path = file("sound.csv", b"name,price\na,1\n");
    let missing = TableReader::open(Path::new("/nowhere/x8"), &path, None, &Limits::default());
    assert!(matches!(missing, Err(TableError::Start(_))));
    for other in ["/bin/echo", "/bin/false"] {
        let mut reader = TableReader::open(Path::new(other), &path, None, &Limits::default()).unwrap();
        assert!(matches!(reader.next().await, Err(TableError::Child(_))), "{other}");
        assert!(reader.next().await.unwrap().is_none(), "nothing follows an error");
    }
    let gone = events(Path::new("/nowhere/file.csv"), None, &Limits::default()).await;
    assert!(matches!(gone, Err(TableError::Io(_))));
}

#[tokio::test]
async fn the_sheet_with_headings_is_found_and_another_can_be_chosen() {
    let notes = sheet_data(&[&["Notas del mes"], &["nada"]]);
    let prices = sheet_data(&[&["Tarifas 2026"], &["Nombre", "Descripción", "Precio"], &["Taza", "De gres", "9,50"]]);
    let other = sheet_data(&[&["name", "description", "price"], &["Cup", "Stone", "7"]]);
    let path = file("sheets.xlsx", &workbook(&[("Notas", &notes), ("Precios", &prices), ("English", &other)]));
    let loaded = load(&path, Currency::EUR).await.unwrap();
    assert_eq!((loaded.heading.sheet.as_deref(), loaded.heading.row), (Some("Precios"), 2));
    assert_eq!(loaded.heading.sheets, ["Notas", "Precios", "English"]);
    assert_eq!(loaded.items[0].price_minor, Some(950));
    let chosen = events(&path, Some("English"), &Limits::default()).await.unwrap();
    assert!(matches!(&chosen[0], Event::Heading(heading) if heading.sheet.as_deref() == Some("English")));
    let missing = events(&path, Some("Nada"), &Limits::default()).await;
    assert!(matches!(missing, Err(TableError::File(problem)) if problem.code == ProblemCode::NoSuchSheet));
}
