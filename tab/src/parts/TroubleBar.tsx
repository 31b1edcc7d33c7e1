// Why a source is not read at the moment, and what puts it right.
import { MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { z } from 'zod';
import type { Trouble } from '../../../src/api.ts';
import { places } from '../places.ts';
import { Ago } from './Ago.tsx';
import { PageButton } from './PageLink.tsx';

type Remedy = z.infer<typeof Trouble>['remedy'];

const whatToDo: Record<Remedy, string> = {
  reconnect: 'Enter the connection’s credential anew.',
  reconfigure: 'Change what is measured, or the connection’s settings.',
  retry: 'Waymark tries again by itself.',
  report: 'Tell your admin: this is a fault of Waymark’s or of the source.',
};

/** `edit` is where the goal's link can be changed, for somebody who may. */
export function TroubleBar({ trouble, integration, edit }: { trouble: z.infer<typeof Trouble>; integration?: string; edit?: string | undefined }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Not syncing</MessageBarTitle>
        {trouble.message} {whatToDo[trouble.remedy]} Since <Ago at={trouble.since} />. The last good value stays.
      </MessageBarBody>
      {trouble.remedy === 'reconnect' && integration !== undefined && <MessageBarActions><PageButton to={places.integration(integration)}>Open the connection</PageButton></MessageBarActions>}
      {trouble.remedy === 'reconfigure' && edit !== undefined && <MessageBarActions><PageButton to={edit}>Edit the goal</PageButton></MessageBarActions>}
    </MessageBar>
  );
}
