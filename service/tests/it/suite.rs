//! One suite for all providers of a trait (reliability.md §10.C).

/// Makes each test for each provider, on both databases. `open(kit, which)` of the subject opens a shop at one.
#[macro_export]
macro_rules! suite {
    ($subject:ident { $($provider:ident: $which:expr),+ $(,)? } $tests:tt) => {
        $crate::suite!(@steps $subject $tests);
        $(mod $provider {
            use super::*;
            $crate::suite!(@on $subject, $which, $tests);
        })+
    };
    (@steps $subject:ident { $($(#[$about:meta])* async fn $name:ident($given:ident: $_given:ident) $body:block)* }) => {
        mod steps {
            use super::*;
            $($(#[$about])* pub(super) async fn $name($given: $subject) $body)*
        }
    };
    (@on $subject:ident, $which:expr, { $($(#[$about:meta])* async fn $name:ident($given:ident: $_given:ident) $body:block)* }) => {
        testkit::both! {$(
            async fn $name(kit: Kit) {
                steps::$name($subject::open(kit, $which).await).await;
            }
        )*}
    };
}
