//! One loader for every edge, made anew for every request: what a list needs is read in one statement, and nothing stays
//! in memory for another caller. Keys carry the proof of access, so that a loader reads only what its caller may see.

use async_graphql::dataloader::{DataLoader, Loader};
use service::access::{self, CompanyScope, TenantEntity};
use service::ctx::Ctx;
use service::row::{booking, branch, channel, company, contact, contact_address, conversation, message, order, order_line, payment, reminder};
use service::{Error, Result, inbox, order as orders, turn};
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use uuid::Uuid;

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
    /// Addresses of a customer.
    Addresses: contact_address::Model = inbox::addresses_of, contact_id;
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
    /// Addresses of customers.
    addresses_of: PartsOf<Addresses>;
    /// What carts are priced with.
    shelves: Shelves;
}

impl Loaders {
    /// Empty ones.
    pub(crate) fn new(ctx: &Ctx) -> Self {
        fn rows<E: TenantEntity + 'static>(ctx: &Ctx) -> DataLoader<Rows<E>> {
            DataLoader::new(Rows { ctx: ctx.clone(), table: PhantomData }, tokio::spawn)
        }
        fn parts<P: Parts>(ctx: &Ctx) -> DataLoader<PartsOf<P>> {
            DataLoader::new(PartsOf { ctx: ctx.clone(), parts: PhantomData }, tokio::spawn)
        }
        Self {
            companies: rows(ctx),
            branches: rows(ctx),
            channels: rows(ctx),
            contacts: rows(ctx),
            conversations: rows(ctx),
            messages: rows(ctx),
            orders: rows(ctx),
            bookings: rows(ctx),
            lines: parts(ctx),
            payments_of: parts(ctx),
            bookings_of: parts(ctx),
            reminders_of: parts(ctx),
            addresses_of: parts(ctx),
            shelves: DataLoader::new(Shelves { ctx: ctx.clone() }, tokio::spawn),
        }
    }
}

/// One row, or that it is gone.
pub(crate) async fn one<E: TenantEntity + 'static>(
    loader: &DataLoader<Rows<E>>,
    scope: &CompanyScope,
    id: Uuid,
    what: &'static str,
) -> Result<E::Model>
where
    E::Model: Clone + Send + Sync,
{
    maybe(loader, scope, id).await?.ok_or(Error::NotFound(what))
}

/// One row where there is one.
pub(crate) async fn maybe<E: TenantEntity + 'static>(
    loader: &DataLoader<Rows<E>>,
    scope: &CompanyScope,
    id: Uuid,
) -> Result<Option<E::Model>>
where
    E::Model: Clone + Send + Sync,
{
    loader.load_one(Key { scope: scope.clone(), id }).await.map_err(shared)
}

/// The rows that belong to another one.
pub(crate) async fn all<P: Parts>(loader: &DataLoader<PartsOf<P>>, scope: &CompanyScope, id: Uuid) -> Result<Vec<P::Row>> {
    Ok(loader.load_one(Key { scope: scope.clone(), id }).await.map_err(shared)?.unwrap_or_default())
}

/// The error of a batch, for each of those who waited for it.
pub(crate) fn shared(error: Arc<Error>) -> Error {
    match &*error {
        Error::Unavailable(context) => Error::Unavailable(context.clone()),
        other => Error::Internal(other.private()),
    }
}
