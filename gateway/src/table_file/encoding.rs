//! In which encoding a text file is, found by reading it; and reading it as UTF-8.
//!
//! UTF-8 is proven over the whole file before a row is read. Anything else is accepted only when it decodes without an
//! error into letters of the languages we serve, and is told to the owner.

use domain::catalog::problem::ProblemCode;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};
use std::io::{self, Read};

/// How many bytes of a file that is not UTF-8 are looked at to tell its encoding.
const SAMPLE_BYTES: usize = 1024 * 1024;

/// An encoding in which a file can be read.
#[derive(Clone, Copy, Debug)]
pub struct Detected {
    encoding: &'static Encoding,
    /// Windows-1251 with the Kazakh letters of KZ-1048 in place of the Serbian and Macedonian ones.
    kazakh: bool,
    /// Whether it was found without a mark or proof, so that the owner should be told.
    pub guessed: bool,
}

impl Detected {
    /// UTF-8, with or without a byte order mark.
    #[must_use]
    pub const fn utf8() -> Self {
        Self { encoding: UTF_8, kazakh: false, guessed: false }
    }

    /// The name, such as `windows-1251`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.kazakh { "KZ-1048" } else { self.encoding.name() }
    }

    /// Reads the bytes as text, in pieces.
    pub fn reader<R: Read>(self, source: R) -> TextReader<R> {
        TextReader {
            source,
            decoder: self.encoding.new_decoder_with_bom_removal(),
            kazakh: self.kazakh,
            input: vec![0; 64 * 1024],
            filled: 0,
            at_end: false,
        }
    }
}

/// UTF-16 without a mark: text of which every second byte is zero.
#[must_use]
pub fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.get(..head.len().min(512) & !1)?;
    if head.len() < 8 {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = head.len() / 2 * 6 / 10;
    match (even, odd) {
        (0, odd) if odd >= most => Some(UTF_16LE),
        (even, 0) if even >= most => Some(UTF_16BE),
        _ => None,
    }
}

/// Reads the whole source once and says how it is to be read.
///
/// # Errors
/// [`ProblemCode::UnknownEncoding`] when no encoding fits with certainty; the outer error is that of reading.
pub fn detect(mut source: impl Read) -> io::Result<Result<Detected, ProblemCode>> {
    let mut sample = Vec::new();
    source.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    let marked = match sample.as_slice() {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        head => utf16_without_mark(head),
    };
    if let Some(encoding) = marked {
        return Ok(Ok(Detected { encoding, kazakh: false, guessed: false }));
    }
    if is_utf8((&*sample).chain(source))? {
        return Ok(Ok(Detected::utf8()));
    }
    Ok(guess(&sample).ok_or(ProblemCode::UnknownEncoding))
}

fn is_utf8(mut source: impl Read) -> io::Result<bool> {
    let mut buffer = vec![0; 64 * 1024];
    let mut kept = 0;
    loop {
        let read = source.read(buffer.get_mut(kept..).unwrap_or_default())?;
        let filled = kept + read;
        let piece = buffer.get(..filled).unwrap_or_default();
        let valid = match std::str::from_utf8(piece) {
            Ok(_) => filled,
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        if read == 0 {
            return Ok(true);
        }
        buffer.copy_within(valid..filled, 0);
        kept = filled - valid;
    }
}

fn guess(sample: &[u8]) -> Option<Detected> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Deny);
    let single_byte = encoding.is_single_byte();
    // Without a hint of the language the detector may take a short Spanish text for a neighbour of Windows-1252.
    let candidates = [Some(encoding).filter(|_| single_byte), Some(WINDOWS_1252), Some(WINDOWS_1251)];
    let accepted = |candidate: &'static Encoding| is_plausible(candidate, sample);
    let first = candidates[0].filter(|candidate| *candidate != WINDOWS_1252 && accepted(candidate));
    let encoding = first.or_else(|| candidates.into_iter().flatten().find(|candidate| accepted(candidate)))?;
    let kazakh = encoding == WINDOWS_1251 && has_kazakh_letters(sample);
    Some(Detected { encoding, kazakh, guessed: true })
}

