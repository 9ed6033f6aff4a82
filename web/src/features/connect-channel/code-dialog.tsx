import { Check, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSubscription } from "urql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Button, Dialog, toast } from "@/shared/ui";
import { ConfirmPasskey, ReconnectChannel } from "./documents";
import { Qr } from "./qr";

const ChannelCode = graphql(`
  subscription ChannelCode($id: ID!) {
    channelCode(channelId: $id) { session value number of expiresAt errorCode }
  }
`);

type CodeDialogProps = { channel: { id: string; name: string }; onClose: () => void; onChanged: () => void };

/** The code that links a phone, live: the next one takes its place, and the dialog says when the phone is linked. */
export function CodeDialog({ channel, onClose, onChanged }: CodeDialogProps) {
  const { t } = useTranslation();
  const reconnect = useAction(ReconnectChannel);
  const confirm = useAction(ConfirmPasskey);
  const [{ data, error }, listen] = useSubscription({ query: ChannelCode, variables: { id: channel.id } });
  const code = data?.channelCode;
  const linked = code?.session === "WORKING";
  const compares = code?.session === "PASSKEY_CONFIRMATION" && Boolean(code.value);
  const over = code?.session === "FAILED" || code?.session === "STOPPED";
  useEffect(() => {
    if (linked) onChanged();
  }, [linked, onChanged]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("waha.scanTitle", { name: channel.name })}
      description={linked ? undefined : t("waha.scanText")}
      footer={
        <>
          {over && (
            <Button
              look="primary"
              busy={reconnect.busy}
              onClick={async () => {
                const { data, refusals } = await reconnect.run({ input: { id: channel.id } });
                if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                onChanged();
              }}
            >
              {t("waha.newCode")}
            </Button>
          )}
          {compares && (
            <Button
              look="primary"
              busy={confirm.busy}
              onClick={async () => {
                const { data, refusals } = await confirm.run({ input: { id: channel.id } });
                if (!data) toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
              }}
            >
              {t("waha.sameCode")}
            </Button>
          )}
          <Button look={linked ? "primary" : undefined} onClick={onClose}>
            {t("common.close")}
          </Button>
        </>
      }
    >
      <div className="grid min-h-72 place-items-center" aria-live="polite">
        {error ? (
          <div className="flex flex-col items-center gap-3 text-center">
            <p className="text-bad">{t("errors.INTERNAL")}</p>
            <Button onClick={() => listen()}>{t("common.retry")}</Button>
          </div>
        ) : linked ? (
          <p className="flex flex-col items-center gap-3 font-medium">
            <Check className="size-10 text-ok" aria-hidden />
            {t("waha.linked")}
          </p>
        ) : compares ? (
          <p className="flex flex-col items-center gap-3 text-center text-ink-2">
            {t("waha.compareCode")}
            <span className="num text-3xl font-semibold tracking-widest text-ink">{code?.value}</span>
          </p>
        ) : code?.value ? (
          <figure className="flex flex-col items-center gap-3">
            <Qr value={code.value} label={t("waha.codeLabel")} />
            <figcaption className="num text-[0.8125rem] text-ink-3">
              {code.number != null && code.of != null && t("waha.codeOf", { number: code.number, of: code.of })}{" "}
              {code.expiresAt && <Countdown key={code.value} until={code.expiresAt} />}
            </figcaption>
          </figure>
        ) : over ? (
          <p className="text-center text-ink-2">{t("waha.codeOver")}</p>
        ) : code?.session === "PASSKEY_REQUIRED" || code?.session === "PASSKEY_CONFIRMATION" ? (
          <p className="text-center text-ink-2">{t("waha.passkey")}</p>
        ) : code?.errorCode ? (
          <p className="text-center text-bad">
            {code.errorCode === "credentials"
              ? t("channelError.serverKey")
              : t(`channelError.${code.errorCode}`, { defaultValue: t("channelError.request") })}
          </p>
        ) : (
          <p className="flex items-center gap-2 text-ink-2">
            <LoaderCircle className="size-4 shrink-0 animate-spin" aria-hidden />
            {t("waha.starting")}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Countdown({ until }: { until: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((Date.parse(until) - now) / 1000));
  return seconds > 0 ? t("waha.codeSeconds", { seconds: format.number(seconds) }) : null;
}
