//! Redis, as one process of several uses it: to ring and tell the others, and to count together. It is never the record of
//! anything: lost, wiped or slow, work goes on through the ledger's own look, and listeners are told to read anew
//! (architecture §6.2, reliability.md §11.1).

use foundation::Random;
use futures::StreamExt as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer may take; a count that takes longer is made without it.
const ANSWER: Duration = Duration::from_millis(300);
/// How long to wait between tries to listen, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// A connection that says nothing for so long is asked whether it lives: a half-open one would be listened to for ever.
const SILENCE: Duration = Duration::from_secs(5);
/// After a count that was not answered in time nothing is counted together for so long.
const ALONE: Duration = Duration::from_secs(2);
/// What waits to be told; more is dropped, and the others are told that something is missing.
const WAITING: usize = 4096;
/// Messages of one round trip at most.
const TOGETHER: usize = 128;
/// How long to gather what goes together.
const GATHER: Duration = Duration::from_millis(1);
/// Kinds of what goes over the wire.
const GAP: u8 = 0;
const RING: u8 = 1;
const MESSAGE: u8 = 2;
/// Adds one within a window; the window ends by itself.
const COUNT: &str = "local n = redis.call('INCR', KEYS[1]) \
    if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n";

/// What another process told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// There is work.
    Ring,
    /// Its words.
    Message(Vec<u8>),
    /// Something may have been missed: read anew.
    Gap,
}

/// What waits to be told.
enum Out {
    Ring,
    Message(Vec<u8>),
}

/// One installation's place at a Redis server. Cheap to clone.
#[derive(Clone)]
pub struct Signal {
    shared: Arc<Shared>,
    _tasks: Arc<Tasks>,
}

/// Ended with the last handle.
struct Tasks([AbortHandle; 2]);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

struct Shared {
    client: Client,
    commands: ConnectionManager,
    /// Installations may share a server.
    prefix: String,
    /// Names this process, which does not hear itself.
    own: [u8; 8],
    telling: mpsc::Sender<Out>,
    /// A ring waits to be told: one is as good as many.
    ringing: AtomicBool,
    /// Something could not be told.
    gap: AtomicBool,
    /// The listener hears, and what was told last arrived.
    hears: AtomicBool,
    told: AtomicBool,
    /// Until then nothing is counted: a count was not answered.
    silent_until: Mutex<Option<Instant>>,
    counting: redis::Script,
}

impl std::fmt::Debug for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Signal").field("prefix", &self.shared.prefix).finish_non_exhaustive()
    }
}

/// Whether this is an address that the client understands.
#[must_use]
pub fn is_address(url: &str) -> bool {
    Client::open(url).is_ok()
}

impl Signal {
    /// A place at the server of this address, which need not answer yet. `installation` tells installations that share a server
    /// apart. What other processes tell goes to `hear`, until the last handle is dropped.
    ///
    /// # Errors
    /// When the address is none. The text holds no password.
    pub fn open(
        url: &str,
        installation: &str,
        random: &Random,
        hear: impl Fn(Heard) + Send + Sync + 'static,
    ) -> Result<Self, String> {
        // What the library says of an address may repeat it.
        let client = Client::open(url).map_err(|_| "this is no address of a Redis server".to_owned())?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(1)
            .set_min_delay(PAUSE.0)
            .set_max_delay(PAUSE.1);
        let commands =
            ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(|error| error.to_string())?;
        let (telling, waiting) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared {
            client,
            commands,
            prefix: format!("x8:{installation}"),
            own: random.bytes(),
            telling,
            ringing: AtomicBool::new(false),
            gap: AtomicBool::new(false),
            hears: AtomicBool::new(false),
            told: AtomicBool::new(true),
            silent_until: Mutex::default(),
            counting: redis::Script::new(COUNT),
        });
        let tasks = [tokio::spawn(tell(Arc::clone(&shared), waiting)), tokio::spawn(listen(Arc::clone(&shared), hear))];
        Ok(Self { shared, _tasks: Arc::new(Tasks(tasks.map(|task| task.abort_handle()))) })
    }

    /// Tells the other processes. Never waits: what finds no room is dropped, and they are told of a gap.
    pub fn tell(&self, message: Vec<u8>) {
        if self.shared.telling.try_send(Out::Message(message)).is_err() {
            self.shared.gap.store(true, Ordering::Relaxed);
        }
    }

    /// Wakes the workers of the other processes. Never waits; a lost ring costs them the time until their next look.
    pub fn ring(&self) {
        if !self.shared.ringing.swap(true, Ordering::AcqRel) && self.shared.telling.try_send(Out::Ring).is_err() {
            self.shared.ringing.store(false, Ordering::Release);
        }
    }

    /// Counts one more of `what` within a window that begins with its first; none when the server does not answer in time.
    pub async fn count(&self, what: &str, window: Duration) -> Option<u64> {
        // A server that hangs is not waited for by everybody anew.
        if self
            .shared
            .silent_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|end| Instant::now() < end)
        {
            return None;
        }
        let key = format!("{}:count:{what}", self.shared.prefix);
        let milliseconds = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let mut commands = self.shared.commands.clone();
        let mut counting = self.shared.counting.key(key);
        counting.arg(milliseconds);
        match timeout(ANSWER, counting.invoke_async::<u64>(&mut commands)).await {
            Ok(Ok(count)) => Some(count),
            Ok(Err(_)) | Err(_) => {
                let end = Instant::now() + ALONE;
                *self.shared.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
                None
            }
        }
    }

    /// Whether this process hears the others and is heard by them, as far as it knows.
    #[must_use]
    pub fn works(&self) -> bool {
        self.shared.hears.load(Ordering::Relaxed) && self.shared.told.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn channel(&self) -> String {
        format!("{}:told", self.prefix)
    }

    /// What goes over the wire: who, what kind, the words.
    fn frame(&self, kind: u8, words: &[u8]) -> Vec<u8> {
        [&self.own[..], &[kind], words].concat()
    }
}

