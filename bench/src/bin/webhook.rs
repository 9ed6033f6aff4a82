//! Telegram's updates taken in: from the update to the committed message, contact, conversation and job, over keep-alive
//! connections. `webhook [seconds] [connections]`.
//!
//! On PostgreSQL beside it: pgbench over as many connections with the same statements, one by one in a transaction, and all in
//! one statement (one round trip). Every message there is of a known contact, as ours are after the first round.

use api::http::{router, serve};
use bench::{Client, NoGraph, app, load, pgbench, report};
use entity::channel;
use entity::stored::{ChannelKind, ChannelStatus};
use foundation::secret::{hex, hmac_sha256};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, Tenant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People who write over one connection, in turn.
const PEOPLE: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: f64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seconds, connections) = (number(0, 8.0), number(1, 64.0) as usize);
    for backend in [Backend::Sqlite, Backend::Postgres] {
        testkit::run(backend, move |kit| async move {
            kit.may_remain("answer_turn");
            let tenant = kit.tenant().await;
            let ours = ours(&kit, &tenant, seconds, connections).await;
            if kit.backend == Backend::Postgres {
                let (single, whole) = limits(&kit, &tenant, seconds, connections);
                println!("pgbench, the same statements one by one:   {single:>9.0} a second");
                println!("pgbench, all in one round trip:            {whole:>9.0} a second");
                println!(
                    "share of one by one {:.2} (wanted: above 1), of one round trip {:.2} (aim: 2)",
                    ours / single,
                    ours / whole
                );
            } else {
                println!("wanted on SQLite: 3,000 a second");
            }
        });
    }
}

/// What Telegram would be told to send with each update.
fn secret(kit: &Kit, channel: &channel::Model) -> String {
    hex(&hmac_sha256(&kit.ctx.engine().key.derive("channel-webhook"), channel.id.as_bytes()))
}

async fn ours(kit: &Kit, tenant: &Tenant, seconds: f64, connections: usize) -> f64 {
    let ctx = kit.live();
    let mut row = tenant.channel.clone().into_active_model();
    row.kind = Set(ChannelKind::Telegram);
    row.provider = Set("telegram".to_owned());
    row.status = Set(ChannelStatus::Connected);
    let channel = row.update(&ctx.db().read(&tenant.scope)).await.expect("a channel");
    let state = app(ctx, NoGraph);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = listener.local_addr().expect("its address").to_string();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, router(state), stop.clone()));
    let (path, secret) = (format!("/webhooks/channel/{}", channel.public_key), secret(kit, &channel));
    let run = async |length: Duration, round: usize| {
        let until = Instant::now() + length;
        load(connections, |number| updates(host.clone(), path.clone(), secret.clone(), number, round, until)).await
    };
    // Everybody is known after this.
    run(Duration::from_secs_f64(seconds * 0.3), 1).await;
    let (took, refused) = run(Duration::from_secs_f64(seconds), 2).await;
    assert_eq!(refused, 0, "every update is taken");
    let rate = report(&format!("{:?}: updates taken in, committed", kit.backend), &took, seconds);
    stop.cancel();
    server.await.expect("the server's task").expect("it served");
    rate
}

async fn updates(
    host: String,
    path: String,
    secret: String,
    number: usize,
    round: usize,
    until: Instant,
) -> std::io::Result<(Vec<Duration>, usize)> {
    let mut client = Client::connect(&host).await?;
    let (mut took, mut refused) = (Vec::new(), 0);
    for message in 0.. {
        if Instant::now() >= until {
            break;
        }
        let id = (round * 1000 + number) * 1_000_000 + message;
        let chat = 1_000_000 + number * PEOPLE + message % PEOPLE;
        let body = format!(
            "{{\"update_id\":{id},\"message\":{{\"message_id\":{id},\"from\":{{\"id\":{chat},\"is_bot\":false,\"first_name\":\"Ana\"}},\
             \"chat\":{{\"id\":{chat},\"type\":\"private\"}},\"date\":1770000000,\"text\":\"Do you have red roses for tomorrow?\"}}}}"
        );
        let started = Instant::now();
        let (status, _) = client.ask("POST", &path, &[("x-telegram-bot-api-secret-token", &secret)], &body).await?;
        if status == 200 { took.push(started.elapsed()) } else { refused += 1 }
    }
    Ok((took, refused))
}

