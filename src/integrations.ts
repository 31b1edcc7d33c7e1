// The catalogue people see: every integration with its category, type and terms, and the connector that reads it, if there is one yet.

export interface Integration {
  /** What stands in addresses and rows; it never changes. */
  readonly id: string;
  readonly name: string;
  /** Whose boundary the data crosses. */
  readonly category: 'In-boundary Microsoft 365' | 'Cross-boundary Microsoft' | 'Third-party';
  readonly type: 'data' | 'collaboration';
  /** The terms that an admin should read before enabling it. */
  readonly terms: string;
  /** Id of the connector in src/connectors; `null` while there is none. */
  readonly connector: string | null;
}

/** What people call an integration; its id where this version does not know it. */
export function integrationName(catalogue: readonly Integration[], id: string): string {
  return catalogue.find(i => i.id === id)?.name ?? id;
}

export const integrations = [
  { id: 'amazon-redshift', name: 'Amazon Redshift', category: 'Third-party', type: 'data', terms: 'https://aws.amazon.com/legal/?nc1=f_cc', connector: null },
  { id: 'asana', name: 'Asana', category: 'Third-party', type: 'data', terms: 'https://asana.com/terms', connector: null },
  { id: 'azure-devops', name: 'Azure DevOps', category: 'Cross-boundary Microsoft', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: 'azure-devops' },
  { id: 'azure-data-explorer', name: 'Azure Data Explorer', category: 'Cross-boundary Microsoft', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'bigquery', name: 'BigQuery', category: 'Third-party', type: 'data', terms: 'https://cloud.google.com/product-terms/', connector: 'bigquery' },
  { id: 'box', name: 'Box', category: 'Third-party', type: 'data', terms: 'https://www.box.com/legal/', connector: null },
  { id: 'domo', name: 'Domo', category: 'Third-party', type: 'data', terms: 'https://www.domo.com/company/service-terms', connector: null },
  { id: 'dynamics', name: 'Dynamics', category: 'Cross-boundary Microsoft', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'excel-online', name: 'Excel Online', category: 'In-boundary Microsoft 365', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'favro', name: 'Favro', category: 'Third-party', type: 'data', terms: 'https://help.favro.com/en/collections/362206-pricing-privacy-and-terms', connector: null },
  { id: 'github', name: 'GitHub', category: 'Third-party', type: 'data', terms: 'https://docs.github.com/en/site-policy', connector: null },
  { id: 'gitlab', name: 'GitLab', category: 'Third-party', type: 'data', terms: 'https://about.gitlab.com/terms/', connector: null },
  { id: 'google-sheets', name: 'Google Sheets', category: 'Third-party', type: 'data', terms: 'https://cloud.google.com/product-terms/', connector: null },
  { id: 'hubspot', name: 'HubSpot', category: 'Third-party', type: 'data', terms: 'https://legal.hubspot.com/terms-of-service', connector: null },
  { id: 'jira-cloud', name: 'Jira Cloud', category: 'Third-party', type: 'data', terms: 'https://www.atlassian.com/legal/cloud-terms-of-service', connector: null },
  { id: 'looker', name: 'Looker', category: 'Third-party', type: 'data', terms: 'https://cloud.google.com/product-terms/', connector: null },
  { id: 'mode', name: 'Mode', category: 'Third-party', type: 'data', terms: 'https://mode.com/tos/', connector: null },
  { id: 'monday', name: 'Monday.com', category: 'Third-party', type: 'data', terms: 'https://monday.com/l/', connector: null },
  { id: 'ms-sql', name: 'MS SQL', category: 'Cross-boundary Microsoft', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'mysql', name: 'MySQL', category: 'Third-party', type: 'data', terms: 'https://www.mysql.com/about/legal/', connector: null },
  { id: 'planner', name: 'Planner', category: 'In-boundary Microsoft 365', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'postgresql', name: 'PostgreSQL', category: 'Third-party', type: 'data', terms: 'https://www.postgresql.org/about/policies/', connector: 'postgresql' },
  { id: 'power-bi', name: 'Power BI', category: 'Cross-boundary Microsoft', type: 'data', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'projectplace', name: 'ProjectPlace', category: 'Third-party', type: 'data', terms: 'https://www.planview.com/legal/legal-terms/', connector: null },
  { id: 'salesforce', name: 'Salesforce', category: 'Third-party', type: 'data', terms: 'https://www.salesforce.com/company/legal/', connector: null },
  { id: 'smartsheet', name: 'Smartsheet', category: 'Third-party', type: 'data', terms: 'https://www.smartsheet.com/legal', connector: null },
  { id: 'slack', name: 'Slack', category: 'Third-party', type: 'collaboration', terms: 'https://slack.com/legal', connector: null },
  { id: 'snowflake', name: 'Snowflake', category: 'Third-party', type: 'data', terms: 'https://www.snowflake.com/legal', connector: null },
  { id: 'tableau', name: 'Tableau', category: 'Third-party', type: 'data', terms: 'https://www.tableau.com/legal', connector: null },
  { id: 'teams', name: 'Teams', category: 'In-boundary Microsoft 365', type: 'collaboration', terms: 'https://www.microsoft.com/licensing/terms', connector: null },
  { id: 'trello', name: 'Trello', category: 'Third-party', type: 'data', terms: 'https://www.atlassian.com/legal/cloud-terms-of-service', connector: null },
  { id: 'zendesk', name: 'Zendesk', category: 'Third-party', type: 'data', terms: 'https://www.zendesk.com/company/agreements-and-terms', connector: null },
  { id: 'zapier', name: 'Zapier', category: 'Third-party', type: 'data', terms: 'https://zapier.com/legal', connector: null },
] as const satisfies readonly Integration[];
