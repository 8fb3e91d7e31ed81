import { MenuItem, Select, ToggleButton, ToggleButtonGroup } from '@mui/material';
import { useId } from 'react';

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  /** The name stands beside it already. */
  readonly labelHidden?: boolean;
}

/** One of many, in a list. */
export function Choice({ label, value, options, onChange, labelHidden = false }: ChoiceProps) {
  const id = useId();
  return (
    <div>
      <label className={labelHidden ? 'visually-hidden' : 'control-label'} id={id}>
        {label}
      </label>
      <Select size="small" displayEmpty value={value} labelId={id} onChange={(event) => onChange(event.target.value)} sx={{ fontSize: 14, minWidth: { xs: 0, sm: 160 }, background: 'var(--surface)', width: { xs: '100%', sm: 'auto' } }}>
        {options.map((option) => (
          <MenuItem key={option.value} value={option.value}>
            {option.label}
          </MenuItem>
        ))}
      </Select>
    </div>
  );
}

/** One of a few, side by side. */
export function Segments({ label, value, options, onChange, labelHidden = false }: ChoiceProps) {
  const id = useId();
  return (
    <div>
      <span className={labelHidden ? 'visually-hidden' : 'control-label'} id={id}>
        {label}
      </span>
      <ToggleButtonGroup exclusive size="small" value={value} aria-labelledby={id} onChange={(_, next: string | null) => next !== null && onChange(next)} sx={{ background: 'var(--surface)', width: { xs: '100%', sm: 'auto' }, '& > button': { flex: { xs: 1, sm: 'none' }, minHeight: 37 } }}>
        {options.map((option) => (
          <ToggleButton key={option.value} value={option.value}>
            {option.label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
