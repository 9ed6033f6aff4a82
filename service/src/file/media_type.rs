//! What kind of file it is, by its first bytes, never by its name.

/// None of the kinds that are known.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// The media type by the first bytes of a file; an empty file is text.
#[must_use]
pub fn media_type(head: &[u8]) -> &'static str {
    const ODS: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return match head.get(30..30 + ODS.len()) {
            Some(part) if part == ODS => "application/vnd.oasis.opendocument.spreadsheet",
            _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return "application/vnd.ms-excel";
    }
    let known_binary: [&[u8]; 8] =
        [b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"\x1f\x8b", b"RIFF"];
    if known_binary.iter().any(|magic| head.starts_with(magic)) {
        return UNKNOWN;
    }
    let is_utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    // UTF-16 without a mark has a zero in every second byte of plain text; a few others make it no text.
    if is_utf16 || zeros == 0 || (zeros * 5 >= head.len() * 2 && zeros * 5 <= head.len() * 3) {
        "text/csv"
    } else {
        UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::{UNKNOWN, media_type};

    #[test]
    fn kinds_are_told_by_their_bytes() {
        assert_eq!(media_type(b""), "text/csv");
        assert_eq!(media_type("имя;цена\n".as_bytes()), "text/csv");
        assert_eq!(media_type(b"n\0a\0m\0e\0"), "text/csv");
        assert_eq!(media_type(b"\x89PNG\r\n"), UNKNOWN);
        assert_eq!(media_type(b"%PDF-1.7"), UNKNOWN);
        assert_eq!(media_type(b"abc\0defghijklmnop"), UNKNOWN);
        assert!(media_type(b"PK\x03\x04....").contains("spreadsheetml"));
    }
}
