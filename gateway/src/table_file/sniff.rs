//! What a file is by its first bytes; its name is not believed.

use super::Format;

/// The format by the first bytes (a kilobyte is enough). Names don't count: an `.xlsx` full of commas is a text, a
/// `.csv` that begins with `PK` is a workbook. `None`: not a table.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    const ODS: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    const BINARY: &[&[u8]] = &[
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
        b"Rar!",
        b"BZh",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
        b"\x7fELF",
        b"MZ",
        b"RIFF",
        b"SQLite format 3",
        b"PAR1",
        b"Obj\x01",
    ];
    const TEXT_OF_OTHER_KINDS: &[&str] = &["<", "{\\rtf", "{", "[{", "%!ps"];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let is_ods = head.windows(ODS.len()).take(128).any(|window| window == ODS);
        return Some(if is_ods { Format::Ods } else { Format::Xlsx });
    }
    if head.starts_with(OLE) {
        return Some(Format::Xls);
    }
    if BINARY.iter().any(|magic| head.starts_with(magic) && (*magic != b"MZ" || head.contains(&0))) {
        return None;
    }
    if head.starts_with(&[0xff, 0xfe])
        || head.starts_with(&[0xfe, 0xff])
        || super::encoding::utf16_without_mark(head).is_some()
    {
        return Some(Format::Csv);
    }
    if head.contains(&0) {
        return None;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = String::from_utf8_lossy(text.get(..64).unwrap_or(text)).trim_start().to_lowercase();
    if TEXT_OF_OTHER_KINDS.iter().any(|other| start.starts_with(other)) {
        return None;
    }
    Some(Format::Csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_and_not_the_name() {
        assert_eq!(sniff(b"PK\x03\x04....[Content_Types].xml"), Some(Format::Xlsx));
        assert_eq!(sniff(b"name,price\n"), Some(Format::Csv));
        assert_eq!(sniff(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]), Some(Format::Xls));
        assert_eq!(
            sniff(b"PK\x03\x04\x14\0\0\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            Some(Format::Ods)
        );
        assert_eq!(sniff("\u{feff}name".as_bytes()), Some(Format::Csv));
        assert_eq!(sniff(&[0xff, 0xfe, b'n', 0]), Some(Format::Csv));
        for other in [
            &b"%PDF-1.7"[..],
            b"\x89PNG\r\n",
            b"<html><table>",
            b"  <?xml version",
            b"{\"a\":1}",
            b"a\0\0\0\0b",
            b"\xff\xd8\xff\xe0",
        ] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }
}
