//! Letters that come back: what a report does to a letter and its address, what is left alone, and what becomes of it all when
//! the mailbox or the program breaks. The mailbox is a real Dovecot, the reports are written after the manner of real servers.

use crate::mail::{House, NEW_TOKEN, OTHER_TOKEN};
use entity::mailbox_state;
use entity::stored::{JobStatus, MailStatus};
use futures::FutureExt as _;
use gateway::error::Kind;
use gateway::mail::mailbox::Mailbox;
use service::access::Actor;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use testkit::dovecot::USER;
use testkit::{Dovecot, Kit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

const RETURNS: &str = "returns@mail.example";
const POSTFIX: &str = include_str!("../../../gateway/src/mail/report/samples/postfix.eml");
const EXCHANGE: &str = include_str!("../../../gateway/src/mail/report/samples/exchange.eml");
const GMAIL: &str = include_str!("../../../gateway/src/mail/report/samples/gmail.eml");
const DELAYED: &str = include_str!("../../../gateway/src/mail/report/samples/delayed.eml");
const SPAM: &str = include_str!("../../../gateway/src/mail/report/samples/spam.eml");

fn mailbox(url: String, server: &Dovecot) -> Mailbox {
    let mailbox = Mailbox::new(&url.into(), RETURNS, Some(server.certificate.as_bytes())).unwrap();
    mailbox.with_patience(Duration::from_secs(5))
}

/// A company whose letters come back.
struct Returns {
    house: House,
    server: Dovecot,
    sent: usize,
}

impl Returns {
    async fn open(kit: &Kit) -> Self {
        let server = Dovecot::start();
        let url = server.url();
        Self::open_at(kit, server, url).await
    }

    /// The mailbox behind this address.
    async fn open_at(kit: &Kit, server: Dovecot, url: String) -> Self {
        kit.may_remain("read_returns");
        let mailbox = mailbox(url, &server);
        let house = House::open_with(kit, true, |engine| engine.outside.returns = Some(Arc::new(mailbox))).await;
        service::mail::start_reading(&house.kit.ctx).await.unwrap();
        Self { house, server, sent: 0 }
    }

    /// The bot breaks once more, by another token each time.
    async fn breaks(&mut self) {
        let tokens = [NEW_TOKEN, OTHER_TOKEN];
        if let Some(last) = self.sent.checked_sub(1) {
            self.house.mended(tokens[last % 2]).await;
            self.house.after(61).await;
        }
        self.house.breaks(tokens[self.sent % 2]).await;
        self.sent += 1;
    }

    /// One more letter goes to the owner; returns its token.
    async fn send(&mut self) -> String {
        let before = self.house.mail().letters().len();
        self.breaks().await;
        let letters = self.house.mail().letters();
        assert_eq!(letters.len(), before + 1, "a letter went");
        token(&letters[before].from)
    }

    fn address(&self) -> &str {
        self.house.tenant.owner.email.as_deref().unwrap()
    }

    /// A sample about a letter.
    fn about(&self, sample: &str, token: &str) -> String {
        let about = sample.replace("ana@shop.example", self.address()).replace("ANA@SHOP.EXAMPLE", self.address());
        about.replace("TOKEN", token).replace('\n', "\r\n")
    }

    fn deliver(&self, sample: &str, token: &str) {
        self.server.deliver(self.about(sample, token));
    }

    /// The next look.
    async fn look(&self) {
        self.house.after(2).await;
    }

    async fn state(&self) -> mailbox_state::Model {
        service::mail::last_look(&self.house.kit.ctx).await.unwrap().expect("a look")
    }

    async fn status(&self) -> MailStatus {
        self.house.states().await.pop().expect("a letter")
    }

    fn left(&self) -> usize {
        self.server.messages().len()
    }

    /// The owner sets the same address again.
    async fn sets_address(&self) {
        let owner = Actor::User { user_id: self.house.tenant.owner.id, session_id: Uuid::nil() };
        let ctx = self.house.kit.ctx.with_actor(owner);
        service::identity::set_password(&ctx, None, Some(self.address()), "a long enough one").await.unwrap();
    }
}

/// `returns+TOKEN@mail.example`
fn token(sender: &str) -> String {
    let token = sender.strip_prefix("returns+").and_then(|rest| rest.strip_suffix("@mail.example"));
    token.unwrap_or_else(|| panic!("{sender} carries a token")).to_owned()
}

testkit::both! {
    /// A server takes the letter and says later that there is no such address: marked as by a refusal at once, told once,
    /// however often the report comes, and free again when the owner sets the address anew.
    async fn a_late_refusal_marks_the_address(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        let token = returns.send().await;
        let letter = &returns.house.mail().letters()[0];
        assert!(letter.text.contains("From: X8 <x8@shop.example>"), "people see the sender: {}", letter.text);
        assert!(letter.text.contains(&format!("Message-ID: <{token}@shop.example>")), "{}", letter.text);
        assert_eq!(returns.status().await, MailStatus::Sent);

        returns.deliver(POSTFIX, &token);
        returns.look().await;
        let row = returns.house.rows().await.pop().unwrap();
        assert_eq!((row.status, row.error_code.as_deref()), (MailStatus::Refused, Some("recipient")));
        let marked = service::mail::refusal(&returns.house.kit.ctx, returns.address()).await.unwrap().unwrap();
        assert!(marked.reason.contains("550 5.1.1") && marked.reason.contains("User unknown"), "{}", marked.reason);
        assert_eq!(returns.left(), 0, "it is removed");
        let state = returns.state().await;
        assert_eq!((state.error_code, state.error_count), (None, 0));
        assert!(state.read_at.is_some());

        returns.breaks().await;
        assert_eq!(returns.status().await, MailStatus::Refused);
        assert_eq!(returns.house.mail().letters().len(), 1, "nothing goes to a marked address");

        returns.sets_address().await;
        assert_eq!(returns.house.refusals().await, []);
        returns.deliver(POSTFIX, &token);
        returns.look().await;
        assert_eq!((returns.house.refusals().await, returns.left()), (Vec::new(), 0), "a replay marks nothing");
    }

    /// The other shapes: Exchange's, Gmail's, and those whose envelope was rewritten on the way, known by the returned Message-ID.
    async fn servers_of_all_kinds_are_understood(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        for (sample, rewritten) in [(EXCHANGE, false), (GMAIL, false), (POSTFIX, true)] {
            let token = returns.send().await;
            let sample = if rewritten { sample.replace("returns+TOKEN@", "account@") } else { sample.to_owned() };
            returns.deliver(&sample, &token);
            returns.look().await;
            assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0));
            assert_eq!(returns.house.refusals().await.len(), 1);
            returns.sets_address().await;
        }
    }

    /// What says nothing of the address marks none: unwanted by content, given up waiting, late, arrived.
    async fn only_what_is_about_the_address_marks_it(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        let expired = POSTFIX.replace("Status: 5.1.1", "Status: 4.4.7").replace("smtp; 550 5.1.1", "smtp; 450 4.2.0");
        let relayed = POSTFIX.replace("Action: failed", "Action: relayed").replace("Status: 5.1.1", "Status: 2.0.0");
        for (sample, status, code) in [
            (SPAM, MailStatus::Failed, Some("request")),
            (expired.as_str(), MailStatus::Failed, Some("unavailable")),
            (DELAYED, MailStatus::Sent, None),
            (relayed.as_str(), MailStatus::Sent, None),
        ] {
            let token = returns.send().await;
            returns.deliver(sample, &token);
            returns.look().await;
            let row = returns.house.rows().await.pop().unwrap();
            assert_eq!((row.status, row.error_code.as_deref()), (status, code), "{:?}", row.last_error);
            assert_eq!((returns.house.refusals().await, returns.left()), (Vec::new(), 0));
        }
    }

    /// A report about a letter that went before the owner set the address (again) is about a past that is over.
    async fn an_old_report_marks_no_address_that_was_set_since(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        let token = returns.send().await;
        returns.house.after(1).await;
        returns.sets_address().await;
        returns.deliver(POSTFIX, &token);
        returns.look().await;
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0), "that letter did not arrive");
        assert_eq!(returns.house.refusals().await, []);
        let token = returns.send().await;
        returns.deliver(POSTFIX, &token);
        returns.look().await;
        assert_eq!(returns.house.refusals().await.len(), 1, "a letter that went since counts");
    }

    /// Everything else stays untouched, is passed by once, and keeps nobody from reading what comes behind it. A report may be
    /// as large as it likes: its beginning is read.
    async fn what_is_not_ours_stays(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        let token = returns.send().await;
        let forged = format!("{}{}", &token[..32], "0123456789abcdef");
        let megabytes = "A line of a long story that nobody wants to read to its end.\n".repeat(160_000);
        assert!(megabytes.len() > 9_000_000);
        let foreign = [
            "From: ana@shop.example\r\nTo: returns@mail.example\r\nSubject: Hello\r\n\r\nA person writes.\r\n".to_owned(),
            returns.about("From: a@shop.test\nTo: returns+TOKEN@mail.example\nAuto-Submitted: auto-replied\n\nI am away.\n", &token),
            returns.about(POSTFIX, &forged),
            returns.about(&POSTFIX.replace("delivery-status", "disposition-notification"), &token),
            "\0\u{1}: \r\n--\r\nContent-Type: multipart/report; boundary=\r\n\r\n".to_owned(),
            String::new(),
            format!("From: a@shop.test\r\nSubject: long\r\n\r\n{megabytes}"),
        ];
        for message in &foreign {
            returns.server.deliver(message);
        }
        returns.look().await;
        let mut kept: Vec<(String, Vec<u8>)> = returns.server.messages();
        kept.sort();
        let mut expected: Vec<(String, Vec<u8>)> =
            foreign.iter().map(|message| (String::new(), message.clone().into_bytes())).collect();
        expected.sort();
        assert!(kept == expected, "all are there, unread and whole");
        assert_eq!((returns.status().await, returns.house.refusals().await), (MailStatus::Sent, Vec::new()));
        let state = returns.state().await;
        assert_eq!((state.read_to, state.error_code.as_deref()), (foreign.len() as i64, None));

        let heavy = returns.about(POSTFIX, &token).replace("Bot does not answer any more.", &megabytes);
        returns.server.deliver(heavy);
        returns.look().await;
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, foreign.len()));
        assert_eq!(returns.state().await.read_to, foreign.len() as i64 + 1);
    }

    /// A server that counts its messages anew is read anew, and nothing is told twice.
    async fn a_mailbox_that_counts_anew_is_read_anew(kit: Kit) {
        let mut returns = Returns::open(&kit).await;
        let first = returns.send().await;
        for number in 0..3 {
            returns.server.deliver(format!("From: a@shop.test\r\nSubject: {number}\r\n\r\nHello.\r\n"));
        }
        returns.deliver(SPAM, &first);
        returns.look().await;
        let before = returns.state().await;
        assert_eq!((before.read_to, returns.left(), returns.status().await), (4, 3, MailStatus::Failed));

        returns.server.renumber();
        let second = returns.send().await;
        returns.deliver(SPAM, &first);
        returns.deliver(POSTFIX, &second);
        returns.look().await;
        let after = returns.state().await;
        assert_ne!(after.uid_validity, before.uid_validity);
        assert_eq!((after.read_to, returns.left()), (5, 3));
        assert_eq!(returns.house.states().await, [MailStatus::Failed, MailStatus::Refused]);
    }

    /// The mailbox away, its login refused, silent, or breaking off in the midst of a message: said, tried again with pauses,
    /// nothing lost; one message that breaks it each time is passed by in the end.
    async fn a_broken_mailbox_is_waited_for(kit: Kit) {
        let server = Dovecot::start();
        let (proxy, plan) = proxy(server.port()).await;
        let mut returns = Returns::open_at(&kit, server, Dovecot::url_at(proxy)).await;
        let token = returns.send().await;
        returns.deliver(POSTFIX, &token);

        returns.server.stop();
        returns.look().await;
        let state = returns.state().await;
        assert_eq!((state.error_code.as_deref(), state.error_count > 0), (Some("unavailable"), true));
        assert!(state.last_error.is_some_and(|text| !text.contains("come")), "no password");
        plan.store(0, Ordering::SeqCst);
        returns.server.start_again();
        returns.house.after(16).await;
        assert_eq!(returns.state().await.error_code.as_deref(), Some("unavailable"), "silent before the greeting");
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Sent, 1));
        plan.store(i64::MAX, Ordering::SeqCst);
        returns.house.after(16).await;
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0));
        assert_eq!(returns.state().await.error_count, 0);

        returns.sets_address().await;
        let token = returns.send().await;
        let long = "A line that comes through only in part, however often it is asked for.\n".repeat(2000);
        returns.server.deliver(format!("From: a@shop.test\r\n\r\n{long}"));
        returns.deliver(POSTFIX, &token);
        plan.store(60_000, Ordering::SeqCst);
        for times in 1..=4 {
            returns.house.after(16).await;
            let state = returns.state().await;
            assert_eq!((state.stuck_times, state.error_code.as_deref()), (times, Some("unavailable")));
        }
        returns.house.after(16).await;
        returns.house.after(16).await;
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 1), "what lies behind it is read");
    }

    /// A refused login is said and not tried again for a quarter of an hour, because servers count them; with the right password
    /// what came meanwhile is read.
    async fn a_refused_login_is_not_hammered(kit: Kit) {
        let server = Dovecot::start();
        let wrong = format!("imaps://{USER}:nothing-like-it@localhost:{}", server.port());
        let mut returns = Returns::open_at(&kit, server, wrong).await;
        let token = returns.send().await;
        returns.deliver(POSTFIX, &token);
        returns.house.after(16).await;
        let state = returns.state().await;
        assert_eq!(state.error_code.as_deref(), Some("credentials"));
        assert!(state.last_error.is_some_and(|text| text.contains("signing in") && !text.contains("nothing-like-it")));
        returns.house.after(14).await;
        assert_eq!(returns.state().await.error_count, state.error_count, "not asked again so soon");
        returns.house.after(2).await;
        assert_eq!(returns.state().await.error_count, state.error_count + 1);
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Sent, 1));

        let right = Arc::new(mailbox(returns.server.url(), &returns.server));
        let mended = returns.house.kit.with_engine(|engine| {
            engine.outside.clone_from(&returns.house.kit.ctx.engine().outside);
            engine.outside.returns = Some(right);
        });
        service::mail::start_reading(&mended.ctx).await.unwrap();
        mended.drain_with(&service::jobs::registry()).await;
        assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0), "a start looks at once");
        assert_eq!(returns.state().await.error_code, None);
    }

    /// Dying after any statement: told once, and removed.
    async fn dying_at_any_point_tells_it_once(kit: Kit) {
        const NOBODY: i64 = i64::MAX;
        const MOST_STATEMENTS: i64 = 60;
        let mut returns = Returns::open(&kit).await;
        let left = Arc::new(AtomicI64::new(NOBODY));
        let mortal = returns.house.kit.with_engine(|engine| {
            let left = Arc::clone(&left);
            engine.db = engine.db.clone().watched(move |_| {
                if left.load(Ordering::SeqCst) != NOBODY && left.fetch_sub(1, Ordering::SeqCst) == 0 {
                    std::panic::resume_unwind(Box::new("death"));
                }
            });
            engine.outside.clone_from(&returns.house.kit.ctx.engine().outside);
        });
        let registry = service::jobs::registry();
        let kind = registry.kind("read_returns").unwrap();
        for n in 0..MOST_STATEMENTS {
            let token = returns.send().await;
            returns.deliver(POSTFIX, &token);
            returns.house.kit.advance(Duration::from_secs(120));
            let claimed = service::job::claim(&mortal.ctx, "mortal", &[kind.name], 1, Duration::from_secs(12)).await;
            let claimed = claimed.unwrap().pop().expect("a look is due");
            left.store(n, Ordering::SeqCst);
            let ran = AssertUnwindSafe(kind.run(mortal.ctx.clone(), claimed)).catch_unwind().await;
            let lived = left.swap(NOBODY, Ordering::SeqCst) >= 0 && matches!(ran, Ok(Ok(())));
            returns.house.kit.advance(Duration::from_secs(13));
            service::job::release_expired(&returns.house.kit.ctx).await.unwrap();
            returns.look().await;
            assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0), "after statement {n}");
            assert_eq!(returns.house.refusals().await.len(), 1);
            let open = returns.house.kit.jobs().await;
            let open = open.iter().filter(|job| job.kind == kind.name && job.status != JobStatus::Done).count();
            assert_eq!(open, 1, "one look waits, after statement {n}");
            if lived {
                assert!(n > 8, "it died often enough: {n}");
                return;
            }
            returns.sets_address().await;
        }
        panic!("a look runs more than {MOST_STATEMENTS} statements");
    }

    /// The connection breaks after any part of what the server says, also between the mark and the removal: told once, and
    /// removed by the next look.
    async fn breaking_off_at_any_point_tells_it_once(kit: Kit) {
        let server = Dovecot::start();
        let (proxy, plan) = proxy(server.port()).await;
        let mut returns = Returns::open_at(&kit, server, Dovecot::url_at(proxy)).await;
        let (mut before, mut between) = (0, 0);
        // First in large steps up to where all is done; then through the last answers, those to the removal, in small ones.
        let (mut bytes, mut last) = (1000, None);
        while last.is_none_or(|last| bytes <= last) {
            let token = returns.send().await;
            returns.deliver(POSTFIX, &token);
            plan.store(bytes, Ordering::SeqCst);
            returns.look().await;
            plan.store(i64::MAX, Ordering::SeqCst);
            match (returns.status().await, returns.left()) {
                (MailStatus::Sent, 1) => before += 1,
                (MailStatus::Refused, 1) => between += 1,
                (MailStatus::Refused, 0) => {}
                impossible => panic!("{impossible:?} after {bytes} bytes"),
            }
            let done = returns.state().await.error_code.is_none();
            returns.house.after(16).await;
            assert_eq!((returns.status().await, returns.left()), (MailStatus::Refused, 0), "after {bytes} bytes");
            assert_eq!(returns.house.refusals().await.len(), 1);
            returns.sets_address().await;
            match last {
                None if done => (bytes, last) = (bytes - 500, Some(bytes)),
                None => bytes += 400,
                Some(_) => bytes += 50,
            }
        }
        assert!(before > 3 && between > 0, "{before} {between}");
    }

    /// However many workers start, one look waits; where no mailbox is set, none does, and one that waited ends.
    async fn one_look_waits_for_all(kit: Kit) {
        let returns = Returns::open(&kit).await;
        for _ in 0..3 {
            service::mail::start_reading(&returns.house.kit.ctx).await.unwrap();
        }
        let waiting = async || {
            let jobs = returns.house.kit.jobs().await;
            jobs.iter().filter(|job| job.kind == "read_returns" && job.status == JobStatus::Waiting).count()
        };
        assert_eq!(waiting().await, 1);
        let without = returns.house.kit.with_engine(|engine| engine.outside.returns = None);
        service::mail::start_reading(&without.ctx).await.unwrap();
        without.drain_with(&service::jobs::registry()).await;
        assert_eq!(waiting().await, 0);
        assert_eq!(service::mail::last_look(&without.ctx).await.unwrap(), None);
    }
}

