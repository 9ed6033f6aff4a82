import { ArrowDownToLine, Download, FileClock, History, Images, Plus, Search, Upload } from "lucide-react";
import { Suspense, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";
import { AddRow, CatalogueOverview, ExportCatalogue, RollBack } from "@/entities/catalogue/documents";
import { useColumnName } from "@/entities/catalogue/words";
import { useCompany, useCompanyPath } from "@/entities/company/company";
import { mediaKindOf } from "@/entities/media/media";
import { DropZone } from "@/features/import-catalogue/drop-zone";
import { MediaLibrary } from "@/features/media-library/lazy";
import { PublishPanel } from "@/features/publish-catalogue/publish-panel";
import type { ItemKind, VersionHeadFragment } from "@/shared/api/gql/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { cx } from "@/shared/lib/cx";
import { useFormat } from "@/shared/lib/format";
import { run } from "@/shared/lib/hotkeys";
import { useUrlState } from "@/shared/lib/use-url-state";
import {
  Badge,
  Button,
  Checkbox,
  Dialog,
  Failed,
  Field,
  Input,
  Menu,
  MenuItem,
  PageHeader,
  Segments,
  Select,
  SkeletonRows,
  Textarea,
  toast,
} from "@/shared/ui";
import type { Column } from "@/widgets/catalogue/grid-row";
import { type GridMemory, VersionGrid } from "@/widgets/catalogue/version-grid";

type Version = VersionHeadFragment & { columns: Column[] };

export default function CataloguePage() {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  const { params, change } = useUrlState();
  const [{ data, error }, refetch] = useQuery({ query: CatalogueOverview, variables: { id: company.id } });
  const refresh = useCallback(() => refetch({ requestPolicy: "network-only" }), [refetch]);
  useLive(["CATALOGUE", "IMPORT"], refresh, { waitMs: 600 });
  const [history, setHistory] = useState(false);
  const [publishing, setPublishing] = useState(false);
  const [importing, setImporting] = useState(false);
  const [adding, setAdding] = useState(false);
  const exporting = useAction(ExportCatalogue);
  const catalogue = data?.company?.catalogue;
  const published = catalogue?.published as Version | null | undefined;
  const draft = catalogue?.draft as Version | null | undefined;
  const wanted = params.get("version");
  const now = wanted === "published" ? (published ?? draft) : (draft ?? published);
  // While changes to what is published are under way, their table stands, though a draft has begun meanwhile.
  const [busy, setBusy] = useState(false);
  const stands = useRef(now);
  if (!busy) stands.current = now;
  const shown = busy ? stands.current : now;
  const memory = useRef<GridMemory>({
    history: { undo: [], redo: [] },
    place: { row: 0, column: 0, focused: false },
  });
  const forget = () => {
    memory.current.history = { undo: [], redo: [] };
  };
  const [reload, setReload] = useState(0);

  async function download(kind: "CSV" | "XLSX") {
    const { data: made, refusals } = await exporting.run({
      input: { companyId: company.id, versionId: shown?.id, format: kind },
    });
    const url = made?.exportCatalogue.url;
    if (url) location.assign(url);
    else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
  }

  if (error && !data) return <Failed error={error} retry={refresh} className="h-full justify-center" />;
  if (!catalogue)
    return (
      <div className="p-6">
        <SkeletonRows rows={8} className="h-10" />
      </div>
    );

  const media = params.get("media") === "1" && (
    <Suspense fallback={null}>
      <MediaLibrary onClose={() => change({ media: null })} />
    </Suspense>
  );
  const openMedia = (
    <Button onClick={() => change({ media: "1" })}>
      <Images aria-hidden />
      {t("media.title")}
    </Button>
  );

  if (!shown)
    return (
      <div className="mx-auto flex max-w-3xl flex-col gap-5 p-4 sm:p-6">
        <PageHeader title={t("nav.catalogue")} description={t("catalogue.firstText")} actions={openMedia} />
        {media}
        <DropZone />
        <RecentImports imports={data?.company?.imports.nodes ?? []} />
      </div>
    );

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-3 border-b bg-surface px-4 pt-4 pb-3 sm:px-6">
        <PageHeader
          title={t("nav.catalogue")}
          description={
            <span className="num">
              {shown.status === "DRAFT"
                ? t("catalogue.draftNumber", { number: shown.number })
                : t("catalogue.publishedNumber", { number: shown.number })}
              {" · "}
              {t("import.rows", { count: shown.rowCount })}
              {shown.publishedAt && ` · ${format.dateTime(shown.publishedAt, company.timezone)}`}
            </span>
          }
          actions={
            <>
              <Button onClick={() => setImporting(true)}>
                <Upload aria-hidden />
                {t("catalogue.import")}
              </Button>
              <Menu
                trigger={
                  <Button busy={exporting.busy}>
                    <Download aria-hidden />
                    {t("catalogue.export")}
                  </Button>
                }
              >
                <MenuItem onSelect={() => void download("CSV")}>CSV</MenuItem>
                <MenuItem onSelect={() => void download("XLSX")}>XLSX</MenuItem>
              </Menu>
              {openMedia}
              <Button onClick={() => setHistory(true)}>
                <History aria-hidden />
                {t("catalogue.versions")}
              </Button>
              {draft && (
                <Button look="primary" onClick={() => setPublishing(true)}>
                  {t("publish.publish")}
                </Button>
              )}
            </>
          }
        />
        <div className="flex flex-wrap items-center gap-2">
          {draft && published && (
            <Segments
              label={t("catalogue.versions")}
              value={shown.id === draft.id ? "draft" : "published"}
              onChange={(value) => change({ version: value === "draft" ? null : value })}
              options={[
                { value: "draft", label: t("versionStatus.DRAFT") },
                { value: "published", label: t("versionStatus.PUBLISHED") },
              ]}
            />
          )}
          <label className="relative min-w-48 flex-1 sm:max-w-80">
            <span className="sr-only">{t("catalogue.search")}</span>
            <Search
              className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-3"
              aria-hidden
            />
            <Input
              type="search"
              data-search
              defaultValue={params.get("q") ?? ""}
              onChange={(event) => change({ q: event.target.value })}
              placeholder={t("catalogue.search")}
              className="ps-8.5"
            />
          </label>
          {shown.problemCount > 0 && (
            <Checkbox
              checked={params.get("problems") === "1"}
              onChange={(event) => change({ problems: event.target.checked ? "1" : null })}
              label={
                <>
                  {t("catalogue.onlyProblems")} <Badge tone="bad">{format.number(shown.problemCount)}</Badge>
                </>
              }
            />
          )}
          {shown.rowCount > 50 && (
            <Button size="sm" look="quiet" className="ms-auto" onClick={() => run("grid.jump")}>
              <ArrowDownToLine aria-hidden />
              {t("grid.jump")}
            </Button>
          )}
          <Button
            size="sm"
            look="quiet"
            className={shown.rowCount > 50 ? undefined : "ms-auto"}
            onClick={() => setAdding(true)}
          >
            <Plus aria-hidden />
            {t("catalogue.addRow")}
          </Button>
        </div>
      </div>
      <VersionGrid
        key={shown.id}
        version={shown}
        draft={shown.id === draft?.id}
        reload={reload}
        memory={memory}
        onBusy={setBusy}
        onChanged={refresh}
        onMoved={() => change({ version: null })}
      />
      {media}
      <Dialog
        open={importing}
        onClose={() => setImporting(false)}
        title={t("catalogue.import")}
        description={t("catalogue.importText")}
      >
        <DropZone compact />
      </Dialog>
      <Dialog
        open={publishing}
        onClose={() => setPublishing(false)}
        title={t("publish.publish")}
        className="sm:w-[min(40rem,calc(100vw-2rem))]"
      >
        {draft && (
          <PublishPanel
            rowCount={draft.rowCount}
            problemCount={draft.problemCount}
            onPublished={() => {
              setPublishing(false);
              forget();
              refresh();
            }}
            onDiscarded={() => {
              setPublishing(false);
              forget();
              refresh();
            }}
          />
        )}
      </Dialog>
      <Versions
        open={history}
        onClose={() => setHistory(false)}
        versions={catalogue.versions.nodes}
        onChanged={() => {
          forget();
          refresh();
        }}
      />
      {adding && (
        <AddRowDialog
          columns={shown.columns}
          onClose={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            setReload((before) => before + 1);
            refresh();
          }}
        />
      )}
    </div>
  );
}

