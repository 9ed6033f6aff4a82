//! Commands for whoever runs the installation.

use crate::Failure;
use crate::config::{Config, SETTINGS};
use crate::engine;
use service::file::Purpose;
use std::path::Path;
use std::process::ExitCode;

/// `x8 migrate`
pub(crate) async fn migrate(config: Config, down: bool) -> Result<ExitCode, Failure> {
    let ctx = engine::open(&config).await?;
    if down {
        ctx.db().migrate_down().await.map_err(|error| error.private())?;
        println!("All changes were taken back; the database is empty.");
    } else {
        println!("The schema is that of this program.");
    }
    Ok(ExitCode::SUCCESS)
}

/// `x8 init`
pub(crate) async fn init(config: Config) -> Result<ExitCode, Failure> {
    let ctx = engine::open(&config).await?;
    println!("Data folder: {}", config.data_dir.display());
    match service::identity::first_start_code(&ctx).await.map_err(|error| error.private())? {
        Some(code) => println!("One-time code for the first sign-in: {code}"),
        None => println!("An owner has a password already; sign in with it."),
    }
    Ok(ExitCode::SUCCESS)
}

/// `x8 config`
pub(crate) fn explain(file: Option<&Path>) {
    println!("Settings come from x8.toml (names in lower case without X8_) and from the environment, which wins.\n");
    for (name, default, meaning) in SETTINGS {
        println!("{name}\n    {meaning}\n    Default: {default}\n");
    }
    match Config::load(file) {
        Ok(config) => println!(
            "As it stands: listens on {}, data in {}, public address {}, database {}.",
            config.listen,
            config.data_dir.display(),
            config.public_url,
            if config.database_url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" },
        ),
        Err(problems) => println!("{problems}"),
    }
}

/// `x8 rotate-key`
pub(crate) async fn rotate_key(config: Config) -> Result<ExitCode, Failure> {
    let ctx = engine::open(&config).await?;
    let done = service::credential::reseal(&ctx).await.map_err(|error| error.private())?;
    println!("{} secrets sealed anew with key {}.", done.changed, ctx.engine().key.id());
    if done.lost == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} do not open with the keys at hand: add their key to X8_OLD_SECRET_KEYS, or enter them again.",
        done.lost
    );
    Ok(ExitCode::FAILURE)
}

