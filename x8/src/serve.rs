//! `x8 serve` and `x8 demo`: everything in one process, or one part of a cluster.

use crate::Failure;
use crate::config::Config;
use crate::engine;
use api::graphql::Installation;
use api::http::{AppState, Settings, router};
use clap::{Args, ValueEnum};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use service::access::Actor;
use service::ctx::Ctx;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The clock is looked at once in so many rounds of five seconds.
const CLOCK_ROUNDS: u32 = 12;
/// How long the whole program may take to stop; then it ends as it is, and the ledger brings the rest back.
const STOP_PATIENCE: Duration = Duration::from_secs(25);

#[derive(Args, Default)]
pub(crate) struct ServeArguments {
    /// Address and port instead of the configured one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Which part of the program runs here; the parts need PostgreSQL, X8_SECRET_KEY, and X8_REDIS_URL.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

/// A part of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Everything in one process.
    #[default]
    All,
    /// What answers people and providers.
    Api,
    /// What does the work; listens for health checks and figures only.
    Worker,
}

impl Role {
    const fn serves(self) -> bool {
        matches!(self, Self::All | Self::Api)
    }

    const fn works(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }

    /// What a part needs that a whole does not.
    fn check(self, config: &Config) -> Result<(), Failure> {
        let mut missing = Vec::new();
        if self != Self::All {
            if config.database_url.starts_with("sqlite:") {
                missing.push("X8_DATABASE_URL must name a PostgreSQL database: a SQLite file serves one process");
            }
            if config.key.is_none() {
                missing.push(
                    "X8_SECRET_KEY must be set, the same for every part: a key made here would be this part's own",
                );
            }
            if config.redis_url.is_none() {
                missing.push("X8_REDIS_URL must be set: the parts wake and tell one another over it");
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
    }
}

/// `x8 serve`
pub(crate) async fn serve(config: Config, arguments: ServeArguments) -> Result<ExitCode, Failure> {
    start(config, arguments, false).await
}

/// `x8 demo`: a data folder of its own beside the configured one.
pub(crate) async fn demo(mut config: Config, arguments: ServeArguments) -> Result<ExitCode, Failure> {
    config.data_dir = config.data_dir.join("demo");
    if config.database_url.starts_with("sqlite:") {
        config.database_url = format!("sqlite:{}", config.data_dir.join("x8.db").display());
    }
    start(config, arguments, true).await
}

async fn start(mut config: Config, arguments: ServeArguments, demo: bool) -> Result<ExitCode, Failure> {
    log(&config)?;
    if let Some(listen) = arguments.listen {
        if config.public_url == format!("http://{}", config.listen) {
            config.public_url = format!("http://{listen}");
        }
        config.listen = listen;
    }
    arguments.role.check(&config)?;
    let role = arguments.role;
    let open_files = foundation::process::raise_open_files();
    tracing::debug!(open_files, "files and connections at most");
    let metrics = metrics_of()?;
    // The port first: a second start on the same data folder ends before it touches anything.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    let address = listener.local_addr()?;
    if config.listen.port() == 0 && config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{address}");
    }
    let stop = CancellationToken::new();
    watch_signals(stop.clone());
    let ctx = tokio::select! {
        opened = engine::open(&config) => opened?,
        () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    let clock = service::cluster::clock_offset(&ctx).await.map_err(|error| error.private())?;
    if let Some(fault) = service::cluster::clock_fault(clock) {
        // One process on a database of its own works by its own clock alone.
        if role != Role::All {
            return Err(fault.into());
        }
        tracing::warn!(fault, "other parts may not join this one");
    }
    tokio::spawn(keep_house(ctx.clone(), metrics.clone()));
    let working = role.works().then(|| Arc::new(AtomicBool::new(true)));
    let worker = working.clone().map(|working| tokio::spawn(work(ctx.clone(), stop.clone(), working)));
    if demo {
        service::demo::prepare(&ctx).await.map_err(|error| format!("the demo cannot be made: {}", error.private()))?;
        tokio::spawn(service::demo::run(ctx.clone(), stop.clone()));
    }
    let installation = Installation { demo, web_built: api::http::web_built(), playground: config.playground };
    let state = AppState::new(Settings {
        ctx: ctx.with_actor(Actor::Nobody),
        graph: Arc::new(api::Api::new(installation)),
        metrics: Arc::new(move || metrics.render()),
        dispatcher_alive: Arc::new(move || working.as_ref().map(|working| working.load(Ordering::Relaxed))),
        web_dir: config.web_dir.clone(),
        proxies: config.proxies.clone(),
        playground: config.playground,
        demo,
    });
    let routes = if role.serves() {
        greet(&ctx, &config, demo).await?;
        router(state)
    } else {
        println!("X8 works; health at http://{address}/readyz");
        api::http::health_router(state)
    };
    api::http::serve(listener, routes, stop.clone()).await?;
    stop.cancel();
    if let Some(worker) = worker
        && tokio::time::timeout(STOP_PATIENCE, worker).await.is_err()
    {
        tracing::warn!("the worker did not stop in time; the ledger brings its jobs back");
    }
    Ok(ExitCode::SUCCESS)
}

/// Histograms are drained and quiet callers forgotten, also when nobody asks.
async fn keep_house(ctx: Ctx, metrics: PrometheusHandle) {
    let mut rounds = 0_u32;
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
        ctx.engine().limits.forget_quiet();
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(CLOCK_ROUNDS)
            && let Ok(offset) = service::cluster::clock_offset(&ctx).await
        {
            metrics::gauge!("clock_offset_seconds").set(offset.unwrap_or_default().as_secs_f64());
            if let Some(fault) = service::cluster::clock_fault(offset) {
                tracing::error!(fault, "clocks differ");
            }
        }
    }
}

async fn work(ctx: Ctx, stop: CancellationToken, working: Arc<AtomicBool>) {
    while !stop.is_cancelled() {
        match worker::run(ctx.clone(), service::jobs::registry(), stop.clone()).await {
            Ok(()) => break,
            Err(error) => {
                tracing::error!(error = error.private(), "the worker broke and is started again");
                working.store(false, Ordering::Relaxed);
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
                working.store(true, Ordering::Relaxed);
            }
        }
    }
    working.store(false, Ordering::Relaxed);
}

/// One address, and the code that signs the first owner in.
async fn greet(ctx: &Ctx, config: &Config, demo: bool) -> Result<(), Failure> {
    let url = &config.public_url;
    if demo {
        println!("X8 demo: {url}");
        for login in &service::demo::LOGINS {
            println!("  sign in: {} / {}", login.email, login.password);
        }
    } else {
        match service::identity::first_start_code(ctx).await.map_err(|error| error.private())? {
            Some(code) => println!("X8 is ready: {url}/#code={code}"),
            None => println!("X8 is ready: {url}"),
        }
    }
    if !api::http::web_built() && config.web_dir.is_none() {
        println!(
            "The web application is not built (Node.js was absent); the API answers at {url}/graphql and {url}/playground"
        );
    }
    Ok(())
}

/// Hears from here on, while the rest is still starting too: the first process of a container is not ended by a signal that
/// nobody hears.
fn watch_signals(stop: CancellationToken) {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    tokio::spawn(async move {
        #[cfg(unix)]
        match terminate {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
            }
            Err(_) => {
                let _ = tokio::signal::ctrl_c().await;
            }
        }
        #[cfg(not(unix))]
        {
            let _ = tokio::signal::ctrl_c().await;
        }
        tracing::info!("stopping");
        stop.cancel();
    });
}

fn log(config: &Config) -> Result<(), Failure> {
    let filter = config.log.parse::<tracing_subscriber::EnvFilter>()?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json {
        builder.json().init();
    } else {
        builder.init();
    }
    Ok(())
}

fn metrics_of() -> Result<PrometheusHandle, Failure> {
    Ok(PrometheusBuilder::new().install_recorder()?)
}
