import { Check, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConnectionFragment } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Dialog } from "@/shared/ui";
import { Qr } from "./qr";

const StartChannelTest = graphql(`
  mutation StartChannelTest($input: ChannelInput!) {
    startChannelTest(input: $input) { test { url expiresAt } userErrors { field code message } }
  }
`);

type TelegramTestDialogProps = { channel: ConnectionFragment; onClose: () => void };

/**
 * Bots may write only to people who wrote first: who tries one out opens a link and presses Start, and the log, which is live,
 * says how it went.
 */
export function TelegramTestDialog({ channel, onClose }: TelegramTestDialogProps) {
  const { t } = useTranslation();
  const start = useAction(StartChannelTest);
  const [url, setUrl] = useState<string>();
  // What the log says above this line is of this test.
  const [before, setBefore] = useState<string>();
  const known = channel.log.findIndex((line) => line.at === before);
  const news = url ? channel.log.slice(0, known < 0 ? undefined : known) : [];
  const outcome = news.find(({ kind }) => kind === "TESTED" || kind === "FAILED");
  const get = async () => {
    setUrl(undefined);
    const { data } = await start.run({ input: { id: channel.id } });
    setBefore(channel.log[0]?.at);
    setUrl(data?.startChannelTest.test?.url);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("connection.test")}
      description={t("connection.testTelegramText")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.close")}</Button>
          {outcome?.kind !== "TESTED" && (
            <Button look={url ? undefined : "primary"} busy={start.busy} onClick={get}>
              {url ? t("connection.testLinkAgain") : t("connection.testLink")}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col items-center gap-3 text-center" aria-live="polite">
        {start.errorOf() && (
          <p role="alert" className="text-bad">
            {start.errorOf()}
          </p>
        )}
        {outcome?.kind === "TESTED" ? (
          <p className="flex flex-col items-center gap-3 font-medium">
            <Check className="size-10 text-ok" aria-hidden />
            {t("connection.testArrived", { name: outcome.detail })}
          </p>
        ) : outcome ? (
          <p className="text-bad">
            {t("connection.testFailed")}
            <span className="block text-ink-3" lang="en">
              {outcome.detail}
            </span>
          </p>
        ) : (
          url && (
            <>
              <Qr value={url} label={t("connection.testQr")} />
              <a href={url} target="_blank" rel="noreferrer" className="font-medium text-accent-text underline">
                {t("connection.testOpen")}
              </a>
              <p className="flex items-center gap-2 text-ink-2">
                <LoaderCircle className="size-4 shrink-0 animate-spin" aria-hidden />
                {t("connection.testWaits")}
              </p>
            </>
          )
        )}
      </div>
    </Dialog>
  );
}
