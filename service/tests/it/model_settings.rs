//! The model of a company: its settings, its key, a try of it, a month's limit, and voice.

use crate::commerce_support::Shop;
use crate::model_turn::{Talk, endpoint};
use bytes::Bytes;
use entity::{credential, mail, model_month, model_use, turn};
use foundation::http::Authority;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use service::access::CompanyScope;
use service::model::{ModelChange, ModelMode, Tested};
use service::{Ctx, Error};
use testkit::fake::openai::{KEY, MODEL, OpenAi, Turn, no_quota, refused};

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(errors) => errors.into_iter().map(|error| error.field.join(".")).collect(),
        other => panic!("{other:?}"),
    }
}

fn own(url: &str) -> ModelChange {
    ModelChange {
        mode: Some(ModelMode::Own),
        base_url: Some(url.to_owned()),
        key: Some(KEY.to_owned()),
        model: Some(MODEL.to_owned()),
        ..ModelChange::default()
    }
}

/// The same shop in an installation that gives each company so many tokens a month.
fn limited(talk: &Talk, tokens: i64) -> Shop {
    let kit = talk.shop.kit.with_engine(|engine| {
        let host = talk.server.url().trim_start_matches("http://");
        engine.outside = gateway::Outside::new(&[Authority::parse(host).unwrap()]).unwrap();
        engine.outside.model = Some(endpoint(&talk.server));
        engine.outside.model_monthly_tokens = Some(tokens);
    });
    Shop { kit, scope: talk.shop.scope.clone(), channel: talk.shop.channel.clone() }
}

async fn counter(ctx: &Ctx, scope: &CompanyScope) -> model_month::Model {
    let own = model_month::Entity::find().filter(model_month::Column::CompanyId.eq(scope.id()));
    own.order_by_desc(model_month::Column::FromAt).one(&ctx.db().read(scope)).await.unwrap().unwrap()
}

async fn put_used(ctx: &Ctx, scope: &CompanyScope, tokens: i64) {
    let mut row = counter(ctx, scope).await.into_active_model();
    row.installation_tokens = Set(tokens);
    let tx = ctx.db().begin(scope).await.unwrap();
    row.update(&tx).await.unwrap();
    ctx.commit(tx).await.unwrap();
}

/// What the letters to the owners are about.
async fn letters(ctx: &Ctx) -> Vec<String> {
    let rows = mail::Entity::find().order_by_asc(mail::Column::Id).all(&ctx.db().read_across()).await.unwrap();
    rows.into_iter().map(|row| row.event).collect()
}

