//! A shop whose money is taken by the sandbox bank or by an account at Stripe: the same steps for both.

use crate::commerce_support::Shop;
use entity::stored::{ChannelStatus, IntegrationKind, PaymentState};
use entity::{integration, order, payment, payment_event};
use gateway::payment::{EventKind, sandbox};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;
use service::Error;
use service::payment::Link;
use std::sync::Arc;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::Server;
use testkit::fake::stripe::{KEY, Stripe};

/// Who takes the money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bank {
    Sandbox,
    Stripe,
}

/// An account at Stripe that is connected.
pub(crate) struct AtStripe {
    pub(crate) world: Stripe,
    pub(crate) server: Arc<Server>,
    pub(crate) account: integration::Model,
}

/// A shop and who takes its money.
pub(crate) struct Till {
    pub(crate) shop: Shop,
    pub(crate) stripe: Option<AtStripe>,
}

/// What happens at the bank.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happens {
    Paid,
    Refunded,
    RunOut,
}

impl Till {
    pub(crate) async fn open(kit: Kit, bank: Bank) -> Self {
        match bank {
            Bank::Sandbox => Self { shop: Shop::open(kit).await, stripe: None },
            Bank::Stripe => Self::at_stripe(kit, "https://x8.example").await,
        }
    }

    /// Another company, whose account is the same.
    pub(crate) async fn beside(&self) -> Self {
        let stripe = self.at();
        Self::connect(self.shop.kit.clone(), stripe.world.clone(), Arc::clone(&stripe.server)).await
    }

    pub(crate) async fn at_stripe(kit: Kit, public_url: &str) -> Self {
        let world = Stripe::new(Arc::clone(&kit.clock));
        let server = Arc::new(world.start().await);
        let kit = kit.with_engine(|engine| {
            engine.outside.stripe_url = server.url().to_owned();
            engine.public_url = public_url.to_owned();
        });
        Self::connect(kit, world, server).await
    }

    async fn connect(kit: Kit, world: Stripe, server: Arc<Server>) -> Self {
        let shop = Shop::open(kit).await;
        shop.kit.may_remain("check_page");
        let ctx = &shop.kit.ctx;
        let account = service::payment::connect_stripe(ctx, &shop.scope, KEY, None).await.unwrap();
        shop.run().await;
        let account = service::integration::get(ctx, &shop.scope, account.id).await.unwrap();
        Self { shop, stripe: Some(AtStripe { world, server, account }) }
    }

    pub(crate) fn at(&self) -> &AtStripe {
        self.stripe.as_ref().expect("an account at Stripe")
    }

    pub(crate) async fn account(&self) -> integration::Model {
        let found = service::integration::of_kind(&self.shop.kit.ctx, &self.shop.scope, IntegrationKind::Payment).await;
        found.unwrap().expect("an account")
    }

    pub(crate) async fn link(&self, order: &order::Model) -> Result<Link, Error> {
        service::payment::open_link(&self.shop.kit.ctx, order.link_token.as_deref().expect("a link")).await
    }

    /// Opens the link: the page's id at the bank.
    pub(crate) async fn page(&self, order: &order::Model) -> String {
        let opened = self.link(order).await.unwrap();
        assert!(matches!(opened, Link::Page { .. }), "{opened:?}");
        let open = self.payments(order).await.into_iter().filter(|page| page.status == PaymentState::Open);
        let open: Vec<_> = open.collect();
        assert_eq!(open.len(), 1, "one page is open");
        open[0].external_id.clone()
    }

    pub(crate) async fn payments(&self, order: &order::Model) -> Vec<payment::Model> {
        payment::Entity::find()
            .filter(payment::Column::OrderId.eq(order.id))
            .order_by_asc(payment::Column::CreatedAt)
            .order_by_asc(payment::Column::Id)
            .all(&self.shop.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    /// Something happens at the bank: its event, not delivered yet.
    pub(crate) async fn happens(&self, page: &str, what: Happens) -> (String, String) {
        let kit = &self.shop.kit;
        match &self.stripe {
            None => {
                let (_, row, _) = service::payment::page(&kit.ctx, page).await.unwrap();
                let kind = match what {
                    Happens::Paid => EventKind::Paid,
                    Happens::Refunded => EventKind::Refunded,
                    Happens::RunOut => EventKind::Expired,
                };
                let id = format!("evt_{}", kit.ctx.new_id());
                service::payment::bank(&kit.ctx).event(&id, kind, page, row.amount_minor, &row.currency, kit.now())
            }
            Some(stripe) => {
                let event = match what {
                    Happens::Paid => stripe.world.pay(page),
                    Happens::Refunded => {
                        let sum = stripe.world.session(page)["amount_total"].as_i64().unwrap();
                        stripe.world.give_back(page, sum)
                    }
                    Happens::RunOut => stripe.world.run_out(page),
                };
                self.signed(&event)
            }
        }
    }

    /// An event as Stripe delivers it to us.
    pub(crate) fn signed(&self, event: &Value) -> (String, String) {
        let stripe = self.at();
        stripe.world.signed(event, &service::payment::webhook_url(&self.shop.kit.ctx, &stripe.account))
    }

    /// An event comes in; nothing is applied yet.
    pub(crate) async fn deliver(&self, body: &str, signature: Option<&str>) -> Result<(), Error> {
        let door = self.stripe.as_ref().map_or(sandbox::NAME, |stripe| stripe.account.public_key.as_str());
        service::payment::receive(&self.shop.kit.ctx, door, signature, body.as_bytes()).await
    }

    /// Something happens at the bank, is delivered and applied.
    pub(crate) async fn then(&self, page: &str, what: Happens) {
        self.shop.kit.advance(Duration::from_millis(5));
        let (body, signature) = self.happens(page, what).await;
        self.deliver(&body, Some(&signature)).await.unwrap();
        self.shop.run().await;
    }

    /// An event of Stripe is delivered and applied.
    pub(crate) async fn event(&self, event: &Value) {
        let (body, signature) = self.signed(event);
        self.deliver(&body, Some(&signature)).await.unwrap();
        self.shop.run().await;
    }

    pub(crate) async fn events(&self) -> u64 {
        payment_event::Entity::find().count(&self.shop.kit.ctx.db().read_across()).await.unwrap()
    }

    pub(crate) async fn attention(&self, order: &order::Model) -> Option<String> {
        self.shop.conversation(order.conversation_id).await.attention_reason
    }

    pub(crate) async fn now(&self, order: &order::Model) -> order::Model {
        service::order::get(&self.shop.kit.ctx, &self.shop.scope, order.id).await.unwrap()
    }

    /// Ends a test: everything that was asked is as Stripe describes it.
    pub(crate) fn check(&self) {
        if let Some(stripe) = &self.stripe {
            stripe.world.check();
            stripe.server.check();
        }
    }

    pub(crate) async fn is_connected(&self) {
        let account = self.account().await;
        assert_eq!((account.status, account.error_code, account.error_count), (ChannelStatus::Connected, None, 0));
    }
}
