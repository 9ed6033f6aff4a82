//! The schema: forward, back and forward again; every table has an entity whose columns all exist.

use sea_orm::{ConnectionTrait as _, EntityName as _, EntityTrait as _, Statement};
use service::db::Db;
use std::collections::BTreeSet;
use testkit::{Backend, both};

both! {
    /// reliability.md case 80.
    async fn up_down_up_ends_where_it_began(kit: Kit) {
        let db = kit.ctx.db();
        let first = schema(db, kit.backend).await;
        assert!(first.len() > 100, "columns and indexes are seen: {}", first.len());
        db.migrate_down().await.unwrap();
        assert_eq!(schema(db, kit.backend).await, BTreeSet::new(), "down takes everything back");
        db.migrate().await.unwrap();
        assert_eq!(schema(db, kit.backend).await, first);
        db.migrate().await.unwrap();
        assert_eq!(schema(db, kit.backend).await, first, "up again changes nothing");
    }

    /// reliability.md case 80: the version before runs on a schema that a later one has changed; one that lacks more does not.
    async fn a_later_version_may_have_been_here(kit: Kit) {
        let db = kit.ctx.db();
        let before = schema(db, kit.backend).await;
        let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99990101_0001_later', 0)";
        db.change_schema(later).await.unwrap();
        db.migrate().await.unwrap();
        assert_eq!(schema(db, kit.backend).await, before);
        db.change_schema("DELETE FROM seaql_migrations WHERE version = (SELECT MIN(version) FROM seaql_migrations)").await.unwrap();
        db.migrate().await.unwrap_err();
        db.change_schema("DELETE FROM seaql_migrations WHERE version = 'm99990101_0001_later'").await.unwrap();
    }

    async fn every_table_has_an_entity_and_every_column_exists(kit: Kit) {
        let db = kit.ctx.db();
        let mut known = BTreeSet::new();
        macro_rules! query {
            ($($table:ident),* $(,)?) => {$(
                known.insert(entity::$table::Entity.table_name().to_owned());
                let found = entity::$table::Entity::find().one(&db.read_across()).await;
                assert!(found.is_ok(), "{}: {found:?}", stringify!($table));
            )*};
        }
        query!(
            booking, branch, catalogue, catalogue_row, catalogue_version, channel, channel_event, channel_log,
            channel_session, company, contact, contact_address, conversation, credential, event, file, import,
            integration, job, mail, mail_refusal, mailbox_state, media, membership, merged, message, model_month, model_use, one_time_code, order, order_line,
            organization,
            payment, payment_event, reminder, session, slot_hold, stock_hold, stock_level, turn, user,
        );
        let tables: BTreeSet<String> = schema(db, kit.backend)
            .await
            .iter()
            .filter_map(|line| line.strip_prefix("table ").map(|rest| rest.split(' ').next().unwrap().to_owned()))
            .collect();
        assert_eq!(tables, known, "a table without an entity, or an entity without a table");
    }
}

/// Tables with their columns, and indexes, one line each.
async fn schema(db: &Db, backend: Backend) -> BTreeSet<String> {
    let query = match backend {
        Backend::Sqlite => {
            "SELECT 'table ' || t.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" AS line \
               FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' \
                 AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'seaql%' \
             UNION SELECT 'index ' || sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        }
        Backend::Postgres => {
            "SELECT 'table ' || table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
               FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'seaql%' \
             UNION SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'seaql%'"
        }
    };
    let rows = &db.read_across().query_all_raw(Statement::from_string(db.backend(), query)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}