testkit::both! {
    /// The key is sealed, shown by its last four, and goes to no other address than the one it was given for.
    async fn a_key_stays_where_it_was_given(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let refused = service::model::set(ctx, scope, own("http://127.0.0.1:9/v1")).await.unwrap_err();
        assert_eq!(fields(refused), ["baseUrl"], "private addresses are for the installation to allow");
        assert_eq!(credential::Entity::find().count(&ctx.db().read(scope)).await.unwrap(), 0);
        let shop = talk.shop.kit.with_engine(|engine| {
            let host = talk.server.url().trim_start_matches("http://");
            let allowed = [Authority::parse(host).unwrap()];
            engine.outside = gateway::Outside::new(&allowed).unwrap();
        });
        let ctx = &shop.ctx;
        let url = format!("{}/v1/", talk.server.url());
        let set = service::model::set(ctx, scope, own(&url)).await.unwrap();
        assert_eq!((set.choice.mode, set.key_hint.as_deref()), (ModelMode::Own, Some("0000")));
        assert_eq!(set.choice.base_url.as_deref(), Some(url.trim_end_matches('/')));
        let row = credential::Entity::find().one(&ctx.db().read(scope)).await.unwrap().unwrap();
        assert!(!row.sealed.contains("sk-x8"));
        // A change of something else leaves the key, another address forgets it.
        let change = ModelChange { monthly_tokens: Some(5), ..ModelChange::default() };
        let set = service::model::set(ctx, scope, change).await.unwrap();
        assert_eq!((set.choice.monthly_tokens, set.key_hint.as_deref()), (Some(5), Some("0000")));
        let change = ModelChange { base_url: Some("https://models.example/v1".to_owned()), ..ModelChange::default() };
        assert_eq!(service::model::set(ctx, scope, change).await.unwrap().key_hint, None);
        let bad = ModelChange {
            key: Some("two words".to_owned()),
            model: Some(String::new()),
            monthly_tokens: Some(-1),
            input_micros: Some(-5),
            ..ModelChange::default()
        };
        let errors = fields(service::model::set(ctx, scope, bad).await.unwrap_err());
        assert_eq!(errors, ["inputPriceMicros", "monthlyTokens", "model", "key"]);
    }

    /// A try says in one word what is wrong.
    async fn a_try_tells_what_is_wrong(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::call("ready", &json!({}))])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        assert!(matches!(service::model::test(ctx, scope).await.unwrap(), Tested::Good { .. }));
        talk.world.becomes(|_| Turn::text("I am ready."));
        assert_eq!(service::model::test(ctx, scope).await.unwrap(), Tested::NoTools);
        for (reply, wanted) in [
            (refused(401, "x", Some("invalid_api_key"), KEY), "CREDENTIALS"),
            (no_quota(), "NO_CREDIT"),
            (refused(404, "x", Some("model_not_found"), "no such model"), "MODEL"),
            (refused(400, "x", Some("unsupported_parameter"), "tools are not supported"), "REFUSED"),
        ] {
            let kit = talk.shop.kit.with_engine(|engine| engine.outside.model = Some(endpoint(&talk.server)));
            talk.world.becomes(move |_| Turn::Raw(reply.clone()));
            kit.advance(std::time::Duration::from_millis(5));
            let Tested::Failed { code, message } = service::model::test(&kit.ctx, scope).await.unwrap() else {
                panic!("{wanted}");
            };
            assert_eq!(code, wanted);
            assert!(!message.contains("sk-"), "{message}");
        }
        assert_eq!(model_use::Entity::find().count(&ctx.db().read(scope)).await.unwrap(), 6, "tries are counted as well");
        talk.server.check();
    }

    /// A month's tokens are used up: the offline assistant answers, and the turn says why.
    async fn a_month_has_an_end(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let change = ModelChange { monthly_tokens: Some(100), ..ModelChange::default() };
        service::model::set(ctx, scope, change).await.unwrap();
        assert!(talk.shop.say("ann", "Hello").await[0].ends_with("What would you like?"));
        let asked = talk.server.calls("/chat").len();
        let said = talk.shop.say("ann", "Hello again").await;
        assert!(!said[0].contains("What would you like?"), "{said:?}");
        assert_eq!(talk.server.calls("/chat").len(), asked);
        let turn = turn::Entity::find().order_by_desc(turn::Column::Id).one(&ctx.db().read(scope)).await.unwrap().unwrap();
        assert!(turn.reasons.to_string().contains("month_used_up"), "{}", turn.reasons);
        // The next month begins with nothing used.
        talk.shop.kit.advance(std::time::Duration::from_secs(40 * 86_400));
        assert!(talk.shop.say("ann", "Hello").await[0].ends_with("What would you like?"));
    }

    /// The installation's model has a budget for each company: owners are written at most and at all of it, once; then the offline
    /// assistant answers and the turn says why. A model of the company's own is not bound.
    async fn the_installation_gives_so_much(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("Good day! What would you like?")])).await;
        let shop = limited(&talk, 1_000_000);
        let (ctx, scope) = (&shop.kit.ctx, &shop.scope);
        testkit::tenant::owner_of(ctx, scope).await;
        let answered = |said: &[String]| said[0].ends_with("What would you like?");
        assert!(answered(&shop.say("ann", "Hello").await));
        let month = service::model::month(ctx, scope).await.unwrap();
        assert_eq!(month.installation_tokens, month.input_tokens + month.output_tokens);
        assert!(month.installation_tokens > 0);
        assert_eq!(letters(ctx).await, [""; 0]);
        for (used, percent) in [(799_999, "80"), (999_999, "100")] {
            put_used(ctx, scope, used).await;
            assert!(answered(&shop.say("ann", "Hello").await), "{used}");
            let told = letters(ctx).await;
            assert!(told.last().unwrap().ends_with(&format!(":1000000:{percent}")), "{told:?}");
            if percent == "80" {
                assert!(answered(&shop.say("ann", "Hello").await));
                assert_eq!(letters(ctx).await.len(), 1, "once");
            }
        }
        assert_eq!(letters(ctx).await.len(), 2);
        let asked = talk.server.calls("/chat").len();
        assert!(!answered(&shop.say("ann", "Hello again").await));
        let turn = turn::Entity::find().order_by_desc(turn::Column::Id).one(&ctx.db().read(scope)).await.unwrap().unwrap();
        assert_eq!(turn.reasons[turn.reasons.as_array().unwrap().len() - 1]["lines"][0]["code"], "model_budget_used_up");
        let settings = service::model::settings(ctx, scope).await.unwrap();
        assert_eq!(settings.installation_monthly_tokens, Some(1_000_000));
        let tried = service::model::test(ctx, scope).await.unwrap();
        assert!(matches!(tried, Tested::Failed { code: "BUDGET_USED_UP", .. }), "{tried:?}");
        let audio = Bytes::from_static(b"OggS\0a voice");
        assert_eq!(service::model::transcribe(ctx, scope, audio, "audio/ogg", None).await.unwrap(), None);
        assert_eq!(talk.server.calls("/").len(), asked, "nothing is asked of it");
        // Another company has its own.
        let other = testkit::tenant::make(ctx, "Other").await;
        assert!(matches!(service::model::test(ctx, &other.scope).await.unwrap(), Tested::NoTools));
        // One's own model is not bound, and does not count.
        service::model::set(ctx, scope, own(&format!("{}/v1", talk.server.url()))).await.unwrap();
        assert!(answered(&shop.say("ann", "Hello").await));
        let month = service::model::month(ctx, scope).await.unwrap();
        let row = counter(ctx, scope).await;
        assert!(row.own_tokens > 0 && row.installation_tokens == month.installation_tokens, "{row:?}");
        assert_eq!(service::model::settings(ctx, scope).await.unwrap().installation_monthly_tokens, None);
        // The next month begins with nothing used.
        let change = ModelChange { mode: Some(ModelMode::Installation), ..ModelChange::default() };
        service::model::set(ctx, scope, change).await.unwrap();
        assert!(!answered(&shop.say("ann", "Hello").await));
        shop.kit.advance(std::time::Duration::from_secs(40 * 86_400));
        assert!(answered(&shop.say("ann", "Hello").await));
        assert_eq!(letters(ctx).await.len(), 2);
    }

    /// What is used at the same moment is counted to the last token, and told of once.
    async fn what_is_used_at_once_is_counted(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("I am ready.")])).await;
        let shop = limited(&talk, 1_000_000);
        let (ctx, scope) = (&shop.kit.ctx, &shop.scope);
        testkit::tenant::owner_of(ctx, scope).await;
        service::model::test(ctx, scope).await.unwrap();
        let one = counter(ctx, scope).await.installation_tokens;
        put_used(ctx, scope, 799_999).await;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (ctx, scope) = (ctx.clone(), scope.clone());
            tries.spawn(async move { service::model::test(&ctx, &scope).await.unwrap() });
        }
        assert_eq!(tries.join_all().await.len(), 8);
        assert_eq!(counter(ctx, scope).await.installation_tokens, 799_999 + 8 * one);
        assert_eq!(letters(ctx).await.len(), 1);
        shop.run().await;
    }

    /// An installation that counts from today on counts what this month used before.
    async fn what_was_used_before_is_counted_too(kit: Kit) {
        let tenant = kit.tenant().await;
        let (ctx, scope) = (&kit.ctx, &tenant.scope);
        for (at, tokens) in [("2026-02-28T23:59:59Z", 5), ("2026-03-01T00:00:00Z", 30), ("2026-03-02T08:00:00Z", 400)] {
            let row = model_use::Model {
                id: ctx.new_id(),
                company_id: scope.id(),
                turn_id: None,
                purpose: "turn".to_owned(),
                model: MODEL.to_owned(),
                calls: 1,
                input_tokens: tokens,
                output_tokens: 1,
                cost_micros: 0,
                time_us: 1,
                fell_back: None,
                detail: None,
                created_at: at.parse::<jiff::Timestamp>().unwrap().into(),
            };
            let tx = ctx.db().begin(scope).await.unwrap();
            model_use::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
            ctx.commit(tx).await.unwrap();
        }
        ctx.db().change_schema("DROP TABLE model_month").await.unwrap();
        let undone = "DELETE FROM seaql_migrations WHERE version = 'm20261201_0102_model_month'";
        ctx.db().change_schema(undone).await.unwrap();
        ctx.db().migrate().await.unwrap();
        let rows = model_month::Entity::find()
            .order_by_asc(model_month::Column::FromAt)
            .all(&ctx.db().read_across())
            .await
            .unwrap();
        let rows: Vec<_> = rows.iter().map(|row| (row.from_at.timestamp().to_string(), row.installation_tokens)).collect();
        assert_eq!(rows, [("2026-02-01T00:00:00Z".to_owned(), 6), ("2026-03-01T00:00:00Z".to_owned(), 432)]);
        assert_eq!(service::model::month(ctx, scope).await.unwrap().installation_tokens, 432);
    }

    /// A company that switched it off is answered offline without a word about it.
    async fn off_is_off(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("never")])).await;
        let change = ModelChange { mode: Some(ModelMode::Off), ..ModelChange::default() };
        service::model::set(&talk.shop.kit.ctx, &talk.shop.scope, change).await.unwrap();
        talk.shop.say("ann", "Hello").await;
        assert!(talk.server.calls("/chat").is_empty());
    }

    /// Bytes and a media type become words, or nothing: then the customer is asked to write.
    async fn voice_becomes_words(kit: Kit) {
        let talk = Talk::open(kit, OpenAi::scripted(vec![Turn::text("never")])).await;
        let (ctx, scope) = (&talk.shop.kit.ctx, &talk.shop.scope);
        let audio = Bytes::from_static(b"OggS\0a voice");
        let heard = |audio: Bytes, media: &'static str| service::model::transcribe(ctx, scope, audio, media, None);
        talk.world.hears("One rose bouquet, please");
        let words = heard(audio.clone(), "audio/ogg; codecs=opus").await.unwrap();
        assert_eq!(words.as_deref(), Some("One rose bouquet, please"));
        assert_eq!(heard(audio.clone(), "audio/ogg").await.unwrap(), None, "the server hears nothing in it");
        assert_eq!(heard(audio, "text/html").await.unwrap(), None);
        assert_eq!(talk.server.calls("/transcriptions").len(), 2);
        talk.server.check();
    }
}
