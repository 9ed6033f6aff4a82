import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelFragment, ModelMode } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { Badge, Button, Card, Dialog, Field, Input, Select, toast } from "@/shared/ui";

export const ModelFields = graphql(`
  fragment Model on ModelSettings {
    mode baseUrl keySet keyHint model transcriptionModel inputPrice outputPrice monthlyTokens installationModel
    installationMonthlyTokens readsVoice
    month { turns fellBack calls inputTokens outputTokens cost installationTokens }
  }
`);
const SetModel = graphql(`
  mutation SetModel($input: SetModelInput!) {
    setModel(input: $input) { model { ...Model } userErrors { field code message } }
  }
`);
const TestModel = graphql(`
  mutation TestModel($input: TestModelInput!) {
    testModel(input: $input) { test { ok code message milliseconds } userErrors { field code message } }
  }
`);

const MODES: ModelMode[] = ["INSTALLATION", "OWN", "OFF"];

type ModelProps = { companyId: string; model: ModelFragment; onChanged: () => void };

/** Which language model answers customers, whether it works, and what it costs. */
export function Model({ companyId, model, onChanged }: ModelProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const set = useAction(SetModel);
  const test = useAction(TestModel);
  // How a test went, and the server's own words.
  const [tested, setTested] = useState<{ text: string; theirs?: string | null }>();
  const [form, setForm] = useState({
    mode: model.mode,
    baseUrl: model.baseUrl ?? "",
    model: model.model ?? "",
    transcriptionModel: model.transcriptionModel ?? "",
    inputPrice: model.inputPrice,
    outputPrice: model.outputPrice,
    monthlyTokens: model.monthlyTokens ? String(model.monthlyTokens) : "",
  });
  const [key, setKey] = useState("");
  const [saved, setSaved] = useState(form);
  const unsaved = key !== "" || form !== saved;
  const forget = useAction(SetModel);
  const [forgetting, setForgetting] = useState(false);
  const own = form.mode === "OWN";
  const { month, installationMonthlyTokens: budget } = model;
  const spent = budget != null && month.installationTokens >= budget;

  const text = (name: keyof typeof form) => ({
    value: form[name],
    autoComplete: "off",
    spellCheck: false,
    maxLength: 200,
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });

  return (
    <Card label={t("model.title")} className="p-5">
      <h2 className="text-base font-semibold tracking-tight">{t("model.title")}</h2>
      <p className="text-ink-2">{t("model.text")}</p>
      <form
        className="mt-4 grid gap-4 sm:grid-cols-2"
        onSubmit={async (event) => {
          event.preventDefault();
          const { monthlyTokens, ...rest } = form;
          const input = { companyId, ...rest, monthlyTokens: Number(monthlyTokens) || 0, ...(key ? { key } : {}) };
          const { data } = await set.run({ input });
          if (!data) return;
          setKey("");
          setSaved(form);
          setTested(undefined);
          toast(t("common.saved"));
          onChanged();
        }}
      >
        <Field
          label={t("model.mode")}
          hint={
            form.mode === "INSTALLATION"
              ? model.installationModel
                ? t("model.installation", { model: model.installationModel })
                : t("model.noInstallation")
              : undefined
          }
          error={set.errorOf("mode")}
          className="sm:col-span-2"
        >
          {(props) => (
            <Select
              {...props}
              {...text("mode")}
              onChange={(event) => setForm({ ...form, mode: event.target.value as ModelMode })}
            >
              {MODES.map((mode) => (
                <option key={mode} value={mode}>
                  {t(`modelMode.${mode}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {own && (
          <>
            <Field label={t("model.url")} hint={t("model.urlHint")} error={set.errorOf("baseUrl")}>
              {(props) => <Input {...props} required type="url" {...text("baseUrl")} />}
            </Field>
            <Field
              label={t("model.key")}
              hint={model.keySet ? t("model.keySet", { last: model.keyHint || "····" }) : t("model.keyHint")}
              error={set.errorOf("key")}
            >
              {(props) => (
                <Input
                  {...props}
                  type="password"
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={500}
                  value={key}
                  onChange={(event) => setKey(event.target.value)}
                />
              )}
            </Field>
            <Field label={t("model.name")} hint={t("model.nameHint")} error={set.errorOf("model")}>
              {(props) => <Input {...props} required {...text("model")} />}
            </Field>
            <Field label={t("model.voice")} hint={t("model.voiceHint")} error={set.errorOf("transcriptionModel")}>
              {(props) => <Input {...props} {...text("transcriptionModel")} />}
            </Field>
            <Field label={t("model.inputPrice")} error={set.errorOf("inputPrice")}>
              {(props) => <Input {...props} inputMode="decimal" {...text("inputPrice")} />}
            </Field>
            <Field label={t("model.outputPrice")} error={set.errorOf("outputPrice")}>
              {(props) => <Input {...props} inputMode="decimal" {...text("outputPrice")} />}
            </Field>
          </>
        )}
        {form.mode !== "OFF" && (
          <Field
            label={t("model.monthly")}
            hint={t("model.monthlyHint")}
            error={set.errorOf("monthlyTokens")}
            className="sm:col-span-2"
          >
            {(props) => <Input {...props} type="number" min={0} max={2_000_000_000} {...text("monthlyTokens")} />}
          </Field>
        )}
        {set.errorOf() && (
          <p role="alert" className="text-bad sm:col-span-2">
            {set.errorOf()}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-3 sm:col-span-2">
          <Button type="submit" look="primary" busy={set.busy}>
            {t("common.save")}
          </Button>
          <Button
            busy={test.busy}
            onClick={async () => {
              setTested(undefined);
              if (unsaved) return setTested({ text: t("model.unsaved") });
              const { data } = await test.run({ input: { companyId } });
              const result = data?.testModel.test;
              if (!result) return;
              const code = result.code ?? "OK";
              const text = i18n.exists(`modelTest.${code}`) ? t(`modelTest.${code}`) : t("modelTest.REFUSED");
              // Of a refused key they would say the same once more.
              setTested({ text, theirs: code === "CREDENTIALS" ? undefined : result.message });
            }}
          >
            {t("model.test")}
          </Button>
          {own && model.keySet && (
            <Button look="danger" onClick={() => setForgetting(true)}>
              {t("model.removeKey")}
            </Button>
          )}
          {tested && (
            <p role="status" className="min-w-0 flex-1 wrap-anywhere text-ink-2">
              {tested.text}
              {tested.theirs && (
                <span className="block text-ink-3" lang="en">
                  {tested.theirs}
                </span>
              )}
            </p>
          )}
          {(test.errorOf("mode") ?? test.errorOf()) && (
            <p role="alert" className="text-bad">
              {test.errorOf("mode") ?? test.errorOf()}
            </p>
          )}
        </div>
      </form>
      <div className="mt-4 flex flex-wrap items-center gap-2 rounded-lg bg-sunken px-4 py-3 text-ink-2">
        <span className="font-medium">{t("model.month")}</span>
        <Badge>{t("model.turns", { count: month.turns })}</Badge>
        <Badge>{t("model.fellBack", { count: month.fellBack })}</Badge>
        <Badge>
          {t("model.tokens", { input: format.number(month.inputTokens), output: format.number(month.outputTokens) })}
        </Badge>
        <Badge>{t("model.cost", { cost: format.decimal(month.cost) })}</Badge>
        {budget != null && (
          <Badge tone={spent ? "bad" : month.installationTokens >= budget * 0.8 ? "warn" : "plain"}>
            {t("model.budget", { used: format.number(month.installationTokens), limit: format.number(budget) })}
          </Badge>
        )}
        {spent && <p className="basis-full text-bad">{t("model.budgetUsedUp")}</p>}
      </div>
      <Dialog
        open={forgetting}
        onClose={() => setForgetting(false)}
        title={t("model.removeKeyTitle")}
        description={t("model.removeKeyText")}
        footer={
          <>
            <Button onClick={() => setForgetting(false)}>{t("common.cancel")}</Button>
            <Button
              look="danger"
              busy={forget.busy}
              onClick={async () => {
                const { data, refusals } = await forget.run({ input: { companyId, key: "" } });
                if (!data) return toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                setTested(undefined);
                setForgetting(false);
                onChanged();
              }}
            >
              {t("model.removeKey")}
            </Button>
          </>
        }
      />
    </Card>
  );
}
