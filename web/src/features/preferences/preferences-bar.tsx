import { Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { changeLocale, LOCALE_NAMES, LOCALES, type Locale } from "@/shared/i18n";
import { setTheme, useTheme } from "@/shared/lib/theme";
import { IconButton } from "@/shared/ui/button";

/** Language and theme before anybody has signed in. Plain parts only: these screens must stay light. */
export function PreferencesBar() {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const dark = theme === "dark" || (theme === "system" && document.documentElement.dataset.theme === "dark");
  return (
    <div className="flex items-center gap-1">
      <label className="sr-only" htmlFor="locale">
        {t("shell.language")}
      </label>
      <select
        id="locale"
        value={i18n.language}
        onChange={(event) => void changeLocale(event.target.value as Locale)}
        className="h-9 rounded-lg bg-transparent px-2 text-[0.8125rem] font-medium text-ink-2 hover:bg-hover"
      >
        {LOCALES.map((locale) => (
          <option key={locale} value={locale} lang={locale} className="bg-raised">
            {LOCALE_NAMES[locale]}
          </option>
        ))}
      </select>
      <IconButton
        label={dark ? t("shell.toLight") : t("shell.toDark")}
        onClick={() => setTheme(dark ? "light" : "dark")}
      >
        {dark ? <Sun aria-hidden /> : <Moon aria-hidden />}
      </IconButton>
    </div>
  );
}
