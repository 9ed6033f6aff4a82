//! A workbook is an archive from a stranger: its directory and its beginnings are checked before anything is unpacked.

use super::assemble::Stop;
use super::{Format, Limits};
use domain::catalog::problem::ProblemCode;
use quick_xml::events::Event as XmlEvent;
use std::io::{BufReader, Read, Seek};
use zip::ZipArchive;

/// Parts of one workbook.
const MOST_PARTS: usize = 10_000;
/// A workbook of text shrinks ten- to thirtyfold; from a certain size on, far more is an attack.
const MOST_RATIO: u64 = 200;
const RATIO_MATTERS_FROM: u64 = 20 * 1024 * 1024;
/// The first element of an XML part stands near its beginning.
const PROLOGUE_BYTES: u64 = 64 * 1024;
const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// Says what the archive is, when it is safe to read.
///
/// # Errors
/// What is wrong with it: too large once unpacked, an archive within, a document type, a password, or no workbook.
pub(super) fn archive(source: impl Read + Seek, packed_bytes: u64, limits: &Limits) -> Result<Format, Stop> {
    let mut archive = ZipArchive::new(BufReader::new(source)).map_err(|_| ProblemCode::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(ProblemCode::Unsafe.into());
    }
    let (mut unpacked, mut sheets) = (0_u64, 0_u64);
    let (mut is_xlsx, mut has_type) = (false, false);
    let mut xml_parts = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| ProblemCode::Damaged)?;
        if part.encrypted() {
            return Err(ProblemCode::Encrypted.into());
        }
        unpacked = unpacked.saturating_add(part.size());
        let Ok(name) = part.name().map(|name| name.to_ascii_lowercase()) else {
            return Err(ProblemCode::Damaged.into());
        };
        let is_embedded = name.starts_with("xl/embeddings/") || name.starts_with("object ");
        if is_archive_name(&name) && !is_embedded {
            return Err(ProblemCode::Unsafe.into());
        }
        if name.starts_with("xl/worksheets/") && name.ends_with(".xml") {
            sheets += 1;
        }
        // The main part may have any name; every spreadsheet program calls it a workbook.
        is_xlsx |= name.starts_with("xl/workbook") && name.ends_with(".xml");
        has_type |= name == "mimetype";
        if name.ends_with(".xml") || name.ends_with(".rels") {
            xml_parts.push(index);
        }
    }
    let too_large = unpacked > limits.unpacked_bytes;
    let too_dense = unpacked > RATIO_MATTERS_FROM && unpacked / packed_bytes.max(1) > MOST_RATIO;
    if too_large || too_dense {
        return Err(ProblemCode::TooManyBytes { limit: limits.unpacked_bytes }.into());
    }
    if sheets > limits.sheets {
        return Err(ProblemCode::TooManySheets { limit: limits.sheets }.into());
    }
    for index in xml_parts {
        let part = archive.by_index(index).map_err(|_| ProblemCode::Damaged)?;
        if declares_document_type(part) {
            return Err(ProblemCode::Unsafe.into());
        }
    }
    let mut kind = Vec::new();
    if has_type {
        let part = archive.by_name("mimetype").map_err(|_| ProblemCode::Damaged)?;
        part.take(200).read_to_end(&mut kind)?;
    }
    match (is_xlsx, kind.starts_with(ODS_TYPE)) {
        (true, _) => Ok(Format::Xlsx),
        (false, true) => Ok(Format::Ods),
        (false, false) => Err(ProblemCode::NotATable.into()),
    }
}

fn is_archive_name(name: &str) -> bool {
    [".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".docx", ".jar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// A document type can define entities; no spreadsheet program writes one. One that is not found in the beginning of
/// the part is taken for hidden.
fn declares_document_type(part: impl Read) -> bool {
    let mut xml = quick_xml::Reader::from_reader(BufReader::new(part.take(PROLOGUE_BYTES)));
    let mut buffer = Vec::new();
    let mut seen = 0_u64;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(XmlEvent::DocType(_)) => return true,
            Ok(XmlEvent::Start(_) | XmlEvent::Empty(_)) => return false,
            Ok(XmlEvent::Eof) => return seen >= PROLOGUE_BYTES,
            // What can't be parsed here can't be parsed later either, and is reported there as damaged.
            Err(_) => return xml.buffer_position() >= PROLOGUE_BYTES,
            Ok(_) => seen = xml.buffer_position(),
        }
    }
}
