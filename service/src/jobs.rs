//! Every kind of work and what runs it: the one list (style.md habit 12).

use crate::ctx::Ctx;
use crate::error::Result;
use crate::job::{self, KindOptions, Registry};
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
        crate::turn::AnswerTurn => crate::turn::answer, at once 16, seconds 75;
        crate::inbox::SendMessage => crate::inbox::send, at once 8, seconds 25;
        // What customers attached and said.
        crate::inbox::FetchMedia => crate::inbox::run_fetch, at once 4, seconds 150;
        crate::inbox::HearVoice => crate::inbox::run_hear, at once 4, seconds 150;
        // Two contacts became one while their messages were on the way.
        crate::inbox::GatherMerged => crate::inbox::run_gather, at once 2, seconds 60;
        // Connections to providers.
        crate::channel::ConnectChannel => crate::channel::run_connect, at once 4, seconds 60;
        crate::channel::DisconnectChannel => crate::channel::run_disconnect, at once 2, seconds 60;
        crate::channel::WatchChannel => crate::channel::run_watch, at once 8, seconds 60;
        crate::channel::CheckIntake => crate::channel::run_check, at once 2, seconds 30;
        crate::channel::IdentifyContact => crate::channel::run_identify, at once 2, seconds 30;
        crate::channel::TestChannel => crate::channel::run_test, at once 2, seconds 60;
        // Each waits for messages most of its time.
        crate::channel::PollChannel => crate::channel::run_poll, at once 64, seconds 60;
        // Money and calendar.
        crate::payment::SettlePayment => crate::payment::settle, at once 4, seconds 40;
        crate::payment::ExpirePage => crate::payment::run_expire, at once 2, seconds 60;
        crate::payment::CheckPage => crate::payment::run_check, at once 2, seconds 40;
        crate::payment::RefundPayment => crate::payment::run_refund, at once 2, seconds 60;
        // Both end the pages of an account that is left, one by one.
        crate::payment::ConnectPayment => crate::payment::run_connect, at once 2, seconds 600;
        crate::payment::DisconnectPayment => crate::payment::run_disconnect, at once 2, seconds 600;
        crate::order::BookOrder => crate::order::book, at once 4, seconds 25;
        crate::calendar::WriteBooking => crate::calendar::run_write, at once 4, seconds 60;
        crate::calendar::SyncCalendar => crate::calendar::run_sync, at once 2, seconds 300;
        crate::calendar::CheckCalendar => crate::calendar::run_check, at once 2, seconds 60;
        crate::calendar::DisconnectCalendar => crate::calendar::run_disconnect, at once 2, seconds 60;
        crate::order::ExpireLink => crate::order::expire_link, at once 2, seconds 25;
        crate::order::SendReminder => crate::order::send_reminder, at once 2, seconds 25;
        // Pictures and videos. A large one takes its time.
        crate::media::UploadMedia => crate::media::run_upload, at once 2, seconds 600;
        crate::media::RemoveMedia => crate::media::run_remove, at once 2, seconds 120;
        crate::media::ConnectMedia => crate::media::run_connect, at once 2, seconds 60;
        // Letters. A server may look at a letter for long before it answers.
        crate::mail::SendMail => crate::mail::run_send, at once 2, seconds 200;
        // Ends by itself well before.
        crate::mail::ReadReturns => crate::mail::run_read, at once 1, seconds 300;
        // Files.
        crate::catalog::ImportTable => crate::catalog::run_import, at once 1, seconds 1800;
        crate::catalog::PruneCatalogue => crate::catalog::run_prune, at once 1, seconds 120;
        crate::file::RemoveFile => crate::file::run_remove, at once 1, seconds 60;
    }
}

/// Runs what is due now, one job after the other, and comes back: for the command line, where no worker runs.
///
/// # Errors
/// When the database does not answer; a job that fails is noted as a worker would note it.
pub async fn run_due(ctx: &Ctx, worker: &str) -> Result<usize> {
    let registry = registry();
    let names: Vec<&str> = registry.kinds().map(|kind| kind.name).collect();
    let mut run = 0;
    loop {
        let claimed = job::claim(ctx, worker, &names, 1, Duration::from_secs(600)).await?;
        let Some(claimed) = claimed.into_iter().next() else { return Ok(run) };
        let Some(kind) = registry.kind(&claimed.row.kind) else { return Ok(run) };
        if let Err(failure) = kind.run(ctx.clone(), claimed.clone()).await {
            job::fail(ctx, &claimed, &failure).await?;
        }
        run += 1;
    }
}

#[cfg(test)]
mod tests {
    /// reliability.md case 20: these words stand in customers' ledgers. A kind that is renamed is orphaned there; a new one is
    /// added here.
    #[test]
    fn kinds_keep_their_names() {
        let names: Vec<&str> = super::registry().kinds().map(|kind| kind.name).collect();
        let known = [
            "answer_turn",
            "book_order",
            "check_calendar",
            "check_intake",
            "check_page",
            "connect_channel",
            "connect_media",
            "connect_payment",
            "disconnect_calendar",
            "disconnect_channel",
            "disconnect_payment",
            "expire_link",
            "expire_page",
            "fetch_media",
            "gather_merged",
            "hear_voice",
            "identify_contact",
            "import_table",
            "poll_channel",
            "prune_catalogue",
            "read_returns",
            "refund_payment",
            "remove_file",
            "remove_media",
            "send_mail",
            "send_message",
            "send_reminder",
            "settle_payment",
            "sync_calendar",
            "test_channel",
            "upload_media",
            "watch_channel",
            "write_booking",
        ];
        assert_eq!(names, known);
    }
}
