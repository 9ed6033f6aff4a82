//! Who listens to a company in this process.
//!
//! An event goes to thousands of sockets. Their rights are looked at again for every event (reliability.md case 63), in one
//! look for all of them. And what a document answers about an event depends on the company, the caller's role and language and
//! on nothing else of the caller: so it is made once for all who sent the same document, under the right of one of them.

use super::error::ApiError;
use super::loader::Loaders;
use super::request::{Installation, request_data};
use super::types::CompanyEvent;
use super::{X8Schema, error};
use async_graphql::{Request, Response, Variables};
use domain::language::Language;
use foundation::secret::sha256_hex;
use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use service::access::{self, Actor, CompanyScope, Standing};
use service::ctx::Ctx;
use service::event::{self, Listener, NewEvent, Told};
use service::stored::Role;
use service::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use uuid::Uuid;

/// A quiet stream, too, ends this soon after its session or its right has ended (reliability.md case 63).
pub(super) const CHECK_EVERY: Duration = Duration::from_secs(3);
/// How soon a listener that was behind is looked at again.
const CATCH_UP_EVERY: Duration = Duration::from_millis(200);
/// How often a listener that reads slowly is told something more; then it is told to read anew.
const MOST_WAITING: usize = 32;
/// What follows sooner after something told is told together with what else comes until then: a burst costs each socket a few
/// writes, not one for each event. The more listen, the longer it takes to tell them anyway.
const TOGETHER: Duration = Duration::from_millis(25);
const TOGETHER_EACH: Duration = Duration::from_micros(10);
const ONE_COMMIT: Duration = Duration::from_millis(1);
const TOGETHER_AT_MOST: Duration = Duration::from_millis(250);
/// Events that are told with one look at the rights.
const MOST_AT_ONCE: usize = 256;

/// What a subscription brings.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// An answer to this listener alone.
    Own(Arc<Response>),
    /// The answer to all who listen with the same document: a response as JSON.
    Shared(Arc<str>),
}

/// What is told at once.
pub type Deliveries = Arc<[Delivery]>;

/// What comes of an operation.
#[derive(Debug)]
pub enum Outcome {
    /// An answer.
    Answer(Arc<Response>),
    /// What is told from now on, besides what else comes.
    Told(mpsc::Receiver<Deliveries>),
}

impl Delivery {
    /// The response as JSON.
    #[must_use]
    pub fn json(&self) -> Cow<'_, str> {
        match self {
            Self::Own(response) => serde_json::to_string(response).unwrap_or_default().into(),
            Self::Shared(json) => Cow::Borrowed(json),
        }
    }
}

impl From<Response> for Delivery {
    fn from(response: Response) -> Self {
        Self::Own(Arc::new(response))
    }
}

/// All who listen, by company.
#[derive(Clone, Default)]
pub(super) struct Audiences(Arc<Mutex<HashMap<Uuid, Seats>>>);

type Seats = Arc<Mutex<Vec<Arc<Seat>>>>;

/// What a listener asked for.
struct Document {
    query: String,
    operation_name: Option<String>,
    variables: Variables,
    language: Language,
    installation: Installation,
    /// The same for the same of all this.
    key: String,
}

/// A listener.
struct Seat {
    op: Ctx,
    document: Arc<Document>,
    out: mpsc::Sender<Deliveries>,
    /// Whether something was not told.
    behind: AtomicBool,
}

/// Goes with a subscription to its resolver, which takes a place in it: the listeners' way to what is told later.
pub(super) struct Entrance {
    audiences: Audiences,
    schema: X8Schema,
    document: Arc<Document>,
    taken: Mutex<Taken>,
}

/// The place that an operation took.
#[derive(Default)]
enum Taken {
    #[default]
    None,
    Place(mpsc::Receiver<Deliveries>),
    /// It may not have one.
    Refused,
}

