import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Button, Dialog, toast } from "@/shared/ui";
import { ReconnectChannel } from "./documents";
import { TelegramDialog } from "./telegram-dialog";
import { TestDialog } from "./test-dialog";
import { WahaDialog } from "./waha-dialog";

// With what draws the code: fetched when a phone is linked, or a bot is tried out.
const CodeDialog = lazy(async () => ({ default: (await import("./code-dialog")).CodeDialog }));
const TelegramTestDialog = lazy(async () => ({
  default: (await import("./telegram-test-dialog")).TelegramTestDialog,
}));

export const ConnectionFields = graphql(`
  fragment Connection on Channel {
    id name provider status errorCode errorCount lastError connectedAt pausedUntil account server session
    credentials { name last updatedAt }
    log { at kind detail }
  }
`);
const DisconnectChannel = graphql(`
  mutation DisconnectChannel($input: ChannelInput!) {
    disconnectChannel(input: $input) { channel { id status } userErrors { field code message } }
  }
`);

type ConnectionProps = {
  companyId: string;
  channel: ConnectionFragment;
  /** Whether the code of a phone just connected is shown at once. */
  scanning: boolean;
  onChanged: () => void;
};

/** How a connection to a provider fares, and what can be done with it. */
export function Connection({ companyId, channel, scanning, onChanged }: ConnectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const reconnect = useAction(ReconnectChannel);
  const disconnect = useAction(DisconnectChannel);
  const [dialog, setDialog] = useState<"token" | "disconnect" | "test" | "code" | undefined>(
    scanning ? "code" : undefined,
  );
  const over = channel.status === "DISCONNECTED";
  const token = channel.credentials[0];
  const phone = channel.provider === "waha";
  // A short secret has no last characters that may be shown.
  const hint = token && { last: token.last || "····", day: format.date(token.updatedAt) };
  const refused = channel.status === "ERROR" && channel.errorCode === "credentials";
  const waits = phone && channel.status !== "CONNECTED" && !refused;
  const again = async () => {
    const { data, refusals } = await reconnect.run({ input: { id: channel.id } });
    if (data) onChanged();
    else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
    return data;
  };
  return (
    <div className="flex flex-col gap-3">
      {channel.errorCode && (
        <p role="status" className="text-[0.8125rem] text-bad">
          {phone && channel.errorCode === "credentials"
            ? t("channelError.serverKey")
            : t(`channelError.${channel.errorCode}`, { defaultValue: t("channelError.request") })}
          {channel.lastError && (
            <span className="block text-ink-3" lang="en">
              {channel.lastError}
            </span>
          )}
        </p>
      )}
      {channel.pausedUntil && Date.parse(channel.pausedUntil) > Date.now() && !over && (
        <p role="status" className="text-[0.8125rem] text-ink-2">
          {t("connection.paused", { time: format.time(channel.pausedUntil) })}
        </p>
      )}
      {phone && channel.session && !over && (
        <p className="num text-[0.8125rem] text-ink-3">
          {t(`channelSession.${channel.session}`)}
          {channel.server && ` · ${channel.server}`}
        </p>
      )}
      {!over && (
        <div className="flex flex-wrap items-center gap-2">
          {hint && (
            <span className="me-auto text-[0.8125rem] text-ink-2">
              {phone ? t("waha.keySet", hint) : t("telegram.tokenSet", hint)}
            </span>
          )}
          {waits && (
            <Button
              look="primary"
              busy={reconnect.busy}
              onClick={async () => {
                if (channel.status === "CONNECTING" || (await again())) setDialog("code");
              }}
            >
              {t("waha.showCode")}
            </Button>
          )}
          <Button onClick={() => setDialog("test")}>{t("connection.test")}</Button>
          <Button look={refused ? "primary" : undefined} onClick={() => setDialog("token")}>
            {phone ? t("waha.replace") : t("telegram.replace")}
          </Button>
          {!waits && (
            <Button busy={reconnect.busy} onClick={again}>
              {t("connection.again")}
            </Button>
          )}
          <Button look="danger" onClick={() => setDialog("disconnect")}>
            {t("connection.disconnect")}
          </Button>
        </div>
      )}
      {channel.log.length > 0 && (
        <details className="text-[0.8125rem]">
          <summary className="cursor-pointer text-ink-2">{t("connection.log")}</summary>
          <ul className="mt-2 flex flex-col gap-1">
            {channel.log.map((line) => (
              <li key={`${line.at}${line.kind}`} className="flex flex-wrap gap-x-2">
                <time className="num text-ink-3" dateTime={line.at}>
                  {format.dateTime(line.at)}
                </time>
                <span>{t(`channelLog.${line.kind}`)}</span>
                {line.detail && (
                  <span className="text-ink-3" lang="en">
                    {line.detail}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {dialog === "code" && (
        <Suspense fallback={null}>
          <CodeDialog channel={channel} onClose={() => setDialog(undefined)} onChanged={onChanged} />
        </Suspense>
      )}
      {dialog === "test" && phone && (
        <TestDialog channel={channel} onClose={() => setDialog(undefined)} onDone={onChanged} />
      )}
      {dialog === "test" && !phone && (
        <Suspense fallback={null}>
          <TelegramTestDialog channel={channel} onClose={() => setDialog(undefined)} />
        </Suspense>
      )}
      {dialog === "token" && phone && (
        <WahaDialog companyId={companyId} channel={channel} onClose={() => setDialog(undefined)} onDone={onChanged} />
      )}
      {dialog === "token" && !phone && (
        <TelegramDialog
          companyId={companyId}
          channelId={channel.id}
          onClose={() => setDialog(undefined)}
          onDone={onChanged}
        />
      )}
      <Dialog
        open={dialog === "disconnect"}
        onClose={() => setDialog(undefined)}
        title={t("connection.disconnectTitle", { name: channel.name })}
        footer={
          <>
            <Button onClick={() => setDialog(undefined)}>{t("common.cancel")}</Button>
            <Button
              look="danger"
              busy={disconnect.busy}
              onClick={async () => {
                const { data, refusals } = await disconnect.run({ input: { id: channel.id } });
                if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                setDialog(undefined);
                onChanged();
              }}
            >
              {t("connection.disconnect")}
            </Button>
          </>
        }
      >
        <ul className="flex list-disc flex-col gap-1.5 ps-5 text-ink-2">
          <li>{t("connection.loseMessages")}</li>
          <li>{phone ? t("waha.losePhone") : t("connection.loseToken")}</li>
          <li>{t("connection.keepTalks")}</li>
        </ul>
      </Dialog>
    </div>
  );
}
