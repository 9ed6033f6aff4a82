//! The demo: two companies with published catalogues, and customers who write, order and pay through the same doors as
//! real ones. It moves by itself until it is stopped.

use crate::access::{self, CompanyScope};
use crate::channel;
use crate::company::{self, CompanySettings, NewCompany};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::Purpose;
use crate::inbox::{self, Address, Incoming};
use bytes::Bytes;
use domain::catalog::ItemKind;
use domain::channel::ChannelKind;
use domain::language::Language;
use entity::company as company_table;
use entity::stored::{CompanyType, ImportStatus, PaymentStatus, Role};
use futures::stream;
use gateway::payment::EventKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Who signs in to the demo.
pub const EMAIL: &str = "owner@demo.example";
/// With what: the demo holds nothing that needs hiding, and its page says so.
pub const PASSWORD: &str = "demo-demo-demo";

/// How long a catalogue may take to be read.
const IMPORT_PATIENCE: Duration = Duration::from_secs(60);
/// How long a customer waits for an answer before writing on.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);

/// Makes the demo's owner and companies, once.
///
/// # Errors
/// When the database refuses or a catalogue cannot be read.
pub async fn prepare(ctx: &Ctx) -> Result<()> {
    if crate::identity::has_owner(ctx).await? {
        return Ok(());
    }
    let owner = crate::identity::create_owner(ctx, EMAIL, "Demo owner", PASSWORD).await?;
    let flowers = shop(ctx, CompanyType::Product, Language::Es).await?;
    crate::identity::add_member(ctx, owner.id, flowers.organization_id, Role::Owner).await?;
    let salon = shop(ctx, CompanyType::Service, Language::Ru).await?;
    crate::identity::add_member(ctx, owner.id, salon.organization_id, Role::Owner).await?;
    Ok(())
}

async fn shop(ctx: &Ctx, kind: CompanyType, language: Language) -> Result<company_table::Model> {
    let (scope, company) = open_shop(ctx, kind, language).await?;
    for kind in [ChannelKind::Whatsapp, ChannelKind::Telegram, ChannelKind::Instagram] {
        channel::trial(ctx, &scope, kind).await?;
    }
    Ok(company)
}

/// Opens the demo shop of a kind: a company with a sample catalogue published and web chat connected.
///
/// # Errors
/// As [`company::create`]; `Unavailable` when the catalogue is not read in time: no worker runs.
pub async fn open_shop(
    ctx: &Ctx,
    kind: CompanyType,
    language: Language,
) -> Result<(CompanyScope, company_table::Model)> {
    let service = kind == CompanyType::Service;
    let new = NewCompany {
        name: if service { "Studio Lumen".to_owned() } else { "Flora Verde".to_owned() },
        company_type: kind,
        shop_type: if service { "beauty salon".to_owned() } else { "flowers".to_owned() },
        city: if service { "Алматы".to_owned() } else { "Valencia".to_owned() },
        language,
        currency: Some(if service { "KZT" } else { "EUR" }.to_owned()),
        timezone: Some(if service { "Asia/Almaty" } else { "Europe/Madrid" }.to_owned()),
        hours: None,
        settings: CompanySettings { demo: true, ..CompanySettings::default() },
    };
    let (scope, company) = company::create(ctx, None, new).await?;
    let sample = crate::catalog::sample(if service { ItemKind::Service } else { ItemKind::Product });
    let parts = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(sample.bytes))]);
    let file = crate::file::upload(ctx, &scope, sample.name, Purpose::Import, parts).await?;
    let import = crate::catalog::start_import(ctx, &scope, file.id, None, false).await?;
    wait_for_import(ctx, &scope, import.row.id).await?;
    crate::catalog::publish(ctx, &scope, true).await?;
    channel::create(ctx, &scope, ChannelKind::Webchat, channel::WEBCHAT, &company.name).await?;
    Ok((scope, company))
}

