//! Folding, transliteration and number formats shared by every comparison of texts.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a [`Token`] is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters; apostrophes and hyphens are marks of their own ("I'm" is three tokens).
    Word,
    /// Digits, with points and commas between digits kept in ("17.50", "05.03.2026"; "1 149,00" is two tokens).
    Number,
    /// One mark that is neither letter, digit, space nor emoji.
    Punct,
    /// One pictograph.
    Emoji,
}

/// A piece of a text with its place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written.
    pub text: String,
    /// [`fold`] of it.
    pub folded: String,
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// What it is made of.
    pub kind: TokenKind,
}

impl Token {
    /// Whether the token is a word.
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// Whether the token is a number in digits.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.kind == TokenKind::Number
    }
}

/// Lower case, accents removed, ё as е; й, Kazakh letters and punctuation kept; spaces collapsed and trimmed.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().flat_map(char::to_lowercase) {
        match character {
            // Breve: и with it is й, a letter of its own.
            '\u{306}' if folded.ends_with('и') => {
                folded.pop();
                folded.push('й');
            }
            _ if is_combining_mark(character) || is_invisible(character) => {}
            _ if character.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            'ё' => folded.push('е'),
            '’' | '‘' | 'ʼ' | '`' | '´' => folded.push('\''),
            'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            _ => folded.push(character),
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// Whether a letter is Cyrillic.
#[must_use]
pub fn is_cyrillic(character: char) -> bool {
    matches!(character, '\u{400}'..='\u{52f}')
}

/// [`fold`] with Cyrillic written in plain Latin letters, so that names in another script compare.
#[must_use]
pub fn latinize(text: &str) -> String {
    let folded = fold(text);
    let mut latin = String::with_capacity(folded.len());
    let mut characters = folded.chars().peekable();
    while let Some(character) = characters.next() {
        let letters = match character {
            'а' | 'ә' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ғ' | 'ґ' => "g",
            'д' => "d",
            'е' | 'э' | 'є' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' | 'й' | 'і' | 'ї' => "i",
            'к' | 'қ' => "k",
            'л' => "l",
            'м' => "m",
            'н' | 'ң' => "n",
            'о' | 'ө' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' | 'ұ' | 'ү' => "u",
            'ф' => "f",
            'х' => "kh",
            'һ' => "h",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ъ' => "",
            'ь' if characters.peek().copied().is_some_and(is_cyrillic_vowel) => "y",
            'ь' => "",
            'ы' => "y",
            'ю' => "yu",
            'я' => "ya",
            _ => {
                latin.push(character);
                continue;
            }
        };
        latin.push_str(letters);
    }
    latin
}

fn is_cyrillic_vowel(character: char) -> bool {
    matches!(character, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я')
}

/// The sounds of a text with what languages spell differently made one; letters and digits only. Only for fuzzy
/// equality: Valencia and Валенсия, Torrevieja and Торревьеха, orquídea and орхидея are alike, and so are some
/// words that have nothing to do with each other.
#[must_use]
pub fn skeleton(text: &str) -> String {
    // ñ is a sound of its own, and folding would lose it.
    let spelled: String = text
        .nfc()
        .flat_map(|character| match character {
            'ñ' | 'Ñ' => ['n', 'i'].into_iter().take(2),
            _ => [character, ' '].into_iter().take(1),
        })
        .collect();
    let characters: Vec<char> = fold(&spelled).chars().collect();
    let mut sounds: Vec<char> = Vec::with_capacity(characters.len());
    let mut at = 0;
    while at < characters.len() {
        let (sound, length) = sound_at(&characters, at);
        at += length;
        for letter in sound.chars() {
            let doubled = sounds.last() == Some(&letter) && !letter.is_ascii_digit();
            if !doubled {
                sounds.push(letter);
            }
        }
    }
    // "ideia" and "idea", "maria" and "mariia" are one.
    let is_vowel = |letter: &char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u');
    let mut smooth = String::with_capacity(sounds.len());
    for (index, letter) in sounds.iter().enumerate() {
        let between =
            index > 0 && sounds.get(index - 1).is_some_and(is_vowel) && sounds.get(index + 1).is_some_and(is_vowel);
        if !(*letter == 'i' && between) {
            smooth.push(*letter);
        }
    }
    smooth
}

/// The sound that starts at a letter, and how many letters spell it.
fn sound_at(characters: &[char], at: usize) -> (&'static str, usize) {
    let letter = |offset: usize| characters.get(at + offset).copied().unwrap_or(' ');
    let soft = |offset: usize| matches!(letter(offset), 'e' | 'i' | 'y');
    let vowel = |offset: usize| matches!(letter(offset), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    match letter(0) {
        'a' | 'а' | 'ә' => ("a", 1),
        'b' | 'б' => ("b", 1),
        'c' if letter(1) == 'h' => ("k", 2),
        'c' if soft(1) => ("s", 1),
        'c' => ("k", 1),
        'd' if letter(1) == 'z' && letter(2) == 'h' => ("k", 3),
        'd' if letter(1) == 'j' => ("k", 2),
        'd' => ("d", 1),
        'д' if letter(1) == 'ж' => ("k", 2),
        'д' => ("d", 1),
        'e' | 'е' | 'э' | 'є' => ("e", 1),
        'f' | 'ф' => ("f", 1),
        'g' if letter(1) == 'h' => ("g", 2),
        'g' if letter(1) == 'u' && soft(2) => ("g", 2),
        'g' if soft(1) => ("k", 1),
        'g' | 'г' | 'ғ' | 'ґ' => ("g", 1),
        'h' | 'х' | 'һ' | 'j' | 'ж' | 'ч' => ("k", 1),
        'i' | 'и' | 'й' | 'і' | 'ї' | 'y' | 'ы' => ("i", 1),
        'k' if letter(1) == 'h' => ("k", 2),
        'k' | 'к' | 'қ' => ("k", 1),
        'l' if letter(1) == 'l' && vowel(2) => ("li", 2),
        'l' | 'л' => ("l", 1),
        'm' | 'м' => ("m", 1),
        'n' | 'н' | 'ң' => ("n", 1),
        'o' | 'о' | 'ө' => ("o", 1),
        'p' if letter(1) == 'h' => ("f", 2),
        'p' | 'п' => ("p", 1),
        'q' if letter(1) == 'u' && vowel(2) => ("k", 2),
        'q' => ("k", 1),
        'r' | 'р' => ("r", 1),
        's' if letter(1) == 'h' && letter(2) == 'c' && letter(3) == 'h' => ("s", 4),
        's' if letter(1) == 'h' => ("s", 2),
        's' | 'с' | 'з' | 'ц' | 'ш' | 'щ' => ("s", 1),
        't' if letter(1) == 's' || letter(1) == 'z' => ("s", 2),
        't' if letter(1) == 'h' => ("t", 2),
        't' | 'т' => ("t", 1),
        'u' | 'у' | 'ұ' | 'ү' => ("u", 1),
        'v' | 'w' | 'в' => ("v", 1),
        'x' if at == 0 => ("k", 1),
        'x' => ("ks", 1),
        'z' if letter(1) == 'h' => ("k", 2),
        'z' => ("s", 1),
        'ь' if is_cyrillic_vowel(letter(1)) => ("i", 1),
        'ю' => ("iu", 1),
        'я' => ("ia", 1),
        '0' => ("0", 1),
        '1' => ("1", 1),
        '2' => ("2", 1),
        '3' => ("3", 1),
        '4' => ("4", 1),
        '5' => ("5", 1),
        '6' => ("6", 1),
        '7' => ("7", 1),
        '8' => ("8", 1),
        '9' => ("9", 1),
        _ => ("", 1),
    }
}

/// Splits a text into words, numbers, marks and pictographs; spaces are dropped.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |index: usize| characters.get(index).map_or(text.len(), |(start, _)| *start);
    let at = |index: usize| characters.get(index).map(|(_, character)| *character);
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(character) = at(index) {
        let first = index;
        index += 1;
        if character.is_whitespace() || is_invisible(character) || is_combining_mark(character) {
            continue;
        }
        let kind = if character.is_alphabetic() {
            while at(index).is_some_and(|next| next.is_alphabetic() || is_combining_mark(next) || next == '\u{ad}') {
                index += 1;
            }
            TokenKind::Word
        } else if character.is_ascii_digit() {
            loop {
                match at(index) {
                    Some(next) if next.is_ascii_digit() => index += 1,
                    Some('.' | ',') if at(index + 1).is_some_and(|digit| digit.is_ascii_digit()) => index += 2,
                    _ => break,
                }
            }
            TokenKind::Number
        } else if is_pictograph(character) {
            while at(index).is_some_and(|next| {
                matches!(next, '\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}')
                    || (at(index - 1) == Some('\u{200d}') && is_pictograph(next))
            }) {
                index += 1;
            }
            TokenKind::Emoji
        } else {
            TokenKind::Punct
        };
        let (start, end) = (end_of(first), end_of(index));
        let written = text.get(start..end).unwrap_or_default();
        found.push(Token { text: written.to_owned(), folded: fold(written), start, end, kind });
    }
    found
}

fn is_pictograph(character: char) -> bool {
    matches!(character,
        '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}' | '\u{231a}'..='\u{23ff}'
        | '\u{25aa}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{1f000}'..='\u{1faff}')
}

/// Edits between two texts (insert, delete, replace, swap of neighbours), or `None` when more than `max`.
#[must_use]
pub fn edit_distance_at_most(a: &str, b: &str, max: usize) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    // Three rows suffice: a swap looks two rows back.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, left) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        current.push(row + 1);
        let mut least = row + 1;
        for (column, right) in b.iter().enumerate() {
            let replaced = above.get(column).copied().unwrap_or(usize::MAX) + usize::from(left != right);
            let deleted = above.get(column + 1).copied().unwrap_or(usize::MAX) + 1;
            let inserted = current.get(column).copied().unwrap_or(usize::MAX) + 1;
            let mut edits = replaced.min(deleted).min(inserted);
            if row > 0 && column > 0 && a.get(row - 1) == Some(right) && b.get(column - 1) == Some(left) {
                edits = edits.min(before.get(column - 1).copied().unwrap_or(usize::MAX - 1) + 1);
            }
            least = least.min(edits);
            current.push(edits);
        }
        if least > max {
            return None;
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().filter(|edits| *edits <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_letters_that_are_letters() {
        for (text, folded) in [
            ("  Ñandú  ÁÉÍ\u{a0}ü ", "nandu aei u"),
            ("Ёлка и Йогурт", "елка и йогурт"),
            ("Сәлеметсіз бе, Қыздар Ұл Үй Өмір Һ", "сәлеметсіз бе, қыздар ұл үй өмір һ"),
            ("Fußball", "fussball"),
            ("don’t", "don't"),
            ("½ кг", "1⁄2 кг"),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for text in ["Й и\u{306} Ё", "İstanbul", "ＦＵＬＬ", "a  \u{200b} b", "Ŝ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn names_in_two_scripts_are_written_alike() {
        for (text, latin) in [
            ("Алматы", "almaty"),
            ("Шымкент", "shymkent"),
            ("Торревьеха", "torrevyekha"),
            ("Қызылорда", "kyzylorda"),
            ("объявление", "obyavlenie"),
        ] {
            assert_eq!(latinize(text), latin, "{text}");
        }
    }

    #[test]
    fn sounds_meet_across_scripts() {
        for (a, b) in [
            ("Valencia", "Валенсия"),
            ("Torrevieja", "Торревьеха"),
            ("orquídea", "орхидея"),
            ("Sevilla", "Севилья"),
            ("Marbella", "Марбелья"),
            ("Logroño", "Логроньо"),
            ("Gijón", "Хихон"),
            ("Jambyl", "Жамбыл"),
            ("Jambyl", "Zhambyl"),
            ("guitarra", "гитара"),
            ("tsvety", "цветы"),
            ("Almaty", "Алматы"),
            ("shampoo", "шампоо"),
            ("photo", "фото"),
            ("paella", "паэлья"),
            ("Elche", "Эльче"),
        ] {
            let (left, right) = (skeleton(a), skeleton(b));
            assert!(edit_distance_at_most(&left, &right, 1).is_some(), "{a} {left} / {b} {right}");
        }
        assert_eq!(skeleton("Valencia"), skeleton("Валенсия"));
        assert_eq!(skeleton("Torrevieja"), skeleton("Торревьеха"));
        assert!(skeleton("orquídea").starts_with(&skeleton("orchid")));
        assert_ne!(skeleton("rosa"), skeleton("рыба"));
    }

    #[test]
    fn a_text_is_cut_where_its_kinds_change() {
        let cut: Vec<(String, TokenKind)> = tokens("20роз, 17.50€ 17:00 I'm 👍🏽 05.03.2026. ёж!")
            .into_iter()
            .map(|token| (token.text, token.kind))
            .collect();
        let expected = [
            ("20", TokenKind::Number),
            ("роз", TokenKind::Word),
            (",", TokenKind::Punct),
            ("17.50", TokenKind::Number),
            ("€", TokenKind::Punct),
            ("17", TokenKind::Number),
            (":", TokenKind::Punct),
            ("00", TokenKind::Number),
            ("I", TokenKind::Word),
            ("'", TokenKind::Punct),
            ("m", TokenKind::Word),
            ("👍🏽", TokenKind::Emoji),
            ("05.03.2026", TokenKind::Number),
            (".", TokenKind::Punct),
            ("ёж", TokenKind::Word),
            ("!", TokenKind::Punct),
        ];
        assert_eq!(cut, expected.map(|(text, kind)| (text.to_owned(), kind)));
    }

    #[test]
    fn tokens_know_their_place() {
        let text = "Сәлем, ñandú 5кг";
        for token in tokens(text) {
            assert_eq!(&text[token.start..token.end], token.text);
        }
    }

    #[test]
    fn edits_are_counted_up_to_a_limit() {
        for (a, b, max, edits) in [
            ("roses", "roses", 0, Some(0)),
            ("roses", "rosse", 1, Some(1)),
            ("tulipan", "tulipanes", 1, None),
            ("tulipan", "tulipanes", 2, Some(2)),
            ("кот", "ток", 2, Some(2)),
            ("", "ab", 2, Some(2)),
            ("abc", "xyz", 2, None),
        ] {
            assert_eq!(edit_distance_at_most(a, b, max), edits, "{a} {b}");
        }
    }
}
