//! Reports as servers write them, made up after their manner, with reserved names.

use super::*;
use crate::mail::returns::token;
use uuid::Uuid;

const ADDRESS: &str = "ana@shop.example";

fn returns() -> ReturnAddress {
    ReturnAddress::parse("returns@mail.example").expect("an address")
}

fn made() -> String {
    token(&[7; 32], Uuid::from_u128(5))
}

/// A sample with its place for the token filled, and its lines ended as mail has them.
fn sample(text: &str) -> Vec<u8> {
    text.replace("TOKEN", &made()).replace('\n', "\r\n").into_bytes()
}

fn read(text: &str) -> Option<Report> {
    Report::read(&sample(text), &returns())
}

const POSTFIX: &str = include_str!("samples/postfix.eml");
const EXCHANGE: &str = include_str!("samples/exchange.eml");
const GMAIL: &str = include_str!("samples/gmail.eml");
const DELAYED: &str = include_str!("samples/delayed.eml");
const SPAM: &str = include_str!("samples/spam.eml");

#[test]
fn reports_of_different_servers_say_the_same() {
    for (name, text, kind, word) in [
        ("postfix", POSTFIX, Kind::Recipient, "550 5.1.1"),
        ("exchange", EXCHANGE, Kind::Recipient, "RecipientNotFound"),
        ("gmail", GMAIL, Kind::Recipient, "does not exist"),
        ("spam", SPAM, Kind::Request, "5.7.1"),
    ] {
        let report = read(text).unwrap_or_else(|| panic!("{name} is a report"));
        assert_eq!(report.tokens, [made()], "{name}");
        match report.verdict("ANA@shop.example") {
            Verdict::Failed(error) => {
                assert_eq!(error.kind, kind, "{name}: {error}");
                assert!(error.text.contains(word), "{name}: {error}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let report = read(DELAYED).expect("a report");
    assert_eq!((report.tokens.as_slice(), report.verdict(ADDRESS)), ([made()].as_slice(), Verdict::Delayed));
}

/// The statuses, with what the far server said.
#[test]
fn a_status_means_what_the_same_code_means_in_the_conversation() {
    for (action, status, diagnostic, verdict) in [
        ("failed", "5.1.1", "smtp; 550 5.1.1 no such user", Some(Kind::Recipient)),
        ("failed", "5.1.1 (bad destination)", "x-unix; user unknown", Some(Kind::Recipient)),
        ("Failed", "5.0.0", "smtp; 550 no such user", Some(Kind::Recipient)),
        ("failed", "5.0.0", "smtp; 550-5.7.1 we take nothing of yours", Some(Kind::Request)),
        ("failed", "5.0.0", "", Some(Kind::Request)),
        ("failed", "5.2.1", "smtp; 550 5.2.1 disabled", Some(Kind::Recipient)),
        ("failed", "5.2.2", "smtp; 552 5.2.2 full", Some(Kind::Request)),
        ("failed", "5.7.1", "smtp; 550 5.7.1 relaying denied", Some(Kind::Request)),
        ("failed", "5.1.8", "smtp; 550 5.1.8 sender's domain", Some(Kind::Request)),
        ("failed", "4.4.7", "smtp; 450 4.2.0 greylisted", Some(Kind::Unavailable)),
        ("failed", "", "smtp; 550 5.1.1 no such user", Some(Kind::Recipient)),
        ("failed", "", "smtp; 451 later", Some(Kind::Unavailable)),
        ("delayed", "5.1.1", "smtp; 550 5.1.1 no such user", None),
        ("relayed", "2.0.0", "", None),
    ] {
        let fields = format!(
            "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {ADDRESS}\nAction: {action}\nStatus: {status}\n\
             Diagnostic-Code: {diagnostic}\n"
        );
        let report = Report { tokens: Vec::new(), recipients: recipients(&fields) };
        let kind = match report.verdict(ADDRESS) {
            Verdict::Failed(error) => Some(error.kind),
            Verdict::Delayed | Verdict::Other => None,
        };
        assert_eq!(kind, verdict, "{action} {status} {diagnostic}");
    }
}

/// A letter that was passed on to two failed when it reached neither.
#[test]
fn of_several_recipients_ours_counts() {
    let group = |address: &str, action: &str| {
        format!("Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n\n")
    };
    let verdict = |groups: &[String]| {
        let fields = format!("Reporting-MTA: dns; mx.example\n\n{}", groups.concat());
        Report { tokens: Vec::new(), recipients: recipients(&fields) }.verdict(ADDRESS)
    };
    let failed = |verdict| matches!(verdict, Verdict::Failed(_));
    assert!(failed(verdict(&[group("a@shop.test", "failed"), group(ADDRESS, "failed")])));
    assert!(!failed(verdict(&[group("a@shop.test", "failed"), group(ADDRESS, "relayed")])));
    assert!(failed(verdict(&[group("a@shop.test", "failed"), group("b@shop.test", "failed")])));
    assert!(!failed(verdict(&[group("a@shop.test", "failed"), group("b@shop.test", "relayed")])));
    assert_eq!(verdict(&[]), Verdict::Other);
}

#[test]
fn what_is_no_report_is_none() {
    for (name, text) in [
        (
            "an answering machine",
            "From: a@shop.example\nTo: returns+TOKEN@mail.example\nSubject: Away\n\nI am away.\n".to_owned(),
        ),
        ("a receipt of reading", POSTFIX.replace("delivery-status", "disposition-notification")),
        ("a mixture", POSTFIX.replace("multipart/report", "multipart/mixed")),
        ("fields of nobody", POSTFIX.replace("Action: failed", "Acting: failed")),
        ("nothing", String::new()),
    ] {
        assert_eq!(read(&text), None, "{name}");
    }
}

/// A report whose envelope's address was rewritten is known by the returned letter; a token elsewhere in it is none.
#[test]
fn a_token_stands_in_known_places_only() {
    for sample in [POSTFIX, EXCHANGE, GMAIL, SPAM] {
        let to_account = sample.replace("returns+TOKEN@mail.example", "account@mail.example");
        let report = read(&to_account).expect("a report");
        assert_eq!(report.tokens, [made()], "by the Message-ID of the returned letter");
        let neither = to_account.replace("<TOKEN@", "<0123@");
        assert_eq!(read(&neither).expect("a report").tokens, Vec::<String>::new());
    }
    let quoted = POSTFIX.replace("TOKEN", "0123").replace("This is the mail system", "returns+TOKEN@mail.example");
    assert_eq!(read(&quoted).expect("a report").tokens, Vec::<String>::new(), "what people read proves nothing");
}

/// Cut anywhere, or with any byte changed: an answer, never a fault.
#[test]
fn broken_reports_break_nothing() {
    for text in [POSTFIX, EXCHANGE, GMAIL, DELAYED, SPAM] {
        let whole = sample(text);
        for end in 0..whole.len() {
            let report = Report::read(&whole[..end], &returns());
            assert!(report.is_none_or(|report| report.tokens.len() <= 1));
        }
        for at in (0..whole.len()).step_by(3) {
            for byte in [0, b'\n', b'"', 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _ = Report::read(&changed, &returns());
            }
        }
    }
}

/// What would make a reader run deep or long ends soon.
#[test]
fn monsters_end_soon() {
    let began = std::time::Instant::now();
    let nested: String =
        (0..3000).map(|at| format!("Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n")).collect();
    let messages = "Content-Type: message/rfc822\n\n".repeat(4000);
    let groups = "Final-Recipient: rfc822; a@shop.example\nAction: failed\n\n".repeat(3000);
    for body in [nested, messages, POSTFIX.replace("Action: failed", &format!("Action: failed\n\n{groups}"))] {
        let mut bytes = sample(&body);
        bytes.truncate(super::super::mailbox::MOST_OF_MESSAGE);
        let _ = Report::read(&bytes, &returns());
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
}
