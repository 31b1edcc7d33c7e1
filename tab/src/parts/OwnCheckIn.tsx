// What people may do with a check-in of their own: correct it, or take it back.
import { Button, Field, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, Text, Textarea } from '@fluentui/react-components';
import { Delete20Regular, Edit20Regular, MoreHorizontal20Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { correctionRefusal } from '../../../src/domain/amend.ts';
import type { CheckIn } from '../../../src/domain/check-in.ts';
import { isEnded, type Status } from '../../../src/domain/status.ts';
import { useDeed } from '../answer.ts';
import { exactText, numberFrom } from '../format.ts';
import { useSession } from '../session.tsx';
import { fault } from './attention.ts';
import { Confirm } from './Confirm.tsx';
import { FormDialog } from './FormDialog.tsx';
import { StatusField } from './StatusField.tsx';
import { ValueField, wrongNumber } from './ValueField.tsx';

interface Props { view: GoalView; checkIn: CheckIn; reload: () => Promise<void> }

/** Nothing where it is somebody else's, or cannot be corrected. */
export function OwnCheckIn({ view, checkIn, reload }: Props) {
  const { call, locale, organization, person } = useSession();
  const [doing, setDoing] = useState<'edit' | 'delete'>();
  const deed = useDeed();
  if (checkIn.by.kind !== 'person' || checkIn.by.id !== person.id || !view.may.checkIn || correctionRefusal(view.goal, checkIn, {}) !== undefined) return null;
  const canGo = correctionRefusal(view.goal, checkIn, 'take-back') === undefined;
  const begin = (what: 'edit' | 'delete') => { deed.clear(); setDoing(what); };
  const remove = () => deed.run(async () => {
    await call(api.deleteCheckIn, { params: paramsOf(organization.id, checkIn) });
    setDoing(undefined);
    await reload();
  });
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button appearance="subtle" size="small" icon={<MoreHorizontal20Regular />} aria-label={`Change your check-in of ${exactText(checkIn.at, locale)}`} />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem icon={<Edit20Regular />} onClick={() => begin('edit')}>Edit</MenuItem>
            {canGo && <MenuItem icon={<Delete20Regular />} onClick={() => begin('delete')}>Delete</MenuItem>}
          </MenuList>
        </MenuPopover>
      </Menu>
      {doing === 'edit' && <EditDialog view={view} checkIn={checkIn} onClose={() => setDoing(undefined)} onDone={() => { setDoing(undefined); void reload(); }} />}
      {doing === 'delete' && (
        <Confirm title="Take this check-in back?" yes="Delete" deed={deed} onYes={() => void remove()} onNo={() => setDoing(undefined)}>
          <Text block>It goes from the history. If the goal still stands on its value, it goes back to the one it had before.</Text>
        </Confirm>
      )}
    </>
  );
}

function EditDialog({ view: { goal }, checkIn, onClose, onDone }: Omit<Props, 'reload'> & { onClose: () => void; onDone: () => void }) {
  const { call, organization } = useSession();
  const start = checkIn.value === null ? '' : String(checkIn.value);
  const [text, setText] = useState(start);
  const [status, setStatus] = useState<Status | ''>('');
  const [note, setNote] = useState(checkIn.note);
  const deed = useDeed();
  const errors = deed.error?.errors ?? {};
  const value = text === start ? undefined : numberFrom(text);
  const save = () => deed.run(async () => {
    const body = { ...(note === checkIn.note ? {} : { note }), ...(value === undefined ? {} : { value }), ...(status === '' ? {} : { status }) };
    await call(api.editCheckIn, { params: paramsOf(organization.id, checkIn), body });
    onDone();
  });
  return (
    <FormDialog title="Edit this check-in" yes="Save" deed={deed} blocked={wrongNumber(text) !== undefined} onSubmit={() => void save()} onClose={onClose}>
      <Text>{goal.title}</Text>
      {!isEnded(goal.status) && (
        <>
          <ValueField outcome={goal.outcome} text={text} onText={setText} error={errors['value']} />
          <StatusField outcome={goal.outcome} status={status} onStatus={setStatus} unsaid="As it is" error={errors['status']} />
        </>
      )}
      <Field label="Note" {...fault(errors['note'])}><Textarea value={note} maxLength={4000} resize="vertical" onChange={(_, data) => setNote(data.value)} /></Field>
    </FormDialog>
  );
}

function paramsOf(organization: string, { goal, at }: CheckIn) {
  return { organization, period: goal.period, goal: goal.id, at };
}
