//! A shop with a published catalogue and customers who write, for the tests of commerce.

use domain::catalog::ItemKind;
use domain::channel::ChannelKind;
use domain::language::Language;
use entity::stored::{CompanyType, MessageDirection, MessageStatus, PaymentStatus};
use entity::{channel, conversation, message, order};
use gateway::payment::EventKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::access::CompanyScope;
use service::company::{CompanySettings, NewCompany};
use service::inbox::{Address, Incoming, Receipt};
use service::payment::Link;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::Kit;
use uuid::Uuid;

/// A company that sells roses, three olive trees and massages of one specialist.
pub(crate) struct Shop {
    pub(crate) kit: Kit,
    pub(crate) scope: CompanyScope,
    pub(crate) channel: channel::Model,
}

impl Shop {
    pub(crate) async fn open(kit: Kit) -> Self {
        let new = NewCompany {
            name: "Rosaleda".to_owned(),
            company_type: CompanyType::Hybrid,
            shop_type: "flowers".to_owned(),
            city: "Valencia".to_owned(),
            language: Language::En,
            currency: Some("EUR".to_owned()),
            timezone: Some("Europe/Madrid".to_owned()),
            hours: None,
            settings: CompanySettings::default(),
        };
        let (scope, _) = service::company::create(&kit.ctx, None, new).await.unwrap();
        let channel = service::channel::trial(&kit.ctx, &scope, ChannelKind::Telegram).await.unwrap();
        let channel = service::channel::update(&kit.ctx, &scope, channel.id, None, Some(0)).await.unwrap();
        let shop = Self { kit, scope, channel };
        let product = ItemKind::Product;
        shop.row(
            product,
            &[
                ("product_name", "Rose bouquet"),
                ("sku", "R1"),
                ("price", "40"),
                ("logistics_price", "5"),
                ("payment_reminder", "2"),
                ("cities", "Valencia"),
            ],
        )
        .await;
        shop.row(
            product,
            &[
                ("product_name", "Olive tree"),
                ("sku", "O1"),
                ("price", "90"),
                ("stock_units", "3"),
                ("cities", "Valencia"),
            ],
        )
        .await;
        shop.row(
            ItemKind::Service,
            &[
                ("service_name", "Back massage"),
                ("sku", "M1"),
                ("price", "60"),
                ("duration", "60 min"),
                ("slots_available", "100"),
                ("specialist_initials", "Lucía"),
                ("location", "Valencia"),
                ("payment_reminder", "2"),
            ],
        )
        .await;
        service::catalog::publish(&shop.kit.ctx, &shop.scope, false).await.unwrap();
        shop.kit.may_remain("expire_link");
        shop.kit.may_remain("send_reminder");
        shop.run().await;
        shop
    }

    /// A second specialist begins to work here.
    pub(crate) async fn sells_foot_massage(&self) {
        let cells = [
            ("service_name", "Foot massage"),
            ("sku", "M2"),
            ("price", "50"),
            ("duration", "60 min"),
            ("slots_available", "100"),
            ("specialist_initials", "Marco"),
            ("location", "Valencia"),
        ];
        self.row(ItemKind::Service, &cells).await;
        service::catalog::publish(&self.kit.ctx, &self.scope, false).await.unwrap();
    }

    async fn row(&self, kind: ItemKind, cells: &[(&str, &str)]) {
        let mut row: BTreeMap<String, String> =
            cells.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        row.insert("description".to_owned(), "As it is.".to_owned());
        let row = service::catalog::add_row(&self.kit.ctx, &self.scope, kind, &row).await.unwrap();
        assert!(row.problems.iter().all(|problem| !problem.is_error()), "{:?}", row.problems);
    }

    /// Runs what is due.
    pub(crate) async fn run(&self) {
        self.kit.drain_with(&service::jobs::registry()).await;
    }

    pub(crate) fn incoming(&self, customer: &str, id: &str, text: &str) -> Incoming {
        Incoming {
            external_id: id.to_owned(),
            from: Address { kind: format!("trial:{}", self.channel.id), value: customer.to_owned(), trusted: true },
            attested_phone: None,
            profile_name: None,
            text: text.to_owned(),
            attachments: Vec::new(),
            id: None,
        }
    }

    /// A customer writes; nothing is answered yet.
    pub(crate) async fn write(&self, customer: &str, text: &str) -> Receipt {
        self.kit.advance(Duration::from_millis(5));
        let incoming = self.incoming(customer, &format!("{customer}-{}", self.kit.ctx.new_id()), text);
        service::inbox::receive(&self.kit.ctx, &self.scope, &self.channel, incoming).await.unwrap()
    }

    /// A customer writes and is answered: what was sent.
    pub(crate) async fn say(&self, customer: &str, text: &str) -> Vec<String> {
        let before = self.sent().await.len();
        self.write(customer, text).await;
        self.run().await;
        self.sent().await.into_iter().skip(before).map(|message| message.text).collect()
    }

    /// Everything that was sent to anybody, in order.
    pub(crate) async fn sent(&self) -> Vec<message::Model> {
        message::Entity::find()
            .filter(message::Column::CompanyId.eq(self.scope.id()))
            .filter(message::Column::Direction.eq(MessageDirection::Outbound))
            .filter(message::Column::Status.eq(MessageStatus::Sent))
            .order_by_asc(message::Column::CreatedAt)
            .order_by_asc(message::Column::Id)
            .all(&self.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    pub(crate) async fn orders(&self) -> Vec<order::Model> {
        order::Entity::find()
            .filter(order::Column::CompanyId.eq(self.scope.id()))
            .order_by_asc(order::Column::Number)
            .all(&self.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    pub(crate) async fn order(&self) -> order::Model {
        self.orders().await.pop().expect("an order")
    }

    pub(crate) async fn conversation(&self, id: Uuid) -> conversation::Model {
        service::inbox::conversation(&self.kit.ctx, &self.scope, id).await.unwrap()
    }

    /// Opens the link of an order: the bank's page.
    pub(crate) async fn page(&self, order: &order::Model) -> String {
        let token = order.link_token.as_deref().expect("a link");
        assert!(matches!(service::payment::open_link(&self.kit.ctx, token).await.unwrap(), Link::Page { .. }));
        let pages = service::order::order_payments(&self.kit.ctx, &self.scope, &[order.id]).await.unwrap();
        pages.last().expect("a page").external_id.clone()
    }

    /// The bank reports.
    pub(crate) async fn bank(&self, page: &str, kind: EventKind) {
        self.kit.advance(Duration::from_millis(5));
        service::payment::report(&self.kit.ctx, page, kind).await.unwrap();
        self.run().await;
    }

    /// Buys roses up to the open link.
    pub(crate) async fn roses(&self, customer: &str) -> order::Model {
        self.say(customer, "One rose bouquet to Valencia. I'm Ann Lee, +447700900111. I confirm the order").await;
        let order = self.order().await;
        assert_eq!(order.payment_status, PaymentStatus::PaymentLinkSent);
        assert_eq!(order.total_minor, 4500);
        order
    }

    /// How many bookings stand.
    pub(crate) async fn standing(&self) -> u64 {
        service::order::standing(&self.kit.ctx, &self.scope).await.unwrap()
    }
}