/// Goes with a document when something is to be told.
pub(super) struct Occasion {
    company_id: Uuid,
    news: Result<(CompanyScope, News), ApiError>,
}

/// Something to tell.
#[derive(Clone)]
enum News {
    Event(NewEvent),
    /// Something was missed before this cursor.
    Missed(Uuid),
}

impl Occasion {
    /// The event, or why there are none any more, for those who ask for this company.
    pub(super) fn event(&self, company_id: Uuid) -> Option<Result<CompanyEvent, ApiError>> {
        (self.company_id == company_id).then(|| {
            let (scope, news) = self.news.clone()?;
            Ok(match news {
                News::Event(event) => CompanyEvent::of(scope, &event),
                News::Missed(cursor) => CompanyEvent::resync(scope, cursor),
            })
        })
    }
}

impl Entrance {
    pub(super) fn new(schema: &X8Schema, request: &Request, language: Language, installation: Installation) -> Self {
        let variables = serde_json::to_string(&request.variables).unwrap_or_default();
        let name = request.operation_name.as_deref().unwrap_or_default();
        let parts = [language.code(), &format!("{installation:?}"), name, &variables, &request.query];
        let document = Document {
            query: request.query.clone(),
            operation_name: request.operation_name.clone(),
            variables: request.variables.clone(),
            language,
            installation,
            key: sha256_hex(serde_json::to_string(&parts).unwrap_or_default().as_bytes()),
        };
        Self {
            audiences: schema.audiences.clone(),
            schema: schema.clone(),
            document: Arc::new(document),
            taken: Mutex::default(),
        }
    }

    /// Listens to a company from now on, if the caller may.
    ///
    /// # Errors
    /// `Unauthenticated`, `NotFound` as for every look at the company; `Invalid` for a second field: a subscription has one
    /// (GraphQL's specification, section 5.2.3.1).
    pub(super) async fn listen(&self, op: &Ctx, company_id: Uuid) -> Result<()> {
        let (out, told) = mpsc::channel(MOST_WAITING);
        {
            let mut taken = lock(&self.taken);
            if !matches!(*taken, Taken::None) {
                *taken = Taken::Refused;
                return Err(Error::invalid("query", "ONE_FIELD", "A subscription asks for one field."));
            }
            *taken = Taken::Place(told);
        }
        let seat = Seat { op: op.clone(), document: Arc::clone(&self.document), out, behind: AtomicBool::new(false) };
        // Listening begins before the look at the right: what happens in between is not lost. Nothing is told before another look.
        self.audiences.seat(&self.schema, company_id, seat);
        let may =
            standing(op, company_id, std::slice::from_ref(op.actor())).await.and_then(|all| all.scope(op.actor()));
        if may.is_err() {
            *lock(&self.taken) = Taken::Refused;
        }
        may.map(|_| ())
    }

    /// What was taken.
    pub(super) fn take(&self) -> Option<mpsc::Receiver<Deliveries>> {
        match std::mem::replace(&mut *lock(&self.taken), Taken::Refused) {
            Taken::Place(told) => Some(told),
            Taken::None | Taken::Refused => None,
        }
    }
}

