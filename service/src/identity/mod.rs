//! People: the first owner's one-time code, passwords, sessions.

use crate::access::{self, Actor};
use crate::company::check_text;
use crate::ctx::Ctx;
use crate::error::{Error, Result, UserError};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use entity::stored::Role;
use entity::{membership, one_time_code, organization, session, user};
use foundation::secret::sha256_hex;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use std::sync::OnceLock;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How long a session lives without a new sign-in.
pub const SESSION_DAYS: i64 = 30;
/// The shortest password.
const MIN_PASSWORD: usize = 10;
/// The longest password, characters: argon2 takes any, a request may not.
const MAX_PASSWORD: usize = 200;
/// Wrong tries of a one-time code.
const MAX_ATTEMPTS: i32 = 5;
/// What a code of the first start is for.
const FIRST_START: &str = "first_start";

/// A new session: the token goes into the cookie and is stored as a hash only.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: user::Model,
    /// The cookie's value.
    pub token: String,
    /// Whether a password is still to be set.
    pub needs_password: bool,
}

/// Whether anybody can sign in already.
///
/// # Errors
/// When the database does not answer.
pub async fn has_owner(ctx: &Ctx) -> Result<bool> {
    Ok(user::Entity::find().filter(user::Column::PasswordHash.is_not_null()).count(&ctx.db().read_platform()).await?
        > 0)
}

/// The one-time code of the first start: a new one each start until an owner has set a password, none after.
///
/// # Errors
/// When the database does not answer.
pub async fn first_start_code(ctx: &Ctx) -> Result<Option<String>> {
    if has_owner(ctx).await? {
        return Ok(None);
    }
    let code = ctx.engine().random.token(12);
    let tx = ctx.db().begin_platform().await?;
    one_time_code::Entity::delete_many().filter(one_time_code::Column::Purpose.eq(FIRST_START)).exec(&tx).await?;
    one_time_code::ActiveModel {
        id: Set(ctx.new_id()),
        purpose: Set(FIRST_START.to_owned()),
        user_id: Set(None),
        code_hash: Set(sha256_hex(code.as_bytes())),
        attempts: Set(0),
        expires_at: Set(None),
        used_at: Set(None),
        created_at: Set(ctx.time()),
    }
    .insert(&tx)
    .await?;
    ctx.commit(tx).await?;
    Ok(Some(code))
}

/// Signs the first owner in with the code of the first start.
///
/// # Errors
/// `Invalid` for a wrong or used code; `RateLimited`.
pub async fn sign_in_with_code(ctx: &Ctx, from: &str, code: &str) -> Result<SignedIn> {
    access::may_try_to_sign_in(ctx, from).await?;
    let wrong = || {
        Error::invalid(
            "code",
            "WRONG_CODE",
            "This code is not valid. The current one stands where the program was started.",
        )
    };
    let tx = ctx.db().begin_platform().await?;
    let row = one_time_code::Entity::find()
        .filter(one_time_code::Column::Purpose.eq(FIRST_START))
        .filter(one_time_code::Column::UsedAt.is_null())
        .one(&tx)
        .await?
        .ok_or_else(wrong)?;
    if row.attempts >= MAX_ATTEMPTS * 10 {
        return Err(Error::invalid(
            "code",
            "TOO_MANY_ATTEMPTS",
            "Too many wrong codes. Start the program again for a new one.",
        ));
    }
    let hash = sha256_hex(code.trim().to_lowercase().as_bytes());
    if row.code_hash != hash {
        let attempts = row.attempts + 1;
        let mut row = row.into_active_model();
        row.attempts = Set(attempts);
        row.update(&tx).await?;
        ctx.commit(tx).await?;
        return Err(wrong());
    }
    // The code stays good until a password is set, so that a closed browser locks nobody out; each use is a new session.
    let user = match user::Entity::find().filter(user::Column::PasswordHash.is_null()).one(&tx).await? {
        Some(user) => user,
        None => {
            let user = user::ActiveModel {
                id: Set(ctx.new_id()),
                email: Set(None),
                name: Set(None),
                password_hash: Set(None),
                email_set_at: Set(None),
                created_at: Set(ctx.time()),
            }
            .insert(&tx)
            .await?;
            let organization = organization::ActiveModel {
                id: Set(ctx.new_id()),
                name: Set(String::new()),
                created_at: Set(ctx.time()),
            }
            .insert(&tx)
            .await?;
            membership::ActiveModel {
                id: Set(ctx.new_id()),
                user_id: Set(user.id),
                organization_id: Set(organization.id),
                role: Set(Role::Owner),
                created_at: Set(ctx.time()),
            }
            .insert(&tx)
            .await?;
            user
        }
    };
    let token = new_session(ctx, &tx, user.id).await?;
    ctx.commit(tx).await?;
    Ok(SignedIn { user, token, needs_password: true })
}

