// Asks before something happens, and says what will.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Deed } from '../answer.ts';
import { ErrorBar } from './Notices.tsx';

export function Confirm({ title, children, yes, deed, onYes, onNo }: { title: string; children: ReactNode; yes: string; deed: Deed; onYes: () => void; onNo: () => void }) {
  return (
    <Dialog open onOpenChange={(_, { open }) => { if (!open) onNo(); }}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>
            {children}
            {deed.error !== undefined && <ErrorBar error={deed.error} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={onNo}>Cancel</Button>
            <Button appearance="primary" disabledFocusable={deed.busy} onClick={onYes}>{yes}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