/// pgbench with the statements of one message: one by one, and in one.
fn limits(kit: &Kit, tenant: &Tenant, seconds: f64, connections: usize) -> (f64, f64) {
    let (company, channel) = (tenant.company.id, tenant.channel.id);
    let people = connections * PEOPLE;
    let pick = format!("\\set n random(0, {})\n\\set x random(1, 1000000000000000)\n", people - 1);
    let text = "Do you have red roses for tomorrow?";
    let message = format!(
        "INSERT INTO message (id, company_id, channel_id, conversation_id, direction, author, text, attachments, status, \
         external_id, created_at) SELECT gen_random_uuid(), '{company}', '{channel}', CONVERSATION, 'inbound', 'customer', \
         '{text}', '[]', 'received', 'b' || :x, 1"
    );
    let talk = format!(
        "UPDATE conversation SET preview = '{text}', last_message_at = 1, unread_count = unread_count + 1, status = 'open' \
         WHERE id = CONVERSATION"
    );
    let moved =
        "UPDATE job SET run_at = 9000000000000000 WHERE unique_key = 'turn:' || CONVERSATION AND status = 'waiting'";
    let job = format!(
        "INSERT INTO job (id, company_id, subject_id, kind, payload, unique_key, lane, status, run_at, attempts, max_attempts, \
         lease_token, created_at) SELECT gen_random_uuid(), '{company}', CONVERSATION, 'answer_turn', '{{}}', \
         'turn:' || CONVERSATION, 'turn:' || CONVERSATION, 'waiting', 9000000000000000, 0, 8, 0, 1 \
         ON CONFLICT (unique_key) WHERE status = 'waiting' AND unique_key IS NOT NULL DO NOTHING"
    );
    let event = format!(
        "INSERT INTO event (id, company_id, kind, subject_id, data, created_at) \
         SELECT gen_random_uuid(), '{company}', 'conversation', CONVERSATION, '{{}}', 1"
    );
    let find = format!(
        "SELECT conversation.id AS c FROM contact_address JOIN conversation USING (contact_id) \
         WHERE contact_address.company_id = '{company}' AND contact_address.kind LIKE 'telegram%' \
           AND contact_address.value = (1000000 + :n)::text AND conversation.channel_id = '{channel}'"
    );
    let known = format!("SELECT id FROM message WHERE channel_id = '{channel}' AND external_id = 'b' || :x");
    let with = |statement: &str, what: &str| statement.replace("CONVERSATION", what);
    let single = format!(
        "{pick}BEGIN;\n{known};\n{find} \\gset\n{};\n{};\n{};\n{};\n{};\n{};\nCOMMIT;\n",
        with(&message, "':c'::uuid"),
        with(&talk, "':c'::uuid"),
        with(moved, "':c'"),
        with(&job, "':c'::uuid"),
        with(&event, "':c'::uuid"),
        with(&event, "':c'::uuid"),
    );
    let c = "(SELECT c FROM found)";
    let whole = format!(
        "{pick}WITH found AS ({find}), known AS ({known}), m AS ({}), t AS ({}), v AS ({}), j AS ({}), e AS ({}), f AS ({}) \
         SELECT 1;\n",
        with(&message, c),
        with(&talk, c),
        with(moved, &format!("{c}::text")),
        with(&job, c),
        with(&event, c),
        with(&event, c),
    );
    let run = |name, script: String| pgbench(kit, name, &script, &[], "", seconds, connections);
    (run("single.sql", single), run("whole.sql", whole))
}