/// Tells what waits, several messages in one round trip. What can't be told is dropped, and the gap is told when the server is
/// there again: who listens reads anew.
async fn tell(shared: Arc<Shared>, mut waiting: mpsc::Receiver<Out>) {
    let channel = shared.channel();
    let mut messages = Vec::with_capacity(TOGETHER);
    let mut commands = shared.commands.clone();
    loop {
        // A gap is told even when nothing else happens any more.
        let pause = if shared.gap.load(Ordering::Relaxed) { PAUSE.1 } else { Duration::MAX };
        if timeout(pause, waiting.recv_many(&mut messages, TOGETHER)).await == Ok(0) {
            return;
        }
        let gap = shared.gap.swap(false, Ordering::Relaxed);
        let mut pipeline = redis::pipe();
        if gap {
            pipeline.publish(&channel, shared.frame(GAP, &[])).ignore();
        }
        for out in messages.drain(..) {
            let frame = match out {
                Out::Ring => {
                    shared.ringing.store(false, Ordering::Release);
                    shared.frame(RING, &[])
                }
                Out::Message(words) => shared.frame(MESSAGE, &words),
            };
            pipeline.publish(&channel, frame).ignore();
        }
        let told = timeout(CONNECT + ANSWER, pipeline.query_async::<()>(&mut commands)).await;
        let told = matches!(told, Ok(Ok(())));
        if !told {
            shared.gap.store(true, Ordering::Relaxed);
        }
        if shared.told.swap(told, Ordering::Relaxed) != told {
            tracing::warn!(told, "what is told to the other processes arrives, or no longer");
        }
        // Under load several go together.
        tokio::time::sleep(GATHER).await;
    }
}

/// Listens, for ever; after each break listeners are told of a gap.
async fn listen(shared: Arc<Shared>, hear: impl Fn(Heard) + Send + Sync) {
    let mut pause = PAUSE.0;
    loop {
        let heard = attend(&shared, &hear).await;
        if shared.hears.swap(false, Ordering::Relaxed) {
            pause = PAUSE.0;
            // The text of an error of the library holds no address.
            tracing::warn!(error = heard.err().map(|error| error.to_string()), "the other processes are not heard");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// Listens until the connection breaks or goes silent.
async fn attend(shared: &Shared, hear: &(impl Fn(Heard) + Send + Sync)) -> Result<(), RedisError> {
    let late = |_| RedisError::from((redis::ErrorKind::Io, "no answer in time"));
    let standing = async {
        let mut connection = shared.client.get_async_pubsub().await?;
        connection.subscribe(shared.channel()).await?;
        Ok::<_, RedisError>(connection)
    };
    let (mut asking, mut messages) = timeout(CONNECT + ANSWER, standing).await.map_err(late)??.split();
    shared.hears.store(true, Ordering::Relaxed);
    tracing::info!("the other processes are heard");
    hear(Heard::Gap);
    loop {
        match timeout(SILENCE, messages.next()).await {
            Ok(Some(message)) => {
                let bytes = message.get_payload_bytes();
                match bytes.split_at_checked(shared.own.len()) {
                    Some((from, _)) if from == shared.own => {}
                    Some((_, [RING])) => hear(Heard::Ring),
                    Some((_, [MESSAGE, words @ ..])) => hear(Heard::Message(words.to_vec())),
                    // A version that comes may tell more than this one understands.
                    Some(_) => hear(Heard::Gap),
                    None => {}
                }
            }
            Ok(None) => return Ok(()),
            Err(_) => {
                timeout(CONNECT, asking.ping::<redis::Value>()).await.map_err(late)??;
            }
        }
    }
}
