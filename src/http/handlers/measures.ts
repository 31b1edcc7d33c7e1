// Measures that people fill in: checked against the connector's form before anything is read or saved.
import type { Connector } from '../../connectors/connector.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Measure } from '../../store/tables.ts';
import { Refusal, wrongField } from '../refusal.ts';
import type { Deps } from './handler.ts';

export function connectorOf(integration: string, deps: Pick<Deps, 'connectors'>): Connector {
  const connector = deps.connectors.get(integration);
  if (!connector) throw wrongField('integration', 'Waymark cannot read this integration yet.');
  return connector;
}

/** The measure with clean values, if its form is complete and it can measure such an outcome. */
export function fittingMeasure(
  integration: string, measure: Measure, outcome: Outcome, deps: Pick<Deps, 'connectors'>,
): { measure: Measure; metric: Connector['metrics'][number] } {
  const metric = connectorOf(integration, deps).metrics.find(m => m.id === measure.metric);
  if (!metric) throw wrongField('measure.metric', 'Choose what to measure.');
  if (outcome.kind === 'percent' && !metric.percent) {
    throw wrongField('outcome', `“${metric.title}” is a number without a total. Measure it as a metric (KPI) instead of percent complete.`);
  }
  const form = metric.form.check(measure.form);
  if (!form.ok) throw fieldsRefused(form.errors);
  return { measure: { metric: metric.id, form: form.values }, metric };
}

/** A form's own sentences, per field. */
export function fieldsRefused(errors: Record<string, string>): Refusal {
  const [field, message] = Object.entries(errors)[0] ?? ['body', 'Check the form.'];
  return new Refusal('bad-request', `${field}: ${message}`, errors);
}
