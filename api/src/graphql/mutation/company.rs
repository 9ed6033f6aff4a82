//! Companies, branches, channels, and work in the background.

use super::payloads;
use crate::graphql::error::{ApiError, UserError, at_most, payload, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::{ChannelKind, CompanyType, DateTime, Language, count};
use crate::graphql::types::{Branch, Channel, Company, Job};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::booking::OpeningHours;
use service::company::{BranchChange, CompanyChange, CompanySettings, NewCompany};
use service::row::{branch, channel};
use service::{Error, access, channel as channels, company as companies, demo, job as jobs, order};

/// Companies, branches, channels, and work in the background.
#[derive(Default)]
pub(crate) struct CompanyMutation;

payloads! {
    /// A company, or why it was not made or changed.
    CompanyPayload {
        /// The company.
        company: Company
    }
    /// A branch, or why it was not changed.
    BranchPayload {
        /// The branch.
        branch: Branch
    }
    /// A channel, or why it was not made or changed.
    ChannelPayload {
        /// The channel.
        channel: Channel
    }
    /// A job, or why it was not run again.
    JobPayload {
        /// The job.
        job: Job
    }
}

/// A new company.
#[derive(InputObject)]
struct CreateCompanyInput {
    /// Made by the client, so that sending twice makes one company.
    id: Option<ID>,
    /// Brand, 1 to 200 characters.
    name: String,
    /// What it sells.
    #[graphql(name = "type")]
    company_type: CompanyType,
    /// Line of business in the owner's words, 1 to 200 characters.
    shop_type: String,
    /// Where it is, 1 to 200 characters.
    city: String,
    /// Language of last resort.
    language: Language,
    /// ISO 4217 code; guessed from city and language when absent.
    currency: Option<String>,
    /// IANA name; guessed from city and language when absent.
    timezone: Option<String>,
}

/// What changes of a company; absent: as it is.
#[derive(InputObject)]
struct UpdateCompanyInput {
    /// Which.
    id: ID,
    /// Brand.
    name: Option<String>,
    /// Line of business.
    shop_type: Option<String>,
    /// Language of last resort.
    language: Option<Language>,
    /// ISO 4217 code.
    currency: Option<String>,
    /// IANA name, of the default branch.
    timezone: Option<String>,
    /// Where it is.
    city: Option<String>,
}

/// Which demo shop.
#[derive(InputObject)]
struct OpenDemoShopInput {
    /// A florist for goods, a beauty salon for services.
    kind: CompanyType,
    /// Language of last resort.
    language: Language,
}

/// What changes of a branch; absent: as it is.
#[derive(InputObject)]
struct UpdateBranchInput {
    /// Which.
    id: ID,
    /// Name.
    name: Option<String>,
    /// City.
    city: Option<String>,
    /// Street address.
    address: Option<String>,
    /// When it is open: all of the week; days that are not named are closed.
    opening_hours: Option<Vec<OpeningIntervalInput>>,
}

/// A stretch of a weekday.
#[derive(InputObject)]
struct OpeningIntervalInput {
    /// 1 is Monday, 7 is Sunday.
    weekday: i32,
    /// Local time, `09:00`.
    opens: String,
    /// Local time, `21:00`; midnight is `24:00`; a time before `opens` is on the next day.
    closes: String,
}

/// A new channel.
#[derive(InputObject)]
struct CreateChannelInput {
    /// Of which company.
    company_id: ID,
    /// Platform.
    kind: ChannelKind,
    /// Name for staff, 1 to 200 characters.
    name: String,
}

/// What changes of a channel; absent: as it is.
#[derive(InputObject)]
struct UpdateChannelInput {
    /// Which.
    id: ID,
    /// Name for staff.
    name: Option<String>,
    /// How long a burst of messages is waited for, 0 to 60000 milliseconds.
    quiet_period_ms: Option<i32>,
}

/// Which job.
#[derive(InputObject)]
struct JobInput {
    /// Which.
    id: ID,
}

/// How far to jump.
#[derive(InputObject)]
struct AdvanceClockInput {
    /// Of which company.
    company_id: ID,
    /// 1 to 86400.
    minutes: i32,
}

/// What fell due by a jump.
#[derive(SimpleObject)]
struct AdvanceClockPayload {
    /// The time of the program, which did not change.
    now: DateTime,
    /// Pieces of work that are due now and will run at once.
    jobs_run: i32,
    /// What was refused; empty when the change was made.
    user_errors: Vec<UserError>,
}

fn hours(intervals: &[OpeningIntervalInput]) -> service::Result<OpeningHours> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    at_most("openingHours", intervals, 70)?;
    let mut entries = Vec::with_capacity(intervals.len());
    for (at, interval) in intervals.iter().enumerate() {
        let field = |name: &str| format!("openingHours.{at}.{name}");
        within(&field("opens"), &interval.opens, 5)?;
        within(&field("closes"), &interval.closes, 5)?;
        let day = usize::try_from(interval.weekday)
            .ok()
            .and_then(|weekday| DAYS.get(weekday.checked_sub(1)?))
            .ok_or_else(|| Error::invalid(&field("weekday"), "OUT_OF_RANGE", "weekday must be between 1 and 7."))?;
        let times = format!("{}-{}", interval.opens, interval.closes);
        // Each alone first, so that a refusal names its place.
        OpeningHours::parse([(*day, times.as_str())])
            .map_err(|error| Error::invalid(&field("opens"), "INVALID", format!("{error}.")))?;
        entries.push((*day, times));
    }
    OpeningHours::parse(entries.iter().map(|(day, times)| (*day, times.as_str())))
        .map_err(|error| Error::invalid("openingHours", "OVERLAP", format!("{error}.")))
}

