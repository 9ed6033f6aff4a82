//! The HTTP server: routes, the gate before GraphQL's parser, sockets, webhooks, web chat, files, the web application.

mod answer;
mod calendar;
mod channels;
mod client;
mod files;
pub mod gate;
mod graphql;
mod health;
mod language;
mod mailbox;
mod media;
mod oauth;
mod origin;
mod page;
mod pay;
mod playground;
mod privacy;
mod protect;
mod pushes;
mod serve;
mod sessions;
mod socket;
mod state;
mod web;
mod widget;
mod wire;

pub use client::Proxies;
pub use graphql::{Answer, Graph, Operation, SessionChange};
pub use serve::{Peer, serve};
pub use state::{AppState, Settings};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

/// Whether the real web application is inside the program; else a page that says how to build it is.
#[must_use]
pub const fn web_built() -> bool {
    web::BUILT
}

/// All routes of the program.
pub fn router(state: AppState) -> Router {
    let widget = Router::new()
        .route("/widget/{key}/config", any(widget::config))
        .route("/widget/{key}/sessions", any(widget::sessions))
        .route("/widget/{key}/messages", any(widget::messages))
        .route("/widget/{key}/stream", any(widget::stream))
        .layer(axum::middleware::from_fn(widget::open_to_all_sites));
    Router::new()
        .route("/graphql", any(graphql::handle))
        .route("/schema.graphql", get(graphql::schema))
        .route("/playground", get(playground::page))
        .route("/playground/{file}", get(playground::file))
        .route("/mailbox", get(mailbox::list))
        .route("/mailbox/{id}", get(mailbox::letter))
        .route("/webhooks/payment/{provider}", post(pay::webhook))
        .route("/webhooks/channel/{key}", post(channels::webhook))
        .route("/webhooks/calendar/{key}", post(pushes::calendar))
        .route("/p/{token}", get(pay::short_link))
        .route("/test-bank/{id}", get(pay::bank_page).post(pay::bank_press))
        .route("/files", post(files::upload))
        .route("/files/{id}", get(files::download))
        .route("/media/{name}", get(media::show))
        .route("/calendar/{company}/{file}", get(calendar::feed))
        .route("/oauth/google/callback", get(oauth::google))
        .route("/privacy/{key}", get(privacy::notice))
        .merge(health_routes())
        .merge(widget)
        .fallback(web::serve)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), protect::protect))
        .with_state(state)
}

/// What a process that only works has to say.
pub fn health_router(state: AppState) -> Router {
    health_routes().layer(from_fn_with_state(state.clone(), protect::protect)).with_state(state)
}

fn health_routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
}
