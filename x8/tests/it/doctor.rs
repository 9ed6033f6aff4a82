//! What `x8 doctor` says of mail.

use crate::program::{on_sqlite, run};
use testkit::dovecot::{PASSWORD, USER};
use testkit::fake::smtp::{Encryption, Smtp};
use testkit::{Backend, Dovecot, Kit};

/// The mailbox for returned letters is opened as the program does it; a wrong password is a problem, and no password is shown.
#[test]
fn it_opens_the_mailbox_for_returned_letters() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = on_sqlite(&kit.folder);
        let smtp = Smtp::start(Encryption::None, &kit.folder).await;
        let mailbox = Dovecot::start();
        mailbox.deliver("Subject: one\r\n\r\nHello.\r\n");
        let certificate = kit.folder.join("mailbox.pem");
        std::fs::write(&certificate, &mailbox.certificate).expect("a certificate");
        let doctor = async |url: String| {
            let mut command = ground.command(&["doctor"]);
            command
                .env("X8_SMTP_URL", smtp.url(Encryption::None))
                .env("X8_MAIL_FROM", "X8 <x8@shop.example>")
                .env("X8_SMTP_CA", &certificate)
                .env("X8_BOUNCE_IMAP_URL", url)
                .env("X8_BOUNCE_ADDRESS", "returns@shop.example");
            let output = run(command).await;
            let said = [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned()).concat();
            assert!(!said.contains(PASSWORD) && !said.contains("come%2F") && !said.contains("wrong"), "{said}");
            said
        };
        let good = doctor(mailbox.url()).await;
        assert!(good.contains("ok       mail: connects"), "{good}");
        assert!(good.contains("ok       returned mail: connects and signs in; 1 messages there"), "{good}");
        let bad = doctor(format!("imaps://{USER}:wrong@localhost:{}", mailbox.port())).await;
        assert!(bad.contains("PROBLEM  returned mail: imap: signing in"), "{bad}");
        assert!(smtp.letters().is_empty(), "nothing is sent");
    });
}
