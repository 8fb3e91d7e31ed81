import { Button, Slider } from '@mui/material';
import { useState } from 'react';
import { pointsOf, probabilityInterval, probabilityOf, say, type NomogramInput, type NomogramModel } from '@consilium/charts';
import { Choice, Segments } from '@consilium/interface';

type Values = readonly (number | string)[];

const startOf = (input: NomogramInput): number | string => (input.kind === 'number' ? (input.from + input.to) / 2 : input.levels[0]!.level);

/** Values of the address, in the order of the inputs; where one is missing or outside its scale, the start. */
function valuesOf({ inputs }: NomogramModel, patient: string | undefined): Values {
  const given = new URLSearchParams(patient);
  return inputs.map((input) => {
    const text = given.get(input.name);
    if (text === null) return startOf(input);
    if (input.kind === 'levels') return input.levels.some(({ level }) => level === text) ? text : startOf(input);
    const value = Number(text);
    return text !== '' && value >= input.from && value <= input.to ? value : startOf(input);
  });
}

export interface NomogramPatientProps {
  readonly model: NomogramModel;
  /** Values that are not the start, as the address of the page has them. */
  readonly patient: string | undefined;
  readonly onPatient: (patient: string | undefined) => void;
}

/** A patient made up by the reader: values in, probability out. Kept in the address of the page; nothing is sent. */
export function NomogramPatient({ model, patient, onPatient }: NomogramPatientProps) {
  const [values, setValues] = useState<Values>(() => valuesOf(model, patient));
  const points = model.inputs.map((input, i) => pointsOf(model, input, values[i]!));
  const total = points.reduce((sum, one) => sum + one, 0);
  const interval = probabilityInterval(model, values);
  const keep = (next: Values): void => onPatient(new URLSearchParams(model.inputs.flatMap((input, i) => (next[i] === startOf(input) ? [] : [[input.name, String(next[i])]]))).toString() || undefined);
  const changed = (i: number, value: number | string): Values => values.map((one, j) => (j === i ? value : one));
  const settle = (next: Values): void => {
    setValues(next);
    keep(next);
  };
  return (
    <section className="panel" aria-label="One patient, made up by you" data-nomogram>
      <div className="panel-body">
        <h2>One patient, made up by you</h2>
        <div style={{ display: 'grid', gap: 12, marginTop: 12 }}>
          {model.inputs.map((input, i) => (
            <div key={input.name} className="input-row">
              {input.kind === 'number' ? (
                <>
                  <span id={`input-${i}`}>
                    {input.label}: {say.plain(values[i] as number)}
                  </span>
                  <Slider aria-labelledby={`input-${i}`} size="small" min={input.from} max={input.to} step={(input.to - input.from) / 100} value={values[i] as number} onChange={(_, value) => setValues(changed(i, value))} onChangeCommitted={(_, value) => keep(changed(i, value as number))} />
                </>
              ) : (
                <Levels input={input} value={values[i] as string} onChange={(value) => settle(changed(i, value))} />
              )}
              <span style={{ textAlign: 'right' }}>{say.fixed(points[i]!, 0)} points</span>
            </div>
          ))}
        </div>
        <p role="status" style={{ fontSize: 17, lineHeight: '27px', marginTop: 16 }}>
          Total {say.fixed(total, 0)} points: probability <strong>{say.number(probabilityOf(model, total), 'auc')}</strong>
          {interval && ` (95% CI ${say.number(interval.low, 'auc')}–${say.number(interval.high, 'auc')})`}
        </p>
        <p className="panel-note">{interval ? 'The interval says how well the coefficients are known, not how much patients alike differ.' : 'No interval: a penalised model has no standard errors, and a large one has no covariances in the results.'}</p>
        <p className="panel-note">What you enter stands in the address of this page, so that it can be kept and shared. It is not sent. For research only.</p>
        <div style={{ marginTop: 8 }}>
          <Button onClick={() => settle(model.inputs.map(startOf))}>Reset</Button>
        </div>
      </div>
    </section>
  );
}

/** More levels than these do not fit side by side. */
const SIDE_BY_SIDE = 4;

/** The values there are, and no other: a column of 0 and 1 has two. */
function Levels({ input, value, onChange }: { readonly input: Extract<NomogramInput, { readonly kind: 'levels' }>; readonly value: string; readonly onChange: (value: string) => void }) {
  const options = input.levels.map(({ level }) => ({ value: level, label: level }));
  const One = options.length <= SIDE_BY_SIDE ? Segments : Choice;
  return (
    <>
      <span>{input.label}</span>
      <One label={`Value of ${input.label}`} labelHidden value={value} options={options} onChange={onChange} />
    </>
  );
}