async fn new_session(ctx: &Ctx, tx: &crate::db::Tx, user_id: Uuid) -> Result<String> {
    let token = ctx.engine().random.token(48);
    session::ActiveModel {
        id: Set(ctx.new_id()),
        user_id: Set(user_id),
        token_hash: Set(sha256_hex(token.as_bytes())),
        created_at: Set(ctx.time()),
        expires_at: Set(ctx.time().plus_seconds(SESSION_DAYS * 86_400)),
        last_seen_at: Set(ctx.time()),
    }
    .insert(tx)
    .await?;
    Ok(token)
}

/// Who a cookie's token is.
///
/// # Errors
/// When the database does not answer; an unknown token is [`Actor::Nobody`].
pub async fn actor_of(ctx: &Ctx, token: &str) -> Result<Actor> {
    let db = ctx.db().clone();
    let hash = sha256_hex(token.as_bytes());
    let found = ctx.db().lookups().sessions.one(hash, async move |hashes| access::sessions(&db, hashes).await).await?;
    let stands = found.filter(|session| session.expires_at > ctx.time());
    Ok(stands.map_or(Actor::Nobody, |session| Actor::User { user_id: session.user_id, session_id: session.id }))
}

/// Whether a session still stands: subscriptions ask again and again.
///
/// # Errors
/// When the database does not answer.
pub async fn stands(ctx: &Ctx) -> Result<bool> {
    let Actor::User { session_id, .. } = ctx.actor() else { return Ok(false) };
    let session = session::Entity::find_by_id(*session_id).one(&ctx.db().read_platform()).await?;
    Ok(session.is_some_and(|session| session.expires_at > ctx.time()))
}

/// The signed-in person.
///
/// # Errors
/// `Unauthenticated`.
pub async fn viewer(ctx: &Ctx) -> Result<user::Model> {
    let user_id = access::user(ctx)?;
    user::Entity::find_by_id(user_id).one(&ctx.db().read_platform()).await?.ok_or(Error::Unauthenticated)
}

/// Sets name, address and password of the signed-in person. All other sessions end.
///
/// # Errors
/// `Invalid` for a short password or an address that is none or taken.
pub async fn set_password(ctx: &Ctx, name: Option<&str>, email: Option<&str>, password: &str) -> Result<user::Model> {
    let viewer = viewer(ctx).await?;
    let mut errors = Vec::new();
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        errors.push(UserError::new(
            "password",
            "TOO_SHORT",
            format!("The password needs at least {MIN_PASSWORD} characters."),
        ));
    } else if length > MAX_PASSWORD {
        errors.push(UserError::new(
            "password",
            "TOO_LONG",
            format!("The password may have at most {MAX_PASSWORD} characters."),
        ));
    }
    let mut row = viewer.clone().into_active_model();
    if let Some(name) = name {
        row.name = Set(Some(check_text(&mut errors, "name", name, crate::company::MAX_NAME)));
    }
    match email {
        Some(email) => {
            let email = email.trim().to_lowercase();
            let good = email.len() <= 254
                && email
                    .split_once('@')
                    .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.ends_with('.'))
                && !email.contains(char::is_whitespace);
            if good {
                row.email = Set(Some(email));
                row.email_set_at = Set(Some(ctx.time()));
            } else {
                errors.push(UserError::new("email", "INVALID", "This is not an e-mail address."));
            }
        }
        None if viewer.email.is_none() => errors.push(UserError::new("email", "REQUIRED", "email is required.")),
        None => {}
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    row.password_hash = Set(Some(hash(ctx, password).await?));
    let tx = ctx.db().begin_platform().await?;
    let user = row.update(&tx).await.map_err(|error| {
        if crate::db::is_constraint(&error) {
            Error::invalid("email", "TAKEN", "Somebody uses this address already.")
        } else {
            error.into()
        }
    })?;
    if let (Some(_), Some(address)) = (email, &user.email) {
        crate::mail::forgive(&tx, address).await?;
    }
    one_time_code::Entity::update_many()
        .col_expr(one_time_code::Column::UsedAt, Expr::value(Some(ctx.time().0)))
        .filter(one_time_code::Column::Purpose.eq(FIRST_START))
        .exec(&tx)
        .await?;
    if let Actor::User { session_id, .. } = ctx.actor() {
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user.id))
            .filter(session::Column::Id.ne(*session_id))
            .exec(&tx)
            .await?;
    }
    ctx.commit(tx).await?;
    Ok(user)
}