/// Whether the bytes decode into letters and signs of the languages we serve, and words are not of mixed scripts.
fn is_plausible(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(sample) else { return false };
    let (mut foreign, mut known, mut mixed) = (0_u32, 0_u32, 0_u32);
    let mut previous = ' ';
    for character in text.chars() {
        match character {
            '\u{80}'..='\u{9f}' => return false,
            character if character.is_ascii() => {}
            'ѓ' | 'Ѓ' | 'ђ' | 'Ђ' | 'љ' | 'Љ' | 'њ' | 'Њ' | 'џ' | 'Џ' => foreign += 1,
            'А'..='я' | 'Ѐ'..='џ' | 'Ґ' | 'ґ' => known += 1,
            'á' | 'é' | 'í' | 'ó' | 'ú' | 'ü' | 'ñ' | 'Á' | 'É' | 'Í' | 'Ó' | 'Ú' | 'Ü' | 'Ñ' | 'ç' | 'Ç' | 'à'
            | 'è' | 'ò' | 'ï' | 'ö' | 'ä' | 'â' | 'ê' | 'ô' | 'î' => known += 1,
            '¿' | '¡' | 'º' | 'ª' | '«' | '»' | '–' | '—' | '“' | '”' | '„' | '‘' | '’' | '…' | '№' | '€' | '°'
            | '·' | '•' | '\u{a0}' | '½' | '²' | '³' | '±' | '×' | '©' | '®' | '™' | '£' | '§' => {
                known += 1
            }
            _ => foreign += 1,
        }
        let cyrillic = |c: char| ('\u{400}'..='\u{4ff}').contains(&c);
        if character.is_alphabetic() && previous.is_alphabetic() && cyrillic(character) != cyrillic(previous) {
            mixed += 1;
        }
        previous = character;
    }
    known > 0 && foreign * 20 <= known && mixed * 10 <= known
}

/// Letters that Russian never uses and KZ-1048 has for ә ғ қ ң ө ү ұ һ stand in the file.
fn has_kazakh_letters(sample: &[u8]) -> bool {
    let (text, _) = WINDOWS_1251.decode_without_bom_handling(sample);
    text.chars().filter(|letter| matches!(letter, 'ќ' | 'ѕ' | 'ј' | 'Ќ' | 'Ѕ' | 'Ј')).take(2).count() == 2
}

/// KZ-1048 where it differs from Windows-1251, by what Windows-1251 makes of the byte.
fn kazakh_letter(letter: char) -> char {
    match letter {
        'Ќ' => 'Қ',
        'ќ' => 'қ',
        'Ћ' => 'Һ',
        'ћ' => 'һ',
        'Ў' => 'Ұ',
        'ў' => 'ұ',
        'Ј' => 'Ә',
        'ј' => 'ә',
        'Ґ' => 'Ө',
        'ґ' => 'ө',
        'Є' => 'Ғ',
        'є' => 'ғ',
        'Ї' => 'Ү',
        'ї' => 'ү',
        'Ѕ' => 'Ң',
        'ѕ' => 'ң',
        other => other,
    }
}

/// A source of bytes read as text, piece by piece.
pub struct TextReader<R> {
    source: R,
    decoder: Decoder,
    kazakh: bool,
    input: Vec<u8>,
    filled: usize,
    at_end: bool,
}

impl<R: Read> TextReader<R> {
    /// Puts the next piece into `text`, which is emptied first; `false` at the end. A piece may be empty before the end.
    ///
    /// # Errors
    /// Of reading; `InvalidData` when the bytes are not in the encoding.
    pub fn next_piece(&mut self, text: &mut String) -> io::Result<bool> {
        text.clear();
        if self.at_end {
            return Ok(false);
        }
        let read = self.source.read(self.input.get_mut(self.filled..).unwrap_or_default())?;
        self.filled += read;
        self.at_end = read == 0;
        let bytes = self.input.get(..self.filled).unwrap_or_default();
        let room = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
        text.reserve(room);
        let (result, consumed) = self.decoder.decode_to_string_without_replacement(bytes, text, self.at_end);
        if let DecoderResult::Malformed(..) = result {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not in the encoding"));
        }
        self.input.copy_within(consumed..self.filled, 0);
        self.filled -= consumed;
        if self.kazakh {
            *text = text.chars().map(kazakh_letter).collect();
        }
        Ok(!self.at_end || !text.is_empty())
    }
}
