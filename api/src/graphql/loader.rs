//! One loader for every edge, made anew for every request: what a list needs is read in one statement, and nothing stays
//! in memory for another caller. Keys carry the proof of access, so that a loader reads only what its caller may see.

use async_graphql::dataloader::{DataLoader, Loader};
use futures::future::BoxFuture;
use service::access::{self, CompanyScope, TenantEntity};
use service::ctx::Ctx;
use service::row::{
    booking, branch, channel, company, contact, contact_address, conversation, message, model_use, order, order_line,
    payment, reminder,
};
use service::{Error, Result, inbox, order as orders, turn};
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// A batch is read once nobody has asked for anything so long: a list asks for the parts of all its nodes without a pause,
/// however slow the machine is.
const PAUSE: Duration = Duration::from_millis(1);
/// And after so many pauses in any case.
const MOST_PAUSES: usize = 20;

/// How often the loaders of this request were asked.
type Asked = Arc<AtomicUsize>;

/// A loader whose batches wait for a pause.
fn gathering<L>(loader: L, asked: &Asked) -> DataLoader<L> {
    let asked = Arc::clone(asked);
    let spawn = move |batch: BoxFuture<'static, ()>| {
        let asked = Arc::clone(&asked);
        tokio::spawn(async move {
            for _ in 0..MOST_PAUSES {
                let before = asked.load(Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
                // Whoever asks may be waiting for its turn to run on.
                tokio::task::yield_now().await;
                if asked.load(Ordering::Relaxed) == before {
                    break;
                }
            }
            batch.await;
        })
    };
    DataLoader::new(loader, spawn).delay(Duration::ZERO)
}

/// A thing of a company.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The right to see it.
    pub(crate) scope: CompanyScope,
    /// Which.
    pub(crate) id: Uuid,
}

fn by_scope(keys: &[Key]) -> HashMap<&CompanyScope, Vec<Uuid>> {
    let mut grouped: HashMap<&CompanyScope, Vec<Uuid>> = HashMap::new();
    for key in keys {
        grouped.entry(&key.scope).or_default().push(key.id);
    }
    grouped
}

/// Rows by their ids.
pub(crate) struct Rows<E> {
    ctx: Ctx,
    table: PhantomData<fn() -> E>,
}

impl<E: TenantEntity + 'static> Loader<Key> for Rows<E>
where
    E::Model: Clone + Send + Sync,
{
    type Value = E::Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Key]) -> Result<HashMap<Key, E::Model>, Arc<Error>> {
        let mut found = HashMap::with_capacity(keys.len());
        for (scope, ids) in by_scope(keys) {
            for row in access::many::<E>(&self.ctx, scope, &ids).await.map_err(Arc::new)? {
                found.insert(Key { scope: scope.clone(), id: E::id(&row) }, row);
            }
        }
        Ok(found)
    }
}

/// Rows that belong to another row.
pub(crate) trait Parts: Send + Sync + 'static {
    /// The rows.
    type Row: Clone + Send + Sync + 'static;
    /// Reads those of several owners, in their order.
    fn read(ctx: &Ctx, scope: &CompanyScope, owners: &[Uuid]) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;
    /// Whose a row is.
    fn owner(row: &Self::Row) -> Uuid;
}

/// Rows by the row they belong to.
pub(crate) struct PartsOf<P> {
    ctx: Ctx,
    parts: PhantomData<fn() -> P>,
}

impl<P: Parts> Loader<Key> for PartsOf<P> {
    type Value = Vec<P::Row>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Key]) -> Result<HashMap<Key, Vec<P::Row>>, Arc<Error>> {
        let mut found: HashMap<Key, Vec<P::Row>> = HashMap::with_capacity(keys.len());
        for (scope, ids) in by_scope(keys) {
            for row in P::read(&self.ctx, scope, &ids).await.map_err(Arc::new)? {
                found.entry(Key { scope: scope.clone(), id: P::owner(&row) }).or_default().push(row);
            }
        }
        Ok(found)
    }
}

