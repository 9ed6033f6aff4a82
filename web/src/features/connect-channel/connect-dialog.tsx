import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, Dialog, Field, Input } from "@/shared/ui";

type ConnectDialogProps = {
  title: string;
  description: string;
  busy: boolean;
  /** What was refused and belongs to no field. */
  error?: string;
  onSubmit: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
};

/** The frame of every dialog that connects a channel or replaces its secret. */
export function ConnectDialog({ title, description, busy, error, onSubmit, onClose, children }: ConnectDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="connect-channel" look="primary" busy={busy}>
            {title}
          </Button>
        </>
      }
    >
      <form
        id="connect-channel"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
        {error && (
          <p role="alert" className="text-bad">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}

type TextFieldProps = { value: string; onChange: (value: string) => void; error?: string };

/** The name of a channel, for staff. */
export function NameField({ value, onChange, error }: TextFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t("telegram.name")} error={error}>
      {(props) => (
        <Input {...props} required maxLength={80} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

/** A token or key: sent once and kept nowhere here. */
export function SecretField({ label, value, onChange, error }: TextFieldProps & { label: string }) {
  const { t } = useTranslation();
  return (
    <Field label={label} hint={t("telegram.tokenHint")} error={error}>
      {(props) => (
        <Input
          {...props}
          required
          type="password"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
