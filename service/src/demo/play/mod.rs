//! It moves: every so often a simulated customer writes by the real ingress, is answered by the assistant, orders, pays by
//! the bank's signed event, and is booked.

mod customer;

use super::companies::{self, Standing};
use super::dice::Dice;
use crate::ctx::Ctx;
use crate::error::Result;
use std::time::Duration;
use tokio::task::JoinSet;

/// Customers who talk at the same time.
const MOST_AT_ONCE: usize = 4;
/// Seconds between one customer's first words and the next one's.
const BETWEEN: (i64, i64) = (20, 40);

/// Lets customers write until it is dropped.
pub(super) async fn play(ctx: &Ctx) {
    // Other people at every start: what they do next is not to be foreseen.
    let dice = Dice::new(ctx.engine().random.below(u64::MAX));
    let standing = loop {
        match companies::restore(ctx).await {
            Ok((_, standing)) => break standing,
            Err(error) => {
                tracing::warn!(error = error.private(), "the demo's companies cannot be read");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    };
    let mut talking = JoinSet::new();
    for turn in 0_usize.. {
        ctx.engine().demo.moving().await;
        while talking.len() >= MOST_AT_ONCE {
            done(talking.join_next().await);
        }
        let Standing { place, scope, .. } = &standing[turn % standing.len()];
        let (own, scope, place, chance) = (ctx.clone(), scope.clone(), *place, dice.clone());
        talking.spawn(async move { customer::visit(&own, &scope, place, &chance).await });
        // The first two come at once: who opens the demo sees it move.
        let wait = if turn == 0 { 2 } else { dice.between(BETWEEN.0, BETWEEN.1) };
        tokio::time::sleep(Duration::from_secs(wait.unsigned_abs())).await;
        while let Some(ended) = talking.try_join_next() {
            done(Some(ended));
        }
    }
}

fn done(ended: Option<std::result::Result<Result<()>, tokio::task::JoinError>>) {
    match ended {
        Some(Ok(Err(error))) => tracing::warn!(error = error.private(), "a demo customer went away"),
        Some(Err(error)) if error.is_panic() => tracing::error!(%error, "a demo customer broke"),
        _ => {}
    }
}
