import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Loaded, Page, PlainTable, Tag, type Tone } from '@consilium/interface';
import type { Finding } from '../api.js';
import { ask } from '../queries.js';
import { useSay } from '../words/use-words.js';

const order: readonly Finding['outcome'][] = ['problem', 'warning', 'not looked at', 'well'];
const tones: Readonly<Record<Finding['outcome'], Tone>> = { problem: 'bad', warning: 'warn', 'not looked at': 'plain', well: 'good' };

/** Each check with its result and its fix, failures first. */
export function Doctor() {
  const { t } = useSay();
  const doctor = useQuery(ask.doctor);
  const findings = doctor.data?.findings;
  return (
    <Page
      title={t('doctor.title')}
      answer={findings === undefined || doctor.isFetching ? t('doctor.looking') : <Verdict findings={findings} />}
      action={
        <Button variant="contained" disabled={doctor.isFetching} onClick={() => void doctor.refetch()}>
          {t('doctor.again')}
        </Button>
      }
    >
      <Loaded query={doctor} height={480}>
        {(check) => <Findings findings={check.findings} />}
      </Loaded>
    </Page>
  );
}

function Verdict({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useSay();
  const problems = findings.filter(({ outcome }) => outcome === 'problem').length;
  const warnings = findings.filter(({ outcome }) => outcome === 'warning').length;
  if (problems > 0) return t('doctor.problems', { count: problems });
  return warnings > 0 ? t('doctor.warnings', { count: warnings }) : t('doctor.allWell', { count: findings.length });
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const { t, told } = useSay();
  const words = { problem: t('doctor.problem'), warning: t('doctor.warning'), 'not looked at': t('doctor.notLookedAt'), well: t('doctor.well') };
  const names: Readonly<Record<string, string>> = t('doctor.names', { returnObjects: true });
  const sorted = [...findings].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return (
    <PlainTable
      caption={t('doctor.checks')}
      columns={[{ label: t('doctor.check') }, { label: t('doctor.outcome') }, { label: t('doctor.found') }, { label: t('doctor.fix') }]}
      rows={sorted.map(({ check, outcome, sentence, fix }) => ({
        key: `${check} ${sentence}`,
        cells: [names[check] ?? check, <Tag key="outcome" tone={tones[outcome]}>{words[outcome]}</Tag>, told(sentence), fix === undefined ? '' : told(fix)],
      }))}
    />
  );
}
