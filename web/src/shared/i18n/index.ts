import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { storage } from "@/shared/lib/storage";

export const LOCALES = ["en", "es", "ru", "kk"] as const;
export type Locale = (typeof LOCALES)[number];

/** Each language in its own words, for the switch. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", es: "Español", ru: "Русский", kk: "Қазақша" };

const loaders: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import("./locales/en.json"),
  es: () => import("./locales/es.json"),
  ru: () => import("./locales/ru.json"),
  kk: () => import("./locales/kk.json"),
};

/** The first of these tags that we speak; English when none. */
export function pickLocale(tags: readonly (string | null | undefined)[]): Locale {
  for (const tag of tags) {
    const language = tag?.toLowerCase().split(/[-_]/)[0];
    const found = LOCALES.find((locale) => locale === language);
    if (found) return found;
  }
  return "en";
}

async function load(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "app")) return;
  const words = await loaders[locale]();
  i18next.addResourceBundle(locale, "app", words.default);
}

/** Loads the one language that is needed and starts i18next with it. */
export async function startI18n(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    ns: ["app"],
    defaultNS: "app",
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(locale);
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
}

/** Switches the interface; the choice stays on this device. */
export async function changeLocale(locale: Locale): Promise<void> {
  await load(locale);
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
  storage.set("x8.locale", locale);
}