macro_rules! parts {
    ($($(#[$about:meta])* $name:ident: $row:ty = $read:path, $owner:ident;)*) => {$(
        $(#[$about])*
        pub(crate) struct $name;

        impl Parts for $name {
            type Row = $row;

            async fn read(ctx: &Ctx, scope: &CompanyScope, owners: &[Uuid]) -> Result<Vec<$row>> {
                $read(ctx, scope, owners).await
            }

            fn owner(row: &$row) -> Uuid {
                row.$owner
            }
        }
    )*};
}

parts! {
    /// Lines of an order.
    Lines: order_line::Model = orders::lines, order_id;
    /// Payment pages of an order.
    Payments: payment::Model = orders::order_payments, order_id;
    /// Bookings of an order.
    Bookings: booking::Model = orders::order_bookings, order_id;
    /// Reminders of an order.
    Reminders: reminder::Model = orders::reminders, order_id;
    /// What the assistant keeps of a conversation.
    Dialogues: turn::Dialogue = turn::dialogues, conversation_id;
    /// Addresses of a customer.
    Addresses: contact_address::Model = inbox::addresses_of, contact_id;
    /// What turns asked of models.
    ModelUses: TurnUse = model_uses, turn_id;
}

/// What a turn asked of a model.
#[derive(Clone)]
pub(crate) struct TurnUse {
    turn_id: Uuid,
    /// What.
    pub(crate) row: model_use::Model,
}

async fn model_uses(ctx: &Ctx, scope: &CompanyScope, turns: &[Uuid]) -> Result<Vec<TurnUse>> {
    let rows = service::model::uses_of(ctx, scope, turns).await?;
    Ok(rows.into_iter().filter_map(|row| Some(TurnUse { turn_id: row.turn_id?, row })).collect())
}

/// What carts are priced with, once for all carts of a company.
pub(crate) struct Shelves {
    ctx: Ctx,
}

impl Loader<CompanyScope> for Shelves {
    type Value = turn::Shelf;
    type Error = Arc<Error>;

    async fn load(&self, scopes: &[CompanyScope]) -> Result<HashMap<CompanyScope, turn::Shelf>, Arc<Error>> {
        let mut found = HashMap::with_capacity(scopes.len());
        for scope in scopes {
            found.insert(scope.clone(), turn::shelf(&self.ctx, scope).await.map_err(Arc::new)?);
        }
        Ok(found)
    }
}

macro_rules! loaders {
    ($($(#[$about:meta])* $field:ident: $loader:ty;)*) => {
        /// All loaders of one request.
        pub(crate) struct Loaders {
            $($(#[$about])* pub(crate) $field: DataLoader<$loader>,)*
            asked: Asked,
        }
    };
}

loaders! {
    /// Companies.
    companies: Rows<company::Entity>;
    /// Branches.
    branches: Rows<branch::Entity>;
    /// Channels.
    channels: Rows<channel::Entity>;
    /// Customers.
    contacts: Rows<contact::Entity>;
    /// Conversations.
    conversations: Rows<conversation::Entity>;
    /// Messages.
    messages: Rows<message::Entity>;
    /// Orders.
    orders: Rows<order::Entity>;
    /// Bookings.
    bookings: Rows<booking::Entity>;
    /// Lines of orders.
    lines: PartsOf<Lines>;
    /// Payment pages of orders.
    payments_of: PartsOf<Payments>;
    /// Bookings of orders.
    bookings_of: PartsOf<Bookings>;
    /// Reminders of orders.
    reminders_of: PartsOf<Reminders>;
    /// What the assistant keeps of conversations.
    dialogues_of: PartsOf<Dialogues>;
    /// Addresses of customers.
    addresses_of: PartsOf<Addresses>;
    /// What turns asked of models.
    model_uses_of: PartsOf<ModelUses>;
    /// What carts are priced with.
    shelves: Shelves;
}

impl Loaders {
    /// Empty ones.
    pub(crate) fn new(ctx: &Ctx) -> Self {
        fn rows<E: TenantEntity + 'static>(ctx: &Ctx, asked: &Asked) -> DataLoader<Rows<E>> {
            gathering(Rows { ctx: ctx.clone(), table: PhantomData }, asked)
        }
        fn parts<P: Parts>(ctx: &Ctx, asked: &Asked) -> DataLoader<PartsOf<P>> {
            gathering(PartsOf { ctx: ctx.clone(), parts: PhantomData }, asked)
        }
        let asked = Asked::default();
        Self {
            companies: rows(ctx, &asked),
            branches: rows(ctx, &asked),
            channels: rows(ctx, &asked),
            contacts: rows(ctx, &asked),
            conversations: rows(ctx, &asked),
            messages: rows(ctx, &asked),
            orders: rows(ctx, &asked),
            bookings: rows(ctx, &asked),
            lines: parts(ctx, &asked),
            payments_of: parts(ctx, &asked),
            bookings_of: parts(ctx, &asked),
            reminders_of: parts(ctx, &asked),
            dialogues_of: parts(ctx, &asked),
            addresses_of: parts(ctx, &asked),
            model_uses_of: parts(ctx, &asked),
            shelves: gathering(Shelves { ctx: ctx.clone() }, &asked),
            asked,
        }
    }

    /// One row of a table.
    pub(crate) async fn row<E: TenantEntity + 'static>(
        &self,
        loader: &DataLoader<Rows<E>>,
        scope: &CompanyScope,
        id: Uuid,
    ) -> Result<Option<E::Model>>
    where
        E::Model: Clone + Send + Sync,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        loader.load_one(Key { scope: scope.clone(), id }).await.map_err(shared)
    }

    /// The rows that belong to another one.
    pub(crate) async fn parts<P: Parts>(
        &self,
        loader: &DataLoader<PartsOf<P>>,
        scope: &CompanyScope,
        id: Uuid,
    ) -> Result<Vec<P::Row>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(loader.load_one(Key { scope: scope.clone(), id }).await.map_err(shared)?.unwrap_or_default())
    }

    /// What carts of this company are priced with.
    pub(crate) async fn shelf(&self, scope: &CompanyScope) -> Result<Option<turn::Shelf>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.shelves.load_one(scope.clone()).await.map_err(shared)
    }
}

/// The error of a batch, for each of those who waited for it.
fn shared(error: Arc<Error>) -> Error {
    error.shared()
}
