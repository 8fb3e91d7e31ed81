import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Digest, Empty, Loaded, Page, PlainTable, ResearchUseOnly } from '@consilium/interface';
import type { ArtefactFile } from '../api.js';
import { ask } from '../queries.js';
import { RunTag } from '../states.js';
import { Withdrawals } from './withdrawals.js';

const groups: readonly (readonly [kind: string, title: string])[] = [
  ['results', 'Results'],
  ['record', 'Record of the run'],
  ['published', 'Models and other parts that every hospital was sent'],
  ['aggregate', 'Sums over hospitals'],
  ['answer', "Hospitals' answers that are not summed"],
];

/** Every file of a run with its digest. */
export function Downloads() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  const run = useQuery(ask.run(id));
  const files = useQuery(ask.artefacts(id));
  const { data: me } = useQuery(ask.me);
  const mayTake = me !== undefined && me.role !== 'investigator';
  return (
    <Page title="What is there?" answer={files.data === undefined ? undefined : `${say.plural(files.data.length, 'file')} of this run, each named by its sha256.`} tags={run.data && <><RunTag state={run.data.state} /><ResearchUseOnly /></>}>
      <Withdrawals run={id} />
      <Loaded query={files}>
        {(list) =>
          list.length === 0 ? (
            <Empty>The run has no files yet.</Empty>
          ) : (
            groups.map(([kind, title]) => {
              const own = list.filter((file) => file.kind === kind);
              return own.length === 0 ? null : <FileGroup key={kind} title={title} files={own} run={id} mayTake={mayTake} />;
            })
          )
        }
      </Loaded>
    </Page>
  );
}

/** The files of one kind. Beyond a few they are folded away: most people come for the first. */
function FileGroup({ title, files, run, mayTake }: { readonly title: string; readonly files: readonly ArtefactFile[]; readonly run: string; readonly mayTake: boolean }) {
  const size = files.reduce((sum, file) => sum + Number(file.size), 0);
  const table = <FileTable title={title} files={files} run={run} mayTake={mayTake} />;
  if (files.length <= FEW) return table;
  return (
    <details className="panel">
      <summary className="panel-body">
        {title}: {say.plural(files.length, 'file')}, {say.bytes(size)}
      </summary>
      {table}
    </details>
  );
}

const FEW = 5;
const open: readonly string[] = ['results', 'record'];

function FileTable({ title, files, run, mayTake }: { readonly title: string; readonly files: readonly ArtefactFile[]; readonly run: string; readonly mayTake: boolean }) {
  return (
    <PlainTable
      caption={title}
      columns={[{ label: 'File' }, { label: 'Size', numeric: true }, { label: 'Made' }, { label: 'Download' }]}
      rows={files.map(({ kind, digest, size, createdAt }) => {
        const named = open.includes(kind);
        const [address, name] = named ? [`/api/runs/${run}/${kind}`, `${kind === 'record' ? 'run' : kind}.json`] : [`/api/runs/${run}/artefacts/${digest}`, digest.slice(0, 16)];
        return {
          key: `${kind} ${digest}`,
          cells: [
            <span key="digest">
              {named ? `${name} ` : ''}
              <Digest value={digest} />
            </span>,
            say.bytes(Number(size)),
            say.moment(createdAt),
            mayTake || named ? (
              <a key="get" href={address} download={name} aria-label={`Download ${say.shortDigest(digest)}`}>
                Download
              </a>
            ) : (
              'Data scientists only'
            ),
          ],
        };
      })}
    />
  );
}
