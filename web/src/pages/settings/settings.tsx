import { Copy, Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { useCompany } from "@/entities/company/company";
import { CURRENCIES, timezones } from "@/entities/company/places";
import { ChannelIcon, useChannelName } from "@/entities/conversation/channel-icon";
import { Connection } from "@/features/connect-channel/connection";
import { TelegramDialog } from "@/features/connect-channel/telegram-dialog";
import { WahaDialog } from "@/features/connect-channel/waha-dialog";
import { Model } from "@/features/connect-model/model";
import { Calendar } from "@/features/connect-provider/calendar";
import { MediaAccount } from "@/features/connect-provider/media";
import { Payments } from "@/features/connect-provider/payments";
import type { Language, SettingsQuery } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { useFormat } from "@/shared/lib/format";
import { addDays } from "@/shared/lib/zoned";
import {
  Badge,
  Button,
  Card,
  Failed,
  Field,
  IconButton,
  Input,
  PageHeader,
  Select,
  SkeletonRows,
  toast,
} from "@/shared/ui";

const SettingsQueryDocument = graphql(`
  query Settings($id: ID!) {
    company(id: $id) {
      ...CompanyCore
      channels { id kind provider name status quietPeriodMs maxChars widgetKey ...Connection }
      integrations { ...Account }
      testBank
      model { ...Model }
      googleAvailable
      branches { id name city address timezone openingHours { weekday opens closes } }
    }
  }
`);
const UpdateCompany = graphql(`
  mutation UpdateCompany($input: UpdateCompanyInput!) {
    updateCompany(input: $input) { company { ...CompanyCore } userErrors { field code message } }
  }
`);
const UpdateBranch = graphql(`
  mutation UpdateBranch($input: UpdateBranchInput!) {
    updateBranch(input: $input) {
      branch { id name city address openingHours { weekday opens closes } }
      userErrors { field code message }
    }
  }
`);
const CreateChannel = graphql(`
  mutation CreateChannel($input: CreateChannelInput!) {
    createChannel(input: $input) { channel { id kind name status } userErrors { field code message } }
  }
`);
const UpdateChannel = graphql(`
  mutation UpdateChannel($input: UpdateChannelInput!) {
    updateChannel(input: $input) { channel { id name quietPeriodMs } userErrors { field code message } }
  }
`);

type Company = NonNullable<SettingsQuery["company"]>;

export default function SettingsPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const [{ data, error }, refetch] = useQuery({ query: SettingsQueryDocument, variables: { id: company.id } });
  const refresh = () => refetch({ requestPolicy: "network-only" });
  const view = data?.company;
  useLive(["CHANNEL", "INTEGRATION"], refresh);
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-5 p-4 sm:p-6">
      <PageHeader title={t("nav.settings")} description={t("settings.text")} />
      {error && !view ? (
        <Failed error={error} retry={refresh} />
      ) : !view ? (
        <SkeletonRows rows={3} className="h-40" />
      ) : (
        <>
          <CompanyForm company={view} />
          <Channels company={view} onChanged={refresh} />
          <Payments
            companyId={view.id}
            account={view.integrations.find((account) => account.kind === "PAYMENT")}
            testBank={view.testBank}
            onChanged={refresh}
          />
          {view.model && <Model companyId={view.id} model={view.model} onChanged={refresh} />}
          <Calendar
            companyId={view.id}
            account={view.integrations.find((account) => account.kind === "CALENDAR")}
            available={view.googleAvailable}
            onChanged={refresh}
          />
          <MediaAccount
            companyId={view.id}
            account={view.integrations.find((account) => account.kind === "MEDIA")}
            onChanged={refresh}
          />
          {view.branches.map((branch) => (
            <Hours key={branch.id} branch={branch} onChanged={refresh} />
          ))}
        </>
      )}
    </div>
  );
}

