// Why a source is not read at the moment, and what puts it right.
import { MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Text } from '@fluentui/react-components';
import type { z } from 'zod';
import type { Trouble } from '../../../src/api.ts';
import { places } from '../places.ts';
import { Ago } from './Ago.tsx';
import { PageButton } from './PageLink.tsx';

type Remedy = z.infer<typeof Trouble>['remedy'];

/** What the sentence of the trouble does not say by itself. */
const whatToDo: Record<Remedy, string> = { reconnect: '', reconfigure: '', retry: ' Waymark tries again by itself.', report: ' Tell your admin about it.' };

/** `edit` is where the goal's link can be changed, for somebody who may. */
export function TroubleBar({ trouble, integration, edit }: { trouble: z.infer<typeof Trouble>; integration?: string; edit?: string | undefined }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Not syncing</MessageBarTitle>
        {trouble.message}{whatToDo[trouble.remedy]} <Text block size={200}>Since <Ago at={trouble.since} />. Values stay as they last were.</Text>
      </MessageBarBody>
      {trouble.remedy === 'reconnect' && integration !== undefined && <MessageBarActions><PageButton to={places.integration(integration)}>Open the connection</PageButton></MessageBarActions>}
      {trouble.remedy === 'reconfigure' && edit !== undefined && <MessageBarActions><PageButton to={edit}>Edit the goal</PageButton></MessageBarActions>}
    </MessageBar>
  );
}
