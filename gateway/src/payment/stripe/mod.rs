//! Stripe (issue 3.3): a page of Stripe Checkout for each payment, with inline prices, in the company's own account by its own
//! secret key.
//!
//! Requests are built by the types of the async-stripe crates and carried by our own outbound client (decision 0007). Field
//! names were read in Stripe's own description of the pinned version (outside.md §3).
//!
//! Relied on without proof (K): idempotency keys live at least 24 h and take 255 characters; the scales of ISK, UGX, MGA and the
//! currencies with three decimals (<https://docs.stripe.com/currencies>).

mod amount;
mod client;
mod wire;

pub use client::{Endpoint, Stripe};

/// The provider's name.
pub const NAME: &str = "stripe";
/// Where the API is.
pub const BASE_URL: &str = "https://api.stripe.com";
/// The version that requests, answers and events are in, whatever the account's own default is.
pub const VERSION: &str = "2026-10-28.endive";

/// Whether a text can be a secret or restricted key, and whether its money is real.
#[must_use]
pub fn key_mode(key: &str) -> Option<bool> {
    let (live, rest) = ["sk_live_", "rk_live_"]
        .iter()
        .find_map(|prefix| Some((true, key.strip_prefix(prefix)?)))
        .or_else(|| ["sk_test_", "rk_test_"].iter().find_map(|prefix| Some((false, key.strip_prefix(prefix)?))))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    ((16..=250).contains(&rest.len()) && rest.chars().all(plain)).then_some(live)
}

/// Whether a text can be the signing secret of a webhook.
#[must_use]
pub fn is_webhook_secret(secret: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=');
    secret.strip_prefix("whsec_").is_some_and(|rest| (16..=250).contains(&rest.len()) && rest.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_other_text() {
        assert_eq!(key_mode("sk_live_0123456789abcdefABCD"), Some(true));
        assert_eq!(key_mode("rk_test_0123456789abcdefABCD"), Some(false));
        for text in [
            "",
            "sk_live_",
            "pk_test_0123456789abcdef",
            "sk_test_0123456789 abcdef",
            "sk_test_short",
            "whsec_0123456789abcdef",
        ] {
            assert_eq!(key_mode(text), None, "{text}");
        }
        assert!(is_webhook_secret("whsec_0123456789abcdef"));
        assert!(!is_webhook_secret("sk_test_0123456789abcdef") && !is_webhook_secret("whsec_ 123456789abcdef"));
    }
}
