//! Money at the door: providers' events, our short link, the sandbox bank's test pay page.

mod words;

use super::AppState;
use super::answer::{failed, read_body, refuse};
use super::language::asked;
use super::origin::is_own;
use super::page::{escape, page};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::language::Language;
use domain::money::format_money;
use serde::Deserialize;
use service::access::Actor;
use service::ctx::Ctx;
use service::error::Error;
use service::payment::{self, BankEvent, Link, SIGNATURE_HEADER};
use service::stored::PaymentState;
use service::{company, order};
use words::{Words, words};

/// The largest event of a provider, bytes.
const MOST_EVENT: usize = 1024 * 1024;
/// The largest form of the test pay page, bytes.
const MOST_FORM: usize = 1024;

fn system(state: &AppState) -> Ctx {
    state.nobody().with_actor(Actor::System)
}

fn has_bank(state: &AppState) -> bool {
    state.nobody().engine().outside.test_bank
}

/// `POST /webhooks/payment/{door}`: the signature is checked over the raw bytes; 200 only once the event is stored.
pub(super) async fn webhook(
    State(state): State<AppState>,
    Path(door): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read_body(body, MOST_EVENT).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    match payment::receive(&system(&state), &door, signature, &body).await {
        Ok(()) => (StatusCode::OK, "ok").into_response(),
        Err(error) => failed(&error),
    }
}

/// How the customer comes to our short link.
#[derive(Deserialize)]
pub(super) struct Arrival {
    /// Back from the provider's page after paying; how often this was looked at.
    done: Option<u32>,
    /// Back from the provider's page without paying.
    left: Option<u32>,
}

/// So often the page looks whether the payment was recorded, every [`LOOK_SECONDS`].
const MOST_LOOKS: u32 = 20;
const LOOK_SECONDS: u32 = 3;

