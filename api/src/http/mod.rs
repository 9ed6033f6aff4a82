//! The HTTP server: routes, the gate before GraphQL's parser, sockets, webhooks, web chat, files, the web application.
