//! What a refusal of a letter says: one reading for the answer within the conversation (SMTP) and for the report that comes
//! later (DSN).

/// Whether a refusal is about the address itself. Servers that give enhanced codes (RFC 3463) say so: 5.1.x is the address, but
/// 5.1.7 and 5.1.8 the sender's; 5.2.1 a mailbox that takes nothing any more; 5.7.1 with 550 is a refusal of us. Without one,
/// 550, 551 and 553 are (RFC 5321 §4.2.3). `code`: the answer's own, where it is known.
pub(super) fn is_about_address(code: Option<u16>, words: &str) -> bool {
    match words.split_whitespace().find_map(enhanced) {
        Some([1, 7 | 8]) => false,
        Some([1, _] | [2, 1]) => true,
        Some(_) => false,
        None => matches!(code, Some(550 | 551 | 553)),
    }
}

/// Subject and detail of a lasting refusal's enhanced code.
fn enhanced(word: &str) -> Option<[u16; 2]> {
    let mut parts = word.trim_matches(|c: char| !c.is_ascii_digit()).split('.');
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u16>().ok());
    let class = number(parts.next())?;
    let rest = [number(parts.next())?, number(parts.next())?];
    (class == 5 && parts.next().is_none()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_address_is_told_from_a_refused_sender() {
        for (code, words, gone) in [
            (550, "5.1.1 no such user", true),
            (550, "No such user here", true),
            (553, "mailbox name not allowed", true),
            (550, "5.2.1 mailbox disabled", true),
            (550, "#5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", true),
            (550, "relay 5.1.1.9 says no", true),
            (550, "5.7.1 relaying denied", false),
            (550, "5.1.8 sender's domain not found", false),
            (553, "5.1.7 bad sender's address", false),
            (550, "5.0.0 access denied", false),
            (552, "5.2.2 mailbox full", false),
            (554, "transaction failed", false),
        ] {
            assert_eq!(is_about_address(Some(code), words), gone, "{code} {words}");
        }
        assert!(is_about_address(None, "5.1.1"));
        assert!(!is_about_address(None, "the mailbox is not there"));
    }
}
