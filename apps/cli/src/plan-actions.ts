import { client } from './centre-actions.js';
import type { SessionOption } from './centre-commands.js';
import { checkedPlan } from './checked-plan.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

const SHORT = 12;

interface StoredPlan {
  readonly digest: string;
  readonly study: string;
  readonly title: string;
  readonly version: string;
  readonly sites: readonly string[];
  readonly signature: string | null;
}

interface Decision {
  readonly site: string;
  readonly decision: string;
  readonly decidedAt: string;
  readonly expiresAt: string | null;
  readonly reason: string | null;
}

export async function upload(file: string, options: SessionOption & { readonly sign?: true }, terminal: Terminal): Promise<void> {
  // The canonical text is what was checked here, with the dictionary's implications written out.
  const { text } = await checkedPlan(file, terminal);
  const centre = await client(options);
  const plan = await centre.post<StoredPlan>('/api/plans', { text });
  terminal.out(`The plan ${plan.digest.slice(0, SHORT)} (${plan.title}, version ${plan.version}) is stored.`);
  if (options.sign) await sign(plan.digest, options, terminal);
}

export async function sign(digest: string, options: SessionOption, terminal: Terminal): Promise<void> {
  const plan = await (await client(options)).post<StoredPlan>(`/api/plans/${encodeURIComponent(digest)}/signature`);
  terminal.out(`The plan ${plan.digest.slice(0, SHORT)} is signed and offered to ${plan.sites.join(', ')}. Their stewards decide.`);
}

export async function list(options: SessionOption, terminal: Terminal): Promise<void> {
  const plans = await (await client(options)).get<StoredPlan[]>('/api/plans');
  if (plans.length === 0) return terminal.out('There is no plan. Use consilium plan upload FILE.');
  terminal.out(
    textTable(
      ['plan', 'study', 'title', 'version', 'signed', 'sites'],
      plans.map((plan) => [
        plan.digest.slice(0, SHORT),
        plan.study,
        plan.title,
        plan.version,
        plan.signature === null ? 'no' : 'yes',
        plan.sites.join(', '),
      ]),
    ),
  );
}

export async function show(digest: string, options: SessionOption, terminal: Terminal): Promise<void> {
  const plan = await (await client(options)).get<StoredPlan & { decisions: Decision[] }>(`/api/plans/${encodeURIComponent(digest)}`);
  terminal.out(
    `${plan.title}, version ${plan.version}, study ${plan.study}\n${plan.digest}\n${plan.signature === null ? 'Not signed: no site has seen it.' : 'Signed and offered to its sites.'}`,
  );
  const rows = plan.sites.map((site) => {
    const decision = plan.decisions.find((one) => one.site === site);
    return [
      site,
      decision?.decision ?? 'not decided',
      decision?.decidedAt.slice(0, 10) ?? '—',
      decision?.expiresAt?.slice(0, 10) ?? '—',
      decision?.reason ?? '',
    ];
  });
  terminal.out(textTable(['site', 'decision', 'on', 'until', 'reason'], rows));
}