/// Companies, branches, channels, and work in the background.
#[Object]
impl CompanyMutation {
    /// Makes a company with its first branch and an empty catalogue; the signed-in person owns it.
    async fn create_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company.")] input: CreateCompanyInput,
    ) -> Result<CompanyPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            within_if("currency", input.currency.as_ref(), 10)?;
            within_if("timezone", input.timezone.as_ref(), 100)?;
            let id = Kind::Company.read_if("id", input.id.as_ref())?;
            if let Some(id) = id {
                // Sent twice: the company is there already, and it is the caller's.
                match access::company_row(op, id).await {
                    Ok((scope, row)) => return Ok(Company::new(scope, row)),
                    Err(Error::NotFound(_)) => {}
                    Err(other) => return Err(other),
                }
            }
            let new = NewCompany {
                name: input.name,
                company_type: input.company_type.into(),
                shop_type: input.shop_type,
                city: input.city,
                language: input.language.into(),
                currency: input.currency,
                timezone: input.timezone,
                hours: None,
                settings: CompanySettings::default(),
            };
            let (scope, row) = companies::create(op, id, new).await?;
            Ok(Company::new(scope, row))
        };
        payload(change.await)
    }

    /// Changes a company. For people who manage it.
    async fn update_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateCompanyInput,
    ) -> Result<CompanyPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("id", &input.id)?).await?;
            within_if("currency", input.currency.as_ref(), 10)?;
            within_if("timezone", input.timezone.as_ref(), 100)?;
            let change = CompanyChange {
                name: input.name,
                shop_type: input.shop_type,
                city: input.city,
                language: input.language.map(Into::into),
                currency: input.currency,
                timezone: input.timezone,
            };
            let row = companies::update(op, &scope, change).await?;
            Ok(Company::new(scope, row))
        };
        payload(change.await)
    }

    /// Makes the demo shop with its sample catalogue published; the signed-in person owns it.
    async fn open_demo_shop(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shop.")] input: OpenDemoShopInput,
    ) -> Result<CompanyPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = demo::open_shop(op, input.kind.into(), input.language.into()).await?;
            Ok(Company::new(scope, row))
        };
        payload(change.await)
    }

    /// Changes a branch. For people who manage the company.
    async fn update_branch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateBranchInput,
    ) -> Result<BranchPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Branch.read("id", &input.id)?;
            let (scope, _) = access::of::<branch::Entity>(op, id, "branch").await?;
            let hours = input.opening_hours.as_deref().map(hours).transpose()?;
            let change = BranchChange { name: input.name, city: input.city, address: input.address, hours };
            Ok(Branch(companies::update_branch(op, &scope, id, change).await?))
        };
        payload(change.await)
    }

    /// Adds a channel. For people who manage the company.
    async fn create_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel.")] input: CreateChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            let row = channels::create(op, &scope, input.kind.into(), channels::WEBCHAT, &input.name).await?;
            Ok(Channel(row))
        };
        payload(change.await)
    }

    /// Changes a channel. For people who manage the company.
    async fn update_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateChannelInput,
    ) -> Result<ChannelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Channel.read("id", &input.id)?;
            let (scope, _) = access::of::<channel::Entity>(op, id, "channel").await?;
            Ok(Channel(channels::update(op, &scope, id, input.name, input.quiet_period_ms).await?))
        };
        payload(change.await)
    }

    /// Runs a job again that has failed for good. For people who manage the company.
    async fn retry_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobInput,
    ) -> Result<JobPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Job.read("id", &input.id)?;
            let (scope, _) = access::of_job(op, id).await?;
            Ok(Job(jobs::retry(op, &scope, id).await?))
        };
        payload(change.await)
    }

    /// Jumps ahead with the conversations of the phone frame: what of theirs waits for a time falls due so much sooner.
    /// Nothing of real customers moves. For people who manage the company.
    async fn advance_clock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far.")] input: AdvanceClockInput,
    ) -> Result<AdvanceClockPayload, ApiError> {
        let op = signed_in(ctx)?;
        let change = async {
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            order::advance_trial(op, &scope, input.minutes.into()).await
        };
        let (jobs_run, user_errors) = match change.await {
            Ok(due) => (count(due), Vec::new()),
            Err(Error::Invalid(errors)) => (0, errors.into_iter().map(Into::into).collect()),
            Err(other) => return Err(other.into()),
        };
        Ok(AdvanceClockPayload { now: DateTime(op.now()), jobs_run, user_errors })
    }
}
