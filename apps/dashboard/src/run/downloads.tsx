import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { say } from '@consilium/charts';
import { Digest, Empty, Loaded, Page, PlainTable, ResearchUseOnly } from '@consilium/interface';
import { ask } from '../queries.js';
import { RunTag } from '../states.js';

const kinds: Readonly<Record<string, string>> = { published: 'Model or artefact', answer: "A hospital's answer", aggregate: 'Sum over hospitals', results: 'results.json', record: 'run.json' };

/** Every file of a run with its digest. */
export function Downloads() {
  const { run: id } = useParams({ strict: false }) as { run: string };
  const run = useQuery(ask.run(id));
  const files = useQuery(ask.artefacts(id));
  const { data: me } = useQuery(ask.me);
  const mayTake = me !== undefined && me.role !== 'investigator';
  const link = (kind: string, digest: string) => (kind === 'results' ? `/api/runs/${id}/results` : kind === 'record' ? `/api/runs/${id}/record` : `/api/runs/${id}/artefacts/${digest}`);
  return (
    <Page title="What is there?" answer={files.data === undefined ? undefined : `${say.plural(files.data.length, 'file')} of this run, each named by its sha256.`} tags={run.data && <><RunTag state={run.data.state} /><ResearchUseOnly /></>}>
      <Loaded query={files}>
        {(list) =>
          list.length === 0 ? (
            <Empty>The run has no files yet.</Empty>
          ) : (
            <PlainTable
              caption="Files"
              columns={[{ label: 'File' }, { label: 'Size', numeric: true }, { label: 'Made' }, { label: 'Digest' }, { label: 'Download' }]}
              rows={[...list].sort((a, b) => order(a.kind) - order(b.kind)).map((file) => ({
                key: `${file.kind} ${file.digest}`,
                cells: [
                  kinds[file.kind] ?? file.kind,
                  say.bytes(Number(file.size)),
                  say.moment(file.createdAt),
                  <Digest key="digest" value={file.digest} />,
                  mayTake || file.kind === 'results' || file.kind === 'record' ? <a key="get" href={link(file.kind, file.digest)} download={file.kind === 'results' ? 'results.json' : file.kind === 'record' ? 'run.json' : file.digest.slice(0, 16)}>Download</a> : 'Data scientists only',
                ],
              }))}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

const order = (kind: string): number => ['results', 'record', 'published', 'aggregate', 'answer'].indexOf(kind);