/// `x8 doctor`
pub(crate) async fn doctor(config: Config) -> Result<ExitCode, Failure> {
    let mut healthy = true;
    let mut report = |what: &str, result: Result<String, String>| match result {
        Ok(detail) => println!("ok       {what}: {detail}"),
        Err(detail) => {
            healthy = false;
            println!("PROBLEM  {what}: {detail}");
        }
    };
    report("configuration", Ok("every setting reads".to_owned()));
    let opened = engine::open(&config).await;
    match &opened {
        Ok(ctx) => {
            report("key", Ok(format!("key {}", ctx.engine().key.id())));
            report(
                "database",
                ctx.db().ping().await.map(|()| "answers, schema is up".to_owned()).map_err(|e| e.private()),
            );
            match service::cluster::clock_offset(ctx).await {
                Ok(None) => {}
                Ok(offset) => report(
                    "clock",
                    service::cluster::clock_fault(offset).map_or_else(|| Ok("the database's".to_owned()), Err),
                ),
                Err(error) => report("clock", Err(error.private())),
            }
            let old = service::credential::sealed_with_old_keys(ctx).await.map_err(|error| error.private());
            report(
                "sealed secrets",
                old.and_then(|count| match count {
                    0 => Ok("all with the present key".to_owned()),
                    count => Err(format!("{count} are sealed with another key; run `x8 rotate-key`")),
                }),
            );
            if let Some(signal) = &ctx.engine().signal {
                // The listener connects beside.
                for _ in 0..20 {
                    if signal.works() {
                        break;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                let works = if signal.works() { Ok("answers".to_owned()) } else { Err("does not answer".to_owned()) };
                report("Redis", works);
            }
            let probe = config.data_dir.join("work").join("doctor");
            let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
            report(
                "data folder",
                written.map(|()| config.data_dir.display().to_string()).map_err(|error| error.to_string()),
            );
            let files = gateway::storage::check(&*ctx.engine().files).await;
            report(
                "files",
                files.map(|()| config.files.shown()).map_err(|error| format!("{}: {error}", config.files.shown())),
            );
            match service::mail::last_look(ctx).await {
                Ok(Some(look)) if look.error_code.is_some() => {
                    let words = look.last_error.unwrap_or_default();
                    report(
                        "returned mail, the running program",
                        Err(format!("could not read at {}: {words}", look.looked_at.timestamp())),
                    );
                }
                Ok(_) => {}
                Err(error) => report("returned mail, the running program", Err(error.private())),
            }
            let dead = service::job::dead_count(ctx).await.map_err(|error| error.private());
            report(
                "jobs",
                dead.and_then(|count| {
                    if count == 0 {
                        Ok("none has failed for good".to_owned())
                    } else {
                        Err(format!("{count} have failed for good; see the jobs page"))
                    }
                }),
            );
        }
        Err(error) => report("data folder, key and database", Err(error.to_string())),
    }
    match &config.mail {
        Some(mail) => {
            let answer = mail.check().await.map(|()| "connects and signs in".to_owned());
            report("mail", answer.map_err(|error| error.to_string()));
        }
        None => report("mail", Ok("no X8_SMTP_URL; letters stay in the mailbox page".to_owned())),
    }
    match &config.returns {
        Some(mailbox) => {
            let answer =
                mailbox.check().await.map(|messages| format!("connects and signs in; {messages} messages there"));
            report("returned mail", answer.map_err(|error| error.to_string()));
        }
        None if config.mail.is_some() => {
            let none = "no X8_BOUNCE_IMAP_URL; what a server refuses later is not noticed";
            report("returned mail", Ok(none.to_owned()));
        }
        None => {}
    }
    match std::net::TcpListener::bind(config.listen) {
        Ok(_) => report("address", Ok(format!("{} is free", config.listen))),
        Err(error) => report("address", Err(format!("{}: {error} (is the program running?)", config.listen))),
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `x8 import`: the file goes through the same job as one sent by the browser.
pub(crate) async fn import(config: Config, code: &str, table: &Path, publish: bool) -> Result<ExitCode, Failure> {
    let ctx = engine::open(&config).await?;
    let scope = service::company::by_code(&ctx, code).await.map_err(|_| format!("there is no company {code}"))?;
    let bytes = std::fs::read(table).map_err(|error| format!("{}: {error}", table.display()))?;
    let name = table.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parts = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
    let stored =
        service::file::upload(&ctx, &scope, &name, Purpose::Import, parts).await.map_err(|error| error.to_string())?;
    let started = service::catalog::start_import(&ctx, &scope, stored.id, None, false)
        .await
        .map_err(|error| error.to_string())?;
    service::jobs::run_due(&ctx, "command line").await.map_err(|error| error.private())?;
    let import = service::catalog::import(&ctx, &scope, started.row.id).await.map_err(|error| error.to_string())?;
    println!(
        "{}: {:?}, {} rows, {} problems",
        import.row.file_name, import.row.status, import.row.rows_read, import.row.problem_count
    );
    if let Some(problem) = import.file_problem() {
        let (message, suggestion) = service::catalog::problem_text(problem, domain::language::Language::En);
        println!("{message} {suggestion}");
    }
    if !import.is_done() {
        return Ok(ExitCode::FAILURE);
    }
    if publish {
        service::catalog::publish(&ctx, &scope, true).await.map_err(|error| error.to_string())?;
        println!("Published.");
    }
    Ok(ExitCode::SUCCESS)
}
