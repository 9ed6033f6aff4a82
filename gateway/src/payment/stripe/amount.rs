//! Sums between our minor units (ISO 4217) and Stripe's, which differ for a few currencies
//! (<https://docs.stripe.com/currencies>, "Special cases").

use domain::money::{Currency, Money};

/// How a sum of ours becomes Stripe's.
enum Scale {
    Same,
    /// Whole units with us, hundredths there.
    Times100,
    /// Hundredths with us, whole units there.
    By100,
    /// Thousandths whose last digit must be zero.
    Tens,
}

fn scale(currency: Currency) -> Scale {
    match currency.code() {
        "ISK" | "UGX" => Scale::Times100,
        "MGA" => Scale::By100,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => Scale::Tens,
        _ => Scale::Same,
    }
}

/// A sum in Stripe's units; none when Stripe has no such sum.
pub(super) fn to_stripe(money: Money) -> Option<i64> {
    let minor = money.minor;
    match scale(money.currency) {
        Scale::Same => Some(minor),
        Scale::Times100 => minor.checked_mul(100),
        Scale::By100 => (minor % 100 == 0).then_some(minor / 100),
        Scale::Tens => (minor % 10 == 0).then_some(minor),
    }
}

/// A sum of Stripe's in our minor units; none when we have no such sum.
pub(super) fn from_stripe(units: i64, currency: Currency) -> Option<i64> {
    match scale(currency) {
        Scale::Same | Scale::Tens => Some(units),
        Scale::Times100 => (units % 100 == 0).then_some(units / 100),
        Scale::By100 => units.checked_mul(100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_go_there_and_back() {
        for (code, minor, units) in [
            ("EUR", 1250, Some(1250)),
            ("KZT", 450_000, Some(450_000)),
            ("JPY", 500, Some(500)),
            ("ISK", 500, Some(50_000)),
            ("UGX", 5, Some(500)),
            ("MGA", 1200, Some(12)),
            ("MGA", 1250, None),
            ("KWD", 5120, Some(5120)),
            ("KWD", 5124, None),
            ("ISK", i64::MAX, None),
        ] {
            let currency = Currency::parse(code).expect("a code");
            let there = to_stripe(Money::new(minor, currency));
            assert_eq!(there, units, "{code} {minor}");
            if let Some(units) = there {
                assert_eq!(from_stripe(units, currency), Some(minor), "{code} {minor}");
            }
        }
        assert_eq!(from_stripe(50_001, Currency::parse("ISK").expect("a code")), None);
    }
}
