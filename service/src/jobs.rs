//! Every kind of work and what runs it: the one list (style.md habit 12).

use crate::job::{KindOptions, Registry};
use std::time::Duration;

macro_rules! register {
    ($($job:ty => $run:path, at once $concurrency:expr, seconds $seconds:expr;)*) => {
        Registry::new()$(.register::<$job>(
            |ctx, claimed| Box::pin(async move { $run(&ctx, &claimed).await }),
            KindOptions { concurrency: $concurrency, timeout: Duration::from_secs($seconds) },
        ))*
    };
}

/// All kinds of jobs of this program.
#[must_use]
pub fn registry() -> Registry {
    register! {
        // Customers wait for these two.
        crate::turn::AnswerTurn => crate::turn::answer, at once 8, seconds 25;
        crate::inbox::SendMessage => crate::inbox::send, at once 8, seconds 25;
        // Money and calendar.
        crate::payment::SettlePayment => crate::payment::settle, at once 4, seconds 25;
        crate::order::BookOrder => crate::order::book, at once 4, seconds 25;
        crate::order::ExpireLink => crate::order::expire_link, at once 2, seconds 25;
        crate::order::SendReminder => crate::order::send_reminder, at once 2, seconds 25;
        // Files.
        crate::catalog::ImportTable => crate::catalog::run_import, at once 1, seconds 1800;
        crate::catalog::PruneCatalogue => crate::catalog::run_prune, at once 1, seconds 120;
        crate::file::RemoveFile => crate::file::run_remove, at once 1, seconds 60;
    }
}
