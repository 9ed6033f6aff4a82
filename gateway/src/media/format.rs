//! What a picture or a video is, by its bytes, never by its name (R86).

use super::MediaKind;

/// A format that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// MPEG-4.
    Mp4,
    /// AVI.
    Avi,
    /// QuickTime.
    Mov,
}

/// Brands of ISO media files that are MPEG-4 video (<https://mp4ra.org/registered-types/brands>), by how they begin.
const MP4_BRANDS: [&[u8]; 9] = [b"iso", b"mp4", b"avc", b"M4V", b"M4P", b"MSNV", b"dash", b"mmp4", b"F4V"];
/// Brands of pictures and sounds in the same container.
const OTHER_BRANDS: [&[u8]; 9] = [b"hei", b"hev", b"mif", b"msf", b"avif", b"avis", b"M4A", b"M4B", b"crx"];
/// Brands of one file that are looked at.
const MOST_BRANDS: usize = 32;

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Jpeg, Self::Png, Self::Gif, Self::WebP, Self::Mp4, Self::Avi, Self::Mov];

    /// By the first bytes; none when it is none of these.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
            return Some(Self::Gif);
        }
        match (head.get(..4), head.get(4..8), head.get(8..12)) {
            (Some(b"RIFF"), _, Some(b"WEBP")) => Some(Self::WebP),
            (Some(b"RIFF"), _, Some(b"AVI ")) => Some(Self::Avi),
            (_, Some(b"ftyp"), Some(brand)) => Self::of_brands(brand, head),
            // QuickTime files from before there were brands.
            (_, Some(b"moov" | b"mdat" | b"wide"), _) => Some(Self::Mov),
            _ => None,
        }
    }

    fn of_brands(major: &[u8], head: &[u8]) -> Option<Self> {
        let is = |brand: &[u8], list: &[&[u8]]| list.iter().any(|known| brand.starts_with(known));
        if major == b"qt  " {
            return Some(Self::Mov);
        }
        if is(major, &OTHER_BRANDS) {
            return None;
        }
        let length = u32::from_be_bytes(head.get(..4)?.try_into().ok()?);
        let end = Ord::min(usize::try_from(length).ok()?, head.len());
        let others = head.get(16..end).unwrap_or_default().chunks_exact(4).take(MOST_BRANDS);
        std::iter::once(major).chain(others).any(|brand| is(brand, &MP4_BRANDS)).then_some(Self::Mp4)
    }

    /// Picture or video.
    #[must_use]
    pub const fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::WebP => MediaKind::Image,
            Self::Mp4 | Self::Avi | Self::Mov => MediaKind::Video,
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Avi => "video/x-msvideo",
            Self::Mov => "video/quicktime",
        }
    }

    /// What a name of it ends with.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Mp4 => "mp4",
            Self::Avi => "avi",
            Self::Mov => "mov",
        }
    }

    /// By its media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.media_type() == media_type)
    }
}

/// Width and height of a picture by its first bytes; none when they do not say.
#[must_use]
pub fn dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(head).ok()?;
    let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    Some((side(size.width)?, side(size.height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(brands: &[&[u8; 4]]) -> Vec<u8> {
        let length = u32::try_from(16 + 4 * (brands.len() - 1)).unwrap();
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(b"ftyp");
        bytes.extend(brands[0]);
        bytes.extend([0, 0, 2, 0]);
        brands[1..].iter().for_each(|brand| bytes.extend(*brand));
        bytes.extend(b"\0\0\0\x08free");
        bytes
    }

    #[test]
    fn formats_are_told_by_their_bytes() {
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(Format::of(b"RIFF\x24\0\0\0WEBPVP8 "), Some(Format::WebP));
        assert_eq!(Format::of(b"RIFF\x24\0\0\0AVI LIST"), Some(Format::Avi));
        assert_eq!(Format::of(&iso(&[b"isom", b"mp41"])), Some(Format::Mp4));
        assert_eq!(Format::of(&iso(&[b"3gp5", b"isom"])), Some(Format::Mp4));
        assert_eq!(Format::of(&iso(&[b"qt  "])), Some(Format::Mov));
        assert_eq!(Format::of(b"\0\0\0\x08wide\0\0\0\0mdat"), Some(Format::Mov));
    }

    #[test]
    fn everything_else_is_none() {
        let others: [&[u8]; 9] = [
            b"",
            b"PK\x03\x04photo.jpg",
            b"<svg xmlns='http://www.w3.org/2000/svg'>",
            b"<!doctype html><img src=x>",
            b"%PDF-1.7",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"GIF88a",
            b"\x89PNG\n\n",
            b"\x1aE\xdf\xa3",
        ];
        for head in others {
            assert_eq!(Format::of(head), None, "{head:?}");
        }
        assert_eq!(Format::of(&iso(&[b"heic", b"mif1"])), None);
        assert_eq!(Format::of(&iso(&[b"avif", b"iso8"])), None);
        assert_eq!(Format::of(&iso(&[b"M4A ", b"isom"])), None);
    }

    #[test]
    fn a_picture_says_how_large_it_is() {
        assert_eq!(dimensions(b"GIF89a\x40\x01\xf0\x00\x80\0\0"), Some((320, 240)));
        assert_eq!(dimensions(b"GIF89a<script>alert(1)"), Some((29_500, 29_283)), "two letters are a width as well");
        assert_eq!(dimensions(b"\xff\xd8\xff\xe0\0\x10JFIF"), None);
    }
}
