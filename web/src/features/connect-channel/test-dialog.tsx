import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { Button, Dialog, Field, Input, toast } from "@/shared/ui";

const TestChannel = graphql(`
  mutation TestChannel($input: TestChannelInput!) {
    testChannel(input: $input) { channel { id } userErrors { field code message } }
  }
`);

type TestDialogProps = {
  channel: { id: string };
  onClose: () => void;
  onDone: () => void;
};

/** Tries a linked phone out: its server is asked, and a message goes to a phone. How it went stands in the log. */
export function TestDialog({ channel, onClose, onDone }: TestDialogProps) {
  const { t } = useTranslation();
  const test = useAction(TestChannel);
  const [to, setTo] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("connection.test")}
      description={t("connection.testText")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="test-channel" look="primary" busy={test.busy}>
            {t("connection.test")}
          </Button>
        </>
      }
    >
      <form
        id="test-channel"
        onSubmit={async (event) => {
          event.preventDefault();
          const { data } = await test.run({ input: { channelId: channel.id, to: to || null } });
          if (!data) return;
          toast(t("connection.testing"));
          onDone();
          onClose();
        }}
      >
        <Field label={t("connection.testPhone")} hint={t("connection.testPhoneHint")} error={test.errorOf("to")}>
          {(props) => (
            <Input
              {...props}
              type="tel"
              autoComplete="tel"
              maxLength={30}
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          )}
        </Field>
        {test.errorOf() && (
          <p role="alert" className="text-bad">
            {test.errorOf()}
          </p>
        )}
      </form>
    </Dialog>
  );
}
