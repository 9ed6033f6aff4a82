//! Secrets at rest: AES-256-GCM with the key's id beside the ciphertext and the place bound in (architecture §6.8).

use crate::Random;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use std::fmt;

/// A 256-bit key that encrypts what is stored, and those that it came after. Its `Debug` shows the id only.
#[derive(Clone)]
pub struct SealingKey {
    id: String,
    key: [u8; 32],
    /// Keys that still open and verify, and seal and sign nothing.
    old: Vec<SealingKey>,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

/// Why a sealed value does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Not in the form `key id . base64`.
    #[error("sealed value is malformed")]
    Malformed,
    /// Sealed with another key.
    #[error("sealed with key {0}, which is not at hand")]
    UnknownKey(String),
    /// Changed, cut, or moved to another place.
    #[error("sealed value does not open")]
    Refused,
}

impl SealingKey {
    /// A key from 32 bytes; its id is the start of their hash.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        let id = hex(&Sha256::digest(key)[..4]);
        Self { id, key, old: Vec::new() }
    }

    /// The key with those that it came after: what they sealed opens, what they signed stands.
    #[must_use]
    pub fn after(self, old: Vec<SealingKey>) -> Self {
        Self { old, ..self }
    }

    /// Reads 32 bytes in base64 or 64 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes =
            if text.len() == 64 { unhex(text)? } else { STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()? };
        Some(Self::new(bytes.try_into().ok()?))
    }

    /// The key in base64, for the file in the data folder.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD_NO_PAD.encode(self.key)
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Encrypts `plain`; `place` (table, column, row, tenant) must be the same to open it.
    ///
    /// # Panics
    /// Never for inputs under 64 GB, the cipher's own limit.
    #[must_use]
    pub fn seal(&self, random: &Random, place: &str, plain: &[u8]) -> String {
        let nonce: [u8; 12] = random.bytes();
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.key));
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: place.as_bytes() })
            .expect("AES-GCM takes any input of this size");
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        format!("{}.{}", self.id, STANDARD_NO_PAD.encode(bytes))
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`SealError`] when it was changed, moved or sealed with another key.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let (id, body) = sealed.split_once('.').ok_or(SealError::Malformed)?;
        let known = std::iter::once(self).chain(&self.old).find(|key| key.id == id);
        let key = known.ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        let bytes = STANDARD_NO_PAD.decode(body).map_err(|_| SealError::Malformed)?;
        let (nonce, cipher_text) = bytes.split_first_chunk::<12>().ok_or(SealError::Malformed)?;
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key.key));
        cipher
            .decrypt(&Nonce::from(*nonce), Payload { msg: cipher_text, aad: place.as_bytes() })
            .map_err(|_| SealError::Refused)
    }

    /// Whether a sealed value was sealed with this key, not with one before it.
    #[must_use]
    pub fn sealed(&self, sealed: &str) -> bool {
        sealed.split_once('.').is_some_and(|(id, _)| id == self.id)
    }

    /// A key for another purpose, made from this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        hmac_sha256(&self.key, purpose.as_bytes())
    }

    /// All keys by which a signature for this purpose may have been made: this one's first.
    pub fn derived(&self, purpose: &str) -> impl Iterator<Item = [u8; 32]> {
        std::iter::once(self).chain(&self.old).map(move |key| key.derive(purpose))
    }
}

/// HMAC-SHA-256.
///
/// # Panics
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-512.
///
/// # Panics
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn hmac_sha512(key: &[u8], message: &[u8]) -> [u8; 64] {
    let mut mac = <Hmac<Sha512> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// SHA-256 as hex: how tokens are stored.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Compares in constant time.
#[must_use]
pub fn equal_secret(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads hex; `None` when it is none.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_unchanged_and_in_its_place() {
        let key = SealingKey::new([7; 32]);
        let random = Random::seeded(1);
        let sealed = key.seal(&random, "channel:1", b"token");
        assert_eq!(key.open("channel:1", &sealed).as_deref(), Ok(&b"token"[..]));
        assert_eq!(key.open("channel:2", &sealed), Err(SealError::Refused));
        assert_eq!(key.open("channel:1", &sealed[..sealed.len() - 4]), Err(SealError::Refused));
        assert!(matches!(SealingKey::new([8; 32]).open("channel:1", &sealed), Err(SealError::UnknownKey(_))));
        assert_ne!(sealed, key.seal(&random, "channel:1", b"token"), "each sealing has its own nonce");
    }

    #[test]
    fn a_new_key_opens_what_the_old_one_sealed_and_seals_itself() {
        let (old, new) = (SealingKey::new([7; 32]), SealingKey::new([8; 32]));
        let random = Random::seeded(1);
        let sealed = old.seal(&random, "channel:1", b"token");
        let key = new.clone().after(vec![old.clone()]);
        assert_eq!(key.open("channel:1", &sealed).as_deref(), Ok(&b"token"[..]));
        assert!(!key.sealed(&sealed));
        let again = key.seal(&random, "channel:1", b"token");
        assert!(key.sealed(&again));
        assert_eq!(new.open("channel:1", &again).as_deref(), Ok(&b"token"[..]), "the old one may go");
        assert_eq!(key.derived("feed").collect::<Vec<_>>(), [new.derive("feed"), old.derive("feed")]);
    }

    #[test]
    fn hmac_matches_rfc_4231_case_2() {
        let mac = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn parses_both_forms_of_a_key() {
        let key = SealingKey::new([7; 32]);
        assert_eq!(SealingKey::parse(&key.to_base64()).map(|k| k.id), Some(key.id.clone()));
        assert_eq!(SealingKey::parse(&"07".repeat(32)).map(|k| k.id), Some(key.id));
        assert!(SealingKey::parse("short").is_none());
    }
}
