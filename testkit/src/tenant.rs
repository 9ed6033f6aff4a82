//! Full tenants, written straight into the tables: what a test's subject stands beside.

use entity::stored::{ChannelKind, ChannelStatus, CompanyStatus, CompanyType, Role};
use entity::{branch, channel, company, membership, organization, user};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::json;
use service::access::{Actor, CompanyScope};
use service::ctx::Ctx;

/// A company with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Whose company it is.
    pub organization: organization::Model,
    /// The company.
    pub company: company::Model,
    /// Its one branch.
    pub branch: branch::Model,
    /// Its web chat, connected.
    pub channel: channel::Model,
    /// The owner.
    pub owner: user::Model,
    /// The program's own way to its rows.
    pub scope: CompanyScope,
}

impl Tenant {
    /// The context of a signed-in owner.
    #[must_use]
    pub fn as_owner(&self, ctx: &Ctx) -> Ctx {
        ctx.with_actor(Actor::User { user_id: self.owner.id, session_id: ctx.new_id() })
    }
}

/// A new owner of a company, signed in by a session of their own.
///
/// # Panics
/// When the database refuses.
pub async fn owner_of(ctx: &Ctx, scope: &CompanyScope) -> Ctx {
    let company =
        company::Entity::find_by_id(scope.id()).one(&ctx.db().read_across()).await.expect("companies").expect("it");
    let owner = user::Model {
        id: ctx.new_id(),
        email: Some(format!("{}@example.com", ctx.new_id())),
        name: None,
        password_hash: None,
        email_set_at: None,
        created_at: ctx.time(),
    };
    let membership = membership::Model {
        id: ctx.new_id(),
        user_id: owner.id,
        organization_id: company.organization_id,
        role: Role::Owner,
        created_at: ctx.time(),
    };
    let user_id = owner.id;
    let tx = ctx.db().begin_across().await.expect("a transaction");
    insert_one::<user::Entity, user::ActiveModel>(owner.into(), &tx).await;
    insert_one::<membership::Entity, membership::ActiveModel>(membership.into(), &tx).await;
    ctx.commit(tx).await.expect("the owner is made");
    ctx.with_actor(Actor::User { user_id, session_id: ctx.new_id() })
}

/// Makes a full tenant; `name` names it and its people.
///
/// # Panics
/// When the database refuses.
pub async fn make(ctx: &Ctx, name: &str) -> Tenant {
    let (now, db) = (ctx.time(), &ctx.db().read_across());
    let number = company::Entity::find().count(db).await.expect("companies are counted") + 1;
    let slug = name.to_lowercase();
    let organization = organization::Model { id: ctx.new_id(), name: format!("{name} Group"), created_at: now };
    let company = company::Model {
        id: ctx.new_id(),
        organization_id: organization.id,
        number: i32::try_from(number).expect("a small number"),
        name: name.to_owned(),
        company_type: CompanyType::Hybrid,
        status: CompanyStatus::Active,
        shop_type: "flowers".to_owned(),
        city: Some("Almaty".to_owned()),
        currency: "KZT".to_owned(),
        language: "en".to_owned(),
        settings: json!({}),
        next_order_number: 1,
        created_at: now,
    };
    let branch = branch::Model {
        id: ctx.new_id(),
        company_id: company.id,
        name: name.to_owned(),
        city: Some("Almaty".to_owned()),
        address: None,
        timezone: "Asia/Almaty".to_owned(),
        hours: json!({}),
        is_default: true,
        created_at: now,
    };
    let channel = channel::Model {
        id: ctx.new_id(),
        company_id: company.id,
        branch_id: branch.id,
        kind: ChannelKind::Webchat,
        provider: "webchat".to_owned(),
        name: format!("{name} web chat"),
        status: ChannelStatus::Connected,
        public_key: format!("{slug}{number}"),
        quiet_period_ms: 0,
        settings: json!({}),
        last_error: None,
        created_at: now,
        external_id: None,
        error_code: None,
        error_count: 0,
        connected_at: Some(now),
        paused_until: None,
    };
    let owner = user::Model {
        id: ctx.new_id(),
        email: Some(format!("{slug}{number}@example.com")),
        name: Some(format!("Owner of {name}")),
        password_hash: None,
        email_set_at: None,
        created_at: now,
    };
    let membership = membership::Model {
        id: ctx.new_id(),
        user_id: owner.id,
        organization_id: organization.id,
        role: Role::Owner,
        created_at: now,
    };
    let tx = ctx.db().begin_across().await.expect("a transaction");
    macro_rules! insert {
        ($($table:ident: $row:expr;)*) => {$(
            insert_one::<$table::Entity, $table::ActiveModel>($row.clone().into(), &tx).await;
        )*};
    }
    insert! {
        organization: organization;
        company: company;
        branch: branch;
        channel: channel;
        user: owner;
        membership: membership;
    }
    ctx.commit(tx).await.expect("the tenant is made");
    let scope = service::access::for_system(ctx, &company).expect("the program's own scope");
    Tenant { organization, company, branch, channel, owner, scope }
}

async fn insert_one<E, A>(row: A, tx: &service::db::Tx)
where
    E: sea_orm::EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    // A model turned into an active one is unchanged column by column; an insert takes what is set.
    let row = row.reset_all();
    E::insert(row).exec_without_returning(tx).await.expect("a row of the tenant");
}
