//! The demo: two companies full of customers, orders and bookings, whose customers write, order and pay through the same
//! doors as real ones. It moves by itself until it is held.
//!
//! [`prepare`] makes who is in it and comes back at once; [`run`] writes the rows while the program serves already, and lets
//! customers write. Its rows are the same at every start, with dates that fit the present.

mod catalogue;
mod clear;
mod companies;
mod control;
mod dice;
mod play;
mod seed;
mod shop;
mod words;

pub use clear::{KEPT, TABLES};
pub use control::{Control, LOGINS, Login, State, pause, reset, state};
pub use shop::open_shop;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How often rows that could not be written are tried again.
const TRIES: u32 = 3;

/// Opens the demo: its people and its two companies are there when this comes back; their rows are [`run`]'s.
///
/// # Errors
/// `Invalid` for a database in which somebody signs in already who is not of the demo: its people have passwords that all
/// know. When the database refuses.
pub async fn prepare(ctx: &Ctx) -> Result<()> {
    if crate::identity::has_owner(ctx).await? && !companies::are_there(ctx).await? {
        let text = "This database belongs to an installation: the demo needs one of its own.";
        return Err(Error::invalid("database", "NOT_A_DEMO", text));
    }
    let (_, standing) = companies::restore(ctx).await?;
    let control = &ctx.engine().demo;
    control.open();
    control.set_progress(if standing.iter().all(|company| company.whole) { control::WHOLE } else { 0 });
    Ok(())
}

/// Writes the rows that are missing, then lets customers write until told to stop; a reset begins anew.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let mut anew = false;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = fill(&ctx, anew) => {}
        }
        let play = play::play(&ctx);
        tokio::select! {
            () = stop.cancelled() => return,
            () = ctx.engine().demo.reset_asked() => {}
            () = play => {}
        }
        anew = true;
    }
}

/// Writes the rows of the companies that are not whole, or of both.
async fn fill(ctx: &Ctx, anew: bool) {
    for attempt in 1..=TRIES {
        // A task of its own: a fault in it ends it, not the demo.
        let own = ctx.clone();
        let filling = AbortOnDropHandle::new(tokio::spawn(async move { try_fill(&own, anew).await }));
        match filling.await.unwrap_or_else(|error| Err(Error::internal(error.to_string()))) {
            Ok(()) => break,
            Err(error) => {
                tracing::error!(error = error.private(), attempt, "the demo's rows could not be written");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
    // Also after three failures: what is there can be looked at, and the next start tries again.
    ctx.engine().demo.set_progress(control::WHOLE);
}

/// Makes the rows of the companies that are not whole, or of both anew: one try of what [`run`] begins with.
///
/// # Errors
/// When the database refuses; the next call begins with taking away what is there.
pub async fn try_fill(ctx: &Ctx, anew: bool) -> Result<()> {
    let began = std::time::Instant::now();
    let (people, standing) = companies::restore(ctx).await?;
    let open: Vec<_> = standing.iter().filter(|company| anew || !company.whole).collect();
    if open.is_empty() {
        return Ok(());
    }
    let share = 100.0 / open.len() as f32;
    let mut from = 0.0;
    for company in open {
        seed::fill(ctx, company, &people, seed::Part::new(ctx, from, from + share)).await?;
        from += share;
    }
    tracing::info!(seconds = began.elapsed().as_secs_f32(), "the demo's companies are whole");
    Ok(())
}
