//! Files made for one test, and reading them as the program does: in a child process.

use domain::catalog::Item;
use domain::catalog::heading::{Mapping, map_headings};
use domain::catalog::problem::ProblemCode;
use domain::catalog::row::{Defaults, Problem, RowReader};
use domain::money::Currency;
use gateway::table_file::{Event, Heading, Limits, TableError, TableReader};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_x8-parse-table");

/// What a whole file gave.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) heading: Heading,
    pub(super) mapping: Mapping,
    pub(super) items: Vec<Item>,
    pub(super) problems: Vec<Problem>,
}

/// A file of the repository's samples.
pub(super) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name)
}

/// A file for one test, removed when it is dropped.
pub(super) struct TestFile(PathBuf);

impl std::ops::Deref for TestFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes a file for this test only.
pub(super) fn file(name: &str, bytes: &[u8]) -> TestFile {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    TestFile(path)
}

/// All events of a file.
pub(super) async fn events(path: &Path, sheet: Option<&str>, limits: &Limits) -> Result<Vec<Event>, TableError> {
    let mut reader = TableReader::open(Path::new(PROGRAM), path, sheet, limits)?;
    let mut events = Vec::new();
    while let Some(event) = reader.next().await? {
        events.push(event);
    }
    Ok(events)
}

/// Reads a file to its items, as an import does.
pub(super) async fn load(path: &Path, currency: Currency) -> Result<Loaded, TableError> {
    let mut rows: Option<RowReader> = None;
    let mut found = None;
    let (mut items, mut problems) = (Vec::new(), Vec::new());
    for event in events(path, None, &Limits::default()).await? {
        match event {
            Event::Heading(heading) => {
                let mapping = map_headings(&heading.cells, None);
                problems.extend(mapping.problems(heading.row, currency));
                rows = Some(RowReader::new(mapping, currency, Defaults::default()));
                found = Some(heading);
            }
            Event::Row { row, cells } => {
                let outcome = rows.as_mut().expect("headings come first").read(row, &cells);
                items.extend(outcome.item);
                problems.extend(outcome.problems);
            }
            Event::Problem(problem) => problems.push(problem),
            Event::End(summary) => assert!(summary.rows > 0),
        }
    }
    let rows = rows.expect("a file that is read has headings");
    Ok(Loaded { heading: found.expect("as above"), mapping: rows.mapping().clone(), items, problems })
}

/// The file's problem code; panics when the file was read.
pub(super) async fn refused(path: &Path) -> ProblemCode {
    let mut reader = TableReader::open(Path::new(PROGRAM), path, None, &Limits::default()).unwrap();
    loop {
        match reader.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the file was read"),
            Err(TableError::File(problem)) => return problem.code,
            Err(other) => panic!("{other}"),
        }
    }
}

/// An archive of these parts.
pub(super) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of sheets, each the XML between `<worksheet>` and its end.
pub(super) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    workbook_with(sheets, &[])
}

pub(super) fn workbook_with(sheets: &[(&str, &str)], more: &[(&str, &[u8])]) -> Vec<u8> {
    let listed: String = (1..)
        .zip(sheets)
        .map(|(id, (name, _))| format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>"))
        .collect();
    let related: String = (1..)
        .zip(sheets)
        .map(|(id, _)| {
            format!("<Relationship Id=\"rId{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>")
        })
        .collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{related}</Relationships>"
    );
    let bodies: Vec<(String, Vec<u8>)> = (1..)
        .zip(sheets)
        .map(|(id, (_, body))| {
            (
                format!("xl/worksheets/sheet{id}.xml"),
                format!("<worksheet xmlns=\"{main}\">{body}</worksheet>").into_bytes(),
            )
        })
        .collect();
    let package = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
    ];
    parts.extend(bodies.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    parts.extend(more.iter().copied());
    archive(&parts)
}

/// Rows of texts as sheet data.
pub(super) fn sheet_data(rows: &[&[&str]]) -> String {
    let rows: String = rows
        .iter()
        .map(|cells| {
            let cells: String =
                cells.iter().map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")).collect();
            format!("<row>{cells}</row>")
        })
        .collect();
    format!("<sheetData>{rows}</sheetData>")
}

/// Memory of this process, in bytes.
pub(super) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
}