/// `GET /p/{token}`: our short link.
pub(super) async fn short_link(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(arrival): Query<Arrival>,
    headers: HeaderMap,
) -> Response {
    let ctx = system(&state);
    let link = match arrival {
        Arrival { done: Some(looks), .. } if looks <= MOST_LOOKS => payment::returned(&ctx, &token).await,
        Arrival { left: Some(_), done: None } => return left(&ctx, &token, &headers).await,
        Arrival { .. } => payment::open_link(&ctx, &token).await,
    };
    match link {
        Ok(Link::Page { url }) => (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response(),
        Ok(Link::Waiting(order)) => {
            let language = order::language(&order);
            let words = words(language);
            let sign = note("…", words.waiting_title, words.waiting_text);
            let mut response = page(StatusCode::OK, language, words.waiting_title, &sign, None);
            if let Some(looks) = arrival.done
                && let Ok(again) = format!("{LOOK_SECONDS}; url=/p/{token}?done={}", looks.saturating_add(1)).parse()
            {
                response.headers_mut().insert(header::REFRESH, again);
            }
            response
        }
        Ok(Link::Paid(order)) => {
            let words = words(order::language(&order));
            message(
                order::language(&order),
                StatusCode::OK,
                "✓",
                words.paid_title,
                &words.numbered(words.paid_text, order.number),
            )
        }
        Ok(Link::Closed(order)) => {
            let words = words(order::language(&order));
            let text = words.numbered(words.closed_text, order.number);
            message(order::language(&order), StatusCode::GONE, "", words.closed_title, &text)
        }
        Err(error) => unknown(&headers, &error),
    }
}

/// The customer turned back at the provider: nothing was taken, and the way to pay stays open.
async fn left(ctx: &Ctx, token: &str, headers: &HeaderMap) -> Response {
    match payment::linked(ctx, token).await {
        Ok(order) => {
            let language = order::language(&order);
            let words = words(language);
            let text = words.numbered(words.left_text, order.number);
            let link = order.link_token.as_deref().unwrap_or_default();
            let body = format!(
                "<h1>{}</h1><p>{}</p><p><a href=\"/p/{}\">{}</a></p>",
                escape(words.left_title),
                escape(&text),
                escape(link),
                escape(words.left_again),
            );
            page(StatusCode::OK, language, words.left_title, &body, None)
        }
        Err(error) => unknown(headers, &error),
    }
}

fn message(language: Language, status: StatusCode, sign: &str, title: &str, text: &str) -> Response {
    let sign =
        if sign.is_empty() { String::new() } else { format!("<p class=\"sign\" aria-hidden=\"true\">{sign}</p>") };
    let body = format!("{sign}<h1>{}</h1><p>{}</p>", escape(title), escape(text));
    page(status, language, title, &body, None)
}

/// A page for a link that is none, or for a fault.
fn unknown(headers: &HeaderMap, error: &Error) -> Response {
    let answer = failed(error);
    let language = asked(headers).unwrap_or(Language::En);
    let words = words(language);
    let (title, text) = match error {
        Error::NotFound(_) => (words.unknown_title, words.unknown_text),
        _ => (words.trouble_title, words.trouble_text),
    };
    message(language, answer.status(), "", title, text)
}

/// What was pressed before the page is shown again.
#[derive(Deserialize)]
pub(super) struct Pressed {
    done: Option<String>,
}

/// `GET /test-bank/{id}`: the sandbox bank's page.
pub(super) async fn bank_page(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(pressed): Query<Pressed>,
    headers: HeaderMap,
) -> Response {
    if !has_bank(&state) {
        return unknown(&headers, &Error::NotFound("payment"));
    }
    match show(&system(&state), &id, pressed.done.as_deref()).await {
        Ok(response) => response,
        Err(error) => unknown(&headers, &error),
    }
}

async fn show(ctx: &Ctx, id: &str, done: Option<&str>) -> Result<Response, Error> {
    let (scope, payment, order) = payment::page(ctx, id).await?;
    let language = order::language(&order);
    let words = words(language);
    let company = company::get(ctx, &scope).await?;
    let total = order::money(&order, payment.amount_minor);
    let head = format!(
        "<p class=\"test\" role=\"note\"><strong>{}</strong> {}</p><p class=\"quiet\">{}</p><h1>{}</h1>",
        escape(words.test),
        escape(words.test_text),
        escape(&company.name),
        escape(&words.numbered(words.order, order.number)),
    );
    let lines = lines(words, language, &order::quote_of(&order)?, total);
    let open =
        payment.status == PaymentState::Open && ctx.time() < payment.expires_at && order::link_is_open(ctx, &order);
    let (end, again) = match payment.status {
        PaymentState::Paid => (note("✓", words.paid_title, &words.numbered(words.paid_text, order.number)), None),
        PaymentState::Refunded => (note("", words.refunded_title, words.refunded_text), None),
        PaymentState::Processing => (note("…", words.waiting_title, words.waiting_text), Some(2)),
        // The event is stored and its job is on the way.
        PaymentState::Open if done == Some("pay") => (note("…", words.waiting_title, words.waiting_text), Some(2)),
        PaymentState::Open if done == Some("expire") && open => {
            (note("…", words.waiting_title, words.waiting_text), Some(2))
        }
        PaymentState::Open | PaymentState::Failed if open => {
            let declined = if done == Some("decline") {
                note("", words.declined_title, words.declined_text)
            } else {
                String::new()
            };
            (format!("{declined}{}", form(words, &format_money(total, language))), None)
        }
        PaymentState::Open | PaymentState::Failed | PaymentState::Expired => {
            (note("", words.closed_title, &words.numbered(words.closed_text, order.number)), None)
        }
    };
    let title = words.numbered(words.order, order.number);
    Ok(page(StatusCode::OK, language, &title, &format!("{head}{lines}{end}"), again))
}

fn note(sign: &str, title: &str, text: &str) -> String {
    let sign =
        if sign.is_empty() { String::new() } else { format!("<p class=\"sign\" aria-hidden=\"true\">{sign}</p>") };
    format!("<div role=\"status\">{sign}<h1>{}</h1><p>{}</p></div>", escape(title), escape(text))
}

fn lines(words: &Words, language: Language, quote: &domain::quote::Quote, total: domain::money::Money) -> String {
    let mut rows = String::new();
    let mut row = |class: &str, name: &str, sum: &str| {
        rows.push_str(&format!("<tr{class}><td>{}</td><td>{}</td></tr>", escape(name), escape(sum)));
    };
    for line in &quote.lines {
        row("", &format!("{} × {}", line.name, line.quantity), &format_money(line.total, language));
    }
    for (name, fee) in [(words.delivery, &quote.delivery), (words.travel, &quote.travel)] {
        if !fee.charged.is_zero() {
            row("", name, &format_money(fee.charged, language));
        } else if fee.waived {
            row("", name, words.free);
        }
    }
    row(" class=\"total\"", words.total, &format_money(total, language));
    format!("<table>{rows}</table>")
}

fn form(words: &Words, sum: &str) -> String {
    format!(
        "<form method=\"post\"><button class=\"main\" name=\"action\" value=\"pay\">{}</button>\
         <button name=\"action\" value=\"decline\">{}</button><button name=\"action\" value=\"expire\">{}</button></form>",
        escape(&words.pay.replace("{sum}", sum)),
        escape(words.decline),
        escape(words.expire),
    )
}

/// `POST /test-bank/{id}`: pay, decline or let expire. Only the page itself may send it.
pub(super) async fn bank_press(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !has_bank(&state) {
        return unknown(&headers, &Error::NotFound("payment"));
    }
    if !is_own(&state, &headers) {
        return refuse(StatusCode::FORBIDDEN, "ORIGIN", None, "This form is sent by its own page only.");
    }
    let body = match read_body(body, MOST_FORM).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let press =
        std::str::from_utf8(&body).ok().and_then(|form| form.split('&').find_map(|pair| pair.strip_prefix("action=")));
    let kind = match press {
        Some("pay") => BankEvent::Paid,
        Some("decline") => BankEvent::Failed,
        Some("expire") => BankEvent::Expired,
        _ => {
            let message = "action must be pay, decline or expire.";
            return refuse(StatusCode::BAD_REQUEST, "INVALID", Some("action"), message);
        }
    };
    let ctx = system(&state);
    let reported = async {
        let (_, payment, order) = payment::page(&ctx, &id).await?;
        // A page that has ended takes no money any more; late money comes as a provider's own event.
        if ctx.time() < payment.expires_at && order::link_is_open(&ctx, &order) {
            payment::report(&ctx, &id, kind).await?;
        }
        Ok::<(), Error>(())
    };
    match reported.await {
        Ok(()) => {
            let location = format!("/test-bank/{id}?done={}", press.unwrap_or_default());
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
        }
        Err(error) => unknown(&headers, &error),
    }
}