function RecentImports({
  imports,
}: {
  imports: {
    id: string;
    fileName: string;
    status: string;
    createdAt: string;
    problemCount: number;
    rowsRead: number;
  }[];
}) {
  const { t } = useTranslation();
  const path = useCompanyPath();
  const format = useFormat();
  const company = useCompany();
  if (imports.length === 0) return null;
  return (
    <section aria-label={t("catalogue.recent")}>
      <h2 className="mb-2 font-semibold">{t("catalogue.recent")}</h2>
      <ul className="divide-y rounded-xl border bg-surface">
        {imports.map((run) => (
          <li key={run.id}>
            <Link
              to={path(`catalogue/imports/${encodeURIComponent(run.id)}`)}
              className="flex items-center gap-3 px-4 py-2.5 hover:bg-hover"
            >
              <FileClock className="size-4.5 text-ink-3" aria-hidden />
              <span className="min-w-0 flex-1 truncate font-medium">{run.fileName}</span>
              <span className="text-[0.8125rem] text-ink-2">{t(`importStatus.${run.status}`)}</span>
              <time className="text-xs text-ink-3 max-sm:hidden" dateTime={run.createdAt}>
                {format.dateTime(run.createdAt, company.timezone)}
              </time>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Versions({
  open,
  onClose,
  versions,
  onChanged,
}: {
  open: boolean;
  onClose: () => void;
  versions: VersionHeadFragment[];
  onChanged: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const company = useCompany();
  const rollBack = useAction(RollBack);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("catalogue.versions")}
      description={t("catalogue.versionsText")}
      shape="sheet"
    >
      <ol className="-mx-2 flex flex-col divide-y">
        {versions.map((version) => (
          <li key={version.id} className="flex items-center gap-3 px-2 py-3">
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {t("catalogue.version", { number: version.number })}
                <Badge tone={version.status === "PUBLISHED" ? "ok" : version.status === "DRAFT" ? "accent" : "plain"}>
                  {t(`versionStatus.${version.status}`)}
                </Badge>
              </p>
              <p className="num text-[0.8125rem] text-ink-3">
                {t("import.rows", { count: version.rowCount })} ·{" "}
                {format.dateTime(version.publishedAt ?? version.createdAt, company.timezone)}
              </p>
            </div>
            {version.status === "SUPERSEDED" && (
              <Button
                size="sm"
                busy={rollBack.busy}
                onClick={async () => {
                  const { data, refusals } = await rollBack.run({ input: { versionId: version.id } });
                  if (data) {
                    toast(t("catalogue.rolledBack", { number: version.number }));
                    onChanged();
                    onClose();
                  } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                }}
              >
                {t("catalogue.rollBack")}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

function AddRowDialog({ columns, onClose, onAdded }: { columns: Column[]; onClose: () => void; onAdded: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const columnName = useColumnName();
  const add = useAction(AddRow);
  const [kind, setKind] = useState<ItemKind>(company.type === "SERVICE" ? "SERVICE" : "PRODUCT");
  const [cells, setCells] = useState<Record<string, string>>({});
  const [picking, setPicking] = useState<Column>();
  const wanted = picking && mediaKindOf(picking.key);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("catalogue.addRow")}
      shape="sheet"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit" form="add-row" busy={add.busy}>
            {t("common.add")}
          </Button>
        </>
      }
    >
      <form
        id="add-row"
        className="flex flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          const filled = Object.fromEntries(Object.entries(cells).filter(([, value]) => value.trim()));
          const { data } = await add.run({ input: { companyId: company.id, kind, cells: filled } });
          if (data) {
            toast(t("catalogue.rowAdded"));
            onAdded();
          }
        }}
      >
        {company.type === "HYBRID" && (
          <Field label={t("catalogue.kind")}>
            {(props) => (
              <Select {...props} value={kind} onChange={(event) => setKind(event.target.value as ItemKind)}>
                <option value="PRODUCT">{t("itemKind.PRODUCT")}</option>
                <option value="SERVICE">{t("itemKind.SERVICE")}</option>
              </Select>
            )}
          </Field>
        )}
        {columns.map((column) => (
          <Field
            key={column.key}
            label={columnName(column.key, column.heading)}
            hint={column.internal ? t("grid.internal") : undefined}
            error={add.errorOf(column.key)}
            className={cx(column.internal && "rounded-lg bg-warn-soft/50 p-2")}
          >
            {(props) =>
              /description|details/.test(column.key) ? (
                <Textarea
                  {...props}
                  rows={3}
                  required={column.required}
                  value={cells[column.key] ?? ""}
                  onChange={(event) => setCells({ ...cells, [column.key]: event.target.value })}
                />
              ) : mediaKindOf(column.key) ? (
                <div className="flex gap-2">
                  <Input
                    {...props}
                    type="url"
                    value={cells[column.key] ?? ""}
                    onChange={(event) => setCells({ ...cells, [column.key]: event.target.value })}
                  />
                  <Button onClick={() => setPicking(column)}>
                    <Images aria-hidden />
                    {t("media.fromLibrary")}
                  </Button>
                </div>
              ) : (
                <Input
                  {...props}
                  required={column.required}
                  inputMode={/money|number|integer/.test(column.kind) ? "decimal" : undefined}
                  value={cells[column.key] ?? ""}
                  onChange={(event) => setCells({ ...cells, [column.key]: event.target.value })}
                />
              )
            }
          </Field>
        ))}
        {(add.errorOf() || add.errorOf("cells")) && (
          <p role="alert" className="text-bad">
            {add.errorOf() ?? add.errorOf("cells")}
          </p>
        )}
      </form>
      {picking && wanted && (
        <Suspense fallback={null}>
          <MediaLibrary
            onClose={() => setPicking(undefined)}
            pick={{
              kind: wanted,
              onPick: (file) => {
                setCells({ ...cells, [picking.key]: file.url ?? "" });
                setPicking(undefined);
              },
            }}
          />
        </Suspense>
      )}
    </Dialog>
  );
}