/// Signs in with address and password.
///
/// # Errors
/// `Invalid` for wrong ones, the same for both; `RateLimited`.
pub async fn sign_in(ctx: &Ctx, from: &str, email: &str, password: &str) -> Result<SignedIn> {
    access::may_try_to_sign_in(ctx, from).await?;
    let found = user::Entity::find()
        .filter(user::Column::Email.eq(email.trim().to_lowercase()))
        .one(&ctx.db().read_platform())
        .await?;
    // An unknown address costs the same work as a wrong password, so that time tells nothing.
    let stored = match found.as_ref().and_then(|user| user.password_hash.clone()) {
        Some(stored) => stored,
        None => nobody_hash(ctx).await?,
    };
    let matches = verify(password, stored).await?;
    let Some(user) = found.filter(|user| matches && user.password_hash.is_some()) else {
        return Err(Error::invalid("password", "WRONG", "The address or the password is wrong."));
    };
    let tx = ctx.db().begin_platform().await?;
    let token = new_session(ctx, &tx, user.id).await?;
    ctx.commit(tx).await?;
    Ok(SignedIn { user, token, needs_password: false })
}

/// Ends the session.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_out(ctx: &Ctx) -> Result<()> {
    if let Actor::User { session_id, .. } = ctx.actor() {
        let tx = ctx.db().begin_platform().await?;
        session::Entity::delete_by_id(*session_id).exec(&tx).await?;
        ctx.commit(tx).await?;
    }
    Ok(())
}

/// Makes somebody with a password, or gives them this name and password again: the demo and the command line.
///
/// # Errors
/// `Forbidden` unless the program itself asks.
pub async fn put_person(ctx: &Ctx, email: &str, name: &str, password: &str) -> Result<user::Model> {
    if *ctx.actor() != Actor::System {
        return Err(Error::Forbidden);
    }
    let email = email.to_lowercase();
    let hash = hash(ctx, password).await?;
    let tx = ctx.db().begin_platform().await?;
    let known = user::Entity::find().filter(user::Column::Email.eq(email.as_str())).one(&tx).await?;
    let user = match known {
        Some(user) => {
            let mut row = user.into_active_model();
            row.name = Set(Some(name.to_owned()));
            row.password_hash = Set(Some(hash));
            row.update(&tx).await?
        }
        None => {
            user::ActiveModel {
                id: Set(ctx.new_id()),
                email: Set(Some(email)),
                name: Set(Some(name.to_owned())),
                password_hash: Set(Some(hash)),
                email_set_at: Set(None),
                created_at: Set(ctx.time()),
            }
            .insert(&tx)
            .await?
        }
    };
    ctx.commit(tx).await?;
    Ok(user)
}

/// Makes somebody a member of a company's organization, or gives them this role there: the demo and the command line.
///
/// # Errors
/// `Forbidden` unless the program itself asks.
pub async fn add_member(ctx: &Ctx, user_id: Uuid, organization_id: Uuid, role: Role) -> Result<()> {
    if *ctx.actor() != Actor::System {
        return Err(Error::Forbidden);
    }
    let tx = ctx.db().begin_platform().await?;
    let given = OnConflict::columns([membership::Column::UserId, membership::Column::OrganizationId])
        .update_column(membership::Column::Role)
        .to_owned();
    membership::Entity::insert(membership::ActiveModel {
        id: Set(ctx.new_id()),
        user_id: Set(user_id),
        organization_id: Set(organization_id),
        role: Set(role),
        created_at: Set(ctx.time()),
    })
    .on_conflict(given)
    .exec_without_returning(&tx)
    .await?;
    ctx.commit(tx).await
}

/// At most two hashes at once: each takes 19 MiB (reliability.md case 104).
fn permits() -> &'static Semaphore {
    static PERMITS: OnceLock<Semaphore> = OnceLock::new();
    PERMITS.get_or_init(|| Semaphore::new(2))
}

/// OWASP Password Storage: argon2id, 19 MiB, 2 passes, 1 lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

async fn hash(ctx: &Ctx, password: &str) -> Result<String> {
    let _permit = permits().acquire().await.map_err(|_| Error::internal("permits are closed"))?;
    let salt: [u8; 16] = ctx.engine().random.bytes();
    let password = password.to_owned();
    foundation::task::spawn_blocking(move || {
        argon2().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    })
    .await
    .map_err(|error| Error::internal(error.to_string()))?
    .map_err(|error| Error::internal(format!("hash: {error}")))
}

async fn verify(password: &str, stored: String) -> Result<bool> {
    let _permit = permits().acquire().await.map_err(|_| Error::internal("permits are closed"))?;
    let password = password.chars().take(MAX_PASSWORD + 1).collect::<String>();
    foundation::task::spawn_blocking(move || {
        PasswordHash::new(&stored).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|error| Error::internal(error.to_string()))
}

async fn nobody_hash(ctx: &Ctx) -> Result<String> {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    HASH.get_or_try_init(|| hash(ctx, "nobody has this password")).await.cloned()
}
