//! How a report finds its letter: a token in the envelope's sender and in the Message-ID, which nobody but this installation
//! can make. Whoever received a letter knows its token, and can say of that one letter, and of nothing else, that it came back.

use foundation::secret::{equal_secret, hex, hmac_sha256, unhex};
use lettre::Address;
use uuid::Uuid;

/// Bytes of the signature: a guess hits once in 2^64.
const MAC_BYTES: usize = 8;
/// Characters of a token: the letter's id and the signature, as hex, because servers on the way may change the case.
pub const TOKEN_CHARACTERS: usize = (16 + MAC_BYTES) * 2;
/// Characters of the part before `@` (RFC 5321 §4.5.3.1.1).
const MOST_LOCAL: usize = 64;

/// The token of a letter.
#[must_use]
pub fn token(key: &[u8; 32], letter: Uuid) -> String {
    let signed = hmac_sha256(key, letter.as_bytes());
    hex(&[letter.as_bytes().as_slice(), &signed[..MAC_BYTES]].concat())
}

/// The letter of a token that one of these keys has made.
#[must_use]
pub fn letter_of(keys: impl Iterator<Item = [u8; 32]>, token: &str) -> Option<Uuid> {
    let bytes = unhex(token).filter(|bytes| bytes.len() == 16 + MAC_BYTES)?;
    let (id, given) = bytes.split_at(16);
    let good = |key: [u8; 32]| equal_secret(&hmac_sha256(&key, id)[..MAC_BYTES], given);
    // All keys are tried, so that time tells nothing.
    let known = keys.fold(false, |known, key| good(key) | known);
    Uuid::from_slice(id).ok().filter(|_| known)
}

/// Where reports are to go: `returns@shop.example`, with the letter's token behind a plus sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    local: String,
    domain: String,
}

impl ReturnAddress {
    /// Reads the setting.
    ///
    /// # Errors
    /// What it must be, to be said after the setting's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let address: Address =
            text.trim().parse().map_err(|_| "must be an address such as returns@shop.example".to_owned())?;
        let most = MOST_LOCAL - 1 - TOKEN_CHARACTERS;
        if address.user().len() > most {
            return Err(format!("may have {most} characters before @, so that a letter's mark fits behind them"));
        }
        Ok(Self { local: address.user().to_lowercase(), domain: address.domain().to_lowercase() })
    }

    /// The envelope's sender of a letter.
    #[must_use]
    pub fn of(&self, token: &str) -> String {
        format!("{}+{token}@{}", self.local, self.domain)
    }

    /// Tokens behind this address anywhere in a text.
    pub(super) fn tokens_in(&self, text: &str) -> Vec<String> {
        let (before, after) = (format!("{}+", self.local), format!("@{}", self.domain));
        let text = text.to_ascii_lowercase();
        let found = text.match_indices(&before).filter_map(|(at, _)| {
            let (token, rest) = text.get(at + before.len()..)?.split_at_checked(TOKEN_CHARACTERS)?;
            (is_token(token) && rest.starts_with(&after)).then(|| token.to_owned())
        });
        found.collect()
    }
}

/// Whether it looks like one; whether it is one only the key says.
pub(super) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_as_it_was_made() {
        let (key, old, letter) = ([7; 32], [8; 32], Uuid::from_u128(5));
        let made = token(&key, letter);
        assert_eq!(letter_of([key].into_iter(), &made), Some(letter));
        assert_eq!(letter_of([key].into_iter(), &made.to_uppercase()), Some(letter), "servers may change the case");
        assert_eq!(letter_of([old, key].into_iter(), &made), Some(letter), "keys that were changed stand");
        let other = token(&key, Uuid::from_u128(6));
        let mixed = format!("{}{}", &made[..32], &other[32..]);
        for forged in [mixed.as_str(), &token(&old, letter), &made[..46], "", "zz", &letter.simple().to_string()] {
            assert_eq!(letter_of([key].into_iter(), forged), None, "{forged}");
        }
    }

    #[test]
    fn an_address_carries_the_token_and_gives_it_back() {
        let returns = ReturnAddress::parse("Returns@Shop.example").expect("an address");
        let made = token(&[7; 32], Uuid::from_u128(5));
        let address = returns.of(&made);
        assert!(address.split('@').next().is_some_and(|local| local.len() <= MOST_LOCAL), "{address}");
        let text = format!("by mx.example for <{}>; returns+short@shop.example", address.to_uppercase());
        assert_eq!(returns.tokens_in(&text), [made.as_str()]);
        assert!(returns.tokens_in(&format!("other+{made}@shop.example")).is_empty());
        assert!(returns.tokens_in(&format!("returns+{made}@shop.test")).is_empty());
        for bad in ["", "returns", "@shop.example", "a b@shop.example", "sixteen-letters-@shop.example"] {
            assert!(ReturnAddress::parse(bad).is_err(), "{bad}");
        }
    }
}
