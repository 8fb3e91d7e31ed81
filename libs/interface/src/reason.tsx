import { Tooltip } from '@mui/material';
import type { ReactElement, ReactNode } from 'react';

/** Says why, to the pointer and to the keyboard alike. What it stands at can take the focus. */
export const Reason = ({ text, children }: { readonly text: ReactNode; readonly children: ReactElement }) => (
  <Tooltip title={text} describeChild enterDelay={150} slotProps={{ tooltip: { sx: { fontSize: 12, lineHeight: '16px', maxWidth: 420 } } }}>
    {children}
  </Tooltip>
);