function CompanyForm({ company }: { company: Company }) {
  const { t } = useTranslation();
  const format = useFormat();
  const update = useAction(UpdateCompany);
  const [form, setForm] = useState({
    name: company.name,
    shopType: company.shopType,
    city: company.city ?? "",
    language: company.language,
    currency: company.currency,
    timezone: company.timezone,
  });
  return (
    <Card label={t("settings.company")} className="p-5">
      <h2 className="text-base font-semibold tracking-tight">{t("settings.company")}</h2>
      <form
        className="mt-4 grid gap-4 sm:grid-cols-2"
        onSubmit={async (event) => {
          event.preventDefault();
          const { data } = await update.run({ input: { id: company.id, ...form } });
          if (data) toast(t("common.saved"));
        }}
      >
        <Field label={t("welcome.name")} error={update.errorOf("name")}>
          {(props) => (
            <Input
              {...props}
              required
              maxLength={80}
              value={form.name}
              onChange={(event) => setForm({ ...form, name: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("welcome.sells")} error={update.errorOf("shopType")}>
          {(props) => (
            <Input
              {...props}
              required
              maxLength={80}
              value={form.shopType}
              onChange={(event) => setForm({ ...form, shopType: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("welcome.city")} error={update.errorOf("city")}>
          {(props) => (
            <Input
              {...props}
              maxLength={80}
              value={form.city}
              onChange={(event) => setForm({ ...form, city: event.target.value })}
            />
          )}
        </Field>
        <Field label={t("welcome.language")} error={update.errorOf("language")}>
          {(props) => (
            <Select
              {...props}
              value={form.language}
              onChange={(event) => setForm({ ...form, language: event.target.value as Language })}
            >
              {LOCALES.map((locale) => (
                <option key={locale} value={locale.toUpperCase()} lang={locale}>
                  {LOCALE_NAMES[locale]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("welcome.currency")} error={update.errorOf("currency")}>
          {(props) => (
            <Select
              {...props}
              value={form.currency}
              onChange={(event) => setForm({ ...form, currency: event.target.value })}
            >
              {[...new Set([form.currency, ...CURRENCIES])].map((one) => (
                <option key={one} value={one}>
                  {`${one} · ${format.currency(one)}`}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("welcome.timezone")} error={update.errorOf("timezone")}>
          {(props) => (
            <Select
              {...props}
              value={form.timezone}
              onChange={(event) => setForm({ ...form, timezone: event.target.value })}
            >
              {[...new Set([form.timezone, ...timezones()])].map((zone) => (
                <option key={zone} value={zone}>
                  {zone.replaceAll("_", " ")}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className="flex items-center gap-3 sm:col-span-2">
          <Button type="submit" look="primary" busy={update.busy}>
            {t("common.save")}
          </Button>
          {update.errorOf() && (
            <p role="alert" className="text-bad">
              {update.errorOf()}
            </p>
          )}
        </div>
      </form>
    </Card>
  );
}

function Channels({ company, onChanged }: { company: Company; onChanged: () => void }) {
  const { t } = useTranslation();
  const create = useAction(CreateChannel);
  const [connecting, setConnecting] = useState<"telegram" | "waha">();
  const [scanning, setScanning] = useState<string>();
  // The phone of "Try it" plays every channel; only real ones are set up here.
  const channels = company.channels.filter((channel) => channel.provider !== "trial");
  return (
    <Card label={t("settings.channels")} className="p-5">
      <h2 className="text-base font-semibold tracking-tight">{t("settings.channels")}</h2>
      <p className="text-ink-2">{t("settings.channelsText")}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          busy={create.busy}
          onClick={async () => {
            const { data, refusals } = await create.run({
              input: { companyId: company.id, kind: "WEBCHAT", name: t("channel.WEBCHAT") },
            });
            if (data) {
              toast(t("settings.channelAdded"));
              onChanged();
            } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
          }}
        >
          <Plus aria-hidden />
          {t("settings.addWebchat")}
        </Button>
        <Button onClick={() => setConnecting("telegram")}>
          <Plus aria-hidden />
          {t("settings.addTelegram")}
        </Button>
        <Button onClick={() => setConnecting("waha")}>
          <Plus aria-hidden />
          {t("settings.addWhatsapp")}
        </Button>
      </div>
      {channels.length === 0 ? (
        <p className="mt-4 rounded-lg bg-sunken px-4 py-3 text-ink-2">{t("settings.noChannels")}</p>
      ) : (
        <ul className="mt-4 flex flex-col divide-y">
          {channels.map((channel) => (
            <Channel
              key={channel.id}
              companyId={company.id}
              channel={channel}
              scanning={channel.id === scanning}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
      {connecting === "telegram" && (
        <TelegramDialog companyId={company.id} onClose={() => setConnecting(undefined)} onDone={onChanged} />
      )}
      {connecting === "waha" && (
        <WahaDialog
          companyId={company.id}
          onClose={() => setConnecting(undefined)}
          onDone={(id) => {
            setScanning(id);
            onChanged();
          }}
        />
      )}
    </Card>
  );
}

type ChannelProps = {
  companyId: string;
  channel: Company["channels"][number];
  /** Whether the code of a phone just connected is shown at once. */
  scanning: boolean;
  onChanged: () => void;
};

function Channel({ companyId, channel, scanning, onChanged }: ChannelProps) {
  const { t } = useTranslation();
  const channelName = useChannelName();
  const update = useAction(UpdateChannel);
  const format = useFormat();
  const [seconds, setSeconds] = useState(String(channel.quietPeriodMs / 1000));
  const snippet = channel.widgetKey
    ? `<script src="${location.origin}/widget/loader.js" data-key="${channel.widgetKey}" async></script>`
    : null;
  return (
    <li className="flex flex-col gap-3 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-3">
        <span
          className="grid size-9 place-items-center rounded-lg bg-sunken text-ink-2 ring-1 ring-line ring-inset"
          aria-hidden
        >
          <ChannelIcon kind={channel.kind} className="size-4.5" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{channel.name}</p>
          <p className="num text-[0.8125rem] text-ink-3">
            {channelName(channel.kind)} · {t("try.limit", { limit: format.number(channel.maxChars) })}
          </p>
        </div>
        <Badge tone={channel.status === "CONNECTED" ? "ok" : channel.status === "ERROR" ? "bad" : "warn"}>
          {t(`channelStatus.${channel.status}`)}
        </Badge>
      </div>
      {channel.provider === "telegram" || channel.provider === "waha" ? (
        <Connection companyId={companyId} channel={channel} scanning={scanning} onChanged={onChanged} />
      ) : (
        channel.lastError && <p className="text-[0.8125rem] text-bad">{channel.lastError}</p>
      )}
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={async (event) => {
          event.preventDefault();
          const { data } = await update.run({
            input: { id: channel.id, quietPeriodMs: Math.round(Number(seconds.replace(",", ".")) * 1000) },
          });
          if (data) toast(t("common.saved"));
        }}
      >
        <Field
          label={t("settings.quiet")}
          hint={t("settings.quietHint")}
          error={update.errorOf("quietPeriodMs") ?? update.errorOf()}
          className="max-w-96"
        >
          {(props) => (
            <Input
              {...props}
              type="number"
              min={0}
              max={60}
              step={0.5}
              value={seconds}
              onChange={(event) => setSeconds(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={update.busy}
          disabled={Number(seconds) * 1000 === channel.quietPeriodMs}
          className="mb-6.5"
        >
          {t("common.save")}
        </Button>
      </form>
      {snippet && (
        <div>
          <p className="mb-1.5 text-[0.8125rem] font-medium text-ink-2">{t("settings.snippet")}</p>
          <div className="flex items-start gap-2">
            <pre
              tabIndex={0}
              role="group"
              aria-label={t("settings.snippet")}
              className="min-w-0 flex-1 overflow-x-auto rounded-lg bg-sunken px-3 py-2 font-mono text-xs/5 ring-1 ring-line ring-inset"
            >
              {snippet}
            </pre>
            <IconButton
              label={t("common.copy")}
              look="plain"
              onClick={() => {
                void navigator.clipboard?.writeText(snippet);
                toast(t("common.copied"));
              }}
            >
              <Copy aria-hidden />
            </IconButton>
          </div>
        </div>
      )}
    </li>
  );
}

type Interval = { weekday: number; opens: string; closes: string };
// A Monday, to name the days of the week by.
const MONDAY = { year: 2024, month: 1, day: 1 };

function Hours({ branch, onChanged }: { branch: Company["branches"][number]; onChanged: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const update = useAction(UpdateBranch);
  const [hours, setHours] = useState<Interval[]>(
    branch.openingHours.map(({ weekday, opens, closes }) => ({ weekday, opens, closes })),
  );
  const change = (at: number, values: Partial<Interval>) =>
    setHours(hours.map((one, index) => (index === at ? { ...one, ...values } : one)));
  return (
    <Card label={t("settings.hours")} className="p-5">
      <h2 className="text-base font-semibold tracking-tight">{t("settings.hours")}</h2>
      <p className="text-ink-2">
        {t("settings.hoursText", { name: branch.name, zone: branch.timezone.replaceAll("_", " ") })}
      </p>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          const sorted = [...hours].sort(
            (left, right) => left.weekday - right.weekday || left.opens.localeCompare(right.opens),
          );
          const { data } = await update.run({ input: { id: branch.id, openingHours: sorted } });
          if (data) {
            toast(t("common.saved"));
            onChanged();
          }
        }}
      >
        <ul className="mt-4 divide-y">
          {Array.from({ length: 7 }, (_, index) => index + 1).map((weekday) => {
            const name = format.day(addDays(MONDAY, weekday - 1), { weekday: "long" });
            const here = hours
              .map((interval, at) => ({ ...interval, at }))
              .filter((interval) => interval.weekday === weekday);
            return (
              <li key={weekday} className="grid grid-cols-[7.5rem_minmax(0,1fr)_auto] items-start gap-3 py-2">
                <span className="pt-1.5 font-medium first-letter:uppercase">{name}</span>
                <div className="flex flex-col gap-2">
                  {here.length === 0 && <span className="pt-1.5 text-ink-3">{t("settings.closed")}</span>}
                  {here.map((interval) => (
                    <div key={interval.at} className="flex flex-wrap items-center gap-1.5">
                      <Input
                        type="time"
                        aria-label={t("settings.opens", { day: name })}
                        className="w-34"
                        required
                        value={interval.opens}
                        onChange={(event) => change(interval.at, { opens: event.target.value })}
                      />
                      <span aria-hidden>–</span>
                      <Input
                        type="time"
                        aria-label={t("settings.closes", { day: name })}
                        className="w-34"
                        required
                        value={interval.closes}
                        onChange={(event) => change(interval.at, { closes: event.target.value })}
                      />
                      <IconButton
                        label={t("settings.removeHours", { day: name })}
                        size="iconSm"
                        onClick={() => setHours(hours.filter((_, at) => at !== interval.at))}
                      >
                        <X aria-hidden />
                      </IconButton>
                    </div>
                  ))}
                </div>
                <IconButton
                  label={t("settings.addHours", { day: name })}
                  size="iconSm"
                  onClick={() => setHours([...hours, { weekday, opens: "09:00", closes: "18:00" }])}
                >
                  <Plus aria-hidden />
                </IconButton>
              </li>
            );
          })}
        </ul>
        {(update.errorOf("openingHours") || update.errorOf()) && (
          <p role="alert" className="mt-2 text-bad">
            {update.errorOf("openingHours") ?? update.errorOf()}
          </p>
        )}
        <Button type="submit" look="primary" busy={update.busy} className="mt-4">
          {t("common.save")}
        </Button>
      </form>
    </Card>
  );
}
