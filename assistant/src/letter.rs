//! Letters to the people who work with the program: Fluent texts in one layout, as plain text and as HTML.

use crate::texts::Texts;
use domain::language::Language;
use fluent_bundle::FluentArgs;
use foundation::html::escape;
use std::sync::LazyLock;

/// What stopped working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// A channel on which customers write.
    Channel,
    /// The account that takes the money.
    Payment,
    /// The calendar that bookings are written into.
    Calendar,
    /// The account that keeps pictures and videos.
    Media,
}

/// The alert that something stopped working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What.
    pub stopped: Stopped,
    /// Brand of the company.
    pub company: String,
    /// How it is called there.
    pub name: String,
    /// Why, as a word: `credentials`, `unavailable`, `logged_out`…; any other is worded generally.
    pub code: String,
    /// The provider's own words.
    pub detail: Option<String>,
    /// Where it can be mended.
    pub link: String,
}

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML; everything that somebody typed is escaped.
    pub html: String,
}

/// Reasons that have words of their own.
const REASONS: [&str; 7] =
    ["credentials", "unavailable", "logged-out", "session-broken", "silent", "conflict", "charges-disabled"];

impl Alert {
    /// The letter in a language.
    #[must_use]
    pub fn write(&self, language: Language) -> Written {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut args = FluentArgs::new();
        args.set("company", line(&self.company));
        args.set("name", line(&self.name));
        let (subject, effect) = match self.stopped {
            Stopped::Channel => ("stopped-channel", "stopped-channel-effect"),
            Stopped::Payment => ("stopped-payment", "stopped-payment-effect"),
            Stopped::Calendar => ("stopped-calendar", "stopped-calendar-effect"),
            Stopped::Media => ("stopped-media", "stopped-media-effect"),
        };
        let code = match self.code.as_str() {
            "rate_limited" | "unknown" => "unavailable".to_owned(),
            code => code.replace('_', "-"),
        };
        let reason = REASONS.into_iter().find(|reason| *reason == code).unwrap_or("other");
        let fill = |id: &str| TEXTS.fill(language, id, &args);
        let mut parts = vec![fill(effect), fill(&format!("reason-{reason}"))];
        if let Some(detail) = self.detail.as_deref().map(line).filter(|detail| !detail.is_empty()) {
            let mut args = FluentArgs::new();
            args.set("detail", detail);
            parts.push(TEXTS.fill(language, "provider-says", &args));
        }
        lay_out(language, fill(subject), &parts, (&fill("open-settings"), &self.link), &fill("why-you"))
    }
}

/// The alert that a company has used most, or all, of what the installation gives it of its language model this month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Brand of the company.
    pub company: String,
    /// Whether it is all of it.
    pub all: bool,
    /// Tokens used.
    pub used: i64,
    /// Tokens of a month.
    pub limit: i64,
    /// Where a model of the company's own is set.
    pub link: String,
}

impl Budget {
    /// The letter in a language.
    #[must_use]
    pub fn write(&self, language: Language) -> Written {
        let mut args = FluentArgs::new();
        args.set("company", self.company.split_whitespace().collect::<Vec<_>>().join(" "));
        args.set("used", grouped(self.used));
        args.set("limit", grouped(self.limit));
        let fill = |id: &str| TEXTS.fill(language, id, &args);
        let (subject, effect) =
            if self.all { ("budget-all", "budget-all-effect") } else { ("budget-most", "budget-most-effect") };
        let parts = [fill(effect), fill("budget-use"), fill("budget-way-out")];
        lay_out(language, fill(subject), &parts, (&fill("open-settings"), &self.link), &fill("why-you-budget"))
    }
}

/// A large number as people of all our languages read it.
fn grouped(number: i64) -> String {
    let digits = number.max(0).to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// The one layout of all letters.
fn lay_out(language: Language, subject: String, parts: &[String], button: (&str, &str), why: &str) -> Written {
    let (label, link) = button;
    let text = format!("{subject}\n\n{}\n\n{label}: {link}\n\n-- \n{why}\n", parts.join("\n\n"));
    let paragraphs: String = parts.iter().map(|part| format!("<p>{}</p>", escape(part))).collect();
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title></head><body style=\"margin:0;padding:24px;background:#fff;color:#1c1c1c;font:16px/1.5 sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto\"><h1 style=\"font-size:20px\">{title}</h1>{paragraphs}\
         <p><a href=\"{link}\" style=\"display:inline-block;padding:10px 16px;border-radius:6px;background:#1c1c1c;color:#fff;text-decoration:none\">{label}</a></p>\
         <p style=\"color:#595959;font-size:13px\">{why}</p></div></body></html>\n",
        lang = language.code(),
        title = escape(&subject),
        link = escape(link),
        label = escape(label),
        why = escape(why),
    );
    Written { subject, text, html }
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::read([
        include_str!("../texts/letters/en.ftl"),
        include_str!("../texts/letters/es.ftl"),
        include_str!("../texts/letters/ru.ftl"),
        include_str!("../texts/letters/kk.ftl"),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_budget_has_its_words_in_every_language() {
        let mut seen = BTreeSet::new();
        for language in Language::ALL {
            for all in [false, true] {
                let budget = Budget {
                    company: "Rosaleda\n<b>".to_owned(),
                    all,
                    used: 1_234_567,
                    limit: 80,
                    link: "https://x8.example/c/COMP001/settings".to_owned(),
                };
                let written = budget.write(language);
                assert!(!written.subject.contains(['\r', '\n', '{']), "{}", written.subject);
                assert!(
                    written.text.contains("1\u{a0}234\u{a0}567") && written.text.contains("80"),
                    "{}",
                    written.text
                );
                assert!(written.text.contains(&budget.link) && !written.html.contains("<b>"));
                assert!(seen.insert(written.text), "two say the same");
            }
        }
    }

    #[test]
    fn every_alert_has_its_words_in_every_language() {
        for stopped in [Stopped::Channel, Stopped::Payment, Stopped::Calendar, Stopped::Media] {
            for code in REASONS.into_iter().chain(["", "anything"]) {
                let mut seen = BTreeSet::new();
                for language in Language::ALL {
                    let alert = Alert {
                        stopped,
                        company: "Rosaleda <b>".to_owned(),
                        name: "Line\r\nBcc: x@shop.example".to_owned(),
                        code: code.to_owned(),
                        detail: Some("Unauthorized & gone".to_owned()),
                        link: "https://x8.example/c/COMP001/settings?a=1&b=\"".to_owned(),
                    };
                    let written = alert.write(language);
                    assert!(!written.subject.contains(['\r', '\n', '{']), "{}", written.subject);
                    assert!(written.text.contains("Unauthorized & gone") && written.text.contains(&alert.link));
                    assert!(written.html.contains("Rosaleda &lt;b&gt;") && !written.html.contains("<b>"));
                    assert!(
                        written.html.contains("a=1&amp;b=&quot;") && written.html.contains("Unauthorized &amp; gone")
                    );
                    assert_eq!(written.text.split("\n\n").filter(|part| part.trim().is_empty()).count(), 0);
                    assert!(seen.insert(written.text), "two languages say the same");
                }
            }
        }
    }
}
