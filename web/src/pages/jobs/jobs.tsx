import { ListChecks, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCompany } from "@/entities/company/company";
import type { JobStatus } from "@/shared/api/gql/graphql";
import { graphql } from "@/shared/api/graphql";
import { useLive } from "@/shared/api/live";
import { useAction } from "@/shared/api/use-action";
import { useFormat } from "@/shared/lib/format";
import { usePaged } from "@/shared/lib/use-paged";
import { oneOf, useUrlState } from "@/shared/lib/use-url-state";
import { Badge, Button, Card, Empty, Failed, PageHeader, Segments, SkeletonRows, type Tone, toast } from "@/shared/ui";

const JobPage = graphql(`
  query JobPage($id: ID!, $status: JobStatus, $after: String) {
    company(id: $id) {
      id
      jobs(first: 50, after: $after, status: $status) {
        nodes { id kind status attempts maxAttempts runAt lastError createdAt finishedAt }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  }
`);
const RetryJob = graphql(`
  mutation RetryJob($input: JobInput!) {
    retryJob(input: $input) { job { id status attempts lastError runAt } userErrors { field code message } }
  }
`);

const STATUSES: JobStatus[] = ["DEAD", "WAITING", "RUNNING", "DONE"];
const tones: Record<JobStatus, Tone> = { DEAD: "bad", WAITING: "warn", RUNNING: "accent", DONE: "ok" };

/** The work behind the scenes: what waits, what runs, and what has given up, with its reason and a second chance. */
export default function JobsPage() {
  const { t, i18n } = useTranslation();
  const company = useCompany();
  const format = useFormat();
  const { params, change } = useUrlState();
  const status = oneOf(params.get("status"), STATUSES);
  const list = usePaged(JobPage, { id: company.id, status: status ?? null }, (data) => data.company?.jobs);
  useLive(["JOB"], list.refetch, { waitMs: 800 });
  const retry = useAction(RetryJob);
  const jobs = list.connection?.nodes ?? [];
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 sm:p-6">
      <PageHeader title={t("nav.jobs")} description={t("jobs.text")} />
      <Segments
        label={t("orders.status")}
        value={status ?? ""}
        onChange={(value) => change({ status: value || null })}
        options={[
          { value: "", label: t("orders.all") },
          ...STATUSES.map((one) => ({ value: one, label: t(`jobStatus.${one}`) })),
        ]}
        className="max-w-full self-start overflow-x-auto"
      />
      <Card label={t("nav.jobs")}>
        {list.error ? (
          <Failed error={list.error} retry={list.refetch} />
        ) : list.loading ? (
          <SkeletonRows rows={5} className="h-14" />
        ) : jobs.length === 0 ? (
          <Empty icon={<ListChecks />} title={status === "DEAD" ? t("jobs.noDead") : t("jobs.empty")}>
            {t("jobs.emptyText")}
          </Empty>
        ) : (
          <ul className="divide-y">
            {jobs.map((job) => (
              <li key={job.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3.5">
                <div className="min-w-0 flex-1 basis-64">
                  <p className="flex flex-wrap items-center gap-2 font-medium">
                    {i18n.exists(`jobKind.${job.kind}`) ? t(`jobKind.${job.kind}`) : job.kind}
                    <Badge tone={tones[job.status]}>{t(`jobStatus.${job.status}`)}</Badge>
                  </p>
                  <p className="num text-[0.8125rem] text-ink-3">
                    {t("jobs.attempts", { attempts: job.attempts, count: job.maxAttempts })}
                    {" · "}
                    {format.dateTime(
                      job.status === "WAITING" ? job.runAt : (job.finishedAt ?? job.createdAt),
                      company.timezone,
                    )}
                  </p>
                  {job.lastError && (
                    <p
                      className="mt-1.5 rounded-lg bg-bad-soft px-2.5 py-1.5 font-mono text-xs wrap-anywhere text-bad"
                      dir="auto"
                    >
                      {job.lastError}
                    </p>
                  )}
                </div>
                {job.status === "DEAD" && (
                  <Button
                    size="sm"
                    busy={retry.busy}
                    onClick={async () => {
                      const { data, refusals } = await retry.run({ input: { id: job.id } });
                      if (data) {
                        toast(t("jobs.retried"));
                        list.refetch();
                      } else toast(refusals[0]?.message ?? t("errors.INTERNAL"), { bad: true });
                    }}
                  >
                    <RotateCcw aria-hidden />
                    {t("jobs.retry")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {list.connection?.pageInfo.hasNextPage && (
          <div className="border-t p-3 text-center">
            <Button busy={list.loadingMore} onClick={() => void list.loadMore()}>
              {t("common.more")}
            </Button>
          </div>
        )}
      </Card>
    </div>
  );
}