/// Stands between the program and the mailbox. Of each connection it lets so many bytes of the server through and then closes
/// it; of none: it keeps silent.
async fn proxy(port: u16) -> (u16, Arc<AtomicI64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let plan = Arc::new(AtomicI64::new(i64::MAX));
    let shared = Arc::clone(&plan);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let mut left = shared.load(Ordering::SeqCst);
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                if left == 0 {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                let up = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
                let mut part = vec![0; 4096];
                while let Ok(came) = from_server.read(&mut part).await {
                    let through = came.min(usize::try_from(left).unwrap_or(0));
                    left -= through as i64;
                    if to_client.write_all(&part[..through]).await.is_err() || came == 0 || left == 0 {
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    (own, plan)
}

/// By TLS from the first byte or by STARTTLS, with a certificate that is trusted and a login that is good; else said, in words
/// without the password.
#[tokio::test]
async fn the_mailbox_is_opened_encrypted_or_not_at_all() {
    let server = Dovecot::start();
    server.deliver("Subject: one\r\n\r\nHello.\r\n");
    for url in [server.url(), server.starttls_url()] {
        assert_eq!(mailbox(url.clone(), &server).check().await, Ok(1));
        let untrusting = Mailbox::new(&url.into(), RETURNS, None).unwrap();
        assert_eq!(untrusting.check().await.expect_err("an unknown certificate").kind, Kind::Unavailable);
    }
    let wrong = format!("imaps://{USER}:wr%C3%B6ng-one@localhost:{}", server.port());
    for url in [wrong.clone(), wrong.replace("%C3%B6", "o")] {
        let refused = mailbox(url, &server).check().await.expect_err("a wrong password");
        assert_eq!(refused.kind, Kind::Credentials, "{refused}");
        assert!(!refused.text.contains("ng-one"), "{refused}");
    }
    let other = mailbox(server.url().replace("localhost", "127.0.0.1"), &server);
    assert_eq!(other.check().await.expect_err("a certificate of another name").kind, Kind::Unavailable);
    let swapped = mailbox(server.url().replace("imaps", "imap"), &server).with_patience(Duration::from_millis(500));
    assert_eq!(swapped.check().await.expect_err("no greeting in the clear").kind, Kind::Unavailable);
}

/// A server that offers no STARTTLS gets no password; one that says nothing, or never ends, is left.
#[tokio::test]
async fn a_strange_server_is_left() {
    let endless = "* OK ".to_owned() + &"x".repeat(1 << 20);
    for (greeting, answer, kind) in [
        ("* OK ready\r\n", "a BAD no such command\r\n", Kind::Request),
        ("* OK ready\r\n", "", Kind::Unavailable),
        ("* BYE too busy\r\n", "", Kind::Unavailable),
        ("", "", Kind::Unavailable),
        ("220 mail.example ESMTP\r\n", "", Kind::Unavailable),
        (endless.as_str(), "", Kind::Unavailable),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (greeting, answer) = (greeting.to_owned(), answer.to_owned());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut said = String::new();
            let _ = stream.write_all(greeting.as_bytes()).await;
            let mut part = [0; 1024];
            while let Ok(came @ 1..) = stream.read(&mut part).await {
                said.push_str(&String::from_utf8_lossy(&part[..came]));
                let tag = said.split(' ').next().unwrap_or_default().to_owned();
                if !answer.is_empty() && stream.write_all(answer.replacen('a', &tag, 1).as_bytes()).await.is_err() {
                    break;
                }
            }
            said
        });
        let url = format!("imap://{USER}:hidden@localhost:{port}").into();
        let client = Mailbox::new(&url, RETURNS, None).unwrap().with_patience(Duration::from_millis(800));
        let error = client.check().await.expect_err("no mailbox");
        assert_eq!(error.kind, kind, "{error}");
        let said = server.await.unwrap();
        assert!(!said.contains("hidden"), "the password was said unencrypted: {said}");
    }
}