async fn wait_for_import(ctx: &Ctx, scope: &CompanyScope, import_id: Uuid) -> Result<()> {
    let reading = async {
        loop {
            match crate::catalog::import(ctx, scope, import_id).await?.row.status {
                ImportStatus::Done => return Ok(()),
                ImportStatus::Failed | ImportStatus::Cancelled => {
                    return Err(Error::internal("the sample was not read"));
                }
                ImportStatus::Queued | ImportStatus::Reading => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::time::timeout(IMPORT_PATIENCE, reading)
        .await
        .map_err(|_| Error::Unavailable("the sample catalogue was not read in time".to_owned()))?
}

/// A customer of the demo: what they write, one message after the answer to the last, and whether they pay.
struct Customer {
    service: bool,
    channel: ChannelKind,
    name: &'static str,
    phone: &'static str,
    says: &'static [&'static str],
    pays: bool,
}

const CUSTOMERS: &[Customer] = &[
    Customer {
        service: false,
        channel: ChannelKind::Whatsapp,
        name: "Ana Torres",
        phone: "+34600111201",
        says: &[
            "Hola, ¿cuánto cuesta el ramo de 20 rosas?",
            "Quiero dos para entregar en Valencia",
            "Soy Ana Torres, +34600111201. Confirmo el pedido",
        ],
        pays: true,
    },
    Customer {
        service: false,
        channel: ChannelKind::Telegram,
        name: "Игорь",
        phone: "",
        says: &["Здравствуйте! Нужно семьдесят роз в Барселону", "Игорь, +79990000106. Оформляйте"],
        pays: true,
    },
    Customer {
        service: false,
        channel: ChannelKind::Instagram,
        name: "lucy.hart",
        phone: "",
        says: &[
            "Hi! What do you have for a birthday?",
            "One white orchid and one glass vase to Barcelona, please",
            "Can the delivery be free?",
            "Fine. Lucy Hart, +447700900110. I confirm the order",
        ],
        pays: false,
    },
    Customer {
        service: true,
        channel: ChannelKind::Whatsapp,
        name: "Жанар",
        phone: "+77000000123",
        says: &[
            "Сәлеметсіз бе! Классикалық маникюр қанша тұрады?",
            "Ертең сағат 17:00-де Алматыда жазылғым келеді",
            "Жанар, +77000000123, растаймын",
        ],
        pays: true,
    },
    Customer {
        service: true,
        channel: ChannelKind::Telegram,
        name: "Светлана",
        phone: "",
        says: &[
            "Добрый день! Хочу свадебную причёску с выездом, Алматы, послезавтра в 10:00",
            "Светлана, +77000000111, подтверждаю",
        ],
        pays: false,
    },
    Customer {
        service: true,
        channel: ChannelKind::Instagram,
        name: "kate.m",
        phone: "",
        says: &[
            "Hello! Do you have an online make-up lesson?",
            "Do you have anything free?",
            "I would like to talk to a person, please",
        ],
        pays: false,
    },
];

/// Lets customers write until told to stop: a new one every 20 to 40 seconds, a few at once at the start.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let mut turn = 0_usize;
    loop {
        let customer = &CUSTOMERS[turn % CUSTOMERS.len()];
        let play = serve(&ctx, customer, turn);
        tokio::select! {
            () = stop.cancelled() => return,
            result = play => if let Err(error) = result {
                tracing::warn!(error = error.private(), "a demo customer went away");
            },
        }
        turn += 1;
        let wait = if turn <= CUSTOMERS.len() { 1 } else { 20 + ctx.engine().random.below(21) };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(wait)) => {}
        }
    }
}

async fn serve(ctx: &Ctx, customer: &Customer, turn: usize) -> Result<()> {
    let wanted = if customer.service { CompanyType::Service } else { CompanyType::Product };
    let company = company_table::Entity::find()
        .filter(company_table::Column::CompanyType.eq(wanted))
        .one(ctx.db().read())
        .await?
        .ok_or(Error::NotFound("company"))?;
    let scope = access::for_system(ctx, &company)?;
    let channel = channel::trial(ctx, &scope, customer.channel).await?;
    let visitor = format!("demo-{turn}-{}", ctx.new_id().simple());
    let mut conversation_id = None;
    for text in customer.says {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let incoming = Incoming {
            external_id: ctx.new_id().to_string(),
            from: Address { kind: format!("trial:{}", channel.id), value: visitor.clone(), trusted: true },
            attested_phone: filled(customer.phone),
            profile_name: filled(customer.name),
            text: (*text).to_owned(),
            attachments: Vec::new(),
            id: None,
        };
        let receipt = inbox::receive(ctx, &scope, &channel, incoming).await?;
        conversation_id = Some(receipt.conversation_id);
        wait_for_answer(ctx, &scope, receipt).await?;
    }
    let (true, Some(conversation_id)) = (customer.pays, conversation_id) else { return Ok(()) };
    let conversation = inbox::conversation(ctx, &scope, conversation_id).await?;
    let Some(order_id) = conversation.current_order_id else { return Ok(()) };
    let order = crate::order::get(ctx, &scope, order_id).await?;
    if let (PaymentStatus::PaymentLinkSent, Some(token)) = (order.payment_status, &order.link_token)
        && let crate::payment::Link::Page { .. } = crate::payment::open_link(ctx, token).await?
        && let Some(page) = crate::order::order_payments(ctx, &scope, &[order_id]).await?.last()
    {
        crate::payment::report(ctx, &page.external_id, EventKind::Paid).await?;
    }
    Ok(())
}

async fn wait_for_answer(ctx: &Ctx, scope: &CompanyScope, receipt: inbox::Receipt) -> Result<()> {
    let answered = async {
        loop {
            let row = entity::message::Entity::find_by_id(receipt.message_id)
                .filter(entity::message::Column::CompanyId.eq(scope.id()))
                .one(ctx.db().read())
                .await?
                .ok_or(Error::NotFound("message"))?;
            if row.turn_id.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(ANSWER_PATIENCE, answered)
        .await
        .map_err(|_| Error::Unavailable("no answer came".to_owned()))?
}
