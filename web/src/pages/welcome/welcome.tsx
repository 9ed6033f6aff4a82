import { ArrowLeft, ArrowRight, CalendarClock, Layers, Package } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate } from "react-router";
import { companyPath } from "@/entities/company/company";
import { CURRENCIES, guessPlace, timezones } from "@/entities/company/places";
import { useViewer } from "@/entities/company/viewer";
import type { CompanyType, Language } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useAction } from "@/shared/api/use-action";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { cx } from "@/shared/lib/cx";
import { useFormat, zoneLabel } from "@/shared/lib/format";
import { newId } from "@/shared/lib/uuid";
import { Button } from "@/shared/ui/button";
import { Field, Input, Select } from "@/shared/ui/field";
import { useTitle } from "@/shared/ui/page";
import { FrontFrame } from "@/widgets/front-frame";

const CreateCompany = graphql(`
  mutation CreateCompany($input: CreateCompanyInput!) {
    createCompany(input: $input) { company { ...CompanyCore } userErrors { field code message } }
  }
`);

const OpenDemoShop = graphql(`
  mutation OpenDemoShop($input: OpenDemoShopInput!) {
    openDemoShop(input: $input) { company { ...CompanyCore } userErrors { field code message } }
  }
`);

export default function WelcomePage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  useTitle(t("welcome.title"));
  const navigate = useNavigate();
  const { viewer, setup, loading, refetch } = useViewer();
  const create = useAction(CreateCompany);
  const demo = useAction(OpenDemoShop);
  const [step, setStep] = useState<1 | 2>(1);
  const [name, setName] = useState("");
  const [shopType, setShopType] = useState("");
  const [type, setType] = useState<CompanyType>("PRODUCT");
  const [city, setCity] = useState("");
  const [language, setLanguage] = useState<Language>(i18n.language.toUpperCase() as Language);
  const [place, setPlace] = useState<{ currency?: string; timezone?: string }>({});
  const guess = guessPlace(city, language);
  const currency = place.currency ?? guess.currency;
  const timezone = place.timezone ?? guess.timezone;

  if (loading) return null;
  if (!viewer || setup?.needsOwner) return <Navigate to="/sign-in" replace />;

  function open(company: { code: string } | null | undefined, rest: string) {
    if (!company) return;
    refetch();
    navigate(companyPath(company.code, rest), { replace: true });
  }

  async function openDemo(kind: CompanyType) {
    const { data } = await demo.run({ input: { kind, language } });
    open(data?.openDemoShop.company, "home");
  }

  const types: { value: CompanyType; icon: ReactNode }[] = [
    { value: "PRODUCT", icon: <Package aria-hidden /> },
    { value: "SERVICE", icon: <CalendarClock aria-hidden /> },
    { value: "HYBRID", icon: <Layers aria-hidden /> },
  ];

  return (
    <FrontFrame wide>
      <p className="mb-2 text-[0.8125rem] font-medium text-accent-text">{t("welcome.step", { step, of: 2 })}</p>
      {step === 1 ? (
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            setStep(2);
          }}
        >
          <header>
            <h1 className="text-2xl/8 font-semibold tracking-tight">{t("welcome.title")}</h1>
            <p className="mt-1.5 text-pretty text-ink-2">{t("welcome.text")}</p>
          </header>
          <Field label={t("welcome.name")} error={create.errorOf("name")}>
            {(props) => (
              <Input
                {...props}
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder={t("welcome.nameExample")}
                autoComplete="organization"
                maxLength={80}
                required
                className="h-11!"
              />
            )}
          </Field>
          <fieldset>
            <legend className="mb-1.5 text-[0.8125rem] font-medium text-ink-2">{t("welcome.type")}</legend>
            <div className="grid gap-2 sm:grid-cols-3">
              {types.map((option) => (
                <label
                  key={option.value}
                  className={cx(
                    "flex cursor-pointer items-start gap-3 rounded-xl border border-line-strong p-3.5 transition-colors hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent sm:flex-col [&_svg]:size-5 [&_svg]:text-ink-3",
                    type === option.value &&
                      "border-accent bg-accent-soft ring-1 ring-accent hover:bg-accent-soft [&_svg]:text-accent-text",
                  )}
                >
                  <input
                    type="radio"
                    name="type"
                    value={option.value}
                    checked={type === option.value}
                    onChange={() => setType(option.value)}
                    className="sr-only"
                  />
                  {option.icon}
                  <span>
                    <span className="block font-semibold">{t(`companyType.${option.value}`)}</span>
                    <span className="block text-[0.8125rem]/5 text-ink-2">{t(`companyTypeText.${option.value}`)}</span>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          <Field label={t("welcome.sells")} hint={t("welcome.sellsHint")} error={create.errorOf("shopType")}>
            {(props) => (
              <Input
                {...props}
                value={shopType}
                onChange={(event) => setShopType(event.target.value)}
                placeholder={t("welcome.sellsExample")}
                maxLength={80}
                required
                className="h-11!"
              />
            )}
          </Field>
          <Button type="submit" look="primary" size="lg">
            {t("welcome.next")}
            <ArrowRight aria-hidden />
          </Button>
          <div className="rounded-xl border border-dashed border-line-strong p-4">
            <p className="font-semibold">{t("welcome.demoTitle")}</p>
            <p className="mt-0.5 text-ink-2">{t("welcome.demoText")}</p>
            <div className="mt-3 flex flex-wrap gap-2">
              <Button onClick={() => openDemo("PRODUCT")} busy={demo.busy}>
                <Package aria-hidden />
                {t("welcome.demoProducts")}
              </Button>
              <Button onClick={() => openDemo("SERVICE")} busy={demo.busy}>
                <CalendarClock aria-hidden />
                {t("welcome.demoServices")}
              </Button>
            </div>
            {demo.errorOf() && (
              <p role="alert" className="mt-2 text-bad">
                {demo.errorOf()}
              </p>
            )}
          </div>
        </form>
      ) : (
        <form
          className="flex flex-col gap-5"
          onSubmit={async (event) => {
            event.preventDefault();
            const { data, refusals } = await create.run({
              input: {
                id: newId("company"),
                name: name.trim(),
                type,
                shopType: shopType.trim(),
                city: city.trim(),
                language,
                currency,
                timezone,
              },
            });
            if (data) open(data.createCompany.company, "home");
            else if (refusals.some((refusal) => ["name", "shopType", "type"].includes(refusal.field?.at(-1) ?? "")))
              setStep(1);
          }}
        >
          <header>
            <h1 className="text-2xl/8 font-semibold tracking-tight">{t("welcome.whereTitle")}</h1>
            <p className="mt-1.5 text-pretty text-ink-2">{t("welcome.whereText")}</p>
          </header>
          <Field label={t("welcome.city")} error={create.errorOf("city")}>
            {(props) => (
              <Input
                {...props}
                value={city}
                onChange={(event) => setCity(event.target.value)}
                autoFocus
                required
                maxLength={80}
                className="h-11!"
              />
            )}
          </Field>
          <Field label={t("welcome.language")} hint={t("welcome.languageHint")} error={create.errorOf("language")}>
            {(props) => (
              <Select {...props} value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
                {LOCALES.map((locale) => (
                  <option key={locale} value={locale.toUpperCase()} lang={locale}>
                    {LOCALE_NAMES[locale]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field
              label={t("welcome.currency")}
              hint={place.currency ? undefined : t("welcome.guessed")}
              error={create.errorOf("currency")}
            >
              {(props) => (
                <Select
                  {...props}
                  value={currency}
                  onChange={(event) => setPlace({ ...place, currency: event.target.value })}
                >
                  {[...new Set([currency, ...CURRENCIES])].map((one) => (
                    <option key={one} value={one}>
                      {`${one} · ${format.currency(one)}`}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field
              label={t("welcome.timezone")}
              hint={place.timezone ? undefined : t("welcome.guessed")}
              error={create.errorOf("timezone")}
            >
              {(props) => (
                <Select
                  {...props}
                  value={timezone}
                  onChange={(event) => setPlace({ ...place, timezone: event.target.value })}
                >
                  {[...new Set([timezone, ...timezones()])].map((zone) => (
                    <option key={zone} value={zone}>
                      {zone === timezone ? zoneLabel(zone, i18n.language) : zone.replaceAll("_", " ")}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          {create.errorOf() && (
            <p role="alert" className="text-bad">
              {create.errorOf()}
            </p>
          )}
          <div className="flex gap-2">
            <Button size="lg" onClick={() => setStep(1)}>
              <ArrowLeft aria-hidden />
              {t("common.back")}
            </Button>
            <Button type="submit" look="primary" size="lg" busy={create.busy} className="flex-1">
              {t("welcome.create")}
            </Button>
          </div>
        </form>
      )}
    </FrontFrame>
  );
}