async fn standing(ctx: &Ctx, company_id: Uuid, actors: &[Actor]) -> Result<Standing> {
    access::standing(&ctx.with_actor(Actor::System), company_id, actors).await
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Audiences {
    fn seat(&self, schema: &X8Schema, company_id: Uuid, seat: Seat) {
        let mut all = lock(&self.0);
        let ctx = seat.op.with_actor(Actor::System);
        let seat = Arc::new(seat);
        match all.get(&company_id) {
            Some(seats) => lock(seats).push(seat),
            None => {
                let seats = Seats::new(Mutex::new(vec![seat]));
                all.insert(company_id, Arc::clone(&seats));
                let events = ctx.engine().bus.listen();
                let room = Room { audiences: self.clone(), schema: schema.clone(), ctx, company_id, seats };
                tokio::spawn(room.run(events));
            }
        }
    }
}

/// All who listen to one company, and the task that tells them.
struct Room {
    audiences: Audiences,
    schema: X8Schema,
    ctx: Ctx,
    company_id: Uuid,
    seats: Seats,
}

impl Drop for Room {
    /// Also after a panic: the next who listens opens another.
    fn drop(&mut self) {
        let mut all = lock(&self.audiences.0);
        if all.get(&self.company_id).is_some_and(|seats| Arc::ptr_eq(seats, &self.seats)) {
            all.remove(&self.company_id);
        }
        lock(&self.seats).clear();
    }
}

impl Room {
    async fn run(self, mut events: Listener) {
        let mut check = interval(CHECK_EVERY);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        check.reset();
        let mut behind = false;
        let mut not_before = Instant::now();
        loop {
            let mut told = Vec::new();
            tokio::select! {
                news = events.next() => match news {
                    Some(news) => told.push(news),
                    None => return,
                },
                _ = check.tick() => {}
                () = sleep(CATCH_UP_EVERY), if behind => {}
            }
            let looked = told.is_empty();
            if !looked {
                // What one commit says is told together in any case.
                sleep_until(not_before.max(Instant::now() + ONE_COMMIT)).await;
            }
            while told.len() < MOST_AT_ONCE {
                match events.try_next() {
                    Some(news) => told.push(news),
                    None => break,
                }
            }
            if told.contains(&Told::Gap) {
                // Who reads everything anew needs none of what has happened until now.
                while events.try_next().is_some() {}
                told = vec![Told::Gap];
            }
            told.retain(|news| match news {
                Told::Event(event) => event.company_id == self.company_id,
                Told::Gap => true,
            });
            if told.is_empty() && !looked {
                continue;
            }
            let Some(seats) = self.seats() else { return };
            if !told.is_empty() {
                let each = TOGETHER_EACH * u32::try_from(seats.len()).unwrap_or(u32::MAX);
                not_before = Instant::now() + each.clamp(TOGETHER, TOGETHER_AT_MOST);
            }
            behind = self.tell(seats, told).await;
        }
    }

    /// Who listens; none when nobody does any more: then nobody can come either.
    fn seats(&self) -> Option<Vec<Arc<Seat>>> {
        let mut all = lock(&self.audiences.0);
        let mut seats = lock(&self.seats);
        seats.retain(|seat| !seat.out.is_closed());
        if seats.is_empty() {
            all.remove(&self.company_id);
            return None;
        }
        Some(seats.clone())
    }

    fn leave(&self, gone: &[Arc<Seat>]) {
        if !gone.is_empty() {
            lock(&self.seats).retain(|seat| !gone.iter().any(|gone| Arc::ptr_eq(seat, gone)));
        }
    }

    /// Tells them, each who still may; whether some are behind after it.
    async fn tell(&self, seats: Vec<Arc<Seat>>, told: Vec<Told>) -> bool {
        let mut actors: Vec<Actor> = seats.iter().map(|seat| seat.op.actor().clone()).collect();
        actors.sort_unstable();
        actors.dedup();
        let standing = match standing(&self.ctx, self.company_id, &actors).await {
            Ok(standing) => standing,
            Err(error) => {
                // Who can't be asked about hears nothing, and reads anew when it can be told again.
                tracing::warn!(error = error.private(), "who listens could not be looked at");
                if !told.is_empty() {
                    seats.iter().for_each(|seat| seat.behind.store(true, Ordering::Relaxed));
                }
                return seats.iter().any(|seat| seat.behind.load(Ordering::Relaxed));
            }
        };
        let mut groups: HashMap<(&str, Option<Role>), Group<'_>> = HashMap::new();
        let mut gone = Vec::new();
        for seat in &seats {
            match standing.scope(seat.op.actor()) {
                Ok(scope) => {
                    let group = groups.entry((&seat.document.key, scope.role()));
                    group.or_insert_with(|| Group::new(scope)).seats.push(seat);
                }
                // The client learns why, and nothing follows.
                Err(error) => {
                    let loaders = Arc::new(Loaders::new(&seat.op));
                    seat.send(&self.answers(seat, Err(error.into()), loaders).await.into());
                    gone.push(Arc::clone(seat));
                }
            }
        }
        for group in groups.values() {
            self.tell_group(group, &told).await;
        }
        self.leave(&gone);
        seats.iter().any(|seat| seat.behind.load(Ordering::Relaxed))
    }

    async fn tell_group(&self, group: &Group<'_>, told: &[Told]) {
        let Some(first) = group.seats.first() else { return };
        let loaders = Arc::new(Loaders::new(&first.op));
        let answers = |news| self.answers(first, Ok((group.scope.clone(), news)), Arc::clone(&loaders));
        let missed = || News::Missed(event::cursor(&self.ctx));
        if group.seats.iter().any(|seat| seat.has_room_again()) {
            let answers = Arc::from(answers(missed()).await);
            for seat in group.seats.iter().filter(|seat| seat.has_room_again()) {
                seat.behind.store(false, Ordering::Relaxed);
                seat.send(&answers);
            }
        }
        let open = |seat: &&Arc<Seat>| !seat.behind.load(Ordering::Relaxed);
        if !group.seats.iter().copied().any(|seat| open(&seat)) {
            return;
        }
        // At the same time, so that what they need is read together.
        let all = told.iter().map(|news| match news {
            Told::Event(event) => answers(News::Event(event.clone())),
            Told::Gap => answers(missed()),
        });
        let all = join_all(all).await.concat();
        // Together: each listener wakes once, and writes once, for all of them.
        let all = Arc::from(all);
        for seat in group.seats.iter().copied().filter(open) {
            seat.send(&all);
        }
    }

    /// What a listener's document answers to some news.
    async fn answers(
        &self,
        seat: &Seat,
        news: Result<(CompanyScope, News), ApiError>,
        loaders: Arc<Loaders>,
    ) -> Vec<Delivery> {
        let document = &seat.document;
        let mut request = Request::new(&document.query).variables(document.variables.clone());
        if let Some(name) = &document.operation_name {
            request = request.operation_name(name);
        }
        let data = request_data(seat.op.clone()).language(document.language).installation(document.installation);
        let request = data.attach_with(request, loaders).data(Occasion { company_id: self.company_id, news });
        let answers = self.schema.inner.execute_stream(request).collect::<Vec<_>>();
        let responses = AssertUnwindSafe(answers).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!("an answer to those who listen panicked");
            vec![Response::from_errors(vec![error::fault()])]
        });
        let finished = |mut response| {
            error::finish(&mut response, self.ctx.new_id());
            match serde_json::to_string(&response) {
                Ok(json) if response.data != async_graphql::Value::Null => Delivery::Shared(json.into()),
                // An answer without data may be a refusal, which goes another way to the client.
                _ => Response::from_errors(response.errors).into(),
            }
        };
        responses.into_iter().map(finished).collect()
    }
}

/// Those who sent the same document in the same role.
struct Group<'a> {
    scope: CompanyScope,
    seats: Vec<&'a Arc<Seat>>,
}

impl Group<'_> {
    const fn new(scope: CompanyScope) -> Self {
        Self { scope, seats: Vec::new() }
    }
}

impl Seat {
    /// Whether it is behind and has read most of what it was told.
    fn has_room_again(&self) -> bool {
        self.behind.load(Ordering::Relaxed) && self.out.capacity() > MOST_WAITING / 2
    }

    fn send(&self, answers: &Deliveries) {
        if let Err(TrySendError::Full(_)) = self.out.try_send(Arc::clone(answers)) {
            self.behind.store(true, Ordering::Relaxed);
        }
    }
}
