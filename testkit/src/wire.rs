//! A wire to a server that can go dead: what is connected stays connected, and nothing comes or goes any more, as when a machine
//! is lost or a firewall forgets a connection. Who connects anew gets through, as to the machine that took its place.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// A port of this machine that leads to a server's socket; ended when dropped.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    alive: Arc<Mutex<CancellationToken>>,
    _end: DropGuard,
}

impl Wire {
    /// Lays one to a Unix socket.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let alive = Arc::new(Mutex::new(CancellationToken::new()));
        let end = CancellationToken::new();
        let (ended, all, now) = (end.clone(), end.clone(), Arc::clone(&alive));
        tokio::spawn(all.run_until_cancelled_owned(async move {
            while let Ok((near, _)) = listener.accept().await {
                let alive = now.lock().unwrap_or_else(PoisonError::into_inner).clone();
                tokio::spawn(end.clone().run_until_cancelled_owned(carry(near, socket.clone(), alive)));
            }
        }));
        Self { address, alive, _end: ended.drop_guard() }
    }

    /// Its near end.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that are connected now hear nothing any more, and are not told.
    pub fn go_dead(&self) {
        let before = std::mem::take(&mut *self.alive.lock().unwrap_or_else(PoisonError::into_inner));
        before.cancel();
    }
}

async fn carry(mut near: TcpStream, socket: PathBuf, alive: CancellationToken) {
    let Ok(mut far) = UnixStream::connect(socket).await else { return };
    let carried = alive.run_until_cancelled(tokio::io::copy_bidirectional(&mut near, &mut far)).await;
    if carried.is_none() {
        // Both ends stay open.
        std::future::pending::<()>().await;
    }
}
